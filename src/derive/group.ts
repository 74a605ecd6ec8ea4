/**
 * Summaries of many records. Every source gives a share: its group and its lines already added up. A summary
 * is the plain sum of the shares, in any order; how many sources there are does not change its size.
 */
import { decimal, type Json, type JsonObject, pathInfo, valueAt } from '../model/index.ts';
import { type Catalog, emptyCatalog } from './catalog.ts';
import { contradiction, notTold } from './error.ts';
import { applySet, evaluate, fieldValue, joinKey, objects } from './evaluate.ts';
import { type Taken, takeLines } from './lines.ts';
import type { DeriveRule, Field, Sums } from './rule.ts';

/** What one line of the source adds to a line of what is derived. */
export interface ShareSource {
  /** Key of the line of the source; absent for a line the rule itself added. */
  readonly line?: string;
  /** Steps of the rule that made it of the source's line: expand, append, allocate. */
  readonly via?: readonly string[];
  readonly sums: Readonly<Record<string, string>>;
}
/** One added-up line or tender of a share; values are JSON, so that a share can be stored. */
export interface ShareLine {
  readonly key: string;
  /** Grouping fields, as far as told. */
  readonly fields: JsonObject;
  readonly sums: Readonly<Record<string, string>>;
  /** The source's lines behind it; their sums add up to these sums. */
  readonly from?: readonly ShareSource[];
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
export function share(rule: DeriveRule, record: JsonObject, catalog: Catalog = emptyCatalog): Share {
  const fields = groupFields(rule, record);
  return {
    key: joinKey(Object.values(fields)),
    fields,
    lines: rule.lines === undefined ? [] : reduce(rule, rule.lines, record, takeLines(rule, record, catalog)),
    tenders:
      rule.tenders === undefined
        ? []
        : reduce(rule, rule.tenders, record, elementsOf(record, rule.tenders.from)),
    amount: pathInfo(rule.entity, 'amount') === undefined ? '0' : amountOf(rule, record),
    count: 1,
  };
}

function elementsOf(record: JsonObject, list: string): Taken[] {
  return objects(valueAt(record, list)).map((line) => ({
    line,
    origin: { line: String(line.key), via: [] },
  }));
}

/**
 * Lines by their grouping fields. A field to be summed that a line does not tell makes it another line, so that
 * a sum never mixes told and untold values; the key says which (`…~tax`).
 */
function reduce(rule: DeriveRule, sums: Sums, record: JsonObject, lines: readonly Taken[]): ShareLine[] {
  const totals = new Totals();
  const sources = new Map<string, ShareSource[]>();
  for (const { line, origin } of lines) {
    const fields: Record<string, Json> = {};
    const values = sums.group.map((field) => {
      const value = fieldValue(rule, field, line, { record, line });
      if (value !== undefined) fields[field.name] = value;
      return value;
    });
    const told: Record<string, string> = {};
    for (const field of sums.sum) {
      const value = summand(rule, field, record, line);
      if (value !== undefined) told[field.name] = value;
    }
    const untold = sums.sum.filter(({ name }) => told[name] === undefined).map(({ name }) => `~${name}`);
    const key = joinKey(values) + untold.join('');
    totals.add({ key, fields, sums: told });
    const source = {
      ...(origin.line === undefined ? {} : { line: origin.line }),
      ...(origin.via.length === 0 ? {} : { via: origin.via }),
      sums: told,
    };
    const known = sources.get(key);
    if (known === undefined) sources.set(key, [source]);
    else known.push(source);
  }
  return totals.lines().map((line) => ({ ...line, from: sources.get(line.key) ?? [] }));
}

/** What a line adds to a sum; undefined when it is not told. */
function summand(rule: DeriveRule, field: Field, record: JsonObject, line: JsonObject): string | undefined {
  if (field.expression === undefined) {
    const value = line[field.name];
    return typeof value === 'string' ? value : undefined;
  }
  const value = evaluate(rule, field.expression, { record, line });
  if (value === undefined) return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && decimal.isDecimal(value)) return value;
  throw contradiction(
    rule.name,
    field.expression.text,
    `${field.expression.text} gives ${JSON.stringify(value)}, which is no decimal`,
  );
}

/** What the rule says; else the payable of an order; where it is not told, what its lines amount to. */
function amountOf(rule: DeriveRule, record: JsonObject): string {
  if (rule.amount !== undefined) {
    const told = evaluate(rule, rule.amount, { record });
    if (typeof told === 'string' && decimal.isDecimal(told)) return told;
    throw told === undefined
      ? notTold(rule.name, rule.amount.text)
      : contradiction(
          rule.name,
          'amount',
          `${rule.amount.text} gives ${JSON.stringify(told)}, which is no decimal`,
        );
  }
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
  const summary = new Summary(rule);
  for (const one of shares) summary.add(one);
  const record = summary.record();
  if (record === undefined) throw notTold(rule.name, 'shares');
  return record;
}

/** The sum of shares, added one by one: its size follows its lines, not the number of sources. */
export class Summary {
  readonly #rule: DeriveRule;
  readonly #lines = new Totals();
  readonly #tenders = new Totals();
  readonly #amount = new decimal.Total();
  #first: Share | undefined;
  #count = 0;

  constructor(rule: DeriveRule) {
    this.#rule = rule;
  }

  /** Adds a share. Throws RangeError when it belongs to another group than those before. */
  add(share: Share): void {
    this.#first ??= { ...share, lines: [], tenders: [] };
    if (share.key !== this.#first.key) {
      throw new RangeError(`shares of ${this.#first.key} and ${share.key} are mixed`);
    }
    for (const line of share.lines) this.#lines.add(line);
    for (const tender of share.tenders) this.#tenders.add(tender);
    this.#amount.add(share.amount);
    this.#count += share.count;
  }

  /** How many sources were added. */
  get count(): number {
    return this.#count;
  }

  /** The derived record so far; undefined when nothing was added. Throws DeriveError when `set` cannot be computed. */
  record(): JsonObject | undefined {
    const rule = this.#rule;
    if (this.#first === undefined) return undefined;
    const { fields } = this.#first;
    // A stored share has its fields in another order; the number goes by the rule's.
    const number = rule.group.map((field) => String(fields[field.name])).join('-');
    const has = (path: string) => pathInfo(rule.entity, path) !== undefined;
    const data: JsonObject = {
      ...(has('number') ? { number } : {}),
      ...fields,
      ...(rule.lines === undefined ? {} : { lines: this.#lines.lines().map(flat) }),
      ...(rule.tenders === undefined ? {} : { tenders: this.#tenders.lines().map(flat) }),
      ...(has('counts.tickets') ? { counts: { tickets: this.#count } } : {}),
      ...(has('amount') ? { amount: this.#amount.toString() } : {}),
    };
    return applySet(rule, data, data, 1);
  }
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
