/** Where something is in an answer: names with dots between them, list positions as numbers. */
import { isJsonObject, type Json } from '../kit/index.ts';

/** The value at a path such as `data.items` or `errors.0.message`; the whole value for an empty path. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value;
  let current = value;
  for (const name of path.split('.')) {
    if (Array.isArray(current)) current = /^\d+$/.test(name) ? current[Number(name)] : undefined;
    else if (isJsonObject(current) && Object.hasOwn(current, name)) current = current[name];
    else return undefined;
  }
  return current;
}

/** The value at a path as text: texts, numbers and booleans; undefined for everything else and for empty texts. */
export function textAt(value: Json | undefined, path: string): string | undefined {
  const found = valueAt(value, path);
  if (typeof found === 'string') return found === '' ? undefined : found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** Whether the value at a path is, as text, one of those given. */
export function isOneOf(
  value: Json | undefined,
  at: string,
  is: readonly (string | number | boolean)[],
): boolean {
  const found = valueAt(value, at);
  return found !== undefined && is.some((one) => String(one) === String(found));
}

/** Whether something is told at a path: not absent, null, false, empty text or an empty list. */
export function isTold(value: Json | undefined, at: string): boolean {
  const found = valueAt(value, at);
  if (found === undefined || found === null || found === false || found === '') return false;
  return !Array.isArray(found) || found.length > 0;
}

/** Whether everything `part` says is so in `whole`; numbers and their texts are the same. */
export function shows(whole: Json | undefined, part: Json | undefined): boolean {
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) &&
      whole.length === part.length &&
      part.every((one: Json, index) => shows(whole[index], one))
    );
  }
  if (isJsonObject(part)) {
    return (
      isJsonObject(whole) &&
      Object.entries(part).every(([name, one]) => one === undefined || shows(whole[name], one))
    );
  }
  if (part === null || part === undefined) return whole === null || whole === undefined || whole === '';
  if (whole === null || whole === undefined || typeof whole === 'object') return false;
  return String(whole) === String(part) || sameNumber(String(whole), String(part));
}

function sameNumber(one: string, other: string): boolean {
  const isNumber = /^-?\d+(\.\d+)?$/;
  return isNumber.test(one) && isNumber.test(other) && plain(one) === plain(other);
}

function plain(number: string): string {
  const trimmed = number.includes('.') ? number.replace(/\.?0+$/, '') : number;
  return trimmed === '-0' ? '0' : trimmed;
}
