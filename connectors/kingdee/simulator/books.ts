/** The account set's books in words that are the same for every ERP. */
import { Decimal } from 'decimal.js';
import type { Books } from '../../kit/erp-simulator.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';
import { codeIn, textOf } from './store.ts';

/** `billsOf` gives the bills of a form as plain objects. A receivable bears the number of its order behind `AR-`. */
export function booksOf(billsOf: (form: string) => readonly JsonObject[]): Books {
  const audited = (form: string): JsonObject[] =>
    billsOf(form).filter((bill) => bill.FDocumentStatus === 'C');
  return {
    orders: billsOf('SAL_SaleOrder').map((order) => ({
      ...{ number: textOf(order.FBillNo), shopNumber: textOf(order.FNetOrderBillNo) },
      ...{ isApproved: order.FDocumentStatus === 'C', owed: textOf(order.FBillAllAmount) },
      lines: entries(order, 'FSaleOrderEntry')
        .filter((entry) => entry.FRowType !== 'Service')
        .map((entry) => ({ sku: codeIn(entry.FMaterialId), quantity: textOf(entry.FQty) })),
    })),
    movements: [
      ...audited('SAL_OUTSTOCK').map((bill) => movement(bill, 'sale', bill.FCustomerID)),
      ...audited('SAL_RETURNSTOCK').map((bill) => movement(bill, 'return', bill.FRetcustId)),
    ],
    receivables: audited('AR_receivable').map((bill) => ({
      ...{ number: textOf(bill.FBillNo), order: textOf(bill.FBillNo).replace(/^AR-/, '') },
      amount: textOf(bill.FBillAllAmount),
    })),
  };
}

function movement(
  bill: JsonObject,
  direction: 'sale' | 'return',
  customer: Json | undefined,
): Books['movements'][number] {
  return {
    ...{ number: textOf(bill.FBillNo), direction, customer: codeIn(customer) },
    lines: entries(bill, 'FEntity').map((entry) => ({
      ...{ sku: codeIn(entry.FMaterialID ?? entry.FMaterialId), quantity: textOf(entry.FRealQty) },
      amount: new Decimal(textOf(entry.FRealQty) || 0)
        .times(textOf(entry.FTaxPrice) || 0)
        .toDecimalPlaces(2)
        .toFixed(),
      order: textOf(entry.FSrcBillNo),
    })),
  };
}

function entries(bill: JsonObject, list: string): JsonObject[] {
  const lines = bill[list];
  return Array.isArray(lines) ? lines.filter((line: Json): line is JsonObject => isJsonObject(line)) : [];
}
