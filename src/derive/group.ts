/**
 * Summaries of many records. Every source gives a share: its group and its lines already added up. A summary
 * is the plain sum of the shares, in any order; how many sources there are does not change its size.
 */
import { decimal, type Json, type JsonObject, pathInfo, valueAt } from '../model/index.ts';
import { DeriveError, notTold } from './error.ts';
import { applySet, fieldValue, joinKey, objects, takesLine } from './evaluate.ts';
import type { DeriveRule, Sums } from './rule.ts';

/** One added-up line or tender of a share; values are JSON, so that a share can be stored. */
export interface ShareLine {
  readonly key: string;
  /** Grouping fields, as far as told. */
  readonly fields: JsonObject;
  readonly sums: Readonly<Record<string, string>>;
}
/** What one source record adds to its group. */
export interface Share {
  readonly key: string;
  readonly fields: JsonObject;
  readonly lines: readonly ShareLine[];
  readonly tenders: readonly ShareLine[];
  /** What the source amounts to. */
  readonly amount: string;
  readonly count: number;
}

/** The group a source belongs to, as text. Throws DeriveError when a grouping field is not told. */
export function groupKey(rule: DeriveRule, record: JsonObject): string {
  return joinKey(Object.values(groupFields(rule, record)));
}

/** The grouping fields of a source. Throws DeriveError when one is not told. */
export function groupFields(rule: DeriveRule, record: JsonObject): JsonObject {
  const fields: Record<string, Json> = {};
  for (const field of rule.group) {
    const value = fieldValue(rule, field, record, { record });
    if (value === undefined) throw notTold(rule.name, field.name);
    fields[field.name] = value;
  }
  return fields;
}

/** What one source adds to its group. Throws DeriveError when a grouping field or the amount is not told. */
export function share(rule: DeriveRule, record: JsonObject): Share {
  const fields = groupFields(rule, record);
  return {
    key: joinKey(Object.values(fields)),
    fields,
    lines: rule.lines === undefined ? [] : reduce(rule, rule.lines, record),
    tenders: rule.tenders === undefined ? [] : reduce(rule, rule.tenders, record),
    amount: amountOf(rule, record),
    count: 1,
  };
}

/**
 * Lines by their grouping fields. A field to be summed that a line does not tell makes it another line, so that
 * a sum never mixes told and untold values; the key says which (`…~tax`).
 */
function reduce(rule: DeriveRule, sums: Sums, record: JsonObject): ShareLine[] {
  const totals = new Totals();
  for (const line of objects(valueAt(record, sums.from))) {
    if (!takesLine(rule, sums.when, record, line)) continue;
    const fields: Record<string, Json> = {};
    const values = sums.group.map((field) => {
      const value = fieldValue(rule, field, line, { record, line });
      if (value !== undefined) fields[field.name] = value;
      return value;
    });
    const told: Record<string, string> = {};
    for (const name of sums.sum) {
      const value = line[name];
      if (typeof value === 'string') told[name] = value;
    }
    const untold = sums.sum.filter((name) => told[name] === undefined).map((name) => `~${name}`);
    totals.add({ key: joinKey(values) + untold.join(''), fields, sums: told });
  }
  return totals.lines();
}

/** The payable of an order; where it is not told, what its lines amount to. */
function amountOf(rule: DeriveRule, record: JsonObject): string {
  const payable = valueAt(record, 'amounts.payable') ?? record.amount;
  if (typeof payable === 'string') return payable;
  const lines = objects(record.lines).filter((line) => line.kind !== 'component');
  const amounts = lines.flatMap(({ amount }) => (typeof amount === 'string' ? [amount] : []));
  if (lines.length === 0 || amounts.length < lines.length) throw notTold(rule.name, 'amounts.payable');
  const extras = ['freight', 'fees', 'rounding'].map((name) => valueAt(record, `amounts.${name}`));
  return decimal.sum([...amounts, ...extras.filter((extra) => typeof extra === 'string')]);
}

/**
 * The derived record: the sum of the shares of one group, read once. Lines are in the order of their keys.
 * Throws DeriveError when there is no share, RangeError when shares of several groups are mixed.
 */
export function combine(rule: DeriveRule, shares: Iterable<Share>): JsonObject {
  let first: Share | undefined;
  let count = 0;
  const lines = new Totals();
  const tenders = new Totals();
  const amount = new decimal.Total();
  for (const one of shares) {
    first ??= one;
    if (one.key !== first.key) throw new RangeError(`shares of ${first.key} and ${one.key} are mixed`);
    for (const line of one.lines) lines.add(line);
    for (const tender of one.tenders) tenders.add(tender);
    amount.add(one.amount);
    count += one.count;
  }
  if (first === undefined) {
    throw new DeriveError(
      'derive.not-told',
      rule.name,
      'shares',
      `rule ${rule.name}: a group needs a source`,
    );
  }
  const { fields } = first;
  // A stored share has its fields in another order; the number goes by the rule's.
  const number = rule.group.map((field) => String(fields[field.name])).join('-');
  const has = (path: string) => pathInfo(rule.entity, path) !== undefined;
  const data: JsonObject = {
    ...(has('number') ? { number } : {}),
    ...fields,
    ...(rule.lines === undefined ? {} : { lines: lines.lines().map(flat) }),
    ...(rule.tenders === undefined ? {} : { tenders: tenders.lines().map(flat) }),
    ...(has('counts.tickets') ? { counts: { tickets: count } } : {}),
    ...(has('amount') ? { amount: amount.toString() } : {}),
  };
  return applySet(rule, data, data, 1);
}

function flat(line: ShareLine): JsonObject {
  return { key: line.key, ...line.fields, ...line.sums };
}

class Totals {
  readonly #byKey = new Map<
    string,
    { readonly fields: JsonObject; readonly sums: Map<string, decimal.Total> }
  >();

  add(line: ShareLine): void {
    let entry = this.#byKey.get(line.key);
    if (entry === undefined) {
      entry = {
        fields: line.fields,
        sums: new Map(Object.keys(line.sums).map((name) => [name, new decimal.Total()])),
      };
      this.#byKey.set(line.key, entry);
    }
    for (const [name, total] of entry.sums) total.add(line.sums[name] ?? '0');
  }

  lines(): ShareLine[] {
    return [...this.#byKey]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, { fields, sums }]) => ({
        key,
        fields,
        sums: Object.fromEntries([...sums].map(([name, total]) => [name, total.toString()])),
      }));
  }
}
