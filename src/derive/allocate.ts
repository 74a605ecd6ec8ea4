/** Totals spread by weight so that the shares add up exactly. */
import { decimal, type JsonObject } from '../model/index.ts';
import { contradiction, DeriveError } from './error.ts';
import { evaluate, takesLine } from './evaluate.ts';
import type { Taken } from './lines.ts';
import type { Allocation, DeriveRule } from './rule.ts';

/**
 * Shares of `total` by weight, in the order of the weights: each is rounded down to `scale` places (more when the
 * total has more), and the units that are left go to the largest remainders, the first of equal ones first. The
 * shares add up to the total exactly; a weight of zero gets nothing unless all are zero, then all get equal parts.
 * A negative total gives negative shares; weights may all be negative, as on a return. Throws RangeError for
 * weights of both signs, and for a total that is not zero without any weight.
 *
 * @example allocate('10', ['1', '1', '1']) // ['3.34', '3.33', '3.33']
 */
export function allocate(total: string, weights: readonly string[], scale = 2): string[] {
  const isNothing = decimal.isZero(total);
  if (weights.length === 0) {
    if (isNothing) return [];
    throw new RangeError(`there is nothing that ${total} could be spread over`);
  }
  const places = Math.max(scale, placesOf(total));
  const units = toUnits(total, places);
  const weightPlaces = Math.max(0, ...weights.map(placesOf));
  let parts = weights.map((weight) => toUnits(weight, weightPlaces));
  if (parts.some((part) => part < 0n)) {
    if (parts.some((part) => part > 0n)) throw new RangeError('weights are both above and below zero');
    parts = parts.map((part) => -part);
  }
  if (parts.every((part) => part === 0n)) parts = parts.map(() => 1n);
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  const negative = units < 0n;
  const size = negative ? -units : units;
  const shares = parts.map((part) => (size * part) / whole);
  const remainders = parts.map((part) => (size * part) % whole);
  let left = size - shares.reduce((sum, share) => sum + share, 0n);
  const order = remainders
    .map((remainder, at) => ({ remainder, at }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of order) {
    if (left === 0n) break;
    shares[at] = (shares[at] ?? 0n) + 1n;
    left -= 1n;
  }
  return shares.map((share) => fromUnits(negative ? -share : share, places));
}

/** The lines with every allocation of the rule added, one after the other. Throws DeriveError naming the rule. */
export function allocateLines(rule: DeriveRule, record: JsonObject, lines: readonly Taken[]): Taken[] {
  let result = [...lines];
  for (const [index, allocation] of rule.allocate.entries()) {
    result = spread(rule, allocation, `allocate.${index}`, record, result);
  }
  return result;
}

function spread(
  rule: DeriveRule,
  { amount, to, by, when, scale }: Allocation,
  at: string,
  record: JsonObject,
  lines: readonly Taken[],
): Taken[] {
  const total = decimalOf(rule, amount.text, evaluate(rule, amount, { record }));
  if (total === undefined) return [...lines];
  const chosen = lines.filter(({ line }) => takesLine(rule, when, record, line));
  const weights = chosen.map(
    ({ line }) => decimalOf(rule, by.text, evaluate(rule, by, { record, line })) ?? '0',
  );
  const shares = new Map(chosen.map((taken, index) => [taken, index]));
  const spreaded = orContradiction(rule, at, () => allocate(total, weights, scale));
  return lines.map((taken) => {
    const index = shares.get(taken);
    const share = index === undefined ? undefined : spreaded[index];
    if (share === undefined || decimal.isZero(share)) return taken;
    const before = taken.line[to];
    const value = decimal.add(typeof before === 'string' ? before : '0', share);
    return {
      line: { ...taken.line, [to]: value },
      origin: { ...taken.origin, via: [...taken.origin.via, 'allocate'] },
    };
  });
}

/** Runs pure arithmetic; what it refuses is a contradiction in the record. */
export function orContradiction<T>(rule: DeriveRule, field: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof DeriveError || !(error instanceof RangeError)) throw error;
    throw contradiction(rule.name, field, error.message);
  }
}

function decimalOf(rule: DeriveRule, text: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const told = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof told === 'string' && decimal.isDecimal(told)) return told;
  throw contradiction(rule.name, text, `${text} gives ${JSON.stringify(value)}, which is no decimal`);
}

function placesOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** The value in units of 10^-places. */
function toUnits(text: string, places: number): bigint {
  if (!decimal.isDecimal(text)) throw new RangeError(`"${text}" is not a decimal in plain notation`);
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}

function fromUnits(units: bigint, places: number): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return decimal.add(`${negative ? '-' : ''}${text}`, '0');
}
