/** Addresses of the console as browsers have them. Pure. */

/** Where the console lies on the hub's port: `/console`. */
export const basePath = import.meta.env.BASE_URL.replace(/\/$/, '');

/** The path of a place in the console: `/console/find?q=…` of `/find?q=…`. */
export function addressOf(place: string): string {
  return `${basePath}${place}`;
}

/** Search parameters: texts as they are, so that people can read and type them; what is more than a text as JSON. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined) continue;
    const isPlain = typeof value === 'string' && !looksLikeJson(value);
    told.set(name, isPlain ? value : JSON.stringify(value));
  }
  const text = told.toString();
  return text === '' ? '' : `?${text}`;
}

/** What is read is a text, a list or an object; the schema of the route makes numbers and booleans of texts. */
export function parseSearch(text: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) read[name] = readValue(value);
  return read;
}

function looksLikeJson(text: string): boolean {
  return /^["[{]/.test(text);
}

function readValue(text: string): unknown {
  if (!looksLikeJson(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
