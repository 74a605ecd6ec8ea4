/** Decimal numbers as text: exact, no exponent, one spelling per number ("12.5", never "12.50" or "1.25e1"). */
import { Decimal } from 'decimal.js';
import * as exact from '../model/decimal.ts';
import { Refused } from './refused.ts';
import type { Rounding } from './types.ts';

const Exact = Decimal.clone({ precision: 60, toExpNeg: -1_000, toExpPos: 1_000 });
/** At most 40 digits, as the model has it. */
const PLAIN = /^-?(?=[\d.]{1,41}$)\d+(?:\.\d+)?$/;
const WITH_EXPONENT = /^[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,2})?$/;
const MODES: Record<Rounding, Decimal.Rounding> = {
  'half-up': Decimal.ROUND_HALF_UP,
  'half-even': Decimal.ROUND_HALF_EVEN,
  down: Decimal.ROUND_DOWN,
  up: Decimal.ROUND_UP,
};

/** A vendor's or our number in the one spelling; refused unless it is a finite decimal number. */
export function plainDecimal(value: unknown): string | Refused {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? '0' : String(value);
  const text =
    typeof value === 'string'
      ? value.trim()
      : typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : '';
  if (PLAIN.test(text)) return trimZeros(text);
  if (WITH_EXPONENT.test(text)) {
    const spelt = trimZeros(new Exact(text).toFixed());
    return PLAIN.test(spelt) ? spelt : new Refused('has more digits than the hub keeps (40)');
  }
  const grouped = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text);
  return new Refused(
    grouped ? 'has thousands separators, which are not guessed at' : 'is not a decimal number',
  );
}

/**
 * With exactly `scale` places after the point. Without `rounding` a number that has more places is refused.
 */
export function toScale(plain: string, scale: number, rounding: Rounding | undefined): string | Refused {
  const point = plain.indexOf('.');
  const places = point === -1 ? 0 : plain.length - point - 1;
  if (places <= scale) {
    if (scale === places) return plain;
    return (point === -1 ? `${plain}.` : plain) + '0'.repeat(scale - places);
  }
  if (rounding === undefined)
    return new Refused(`has more than ${scale} decimal places; say rounding: half-up to allow it`);
  const fixed = new Exact(plain).toFixed(scale, MODES[rounding]);
  return /^-0(?:\.0*)?$/.test(fixed) ? fixed.slice(1) : fixed;
}

/** The number times 10^places, in the one spelling; places may be negative. */
export function shiftPoint(plain: string, places: number): string {
  const negative = plain.startsWith('-');
  const body = negative ? plain.slice(1) : plain;
  const point = body.indexOf('.');
  const whole = point === -1 ? body : body.slice(0, point);
  const part = point === -1 ? '' : body.slice(point + 1);
  const digits = whole + part;
  const at = whole.length + places;
  const shifted =
    at <= 0
      ? `0.${'0'.repeat(-at)}${digits}`
      : at >= digits.length
        ? digits + '0'.repeat(at - digits.length)
        : `${digits.slice(0, at)}.${digits.slice(at)}`;
  return trimZeros((negative ? '-' : '') + shifted);
}

/** Exact arithmetic for expressions, over the model's. Throws a readable error on anything that is no number. */
export const arithmetic = {
  add: (a: unknown, b: unknown): string => exact.sum([number('add', a), number('add', b)]),
  sub: (a: unknown, b: unknown): string => exact.sub(number('sub', a), number('sub', b)),
  mul: (a: unknown, b: unknown): string => exact.mul(number('mul', a), number('mul', b)),
  /** Rounded half up to `scale` places. */
  div: (a: unknown, b: unknown, scale: unknown): string =>
    divide(number('div', a), number('div', b), places('div', scale)),
  /** Rounded half up, without trailing zeros. */
  round: (a: unknown, scale: unknown): string => exact.round(number('round', a), places('round', scale)),
  /** Rounded half up and padded to exactly so many places. */
  fixed: (a: unknown, scale: unknown): string => exact.fixed(number('fixed', a), places('fixed', scale)),
  neg: (a: unknown): string => exact.neg(number('neg', a)),
  abs: (a: unknown): string => exact.abs(number('abs', a)),
  cmp: (a: unknown, b: unknown): bigint => compare(number('cmp', a), number('cmp', b)),
  sum: (list: unknown): string => {
    if (!Array.isArray(list)) throw new Error('sum: needs a list of numbers');
    return exact.sum(list.map((item: unknown) => number('sum', item)));
  },
};

/** Prices are amount ÷ quantity on every line: whole numbers of the needed scale, rounded half away from zero. */
function divide(a: string, b: string, scale: number): string {
  if (b === '0') throw new Error('div: division by zero');
  if (a.length > 40 || b.length > 40) return exact.div(a, b, scale);
  const [dividend, places] = whole(a);
  const [divisor, divisorPlaces] = whole(b);
  const shift = scale + divisorPlaces - places;
  let top = shift >= 0 ? dividend * 10n ** BigInt(shift) : dividend;
  let bottom = shift >= 0 ? divisor : divisor * 10n ** BigInt(-shift);
  const negative = top < 0n !== bottom < 0n;
  if (top < 0n) top = -top;
  if (bottom < 0n) bottom = -bottom;
  const digits = ((top * 2n + bottom) / (bottom * 2n)).toString();
  const text = shiftPoint(digits, -scale);
  return negative && text !== '0' ? `-${text}` : text;
}

/** The digits of a plain number, and how many of them stand behind the point. */
function whole(plain: string): [digits: bigint, places: number] {
  const point = plain.indexOf('.');
  if (point === -1) return [BigInt(plain), 0];
  return [BigInt(plain.slice(0, point) + plain.slice(point + 1)), plain.length - point - 1];
}

/** Most comparisons are with zero or of short numbers: those need no arithmetic. */
function compare(a: string, b: string): bigint {
  if (a === b) return 0n;
  if (a.length <= 15 && b.length <= 15) {
    // Up to 15 digits a decimal and its nearest double stand in the same order as their neighbours.
    const [left, right] = [Number(a), Number(b)];
    return left < right ? -1n : left > right ? 1n : 0n;
  }
  return BigInt(exact.cmp(a, b));
}

function number(name: string, value: unknown): string {
  if (value === null || value === undefined) {
    throw new Error(`${name}: a number is missing; use has() or coalesce(x, "0")`);
  }
  const plain = plainDecimal(value);
  if (plain instanceof Refused)
    throw new Error(`${name}: ${JSON.stringify(String(value)).slice(0, 60)} ${plain.reason}`);
  return plain;
}

function places(name: string, scale: unknown): number {
  const count = Number(scale);
  if (!Number.isInteger(count) || count < 0 || count > 20) throw new Error(`${name}: places must be 0 to 20`);
  return count;
}

function trimZeros(text: string): string {
  let start = 0;
  const negative = text.charCodeAt(0) === 45;
  if (negative) start = 1;
  let lead = start;
  while (text.charCodeAt(lead) === 48 && lead + 1 < text.length && text.charCodeAt(lead + 1) !== 46) lead++;
  let end = text.length;
  if (text.includes('.')) {
    while (text.charCodeAt(end - 1) === 48) end--;
    if (text.charCodeAt(end - 1) === 46) end--;
  }
  if (lead === start && end === text.length) return text === '-0' ? '0' : text;
  const body = text.slice(lead, end);
  return negative && body !== '0' ? `-${body}` : body;
}
