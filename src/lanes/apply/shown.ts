import { isNormalForm } from '../../merge/index.ts';
import { isList, isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/index.ts';

/** What a system shows now when it told only part: what it told before, overlaid. Lists are told whole. Pure. */
export function overlay(before: JsonObject, told: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(told)) {
    const old = before[name];
    result[name] = isObject(value) && isObject(old) ? overlay(old, value) : value;
  }
  return result;
}

/**
 * Whether a system now shows what was sent to it in its own way. What it does not tell is left out of account, unless it
 * tells the `whole` object: then it has not got it yet, and what it shows is older than what was sent. Pure.
 */
export function confirms(told: JsonObject, sent: JsonObject, whole = false): boolean {
  return Object.entries(sent).every(([name, value]) => {
    const shown = told[name];
    if (shown === undefined) return !whole || isEmpty(value);
    return isObject(value) && isObject(shown) && !isPhoneClaim(value)
      ? confirms(shown, value, whole)
      : isNormalForm(shown, value);
  });
}

/** What many systems leave out of what they show. */
function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return isList(value) ? value.length === 0 : isObject(value) && Object.values(value).every(isEmpty);
}
