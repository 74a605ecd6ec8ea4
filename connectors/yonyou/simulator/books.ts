/** The tenant's books in words that are the same for every ERP. */
import { add, sum } from '../../../src/model/decimal.ts';
import { textOf } from '../../kit/bill-lines.ts';
import type { BookedReceivable, Books } from '../../kit/erp-simulator.ts';
import { isJsonObject } from '../../kit/index.ts';
import type { Bill, Line, Store } from './store.ts';
import { isService } from './verbs.ts';

/**
 * Receivables (应收事项) are not bills of their own here: an audited sales out that is the basis of the account and
 * confirms it at once has made one. Services such as freight are in no sales out; their invoice makes theirs.
 */
export function booksOf(store: Store): Books {
  const { voucherorder, salesout, vouchersalereturn } = store.bills;
  const numberOf = (line: Line): string => voucherorder.byId.get(textOf(line.fields.sourceid))?.code ?? '';
  const customerOf = (bill: Bill, name: string): string =>
    store.merchants.find(textOf(bill.fields[name]))?.code ?? '';
  const booked = (bills: readonly Bill[]): Bill[] => bills.filter((bill) => bill.verified === 2);
  const outs = booked(salesout.rows);

  return {
    orders: voucherorder.rows.map((order) => {
      const goods = order.lines.filter(({ fields }) => !isService(store, fields.productId));
      return {
        number: order.code,
        shopNumber: shopNumberOf(order),
        isApproved: order.verified === 2,
        owed: sum(goods.map(({ fields }) => textOf(fields.oriSum))),
        lines: goods.map(({ fields }) => ({
          sku: textOf(fields.productCode),
          quantity: textOf(fields.qty),
        })),
      };
    }),
    movements: [
      ...outs.map((bill) => ({
        number: bill.code,
        direction: 'sale' as const,
        customer: customerOf(bill, 'cust'),
        lines: bill.lines.map((line) => ({
          sku: textOf(line.fields.product_cCode),
          quantity: textOf(line.fields.qty),
          amount: textOf(line.fields.oriSum),
          order: numberOf(line),
        })),
      })),
      ...booked(vouchersalereturn.rows).map((bill) => ({
        number: bill.code,
        direction: 'return' as const,
        customer: customerOf(bill, 'agentId'),
        lines: bill.lines.map((line) => ({
          sku: textOf(line.fields.productCode),
          quantity: textOf(line.fields.qty),
          amount: textOf(line.fields.oriSum),
          order: '',
        })),
      })),
    ],
    receivables: outs.flatMap((bill) => receivablesOf(bill, numberOf)),
  };
}

function receivablesOf(bill: Bill, numberOf: (line: Line) => string): BookedReceivable[] {
  const { receiveAccountingBasis, salesoutAccountingMethod } = bill.fields;
  if (receiveAccountingBasis !== 'st_salesout' || salesoutAccountingMethod !== 'salesoutConfirm') return [];
  const amounts = new Map<string, string>();
  for (const line of bill.lines) {
    const order = numberOf(line);
    if (order !== '') amounts.set(order, add(amounts.get(order) ?? '0', textOf(line.fields.oriSum)));
  }
  return [...amounts].map(([order, amount]) => ({ number: bill.code, order, amount }));
}

function shopNumberOf(order: Bill): string {
  const { headItem } = order.fields;
  return isJsonObject(headItem) ? textOf(headItem.define1) : '';
}
