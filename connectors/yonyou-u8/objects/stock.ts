/**
 * Current stock (现存量): what is on hand, per goods and warehouse. U8's rows are finer (batch, free items); the connector
 * adds them up. Query only.
 */
import { z } from 'zod';
import { add, isDecimal } from '../../../src/model/decimal.ts';
import { textOf } from '../../kit/bill-lines.ts';
import type { JsonObject, ListPage, ListRequest } from '../../kit/index.ts';
import type { FeedContext } from './lists.ts';

const cursorSchema = z.object({ next: z.number().int() });

/**
 * One page: the stock of one warehouse, or of all where none is named, as of the moment its first query was started.
 * Rows of one pair may stand on different pages, so all pages are read before anything is told.
 */
export async function listStock(context: FeedContext, request: ListRequest): Promise<ListPage> {
  const { client, config, now } = context;
  const { warehouses, quantity } = config.stock;
  const at = request.cursor ? cursorSchema.parse(request.cursor).next : 0;
  const warehouse = warehouses[at];
  const asOf = new Date(now()).toISOString();
  const totals = new Map<string, { readonly row: JsonObject; readonly quantity: string }>();
  for (let page = 1; ; page++) {
    const query = {
      ...(warehouse === undefined ? {} : { whcode_begin: warehouse, whcode_end: warehouse }),
      ...{ page_index: String(page), rows_per_page: String(config.pageSize) },
    };
    const path = '/api/currentstock/batch_get';
    const { rows } = await client.rows({ path, query, signal: request.signal }, 'currentstock');
    for (const row of rows) {
      const id = `${textOf(row.invcode)}|${textOf(row.whcode)}`;
      const value = textOf(row[quantity]) || '0';
      const known = totals.get(id);
      const sum = isDecimal(value) ? add(known?.quantity ?? '0', value) : (known?.quantity ?? '0');
      totals.set(id, { row: known?.row ?? row, quantity: sum });
    }
    if (rows.length < config.pageSize) break;
  }
  const last = at + 1 >= warehouses.length;
  return {
    items: [...totals].map(([remoteId, { row, quantity: qty }]) => ({
      object: 'currentstock',
      remoteId,
      body: { invcode: textOf(row.invcode), whcode: textOf(row.whcode), qty, asOf },
      revision: asOf,
    })),
    cursor: { next: last ? 0 : at + 1 },
    more: !last,
  };
}
