import { isNormalForm } from '../../merge/index.ts';
import { isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/index.ts';

/** What a system shows now when it told only part: what it told before, overlaid. Lists are told whole. Pure. */
export function overlay(before: JsonObject, told: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(told)) {
    const old = before[name];
    result[name] = isObject(value) && isObject(old) ? overlay(old, value) : value;
  }
  return result;
}

/** Whether a system now shows what was sent to it in its own way, as far as it tells those fields at all. Pure. */
export function confirms(told: JsonObject, sent: JsonObject): boolean {
  return Object.entries(sent).every(([name, value]) => {
    const shown = told[name];
    if (shown === undefined) return true;
    return isObject(value) && isObject(shown) && !isPhoneClaim(value)
      ? confirms(shown, value)
      : isNormalForm(shown, value);
  });
}
