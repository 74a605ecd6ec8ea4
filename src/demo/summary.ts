import type { Books, ErpSimulator } from '../../connectors/kit/erp-simulator.ts';
import type { RecordCount } from '../ledger/overview.ts';
import * as decimal from '../model/decimal.ts';
import { isList, isObject, type JsonObject } from '../model/index.ts';
import { type CustomerFigures, customersComplete } from './customers.ts';
import type { Vendors } from './goods.ts';

/** What was put in. */
export interface Expected {
  readonly orders: readonly string[];
  readonly tickets: number;
  readonly stores: readonly string[];
}

/** Without the figures of customers where only the tills know any. */
export interface DemoSummary extends Partial<CustomerFigures> {
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
  vendors: Vendors<ErpSimulator>,
  expected: Expected,
  erpCalls: ReadonlyMap<string, number>,
  seconds: number,
  records: readonly RecordCount[],
  customers?: CustomerFigures,
): DemoSummary {
  const { pos, erp, wms } = vendors;
  const wanted = new Set(expected.orders);
  const books = erp.books();
  const inErp = books.orders.filter((order) => order.isApproved && wanted.has(order.number));
  const instructions = wms.orders();
  const shopOrders = pos.orders('WEB');
  const dayBills = books.movements.filter((bill) => bill.lines.every((line) => line.order === ''));
  const delivered = shippedOrders(books.movements, inErp);
  const receivables = chargedOrders(books.receivables, inErp);
  const tickets = Math.max(
    0,
    (records.find((one) => one.entity === 'order')?.count ?? 0) - books.orders.length,
  );
  const statusBack = shopOrders.filter(
    (order) => String(order.state) === '2' || String(order.state) === '4',
  ).length;
  const dayTotalsAgree = totalsAgree(vendors, expected.stores, dayBills);
  const stockAgrees = sellableAgrees(vendors);
  const duplicated =
    repeated(books.orders.map((order) => order.shopNumber)) +
    repeated(instructions.map((order) => order.code)) +
    repeated(books.receivables.map((one) => `${one.number}/${one.order}`)) +
    Math.max(0, tickets - expected.tickets);
  const lost = expected.orders.length - inErp.length + Math.max(0, expected.tickets - tickets);
  const figures = [inErp.length, instructions.length, delivered, receivables, statusBack];
  const complete =
    figures.every((figure) => figure === expected.orders.length) &&
    tickets === expected.tickets &&
    dayTotalsAgree &&
    stockAgrees &&
    lost === 0 &&
    duplicated === 0 &&
    (customers === undefined || customersComplete(customers));
  return {
    orders: expected.orders.length,
    inErp: inErp.length,
    inWms: instructions.length,
    shipped: delivered,
    receivables,
    statusBack,
    tickets,
    dayBills: dayBills.length,
    dayTotalsAgree,
    stockAgrees,
    ...customers,
    lost,
    duplicated,
    erpCalls: [...erpCalls.values()].reduce((sum, count) => sum + count, 0),
    seconds: Math.round(seconds * 10) / 10,
    complete,
    agrees: complete,
  };
}

/** Orders of which every piece, and no more, left on bills that count. */
function shippedOrders(bills: Books['movements'], orders: Books['orders']): number {
  const out = new Map<string, string>();
  for (const line of bills.flatMap((bill) => bill.lines)) {
    const key = `${line.order}/${line.sku}`;
    out.set(key, decimal.add(out.get(key) ?? '0', line.quantity));
  }
  return orders.filter((order) => {
    const ordered = new Map<string, string>();
    for (const line of order.lines)
      ordered.set(line.sku, decimal.add(ordered.get(line.sku) ?? '0', line.quantity));
    return [...ordered].every(
      ([sku, quantity]) => decimal.cmp(out.get(`${order.number}/${sku}`) ?? '0', quantity) === 0,
    );
  }).length;
}

/** Orders whose receivables add up to what they are owed. */
function chargedOrders(receivables: Books['receivables'], orders: Books['orders']): number {
  const charged = new Map<string, string>();
  for (const { order, amount } of receivables)
    charged.set(order, decimal.add(charged.get(order) ?? '0', amount));
  return orders.filter((order) => {
    const amount = charged.get(order.number);
    return amount !== undefined && decimal.cmp(amount, order.owed) === 0;
  }).length;
}

/** Per store and direction: what the tickets say and what the bills say, in money and pieces. */
function totalsAgree(
  vendors: Vendors<ErpSimulator>,
  stores: readonly string[],
  bills: Books['movements'],
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
  for (const { customer, direction, lines } of bills) {
    const store = customer.replace('CUST-', '');
    for (const line of lines) put(booked, `${store}/${direction}/pieces`, line.quantity);
    put(booked, `${store}/${direction}/amount`, decimal.sum(lines.map((line) => line.amount)));
  }
  return (
    said.size === booked.size &&
    [...said].every(([key, value]) => decimal.cmp(booked.get(key) ?? '0', value) === 0)
  );
}

function sellableAgrees(vendors: Vendors<ErpSimulator>): boolean {
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

function entries(bill: JsonObject, key: string): JsonObject[] {
  const list = bill[key];
  return isList(list) ? list.filter(isObject) : [];
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function repeated(list: readonly string[]): number {
  return list.length - new Set(list).size;
}
