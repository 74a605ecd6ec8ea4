/**
 * Lines of a bill as a mapping makes them. Names of our own begin with `_` and never go to a vendor: `_key` is our key
 * of a line, `_each` holds values that go into every line, `_more` lines beside those of the record (freight, fees).
 */
import { isJsonObject, type Json, type JsonObject } from './index.ts';

/** The lines of a body; empty when it has none. */
export function linesAt(body: JsonObject, list: string): readonly JsonObject[] {
  const lines = body[list];
  return Array.isArray(lines) ? lines.filter((line: Json): line is JsonObject => isJsonObject(line)) : [];
}

/** The body with `_each` and `_more` worked into its list of lines. Names in `_each` and `_more` may be dotted. */
export function withExtraLines(body: JsonObject, list: string): JsonObject {
  const { _each: each, _more: more, ...rest } = body;
  if (each === undefined && more === undefined) return body;
  const shared = isJsonObject(each) ? undotted(each) : {};
  const added = isJsonObject(more) ? Object.entries(more) : [];
  const charges = added.flatMap(([name, line]) =>
    isJsonObject(line) ? [{ _key: `+${name}`, ...undotted(line) }] : [],
  );
  return { ...rest, [list]: [...linesAt(body, list), ...charges].map((line) => ({ ...shared, ...line })) };
}

/** A copy without the names of our own, at every depth. */
export function withoutOwnNames(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutOwnNames(one));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !name.startsWith('_') || name === '_status');
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutOwnNames(member)]));
}

/** A single value as text: ids and decimals travel as texts in the hub. Empty for anything else. */
export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function undotted(line: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(line)) {
    const [head = '', inner] = name.split('.');
    const before = result[head];
    result[head] = inner === undefined ? value : { ...(isJsonObject(before) ? before : {}), [inner]: value };
  }
  return result;
}
