/**
 * A sales out made of a sales order. Yonyou's save takes the whole bill and, per line, which line of the order it
 * serves; so the order is read first and gives customer, organisations, currency, units, taxes and amounts.
 */
import { add, cmp, sub } from '../../../src/model/decimal.ts';
import { linesAt, textOf, withExtraLines } from '../../kit/bill-lines.ts';
import { callsInTurn, inGroups } from '../../kit/calls-in-turn.ts';
import {
  type Decision,
  isJsonObject,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { shareOf } from './amounts.ts';
import { allOf, type BillContext, detailOf, saveBill, writeBills } from './bills.ts';
import { saleOrder, salesOut } from './kinds.ts';

/** Orders a sales out is just being made of in this process: two at once would take the same open quantity. */
const underWay = new Set<string>();

/** Steps of a sales out; one that names its order is made of it. */
export async function writeSalesOut(
  context: BillContext,
  request: WriteRequest,
): Promise<readonly WriteResult[]> {
  if (request.step === 'update' && request.items.some((item) => !isPriced(item.body))) {
    const message =
      'A sales out of an order is made once and not changed: set write: { update: false } for it.';
    return request.items.map(() => refused('reject', 'no-update', message));
  }
  const fromOrder = request.items.filter((item) => item.parent !== undefined && item.remoteId === undefined);
  if (request.step !== 'save' || fromOrder.length === 0) return writeBills(context, request);
  return callsInTurn(request.items, inGroups(request.items, 4), 'yonyou.not-sent', (items) =>
    allOf(items, (item) => saveOfOrder(context, item, request.signal)),
  );
}

/** A body that says itself what its lines cost; one of an order gets that from there. */
function isPriced(body: JsonObject): boolean {
  return linesAt(body, salesOut.lines).every((line) => textOf(line.oriSum) !== '');
}

async function saveOfOrder(context: BillContext, item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
  const parent = item.parent?.remoteId;
  if (parent === undefined) return saveBill(context, item, signal);
  if (underWay.has(parent)) {
    return refused('retry', 'order-busy', 'Another sales out of this order is just being made.');
  }
  underWay.add(parent);
  try {
    const order = await detailOf({ client: context.client, kind: saleOrder }, parent, signal);
    if (!order) return refused('absent', 'no-order', 'The order of this shipment is not in Yonyou any more.');
    const made = madeOf(order, item.body);
    if (!made.ok) return made;
    return await saveBill(context, { ...item, body: made.body }, signal);
  } finally {
    underWay.delete(parent);
  }
}

type Made = { readonly ok: true; readonly body: JsonObject } | Extract<WriteResult, { ok: false }>;

/** The body of a sales out: what the shipment says over what the order says. Pure. */
export function madeOf(order: JsonObject, shipment: JsonObject): Made {
  const { [salesOut.lines]: _lines, ...head } = withExtraLines(shipment, salesOut.lines);
  const open = linesAt(order, saleOrder.lines).map((line) => ({
    line,
    out: textOf(line.totalOutStockQuantity) || '0',
  }));
  const lines: JsonObject[] = [];
  for (const shipped of linesAt(withExtraLines(shipment, salesOut.lines), salesOut.lines)) {
    const product = textOf(shipped.product);
    const own = open.filter(
      ({ line }) => textOf(line.productId) === product || textOf(line.productCode) === product,
    );
    const last = own.at(-1);
    if (!last) {
      const message = `The shipment holds ${product}, which the order has no line for in Yonyou.`;
      return refused('reject', 'not-on-order', message, 'product');
    }
    let wanted = textOf(shipped.qty);
    for (const one of own) {
      const left = sub(textOf(one.line.qty), one.out);
      // What is more than was ordered goes onto the last line, so that Yonyou itself decides about it.
      const part = one === last || cmp(wanted, left) < 0 ? wanted : left;
      if (cmp(part, '0') <= 0) continue;
      lines.push({ ...shipped, ...takenFrom(order, one.line, one.out, part), qty: part });
      one.out = add(one.out, part);
      wanted = sub(wanted, part);
    }
  }
  return { ok: true, body: { ...headOf(order), ...head, [salesOut.lines]: lines } };
}

function headOf(order: JsonObject): JsonObject {
  const prices = isJsonObject(order.orderPrices) ? order.orderPrices : {};
  const of = (name: string): string => textOf(order[name]);
  const told = {
    ...{ salesOrg: of('salesOrgId'), org: of('stockOrgId') || of('salesOrgId') },
    ...{ accountOrg: of('settlementOrgId'), invoiceOrg: of('settlementOrgId') },
    ...{ cust: of('agentId'), invoiceCust: of('invoiceAgentId') || of('agentId') },
    ...{ currency: textOf(prices.currency), natCurrency: textOf(prices.natCurrency) },
    ...{ exchRate: textOf(prices.exchRate), exchRateType: textOf(prices.exchangeRateType) },
    // 2: made of a sales order; the system sales orders live in is called udinghuo. Both verified.
    ...{ srcBillType: '2', sourcesys: 'udinghuo', srcBill: of('id'), srcBillNO: of('code') },
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
}

function takenFrom(order: JsonObject, line: JsonObject, before: string, quantity: string): JsonObject {
  const of = (name: string): string => textOf(line[name]);
  const told = {
    ...{ product: of('productId'), productsku: of('skuId') || of('productId') },
    ...{ stockUnit: of('masterUnitId'), priceUOM: of('iProductUnitId') || of('masterUnitId') },
    ...{ taxId: of('taxId'), taxRate: of('taxRate'), saleStyle: of('orderProductType') },
    oriSum: shareOf(of('oriSum'), of('qty'), before, quantity),
    ...{ source: '2', makeRuleCode: 'orderTosalesout' },
    ...{ orderId: textOf(order.id), orderDetailId: of('id'), orderCode: textOf(order.code) },
    ...{ sourceid: textOf(order.id), sourceautoid: of('id'), upcode: textOf(order.code) },
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
}

function refused(
  kind: Decision['kind'],
  code: string,
  message: string,
  field?: string,
): Extract<WriteResult, { ok: false }> {
  const decision = { kind, code: `yonyou.${code}`, message, ...(field === undefined ? {} : { field }) };
  return { ok: false, decision };
}
