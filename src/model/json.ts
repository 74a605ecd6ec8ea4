/** JSON values as records carry them: ids and decimals are texts, times are UTC ISO-8601 texts. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** True for a plain JSON object: not null, not a list, not an instance of a class. */
export function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** True for a JSON list; narrows, which `Array.isArray` does not do for readonly lists. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Same JSON value; the order of object keys does not matter, the order of list elements does. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((value, at) => equal(value, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

/**
 * True for a phone claim. Its parts only mean something together (a masked display beside the e164 of
 * another system would be a number nobody told), so it is compared and merged as one value.
 */
export function isPhoneClaim(value: unknown): boolean {
  return isObject(value) && typeof value.display === 'string' && typeof value.kind === 'string';
}

/**
 * True when a claim only hides the digits of a number that is known: it tells nothing. Where the number is not
 * known, or only masked as well, a masked claim is better than none.
 */
export function hidesPhone(told: unknown, known: unknown): boolean {
  const kindOf = (value: unknown): unknown =>
    isObject(value) && isPhoneClaim(value) ? value.kind : undefined;
  const before = kindOf(known);
  return kindOf(told) === 'masked' && before !== undefined && before !== 'masked';
}
