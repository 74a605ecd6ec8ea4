/** Lines of a bill: our keys and the vendor's entry ids. Pure. */
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';

export type Line = JsonObject;

/** The lines of a body; empty when it has none. */
export function linesOf(body: JsonObject, entry: string): readonly Line[] {
  const lines = body[entry];
  return Array.isArray(lines) ? lines.filter((line: Json): line is Line => isJsonObject(line)) : [];
}

/**
 * The body with its lines complete: values under `_each` go into every line, members of `_more` become lines
 * behind the others (charges such as freight, which are no lines of ours). Names in both may be dotted. A charge
 * whose line is known by `entryIds` is that line again.
 */
export function withAllLines(
  body: JsonObject,
  entry: string,
  entryIds: Readonly<Record<string, string>> = {},
): JsonObject {
  const { _each: each, _more: more, ...rest } = body;
  if (each === undefined && more === undefined) return body;
  const added = isJsonObject(more) ? Object.entries(more) : [];
  const charges = added.flatMap(([name, line]) =>
    isJsonObject(line)
      ? [
          {
            _key: `+${name}`,
            ...(entryIds[`+${name}`] ? { FEntryID: entryIds[`+${name}`] ?? '' } : {}),
            ...undotted(line),
          },
        ]
      : [],
  );
  const shared = isJsonObject(each) ? undotted(each) : {};
  const lines = [...linesOf(body, entry), ...charges].map((line) => ({ ...line, ...shared }));
  return { ...rest, [entry]: lines };
}

function undotted(line: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(line)) {
    const [head = '', inner] = name.split('.');
    result[head] =
      inner === undefined ? value : { ...(result[head] as JsonObject | undefined), [inner]: value };
  }
  return result;
}

/** Entry id of a line, when the hub knows it already. */
export function entryIdOf(line: Line): string {
  return idText(line.FEntryID);
}

export function idText(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Code inside a reference: `{ FNumber: "M01" }` or `{ FNUMBER: … }`. */
export function codeOf(value: Json | undefined): string {
  if (!isJsonObject(value)) return idText(value);
  return idText(value.FNumber ?? value.FNUMBER);
}

/**
 * The body as the vendor takes it: without our own keys (`_key`), with the lists last. Order matters to
 * Kingdee: lines that stand before the finance head are priced against an unset tax mode.
 */
export function modelOf(body: JsonObject): JsonObject {
  const members = Object.entries(body).map(([name, value]): [string, Json] => [name, withoutOwnKeys(value)]);
  const isList = ([, value]: [string, Json]): boolean => Array.isArray(value);
  return Object.fromEntries([...members.filter((one) => !isList(one)), ...members.filter(isList)]);
}

/**
 * Our line key → entry id. The vendor returns the ids of a bill's lines in the order the lines were sent,
 * so what is matched is: lines without an id of their own, in order, with the returned ids that no line of
 * the request has. When the counts differ (the server split or joined lines) nothing is claimed.
 */
export function pairLines(
  lines: readonly Line[],
  returnedIds: readonly string[],
): Record<string, string> | undefined {
  const known = new Set(lines.map(entryIdOf).filter((id) => id !== ''));
  const fresh = lines.filter((line) => entryIdOf(line) === '');
  const free = returnedIds.filter((id) => id !== '' && !known.has(id));
  if (fresh.length !== free.length) return undefined;
  const pairs: Record<string, string> = {};
  for (const line of lines) remember(line, entryIdOf(line));
  for (const [at, line] of fresh.entries()) remember(line, free[at] ?? '');
  return Object.keys(pairs).length > 0 ? pairs : undefined;

  function remember(line: Line, id: string): void {
    if (typeof line._key === 'string' && id !== '') pairs[line._key] = id;
  }
}

function withoutOwnKeys(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map((line: Json) => {
    if (!isJsonObject(line)) return line;
    const kept = Object.entries(line).filter(
      ([name, field]) => name !== '_key' && !(name === 'FEntryID' && field === ''),
    );
    return Object.fromEntries(kept);
  });
}
