/** Records of the simulated enterprise, and the query language as far as clients use it. */
import { firstRows } from '../../kit/first-rows.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';

export type Row = Record<string, Json>;

/** Answered as an envelope with this code. */
export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Filter {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly Json[];
}

export class Store {
  readonly #objects = new Map<string, Map<string, Row>>();
  readonly #now: () => number;
  #serial = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  table(apiName: string): Map<string, Row> {
    const known = this.#objects.get(apiName) ?? new Map<string, Row>();
    this.#objects.set(apiName, known);
    return known;
  }

  /** Makes a record; times and ids that are not given are the next ones. */
  add(apiName: string, fields: JsonObject): Row {
    this.#serial += 1;
    const now = this.#now();
    const row: Row = {
      _id: `65f${this.#serial.toString(16).padStart(21, '0')}`,
      life_status: 'normal',
      record_type: 'default__c',
      create_time: now,
      last_modified_time: now,
      ...stored(fields),
    };
    if (apiName === 'SalesOrderObj') row.name ??= `SO-${String(this.#serial).padStart(6, '0')}`;
    if (apiName === 'AccountObj') row.account_no ??= `ACC-${String(this.#serial).padStart(6, '0')}`;
    this.table(apiName).set(String(row._id), row);
    return row;
  }

  change(apiName: string, id: string, fields: JsonObject): Row {
    const row = this.table(apiName).get(id);
    if (!row) throw new Refusal(201110001, '数据不存在或已删除');
    const previous = Number(row.last_modified_time);
    Object.assign(row, stored(fields), { last_modified_time: Math.max(this.#now(), previous + 1) });
    return row;
  }

  /** Rows of one query. Throws a Refusal as the vendor would answer it. */
  query(apiName: string, info: JsonObject, hidden: (row: Row) => boolean): Row[] {
    const { limit, offset } = info;
    if (typeof limit !== 'number' || limit < 1 || limit > 100)
      throw new Refusal(15002, 'limit out of range 100');
    if (typeof offset !== 'number' || offset % limit !== 0) throw new Refusal(15002, 'offset is wrong');
    if (offset > 10_000) throw new Refusal(10013, 'offset out of range 10000');
    const filters = listOf(info.filters).map(filterOf);
    const [order] = listOf(info.orders);
    const by = typeof order?.fieldName === 'string' ? order.fieldName : '_id';
    const sign = order?.isAsc === false ? -1 : 1;
    const fits = [...this.table(apiName).values()].filter(
      (row) =>
        row.life_status !== 'invalid' &&
        !hidden(row) &&
        filters.every((filter) => passes(filter, row[filter.field])),
    );
    return firstRows(fits, (a, b) => sign * compared(a[by], b[by]), offset + limit).slice(offset);
  }
}

/** As the vendor shows it: nothing that is empty. */
export function shownOf(row: Row): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''));
}

/** Numbers are kept as texts, moments as numbers. */
function stored(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' && value < 100_000_000_000 && !name.endsWith('_time') ? String(value) : value,
    ]),
  );
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.flatMap((one: Json) => (isJsonObject(one) ? [one] : [])) : [];
}

function filterOf(filter: JsonObject): Filter {
  const { field_name: field, operator, field_values: values } = filter;
  if (typeof field !== 'string' || typeof operator !== 'string' || !Array.isArray(values)) {
    throw new Refusal(15002, 'filter is wrong');
  }
  return { field, operator, values };
}

function passes({ operator, values }: Filter, value: Json | undefined): boolean {
  const order = (at: number): number => compared(value, values[at]);
  switch (operator) {
    case 'EQ':
      return order(0) === 0;
    case 'N':
      return order(0) !== 0;
    case 'GT':
      return order(0) > 0;
    case 'GTE':
      return order(0) >= 0;
    case 'LT':
      return order(0) < 0;
    case 'LTE':
      return order(0) <= 0;
    case 'IN':
      return values.some((one) => compared(value, one) === 0);
    case 'NIN':
      return !values.some((one) => compared(value, one) === 0);
    case 'BETWEEN':
      return order(0) >= 0 && order(1) <= 0;
    case 'LIKE':
      return String(value ?? '').includes(String(values[0] ?? ''));
    case 'IS':
      return value === undefined || value === null || value === '';
    case 'ISN':
      return value !== undefined && value !== null && value !== '';
    default:
      throw new Refusal(15002, `operator ${operator} is not known`);
  }
}

function compared(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}
