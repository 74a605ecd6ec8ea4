/** Records of the simulated tenant, and the query language as far as clients use it. */
import { firstRows } from '../../kit/first-rows.ts';
import type { Json, JsonObject } from '../../kit/index.ts';

export type Row = Record<string, Json>;

/** Answered in the dialect of the address that was called. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export interface Select {
  readonly fields: readonly string[];
  readonly from: string;
  readonly where: readonly Condition[];
  readonly orderBy: readonly { readonly field: string; readonly down: boolean }[];
  readonly offset: number;
  readonly count: number;
}

const condition = /^([\w]+)\s*(=|<>|>=|<=|>|<|like|in)\s*(.+)$/is;
const statement =
  /^select\s+(?<fields>[\w,\s]+?)\s+from\s+(?<from>\w+)(?:\s+where\s+(?<where>.+?))?(?:\s+order\s+by\s+(?<order>[\w,\s]+?))?\s+limit\s+(?<first>\d+)(?:\s*(?<comma>,|offset)\s*(?<second>\d+))?\s*$/is;

/** Reads a query of this grammar: conditions joined by `and`, `in`, one or more fields to sort by, `limit o,n`. */
export function parseSelect(text: string): Select {
  const groups = statement.exec(text.trim())?.groups;
  if (!groups) throw new Refusal('300001', `语法错误: ${text.slice(0, 80)}`);
  const { fields = '', from = '', where = '', order = 'id', first = '0', comma, second } = groups;
  // `limit offset,count`, or `limit count offset n`.
  const [offset, count] =
    second === undefined
      ? [0, Number(first)]
      : comma === ','
        ? [Number(first), Number(second)]
        : [Number(second), Number(first)];
  return {
    fields: fields.split(',').map((one) => one.trim()),
    from,
    where: where === '' ? [] : splitAnd(where).map(conditionOf),
    orderBy: order.split(',').map((one) => {
      const [field = 'id', direction = 'asc'] = one.trim().split(/\s+/);
      return { field, down: direction.toLowerCase() === 'desc' };
    }),
    offset,
    count,
  };
}

/** Text on both sides of `and`, but not inside a literal. */
function splitAnd(text: string): string[] {
  const parts = [''];
  for (const piece of text.split(/('(?:[^'\\])*')|(\s+and\s+)/i)) {
    if (piece === undefined || piece === '') continue;
    if (/^\s+and\s+$/i.test(piece)) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function conditionOf(text: string): Condition {
  const [, field = '', operator = '', rest = ''] = condition.exec(text.trim()) ?? [];
  if (field === '') throw new Refusal('300001', `条件错误: ${text.slice(0, 80)}`);
  const literals =
    operator.toLowerCase() === 'in'
      ? rest
          .trim()
          .replace(/^\(|\)$/g, '')
          .split(',')
      : [rest];
  const values = literals.map((literal) => {
    const found = /^\s*(?:'([^'\\]*)'|(-?\d+(?:\.\d+)?))\s*$/.exec(literal);
    if (!found) throw new Refusal('300001', `值错误: ${literal.slice(0, 80)}`);
    return found[1] ?? found[2] ?? '';
  });
  return { field, operator: operator.toLowerCase(), values };
}

export class Store {
  readonly #objects = new Map<string, Map<string, Row>>();
  readonly #now: () => number;
  #serial = 1_481_294_232_240_872n;

  constructor(now: () => number) {
    this.#now = now;
  }

  table(apiKey: string): Map<string, Row> {
    const known = this.#objects.get(apiKey) ?? new Map<string, Row>();
    this.#objects.set(apiKey, known);
    return known;
  }

  /** Makes a record. Ids grow; every third one has nineteen digits, which no double holds. */
  add(apiKey: string, fields: JsonObject): Row {
    this.#serial += 1n;
    const id = this.#serial % 3n === 0n ? `${this.#serial}123` : String(this.#serial);
    const now = this.#now();
    const row: Row = { id, createdAt: now, updatedAt: now, lockStatus: '1', ...texts(fields) };
    if (apiKey === 'order') row.po ??= `PO${this.#serial % 1_000_000n}`;
    this.table(apiKey).set(id, row);
    return row;
  }

  change(apiKey: string, id: string, fields: JsonObject): Row {
    const row = this.table(apiKey).get(id);
    if (!row) throw new Refusal('100002', '数据不存在');
    Object.assign(row, texts(fields), { updatedAt: Math.max(this.#now(), Number(row.updatedAt) + 1) });
    return row;
  }

  /** Rows of a query, and how many there are without its limit. */
  select({ from, where, orderBy, offset, count }: Select): { rows: Row[]; total: number } {
    const fits = [...this.table(from).values()].filter((row) =>
      where.every((one) => passes(one, row[one.field])),
    );
    const inOrder = (a: Row, b: Row): number => {
      for (const { field, down } of orderBy) {
        const order = compared(textOf(a[field]), textOf(b[field]));
        if (order !== 0) return down ? -order : order;
      }
      return 0;
    };
    return { rows: firstRows(fits, inOrder, offset + count).slice(offset), total: fits.length };
  }
}

/** Numbers are kept digit by digit; moments stay numbers. */
function texts(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' && !/At$|Date$/.test(name) ? String(value) : value,
    ]),
  );
}

function passes({ operator, values }: Condition, value: Json | undefined): boolean {
  const text = textOf(value);
  const order = compared(text, values[0] ?? '');
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case 'like':
      return text.includes((values[0] ?? '').replaceAll('%', ''));
    default:
      return values.includes(text);
  }
}

function compared(a: string, b: string): number {
  // Ids have more digits than a double holds: of whole numbers without leading zeros the longer one is the greater.
  if (a.length !== b.length && /^[1-9]\d*$/.test(a) && /^[1-9]\d*$/.test(b)) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
