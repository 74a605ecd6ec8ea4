/**
 * What straight-line expressions call. Each function answers where the library would certainly answer the same,
 * and throws otherwise; the library then evaluates the whole expression again.
 */
import { charge, chargeMade, chargeText } from './budget.ts';

const UNUSUAL = new Error('not for the short way');

/** Hands the expression over to the library. */
function unusual(): never {
  throw UNUSUAL;
}

/** `==`: values of different types are different; what lists and objects hold is for the library to compare. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'object' && a !== null) return typeof b === 'object' && b !== null ? unusual() : false;
  // Whole numbers of CEL are bigint, those of JSON are not.
  const mixed =
    (typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint');
  return mixed && !(a < b) && !(a > b);
}

/** Passes when `<` of JavaScript orders the two as CEL does. */
function comparable(a: unknown, b: unknown): true {
  const [left, right] = [typeof a, typeof b];
  if (left === 'string' && right === 'string') return true;
  const numbers = (left === 'number' || left === 'bigint') && (right === 'number' || right === 'bigint');
  return numbers ? true : unusual();
}

function truth(value: unknown): boolean {
  return typeof value === 'boolean' ? value : unusual();
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : unusual();
}

/** A part of `concat()`. */
function partOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : unusual();
}

/** A text that was put together from several. */
function made(text: string): string {
  if (text.length >= 64) chargeMade(text.length);
  return text;
}

function elementAt(list: unknown, index: number): unknown {
  if (list === null) return null;
  return Array.isArray(list) ? (list[index] ?? null) : unusual();
}

/** `.size()` of a list. */
function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : unusual();
}

function contains(text: unknown, part: unknown): boolean {
  const whole = searched(text);
  return whole.includes(asText(part));
}

function startsWith(text: unknown, part: unknown): boolean {
  return searched(text).startsWith(asText(part));
}

function endsWith(text: unknown, part: unknown): boolean {
  return searched(text).endsWith(asText(part));
}

function searched(text: unknown): string {
  const whole = asText(text);
  chargeText(whole.length);
  return whole;
}

/** `weight` is how many nodes the body has: what one round costs. */
function mapped(list: unknown, weight: number, body: (element: unknown) => unknown): unknown[] {
  return looped(list, weight).map((element) => body(element));
}

function selected(list: unknown, weight: number, body: (element: unknown) => boolean): unknown[] {
  return looped(list, weight).filter((element) => body(element));
}

function exists(list: unknown, weight: number, body: (element: unknown) => boolean): boolean {
  return looped(list, weight).some((element) => body(element));
}

function all(list: unknown, weight: number, body: (element: unknown) => boolean): boolean {
  return looped(list, weight).every((element) => body(element));
}

function looped(list: unknown, weight: number): readonly unknown[] {
  if (!Array.isArray(list)) return unusual();
  charge(list.length * weight);
  return list;
}

/** What does not change from line to line is evaluated once per run; `site` names the place in the expression. */
function remember(scope: { memo?: Map<unknown, unknown> }, site: object, evaluate: () => unknown): unknown {
  scope.memo ??= new Map();
  const known = scope.memo.get(site);
  if (known !== undefined) return known;
  const value = evaluate();
  scope.memo.set(site, value);
  return value;
}

/** By the names under which the generated code finds them. */
export const help = {
  unusual,
  same,
  comparable,
  truth,
  asText,
  partOf,
  made,
  elementAt,
  lengthOf,
  contains,
  startsWith,
  endsWith,
  mapped,
  selected,
  exists,
  all,
  remember,
};
