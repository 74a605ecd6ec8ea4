/** Small pieces of the query language: quoting, lists, nesting of answers, local times. */
import { DateTime } from 'luxon';
import type { Json, JsonObject } from '../kit/index.ts';

/** A text as a literal of the filter language: quotes doubled, control characters out. */
export function quote(text: string): string {
  return `'${text.replace(/\p{Cc}/gu, '').replaceAll("'", "''")}'`;
}

/** `field IN ('a','b')`; the list must not be empty. */
export function isIn(field: string, values: readonly string[]): string {
  return `${field} IN (${values.map(quote).join(',')})`;
}

/** Conditions joined by AND; empty ones are left out. */
export function allOf(...conditions: readonly (string | undefined)[]): string {
  const present = conditions.filter((one): one is string => one !== undefined && one !== '');
  return present.length > 1 ? present.map((one) => `(${one})`).join(' AND ') : (present[0] ?? '');
}

/** A cell as text: ids and decimals travel as texts in the hub. Empty for null. */
export function cellText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

/**
 * A row as a nested object: field `FCustId.FNumber` becomes `{ FCustId: { FNumber } }`. Empty cells are
 * left out (not told), numbers become texts, times lose their fraction (`yyyy-MM-dd HH:mm:ss`).
 */
export function nest(fields: readonly string[], row: readonly Json[]): JsonObject {
  const result: Record<string, Json> = {};
  fields.forEach((field, at) => {
    const cell = row[at];
    if (cell === null || cell === undefined || cell === '') return;
    const value = typeof cell === 'boolean' ? cell : plainTime(cellText(cell));
    const [head = '', ...rest] = field.split('.');
    if (rest.length === 0) result[head] = value;
    else result[head] = { ...(result[head] as JsonObject | undefined), [rest.join('.')]: value };
  });
  return result;
}

/** `2025-01-23T14:16:16.517` → `2025-01-23 14:16:16`; any other text unchanged. */
export function plainTime(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/.test(text)
    ? text.slice(0, 19).replace('T', ' ')
    : text;
}

/** Wall-clock text of the server for a moment (ms), whole seconds. */
export function serverTime(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** Moment (ms) of a server wall-clock text. Throws RangeError. */
export function fromServerTime(text: string, zone: string): number {
  const parsed = DateTime.fromSQL(plainTime(text), { zone });
  if (!parsed.isValid) throw new RangeError(`Not a Kingdee time: ${text.slice(0, 40)}`);
  return parsed.toMillis();
}
