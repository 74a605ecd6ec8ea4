/** What a value told now says that was not shown before. */
import { equal, hidesPhone, isObject, isPhoneClaim, type Json, type JsonObject } from '../model/index.ts';
import { elementsByKey, own, put } from './lists.ts';

/**
 * Whether a told value says nothing that `shown` did not say: fields not told do not count, and a claim that
 * hides digits, or shows those of a claim that hid them, is the same telephone number.
 */
export function saysNoMore(told: Json | undefined, shown: Json | undefined): boolean {
  const [left, right] = [told ?? undefined, shown ?? undefined];
  if (left === right) return true;
  if (isPhoneClaim(left) || isPhoneClaim(right)) return samePhone(left, right);
  if (isObject(left) && isObject(right)) {
    return Object.entries(left).every(([name, value]) => saysNoMore(value, own(right, name)));
  }
  const elements = elementsByKey(left);
  const others = elementsByKey(right);
  if (elements === undefined || others === undefined || elements.size !== others.size) {
    return equal(left, right);
  }
  return [...elements].every(([key, element]) => others.has(key) && saysNoMore(element, others.get(key)));
}

/** What is shown now where only part of it was told. Lists are told whole. */
export function laidOver(shown: JsonObject, told: JsonObject): JsonObject {
  const whole: Record<string, Json> = { ...shown };
  for (const [name, value] of Object.entries(told)) {
    const before = own(shown, name);
    const isPart = isObject(value) && isObject(before) && !isPhoneClaim(value);
    put(whole, name, isPart ? laidOver(before, value) : value);
  }
  return whole;
}

/** Whether two values may be the same telephone number: equal, or one is the other with digits hidden. */
function samePhone(a: Json | undefined, b: Json | undefined): boolean {
  if (equal(a, b)) return true;
  if (hidesPhone(a, b)) return fits(a, b);
  return hidesPhone(b, a) && fits(b, a);
}

function fits(masked: Json | undefined, open: Json | undefined): boolean {
  const mask = signsOf(masked);
  const digits = signsOf(open);
  if (mask.length !== digits.length) return false;
  return [...mask].every((sign, at) => sign === '*' || sign === digits[at]);
}

function signsOf(claim: Json | undefined): string {
  return isObject(claim) && typeof claim.display === 'string'
    ? claim.display.replace(/[＊•●]/g, '*').replace(/[^\d*]/g, '')
    : '';
}
