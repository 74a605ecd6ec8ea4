/** The next part of a summary: what has changed since its earlier parts were posted. */
import { decimal, isObject, type Json, type JsonObject } from '../model/index.ts';
import { applySet, objects } from './evaluate.ts';
import type { DeriveRule, Sums } from './rule.ts';

/**
 * The total less everything posted; undefined when nothing is left. Quantities and amounts that went down are
 * negative, lines whose sums are all zero are left out. A number an earlier part has already gets `-2`, `-3`, …
 */
export function part(
  rule: DeriveRule,
  total: JsonObject,
  postedParts: readonly JsonObject[],
): JsonObject | undefined {
  const ordinal = postedParts.length + 1;
  if (ordinal === 1) return total;
  const lines = rest(rule.lines, 'lines', total, postedParts);
  const tenders = rest(rule.tenders, 'tenders', total, postedParts);
  const amount = less(
    total.amount,
    postedParts.map((posted) => posted.amount),
  );
  const isNothing =
    lines.length === 0 && tenders.length === 0 && (amount === undefined || decimal.isZero(amount));
  if (isNothing) return undefined;
  const tickets = ticketsOf(total) - postedParts.reduce((sum, posted) => sum + ticketsOf(posted), 0);
  const delta: JsonObject = {
    ...total,
    ...(rule.lines === undefined ? {} : { lines }),
    ...(rule.tenders === undefined ? {} : { tenders }),
    ...(amount === undefined ? {} : { amount }),
    ...(isObject(total.counts) ? { counts: { ...total.counts, tickets } } : {}),
  };
  const data = applySet(rule, delta, delta, ordinal);
  const taken = postedParts.some((posted) => posted.number === data.number);
  return taken && typeof data.number === 'string' ? { ...data, number: `${data.number}-${ordinal}` } : data;
}

/** Elements of a list less the posted ones of the same key. */
function rest(
  sums: Sums | undefined,
  list: string,
  total: JsonObject,
  postedParts: readonly JsonObject[],
): JsonObject[] {
  if (sums === undefined) return [];
  const left = new Map<Json | undefined, JsonObject>(objects(total[list]).map((line) => [line.key, line]));
  for (const posted of postedParts.flatMap((one) => objects(one[list]))) {
    const before = left.get(posted.key);
    const changed: Record<string, Json> = { ...(before ?? posted) };
    for (const name of sums.sum) {
      const difference = less(before?.[name], [posted[name]]);
      if (difference !== undefined) changed[name] = difference;
    }
    left.set(posted.key, changed);
  }
  const isZero = (value: Json | undefined) => typeof value !== 'string' || decimal.isZero(value);
  return [...left.values()]
    .filter((line) => !sums.sum.every((name) => isZero(line[name])))
    .sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
}

/** a − Σ b; undefined when nobody told anything. */
function less(a: Json | undefined, b: readonly (Json | undefined)[]): string | undefined {
  const told = b.filter((value) => typeof value === 'string');
  if (typeof a !== 'string' && told.length === 0) return undefined;
  return decimal.sub(typeof a === 'string' ? a : '0', decimal.sum(told));
}

function ticketsOf(data: JsonObject): number {
  return isObject(data.counts) && typeof data.counts.tickets === 'number' ? data.counts.tickets : 0;
}
