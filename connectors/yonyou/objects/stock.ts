/**
 * Current stock (现存量): what is on hand, per product and warehouse. Yonyou answers with all rows at once, finer than we
 * need (batch, status) and without a time: the connector adds up the rows that count. Query only.
 */
import { z } from 'zod';
import { add, isDecimal } from '../../../src/model/decimal.ts';
import { textOf } from '../../kit/bill-lines.ts';
import type { JsonObject, ListPage, ListRequest, Notice } from '../../kit/index.ts';
import { rowsOf } from '../answers.ts';
import type { FeedContext } from './changes.ts';

const path = '/yonbip/scm/stock/QueryCurrentStocksByCondition';

/** No more pairs than this are remembered from one reading to the next. */
const longestMemory = 5000;

const cursorSchema = z.object({
  /** Which of the configured warehouses comes next. */
  next: z.number().int(),
  /** Pairs the last reading had: id → product and warehouse as they were named. What is gone from the answer is zero. */
  had: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});

interface Total {
  readonly named: Record<string, string>;
  quantity: string;
}

/**
 * One page: the stock of one warehouse, or of all where none is named. Each notice is a snapshot as of the moment its
 * query was started. A pair that the reading before had and this one has not is told as zero.
 */
export async function listStock(context: FeedContext, request: ListRequest): Promise<ListPage> {
  const { config, client } = context;
  const cursor = request.cursor ? cursorSchema.parse(request.cursor) : { next: 0 };
  const { warehouses, org, statuses, quantity } = config.stock;
  const warehouse = warehouses[cursor.next];
  const asOf = new Date(context.now()).toISOString();
  const body = {
    ...(warehouse === undefined ? {} : { 'warehouse.code': warehouse }),
    ...(org === undefined ? {} : { org }),
    bStockStatusDocNotNull: false,
  };
  const totals = new Map<string, Total>();
  for (const row of rowsOf(await client.ask({ path, body, signal: request.signal }))) {
    const status = textOf(row.stockStatusDoc_statusName);
    if (statuses.length > 0 && status !== '' && !statuses.includes(status)) continue;
    const named = namesIn(row);
    const id = `${named.product_code ?? ''}|${named.warehouse_code ?? ''}`;
    const value = textOf(row[quantity]) || '0';
    const total = totals.get(id) ?? { named, quantity: '0' };
    totals.set(id, {
      named: total.named,
      quantity: isDecimal(value) ? add(total.quantity, value) : total.quantity,
    });
  }
  const own = ([, named]: readonly [string, Record<string, string>]): boolean =>
    warehouse === undefined || named.warehouse_code === warehouse;
  const before = Object.entries(cursor.had ?? {});
  for (const [id, named] of before.filter(own)) if (!totals.has(id)) totals.set(id, { named, quantity: '0' });
  const had = [
    ...before.filter((one) => !own(one)),
    ...[...totals].map(([id, one]) => [id, one.named] as const),
  ];
  const last = cursor.next + 1 >= warehouses.length;
  return {
    items: [...totals].map(([id, total]) => noticeOf(id, total, quantity, asOf)),
    cursor: {
      next: last ? 0 : cursor.next + 1,
      ...(had.length <= longestMemory ? { had: Object.fromEntries(had) } : {}),
    },
    more: !last,
  };
}

const names = ['product', 'product_code', 'product_unitCode', 'warehouse', 'warehouse_code'];

function namesIn(row: JsonObject): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (textOf(row[name]) === '' ? [] : [[name, textOf(row[name])]])),
  );
}

function noticeOf(remoteId: string, total: Total, quantity: string, asOf: string): Notice {
  const body = { ...total.named, currentqty: total.quantity, asOf };
  // The revision is the reading: a later snapshot counts, whatever it says.
  return {
    object: 'stock',
    remoteId,
    body: quantity === 'currentqty' ? body : { ...body, counted: quantity },
    revision: asOf,
  };
}
