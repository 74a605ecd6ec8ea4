import type { RecordCount } from '../ledger/overview.ts';
import * as decimal from '../model/decimal.ts';
import { isList, isObject, type JsonObject } from '../model/index.ts';
import type { Vendors } from './goods.ts';

/** What was put in. */
export interface Expected {
  readonly orders: readonly string[];
  readonly tickets: number;
  readonly stores: readonly string[];
}

export interface DemoSummary {
  readonly orders: number;
  readonly inErp: number;
  readonly inWms: number;
  readonly shipped: number;
  readonly receivables: number;
  readonly statusBack: number;
  readonly tickets: number;
  readonly dayBills: number;
  readonly dayTotalsAgree: boolean;
  readonly stockAgrees: boolean;
  readonly lost: number;
  readonly duplicated: number;
  readonly erpCalls: number;
  readonly seconds: number;
  /** Everything is there, once. */
  readonly complete: boolean;
  /** Totals and stock agree; what the demo waits for last. */
  readonly agrees: boolean;
}

/** Counts at the vendors', not in the hub: only what they really have is true. */
export function summarise(
  vendors: Vendors,
  expected: Expected,
  erpCalls: ReadonlyMap<string, number>,
  seconds: number,
  records: readonly RecordCount[],
): DemoSummary {
  const { pos, erp, wms } = vendors;
  const wanted = new Set(expected.orders);
  const audited = (form: string): JsonObject[] =>
    erp.bills(form).filter((bill) => bill.FDocumentStatus === 'C');
  const saleOrders = erp.bills('SAL_SaleOrder');
  const inErp = audited('SAL_SaleOrder').filter((bill) => wanted.has(text(bill.FBillNo)));
  const instructions = wms.orders();
  const shopOrders = pos.orders('WEB');
  const receivables = audited('AR_receivable');
  const outStock = audited('SAL_OUTSTOCK');
  const fromOrders = outStock.filter((bill) => sourceNumbers(bill).some((number) => wanted.has(number)));
  const dayBills = [
    ...outStock
      .filter((bill) => sourceNumbers(bill).length === 0)
      .map((bill) => ({ bill, direction: 'sale' })),
    ...audited('SAL_RETURNSTOCK').map((bill) => ({ bill, direction: 'return' })),
  ];
  const delivered = shippedOrders(fromOrders, inErp);
  const tickets = Math.max(
    0,
    (records.find((one) => one.entity === 'order')?.count ?? 0) - saleOrders.length,
  );
  const statusBack = shopOrders.filter(
    (order) => String(order.state) === '2' || String(order.state) === '4',
  ).length;
  const dayTotalsAgree = totalsAgree(vendors, expected.stores, dayBills);
  const stockAgrees = sellableAgrees(vendors);
  const duplicated =
    repeated(saleOrders.map((bill) => text(bill.FNetOrderBillNo))) +
    repeated(instructions.map((order) => order.code)) +
    repeated(receivables.map((bill) => text(bill.FBillNo))) +
    Math.max(0, tickets - expected.tickets);
  const lost = expected.orders.length - inErp.length + Math.max(0, expected.tickets - tickets);
  const figures = [inErp.length, instructions.length, delivered, receivables.length, statusBack];
  const complete =
    figures.every((figure) => figure === expected.orders.length) &&
    tickets === expected.tickets &&
    dayTotalsAgree &&
    stockAgrees &&
    lost === 0 &&
    duplicated === 0;
  return {
    orders: expected.orders.length,
    inErp: inErp.length,
    inWms: instructions.length,
    shipped: delivered,
    receivables: receivables.length,
    statusBack,
    tickets,
    dayBills: dayBills.length,
    dayTotalsAgree,
    stockAgrees,
    lost,
    duplicated,
    erpCalls: [...erpCalls.values()].reduce((sum, count) => sum + count, 0),
    seconds: Math.round(seconds * 10) / 10,
    complete,
    agrees: complete,
  };
}

/** Orders of which every piece left on audited out-stock bills. */
function shippedOrders(bills: readonly JsonObject[], orders: readonly JsonObject[]): number {
  const out = new Map<string, string>();
  for (const bill of bills) {
    for (const entry of entries(bill, 'FEntity')) {
      const key = `${text(entry.FSrcBillNo)}/${reference(entry.FMaterialID)}`;
      out.set(key, decimal.add(out.get(key) ?? '0', text(entry.FRealQty)));
    }
  }
  return orders.filter((order) => {
    const ordered = new Map<string, string>();
    for (const entry of entries(order, 'FSaleOrderEntry')) {
      if (entry.FRowType === 'Service') continue;
      const key = `${text(order.FBillNo)}/${reference(entry.FMaterialId)}`;
      ordered.set(key, decimal.add(ordered.get(key) ?? '0', text(entry.FQty)));
    }
    return [...ordered].every(([key, quantity]) => decimal.cmp(out.get(key) ?? '0', quantity) === 0);
  }).length;
}

/** Per store and direction: what the tickets say and what the bills say, in money and pieces. */
function totalsAgree(
  vendors: Vendors,
  stores: readonly string[],
  bills: readonly { bill: JsonObject; direction: string }[],
): boolean {
  const said = new Map<string, string>();
  const booked = new Map<string, string>();
  const put = (map: Map<string, string>, key: string, value: string): void => {
    map.set(key, decimal.add(map.get(key) ?? '0', value));
  };
  for (const store of stores) {
    for (const ticket of vendors.pos.tickets(store)) {
      const direction = ticket.ticketType === 'SELL_RETURN' ? 'return' : 'sale';
      put(said, `${store}/${direction}/amount`, decimal.abs(text(ticket.totalAmount)));
      for (const item of entries(ticket, 'items'))
        put(said, `${store}/${direction}/pieces`, decimal.abs(text(item.quantity)));
    }
  }
  for (const { bill, direction } of bills) {
    const customer = direction === 'sale' ? reference(bill.FCustomerID) : reference(bill.FRetcustId);
    const store = customer.replace('CUST-', '');
    let amount = '0';
    for (const entry of entries(bill, 'FEntity')) {
      put(booked, `${store}/${direction}/pieces`, text(entry.FRealQty));
      amount = decimal.add(
        amount,
        decimal.round(decimal.mul(text(entry.FRealQty), text(entry.FTaxPrice)), 2),
      );
    }
    put(booked, `${store}/${direction}/amount`, amount);
  }
  return (
    said.size === booked.size &&
    [...said].every(([key, value]) => decimal.cmp(booked.get(key) ?? '0', value) === 0)
  );
}

function sellableAgrees(vendors: Vendors): boolean {
  const books = new Map(
    vendors.erp
      .inventory()
      .filter((row) => row.stock === 'CK001')
      .map((row) => [row.material, row.quantity]),
  );
  return vendors.pos
    .products('WEB')
    .every((product) => decimal.cmp(text(product.stock), books.get(text(product.barcode)) ?? '0') === 0);
}

function sourceNumbers(bill: JsonObject): string[] {
  return [...new Set(entries(bill, 'FEntity').map((entry) => text(entry.FSrcBillNo)))].filter(
    (number) => number !== '',
  );
}

function entries(bill: JsonObject, key: string): JsonObject[] {
  const list = bill[key];
  return isList(list) ? list.filter(isObject) : [];
}

function reference(value: unknown): string {
  return isObject(value) ? text(value.FNumber ?? value.FNUMBER) : text(value);
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function repeated(list: readonly string[]): number {
  return list.length - new Set(list).size;
}
