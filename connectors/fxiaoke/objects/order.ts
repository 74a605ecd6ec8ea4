/** Sales orders (销售订单) with their lines (订单产品), which are records of their own at the vendor. */
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';
import { allRows, type Context, is, type Kind, plainFields, textOf } from './records.ts';

const lineObject = 'SalesOrderProductObj';

export const order: Kind = {
  object: 'SalesOrderObj',
  apiName: 'SalesOrderObj',
  shown: withLines,
  sent(_context, body) {
    const { details: _details, ...head } = body;
    const lines = linesOf(body).map((line) => ({ dataObjectApiName: lineObject, ...plainFields(line) }));
    return { fields: plainFields(head), ...(lines.length > 0 ? { details: { [lineObject]: lines } } : {}) };
  },
  refuses({ difference, body }) {
    const lines = difference ? difference.body.details : undefined;
    const removed = Object.values(difference?.removed ?? {}).some((ids) => ids.length > 0);
    if (lines === undefined && !removed) return undefined;
    return {
      kind: 'reject',
      code: 'fxiaoke.lines-fixed',
      message: `The ${linesOf(body).length} lines of an order are written with it and not changed afterwards: change them in the CRM.`,
      field: `details.${lineObject}`,
    };
  },
  /** Same number of lines, same products in the same order: the vendor keeps the order in which they were given. */
  lineIds(body, shown) {
    const ours = linesOf(body);
    const theirs = linesOf(shown);
    const agree =
      ours.length === theirs.length &&
      ours.every((line, at) => textOf(line.product_id) === textOf(theirs[at]?.product_id));
    if (!agree) return undefined;
    return Object.fromEntries(ours.map((line, at) => [textOf(line._key), textOf(theirs[at]?._id)]));
  },
};

/** Lines of a page of orders by few queries, put where a create has them. */
async function withLines(
  context: Context,
  rows: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => textOf(row._id));
  const lines = await allRows(context, lineObject, [is('order_id', ...ids)], signal);
  return rows.map((row) => ({
    ...row,
    details: { [lineObject]: lines.filter((line) => textOf(line.order_id) === textOf(row._id)) },
  }));
}

function linesOf(body: JsonObject): readonly JsonObject[] {
  const { details } = body;
  const lines = isJsonObject(details) ? details[lineObject] : undefined;
  return Array.isArray(lines) ? lines.flatMap((line: Json) => (isJsonObject(line) ? [line] : [])) : [];
}
