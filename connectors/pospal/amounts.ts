import { Decimal } from 'decimal.js';

/**
 * Makes an order's lines add up to what the customer pays:
 * Σ lines + freight + rounding = payable. All amounts are decimal text in yuan.
 */

export interface Unbalanced {
  readonly payable: string;
  readonly freight: string;
  /** Line amounts as the vendor tells them. */
  readonly lines: readonly string[];
  /** Differences up to this count as rounding. */
  readonly roundingLimit: string;
}

export interface Balanced {
  /** Line amounts after their share of a discount on the whole order; same order as given. */
  readonly lines: readonly string[];
  /** What was taken off each line. */
  readonly shares: readonly string[];
  /** Sum of `lines`. */
  readonly goods: string;
  readonly rounding: string;
  /** Sum of `shares`. */
  readonly discount: string;
}

/**
 * A small difference is rounding (抹零). If clearly less is paid than the lines say, the rest is a discount on the
 * whole order: it is spread over the lines by their amounts, in cents, exactly. If clearly more is paid, nothing
 * explains it: the lines stay as they are and the order will not add up, which parks it for a person.
 */
export function balance(order: Unbalanced): Balanced {
  const lines = order.lines.map((line) => new Decimal(line));
  const goods = sum(lines);
  const difference = new Decimal(order.payable).minus(order.freight).minus(goods);
  const none = lines.map(() => '0');
  const untouched = { lines: lines.map(text), shares: none, goods: text(goods), discount: '0' };
  if (difference.abs().lte(order.roundingLimit)) return { ...untouched, rounding: text(difference) };
  if (difference.isPositive() || difference.abs().gt(goods)) return { ...untouched, rounding: '0' };
  const shares = spread(difference.abs(), lines, goods);
  const reduced = lines.map((line, at) => line.minus(shares[at] ?? 0));
  return {
    lines: reduced.map(text),
    shares: shares.map(text),
    goods: text(sum(reduced)),
    rounding: '0',
    discount: text(sum(shares)),
  };
}

/** Largest remainder in cents; what is finer than a cent goes to the largest line. */
function spread(amount: Decimal, weights: readonly Decimal[], total: Decimal): Decimal[] {
  const cents = amount.times(100).floor();
  const exact = weights.map((weight) => cents.times(weight).div(total));
  const shares = exact.map((share) => share.floor());
  let left = cents.minus(sum(shares)).toNumber();
  const byRemainder = exact
    .map((share, at) => ({ at, rest: share.minus(share.floor()) }))
    .sort((a, b) => b.rest.comparedTo(a.rest) || a.at - b.at);
  for (const { at } of byRemainder) {
    if (left <= 0) break;
    shares[at] = (shares[at] ?? new Decimal(0)).plus(1);
    left -= 1;
  }
  const yuan = shares.map((share) => share.div(100));
  const largest = weights.reduce((best, weight, at) => (weight.gt(weights[best] ?? 0) ? at : best), 0);
  yuan[largest] = (yuan[largest] ?? new Decimal(0)).plus(amount.minus(cents.div(100)));
  return yuan;
}

/** Sum of decimal texts. */
export function total(values: readonly string[]): string {
  return text(sum(values.map((value) => new Decimal(value))));
}

/** Price times quantity, rounded to cents. */
export function lineAmount(price: string, quantity: string): string {
  return text(new Decimal(price).times(quantity).toDecimalPlaces(2));
}

/** Price per unit that an amount stands for, six decimals; the quantity must not be 0. */
export function unitPrice(amount: string, quantity: string): string {
  return text(new Decimal(amount).div(quantity).toDecimalPlaces(6));
}

/**
 * Turns a group of values positive when their sum is negative: Pospal signs returns either way. A mixed
 * group (an exchange inside one ticket) keeps its inner signs.
 */
export function positive(values: readonly string[]): string[] {
  const decimals = values.map((value) => new Decimal(value));
  const turned = sum(decimals).isNegative() ? decimals.map((value) => value.negated()) : decimals;
  return turned.map(text);
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((all, value) => all.plus(value), new Decimal(0));
}

function text(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}
