/**
 * Exact arithmetic on decimal texts. Money and quantities never pass through a binary float:
 * every function takes and returns plain decimal notation ("12.50", "-3", "0.001"), never exponents.
 */
import { Decimal } from 'decimal.js';

/** Enough digits that sums and products of accepted values (at most 40 digits) are exact. */
const Exact = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1_000,
  toExpPos: 1_000,
});

/** Plain notation with at most 40 digits. No exponent, no plus sign, no bare point. */
export const DECIMAL_PATTERN = /^-?(?=[\d.]{1,41}$)\d+(\.\d+)?$/;

/** True when the text is a decimal in plain notation. */
export function isDecimal(text: string): boolean {
  return DECIMAL_PATTERN.test(text);
}

function read(text: string): Decimal {
  if (!DECIMAL_PATTERN.test(text)) throw new RangeError(`"${text}" is not a decimal in plain notation`);
  return new Exact(text);
}

/** Minus zero is written as zero. */
function write(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** a + b, exact; trailing zeros of the result are dropped ("1.50" + "0" = "1.5"). */
export function add(a: string, b: string): string {
  return write(read(a).plus(read(b)));
}

/** a − b, exact. */
export function sub(a: string, b: string): string {
  return write(read(a).minus(read(b)));
}

/** a × b, exact; with `scale`, rounded half up to that many places. */
export function mul(a: string, b: string, scale?: number): string {
  const product = read(a).times(read(b));
  return write(scale === undefined ? product : product.toDecimalPlaces(scale));
}

/** a ÷ b rounded half up (away from zero) to `scale` places; throws RangeError when b is zero. */
export function div(a: string, b: string, scale: number): string {
  const divisor = read(b);
  if (divisor.isZero()) throw new RangeError(`cannot divide ${a} by zero`);
  return write(read(a).div(divisor).toDecimalPlaces(scale));
}

/** -1, 0 or 1: how a compares with b by value ("1.0" equals "1"). */
export function cmp(a: string, b: string): -1 | 0 | 1 {
  const order = read(a).comparedTo(read(b));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/** −a. */
export function neg(a: string): string {
  return write(read(a).negated());
}

/** |a|. */
export function abs(a: string): string {
  return write(read(a).abs());
}

/** Rounded half up to `scale` places, without trailing zeros. */
export function round(a: string, scale: number): string {
  return write(read(a).toDecimalPlaces(scale));
}

/** Rounded half up and padded to exactly `scale` places ("5" at 2 is "5.00"). */
export function fixed(a: string, scale: number): string {
  return read(a).plus(0).toFixed(scale);
}

/** The exact sum; "0" for nothing. */
export function sum(values: Iterable<string>): string {
  const total = new Total();
  for (const value of values) total.add(value);
  return total.toString();
}

/** True when the text is a decimal of value zero ("0", "0.00", "-0"). */
export function isZero(text: string): boolean {
  return read(text).isZero();
}

const POWERS: readonly bigint[] = Array.from({ length: 41 }, (_, at) => 10n ** BigInt(at));

/**
 * A running exact sum for many addends: an integer beside its scale, so that adding a value costs no
 * rounding and no allocation that grows with the number of addends.
 */
export class Total {
  #digits = 0n;
  #scale = 0;

  /** Adds one decimal text; throws RangeError when it is none. */
  add(text: string): void {
    if (!DECIMAL_PATTERN.test(text)) throw new RangeError(`"${text}" is not a decimal in plain notation`);
    const point = text.indexOf('.');
    const scale = point < 0 ? 0 : text.length - point - 1;
    const digits = BigInt(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
    if (scale > this.#scale) {
      this.#digits *= POWERS[scale - this.#scale] ?? 1n;
      this.#scale = scale;
    }
    this.#digits += scale === this.#scale ? digits : digits * (POWERS[this.#scale - scale] ?? 1n);
  }

  /** The sum so far, without trailing zeros. */
  toString(): string {
    if (this.#scale === 0) return this.#digits.toString();
    const negative = this.#digits < 0n;
    const digits = (negative ? -this.#digits : this.#digits).toString().padStart(this.#scale + 1, '0');
    const whole = digits.slice(0, -this.#scale);
    const fraction = digits.slice(-this.#scale).replace(/0+$/, '');
    return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  }
}
