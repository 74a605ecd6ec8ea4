/** One line per element of a list inside the line, such as the batches that were shipped of it. */
import { decimal, type Json, type JsonObject } from '../model/index.ts';
import { allocate } from './allocate.ts';
import { contradiction, notTold } from './error.ts';
import { objects } from './evaluate.ts';
import { money, quantityName } from './lineFields.ts';
import type { Taken } from './lines.ts';
import type { DeriveRule } from './rule.ts';

/** Places of a base quantity that is divided among elements. */
const BASE_PLACES = 6;

/**
 * Replaces every line that has elements by one line per element: its fields over those of the line, its quantity,
 * and its share of the line's money. What the elements do not account for stays as a line of its own. Throws
 * DeriveError when they account for more than the line, or when several do not tell how much they are.
 */
export function expandList(rule: DeriveRule, lines: readonly Taken[]): Taken[] {
  const { list, quantity = 'qty' } = rule.expand ?? {};
  if (list === undefined) return [...lines];
  return lines.flatMap((taken) => {
    const elements = objects(taken.line[list]);
    return elements.length === 0 ? [taken] : byElement(rule, taken, list, quantity, elements);
  });
}

function byElement(
  rule: DeriveRule,
  { line, origin }: Taken,
  list: string,
  quantity: string,
  elements: readonly JsonObject[],
): Taken[] {
  const own = quantityName(line);
  const whole = line[own];
  const at = `lines[${String(line.key)}].${list}`;
  if (typeof whole !== 'string') throw notTold(rule.name, `lines[${String(line.key)}].${own}`);
  const amounts = elements.map((element) => {
    const told = element[quantity] ?? (elements.length === 1 ? whole : undefined);
    if (typeof told !== 'string') throw notTold(rule.name, `${at}[${String(element.key)}].${quantity}`);
    return told;
  });
  const rest = decimal.sub(whole, decimal.sum(amounts));
  if (decimal.cmp(decimal.abs(decimal.sum(amounts)), decimal.abs(whole)) > 0) {
    throw contradiction(
      rule.name,
      at,
      `the ${list} of line ${String(line.key)} are ${decimal.sum(amounts)}, but the line is ${whole}`,
    );
  }
  const hasRest = !decimal.isZero(rest);
  const weights = hasRest ? [...amounts, rest] : amounts;
  const { [list]: _elements, key, ...inherited } = line;
  const shares = new Map<string, string[]>();
  for (const name of money(line)) shares.set(name, allocate(String(line[name]), weights));
  if (typeof line.baseQuantity === 'string')
    shares.set('baseQuantity', allocate(line.baseQuantity, weights, BASE_PLACES));
  return weights.map((amount, index) => {
    const element = elements[index];
    const { key: elementKey, [quantity]: _quantity, ...fields } = element ?? {};
    const made: Record<string, Json> = { ...inherited, ...fields, [own]: amount };
    for (const [name, share] of shares) made[name] = share[index] ?? '0';
    return {
      line: { key: element === undefined ? String(key) : `${String(key)}/${String(elementKey)}`, ...made },
      origin: { ...origin, via: [...origin.via, 'expand'] },
    };
  });
}
