/** Decimal numbers as text: exact, no exponent, one spelling per number ("12.5", never "12.50" or "1.25e1"). */
import { Decimal } from 'decimal.js';
import * as exact from '../model/decimal.ts';
import { Refused } from './refused.ts';
import type { Rounding } from './types.ts';

const Exact = Decimal.clone({ precision: 60, toExpNeg: -1_000, toExpPos: 1_000 });
/** At most 40 digits, as the model has it. */
const PLAIN = /^-?(?=[\d.]{1,41}$)\d+(?:\.\d+)?$/;
const WITH_EXPONENT = /^[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,2})?$/;
const [MINUS, POINT, ZERO] = [45, 46, 48];
const TENS = Array.from({ length: 13 }, (_, power) => 10 ** power);
const MODES: Record<Rounding, Decimal.Rounding> = {
  'half-up': Decimal.ROUND_HALF_UP,
  'half-even': Decimal.ROUND_HALF_EVEN,
  down: Decimal.ROUND_DOWN,
  up: Decimal.ROUND_UP,
};

/** A vendor's or our number in the one spelling; refused unless it is a finite decimal number. */
export function plainDecimal(value: unknown): string | Refused {
  if (typeof value === 'string' && isPlain(value)) return value;
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

/** True for most numbers there are: short, and in the one spelling already. */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 20) return false;
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  let point = -1;
  for (let at = first; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === POINT && point === -1) point = at;
    else if (unit < ZERO || unit > ZERO + 9) return false;
  }
  const whole = (point === -1 ? length : point) - first;
  if (whole === 0 || (whole > 1 && text.charCodeAt(first) === ZERO)) return false;
  if (point !== -1) return text.charCodeAt(length - 1) > ZERO;
  return first === 0 || text.charCodeAt(1) !== ZERO;
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
  add: (a: unknown, b: unknown): string => addUp(number('add', a), number('add', b), 1),
  sub: (a: unknown, b: unknown): string => addUp(number('sub', a), number('sub', b), -1),
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
  cmp: (a: unknown, b: unknown): bigint => BigInt(orderOf(a, b)),
  sum: (list: unknown): string => {
    if (!Array.isArray(list)) throw new Error('sum: needs a list of numbers');
    return exact.sum(list.map((item: unknown) => number('sum', item)));
  },
};

/** Prices are amount ÷ quantity on every line: whole numbers of the needed scale, rounded half away from zero. */
function divide(a: string, b: string, scale: number): string {
  if (b === '0') throw new Error('div: division by zero');
  if (a.length > 40 || b.length > 40) return exact.div(a, b, scale);
  const shift = scale + placesOf(b) - placesOf(a);
  if (a.length <= 12 && b.length <= 12 && shift >= 0 && shift <= 12 && scale <= 12) {
    const short = divideShort(a, b, shift, scale);
    if (short !== undefined) return short;
  }
  let top = digitsOf(a) * 10n ** BigInt(Math.max(0, shift));
  let bottom = digitsOf(b) * 10n ** BigInt(Math.max(0, -shift));
  const negative = top < 0n !== bottom < 0n;
  if (top < 0n) top = -top;
  if (bottom < 0n) bottom = -bottom;
  return signed(negative, ((top * 2n + bottom) / (bottom * 2n)).toString(), scale);
}

/** The same where every number on the way is whole and below 2^53, so that nothing is ever rounded. */
function divideShort(a: string, b: string, shift: number, scale: number): string | undefined {
  const bottom = Math.abs(smallDigits(b));
  const doubled = Math.abs(smallDigits(a)) * (TENS[shift] ?? 0) * 2 + bottom;
  const divisor = bottom * 2;
  if (doubled > Number.MAX_SAFE_INTEGER) return undefined;
  const quotient = (doubled - (doubled % divisor)) / divisor;
  const negative = quotient !== 0 && (a.charCodeAt(0) === MINUS) !== (b.charCodeAt(0) === MINUS);
  return scaled(negative ? -quotient : quotient, scale);
}

/** a + b; with `sign` -1, a − b. Short numbers are added as whole numbers below 2^53, which is exact. */
function addUp(a: string, b: string, sign: 1 | -1): string {
  if (a.length <= 14 && b.length <= 14) {
    const [left, right] = [placesOf(a), placesOf(b)];
    const scale = Math.max(left, right);
    const [first, second] = [
      smallDigits(a) * (TENS[scale - left] ?? 0),
      smallDigits(b) * (TENS[scale - right] ?? 0) * sign,
    ];
    if (Math.abs(first) + Math.abs(second) <= Number.MAX_SAFE_INTEGER) return scaled(first + second, scale);
  }
  return sign === 1 ? exact.sum([a, b]) : exact.sub(a, b);
}

/** A whole number divided by 10^scale, as text. */
function scaled(digits: number, scale: number): string {
  const size = Math.abs(digits);
  const unit = TENS[scale] ?? 1;
  const part = size % unit;
  const whole = (size - part) / unit;
  const text = part === 0 ? String(whole) : trimZeros(`${whole}.${String(part).padStart(scale, '0')}`);
  return digits < 0 ? `-${text}` : text;
}

/** The digits of a short plain number as a whole number: "-12.5" is -125. */
function smallDigits(plain: string): number {
  let number = 0;
  for (let at = 0; at < plain.length; at++) {
    const unit = plain.charCodeAt(at);
    if (unit >= ZERO) number = number * 10 + unit - ZERO;
  }
  return plain.charCodeAt(0) === MINUS ? -number : number;
}

function signed(negative: boolean, digits: string, scale: number): string {
  const text = shiftPoint(digits, -scale);
  return negative && text !== '0' ? `-${text}` : text;
}

function placesOf(plain: string): number {
  const point = plain.indexOf('.');
  return point === -1 ? 0 : plain.length - point - 1;
}

function digitsOf(plain: string): bigint {
  return BigInt(plain.replace('.', ''));
}

/** How two numbers stand to each other. Most comparisons are with zero or of short numbers: those need no arithmetic. */
export function orderOf(left: unknown, right: unknown): -1 | 0 | 1 {
  const [a, b] = [number('cmp', left), number('cmp', right)];
  if (a === b) return 0;
  if (b === '0') return a.charCodeAt(0) === MINUS ? -1 : 1;
  // Up to 15 digits a decimal and its nearest double stand in the same order as their neighbours.
  if (a.length <= 15 && b.length <= 15) return Number(a) < Number(b) ? -1 : 1;
  return exact.cmp(a, b);
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
