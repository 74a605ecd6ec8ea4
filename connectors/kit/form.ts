/** Form encoding, always in the order given: what is signed must be what is sent. */

export type FormValue = string | number | boolean;
/** Fields in their order. A list is the field several times; undefined leaves it out. */
export type FormFields = Readonly<Record<string, FormValue | readonly FormValue[] | undefined>>;

/** `application/x-www-form-urlencoded` as browsers write it: UTF-8, a blank is `+`. */
export function formText(fields: FormFields): string {
  return new URLSearchParams(pairsOf(fields)).toString();
}

/** Fields of a form, each with its values in order. Escapes that are none stay as they are. */
export function parseForm(text: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = fields.get(name);
    if (known) known.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}

/** The address with parameters put behind those it has, percent-encoded; its fragment stays at the end. */
export function withQuery(url: string, fields: FormFields): string {
  const pairs = pairsOf(fields).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  if (pairs.length === 0) return url;
  const [address = '', ...fragment] = url.split('#');
  const glue = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [address + glue + pairs.join('&'), ...fragment].join('#');
}

/** RFC 3986: everything but letters, digits and `-._~` is escaped, a blank as `%20`. Many signatures want just this. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function pairsOf(fields: FormFields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values: readonly FormValue[] = typeof value === 'object' ? value : [value];
    return values.map((one): [string, string] => [name, String(one)]);
  });
}
