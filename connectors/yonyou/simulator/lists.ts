/** Lists and queries: filters, orders and pages, each in the shape its API has. */
import { textOf } from '../../kit/bill-lines.ts';
import { fromChinaTime, isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';
import { Refused } from './gateway.ts';
import { billShown, forms } from './saves.ts';
import { type Base, type BillObject, type Store, type Table, wallClock } from './store.ts';

/** Operators by API; sale orders know fewer, and answer 506 to the others. */
const operators: Readonly<Record<BillObject, readonly string[]>> = {
  voucherorder: ['eq', 'neq', 'lt', 'gt', 'like', 'between'],
  vouchersalereturn: ['eq', 'neq', 'lt', 'gt', 'like', 'between'],
  salesout: ['eq', 'neq', 'lt', 'gt', 'elt', 'egt', 'like', 'between', 'in', 'nin', 'is_null'],
};

/** Bills, one row per bill with `isSum`, else one per line; a total row stands at the end. */
export function listBills(store: Store, object: BillObject, body: JsonObject, half: boolean): JsonObject {
  const isSum = body.isSum === true;
  const code = textOf(body.code);
  const conditions = listOf(body.simpleVOs);
  for (const { op } of conditions) {
    if (!operators[object].includes(textOf(op))) throw new Refused('506', `不支持的操作符:${textOf(op)}`);
  }
  const bills = store.bills[object].rows
    .map((bill) => billShown(object, bill))
    .filter((row) => code === '' || row.code === code)
    .filter((row) => conditions.every((one) => holds(row, one)));
  const orders = listOf(body.queryOrders);
  bills.sort((a, b) => {
    for (const { field, order } of orders) {
      const difference = compare(valueAt(a, textOf(field)), valueAt(b, textOf(field)));
      if (difference !== 0) return order === 'desc' ? -difference : difference;
    }
    return 0;
  });
  const { lines } = forms[object];
  const rows = bills.flatMap((bill) => {
    const { [lines]: own, ...head } = bill;
    if (isSum) return [head];
    return (own as readonly JsonObject[]).map((line) => ({ ...line, ...head, details_id: line.id ?? '' }));
  });
  const page = pageOf(rows, body, half, (row) => row);
  const total = { code: '合计', vouchdate: '合计' };
  return { ...page, recordList: [...page.recordList, total], sumRecordList: [] };
}

/** Products or customers changed in a stretch of time. */
export function listBase(
  table: Table<Base>,
  body: JsonObject,
  half: boolean,
  show: (row: Base) => JsonObject,
): ReturnType<typeof pageOf> {
  const from = momentOf(body.beganTime ?? body.pubts);
  const until = momentOf(body.endTime);
  const code = textOf(body.code ?? body.productCode);
  const rows = table.rows
    .filter((row) => code === '' || row.code === code)
    .filter((row) => from === undefined || row.modified >= from)
    .filter((row) => until === undefined || row.modified < until + 1000);
  return pageOf(rows, body, half, show);
}

/** Stock rows as a bare list, finer than asked for, without pages. */
export function queryStock(store: Store, body: JsonObject): Json {
  const wanted = textOf(body['warehouse.code']);
  const code = textOf(body['productn.code']);
  return [...store.stock.values()]
    .filter((row) => wanted === '' || row.warehouse.code === wanted)
    .filter((row) => code === '' || row.product.code === code)
    .map((row) => ({
      ...{ org: '100', org_name: '总公司', warehouse: row.warehouse.id, warehouse_code: row.warehouse.code },
      ...{
        product: row.product.id,
        product_code: row.product.code,
        product_name: row.product.fields.name ?? '',
      },
      ...{ productsku: row.product.id, productsku_code: row.product.code },
      ...{ product_unitCode: row.product.fields.unitCode ?? '', product_unitName: '件' },
      ...{ currentqty: row.quantity, availableqty: row.quantity, planavailableqty: row.quantity },
      ...{ batchno: row.batch, stockStatusDoc_statusName: row.status },
      ...{ stockUnitId_code: null, stockUnitId_name: null },
    }));
}

export function productShown(row: Base): JsonObject {
  return { ...row.fields, id: row.id, code: row.code, pubts: wallClock(row.modified) };
}

/** Customers name themselves per language. */
export function merchantShown(row: Base): JsonObject {
  const name = row.fields.name ?? '';
  return {
    ...row.fields,
    ...{ id: row.id, code: row.code, pubts: wallClock(row.modified) },
    name: isJsonObject(name) ? name : { simplifiedName: name },
  };
}

function pageOf<Row>(
  rows: readonly Row[],
  body: JsonObject,
  half: boolean,
  show: (row: Row) => JsonObject,
): { pageIndex: number; pageSize: number; recordCount: number; pageCount: number; recordList: JsonObject[] } {
  const pageSize = Number(textOf(body.pageSize) || 0);
  const pageIndex = Number(textOf(body.pageIndex) || 0);
  if (pageSize < 1 || pageIndex < 1)
    throw new Refused('310008', '参数校验失败，缺少必填参数:pageIndex,pageSize');
  const whole = rows.slice((pageIndex - 1) * pageSize, pageIndex * pageSize);
  const recordList = half ? whole.slice(0, Math.ceil(whole.length / 2)) : whole;
  return {
    pageIndex,
    pageSize,
    recordCount: rows.length,
    pageCount: Math.ceil(rows.length / pageSize),
    recordList: recordList.map(show),
  };
}

function holds(row: JsonObject, condition: JsonObject): boolean {
  const value = valueAt(row, textOf(condition.field));
  const first = textOf(condition.value1);
  switch (condition.op) {
    case 'eq':
      return value === first;
    case 'neq':
      return value !== first;
    case 'like':
      return value.includes(first);
    case 'gt':
      return compare(value, first) > 0;
    case 'lt':
      return compare(value, first) < 0;
    case 'egt':
      return compare(value, first) >= 0;
    case 'elt':
      return compare(value, first) <= 0;
    case 'between':
      return compare(value, first) >= 0 && compare(value, textOf(condition.value2)) <= 0;
    case 'in':
      return first.split(',').includes(value);
    case 'nin':
      return !first.split(',').includes(value);
    default:
      return value === '';
  }
}

/** Ids are numbers of one length, times sort as texts. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function valueAt(row: JsonObject, path: string): string {
  let value: Json | undefined = row;
  for (const step of path.split('.')) value = isJsonObject(value) ? value[step] : undefined;
  return textOf(value);
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one: Json): one is JsonObject => isJsonObject(one)) : [];
}

function momentOf(value: Json | undefined): number | undefined {
  const text = textOf(value);
  return text === '' ? undefined : Date.parse(fromChinaTime(text));
}
