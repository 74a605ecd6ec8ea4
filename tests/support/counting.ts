import type { Vendors } from '../../src/demo/goods.ts';
import { type Expected, summarise } from '../../src/demo/summary.ts';
import type { Database } from '../../src/ledger/database.ts';
import { countRecords, listTrouble } from '../../src/ledger/overview.ts';
import * as decimal from '../../src/model/decimal.ts';
import { isList, isObject, type JsonObject, valueAt } from '../../src/model/index.ts';

/** What was sold, counted at the vendors: the only place where lost and doubled have a meaning. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Goods whose stock in the books is not what was put there minus what was sold. */
  readonly stockOff: readonly string[];
}

export const clean: Verdict = { lost: [], doubled: [], stockOff: [] };

/** Whether everything sold has gone all the way, nothing being still under way. */
export async function complete(vendors: Vendors, expected: Expected, database: Database): Promise<boolean> {
  return summarise(vendors, expected, new Map(), 0, await countRecords(database)).complete;
}

/** Figures and what stands in the way, for the message of a test that gave up waiting. */
export async function situation(vendors: Vendors, expected: Expected, database: Database): Promise<string> {
  const summary = summarise(vendors, expected, new Map(), 0, await countRecords(database));
  // Some things wait until everybody's transactions of their time are over.
  const { rows: writing } = await database.query(
    `select datname, state, wait_event, now() - xact_start as since, left(query, 200) as query
     from pg_stat_activity where backend_xid is not null order by xact_start limit 10`,
  );
  return JSON.stringify({ summary, trouble: await listTrouble(database), writing });
}

/** Compares what the vendors hold with what was sold, piece by piece. */
export function verdictOf(vendors: Vendors, expected: Expected): Verdict {
  const { erp, wms, pos } = vendors;
  const lost: string[] = [];
  const doubled: string[] = [];
  const once = (what: string, keys: readonly string[], wanted: readonly string[]): void => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const key of wanted) if (!counts.has(key)) lost.push(`${what} ${key}`);
    for (const [key, count] of counts) if (count > 1) doubled.push(`${what} ${key}`);
  };
  const saleOrders = erp.bills('SAL_SaleOrder');
  once(
    'order',
    saleOrders.map((bill) => text(bill.FBillNo)),
    expected.orders,
  );
  once(
    'shop order number',
    saleOrders.map((bill) => text(bill.FNetOrderBillNo)),
    expected.orders,
  );
  const instructions = wms.orders();
  // One warehouse: one instruction per order, named after it.
  once(
    'instruction',
    instructions.map((order) => order.code.replace(/-\d+$/, '')),
    expected.orders,
  );
  once(
    'receivable',
    erp.bills('AR_receivable').map((bill) => text(bill.FBillNo).replace(/^AR-/, '')),
    expected.orders,
  );
  const confirms = instructions.flatMap((order) =>
    order.confirms.map((confirm) => `${order.code}/${confirm.outBizCode}`),
  );
  const fromOrders = erp
    .bills('SAL_OUTSTOCK')
    .filter((bill) => entriesOf(bill).some((entry) => text(entry.FSrcBillNo) !== ''));
  if (fromOrders.length < confirms.length)
    lost.push(`${confirms.length - fromOrders.length} out-stock bills`);
  if (fromOrders.length > confirms.length)
    doubled.push(`${fromOrders.length - confirms.length} out-stock bills`);
  for (const bill of [...saleOrders, ...fromOrders]) {
    if (bill.FDocumentStatus !== 'C') lost.push(`audit of ${text(bill.FBillNo)}`);
  }
  const shipped = new Map<string, JsonObject[]>();
  for (const entry of fromOrders.flatMap(entriesOf)) {
    const number = text(entry.FSrcBillNo);
    const known = shipped.get(number);
    if (known) known.push(entry);
    else shipped.set(number, [entry]);
  }
  for (const order of saleOrders) {
    const number = text(order.FBillNo);
    const left = quantities(shipped.get(number) ?? [], 'FMaterialID', 'FRealQty');
    for (const [material, ordered] of quantities(entriesOf(order), 'FMaterialId', 'FQty')) {
      const more = decimal.cmp(left.get(material) ?? '0', ordered);
      if (more < 0) lost.push(`${material} of ${number}`);
      if (more > 0) doubled.push(`${material} of ${number}`);
    }
  }
  return { lost, doubled, stockOff: stockOff(pos.orders('WEB'), vendors, expected.stores) };
}

/** The books must hold exactly what was put there minus what orders and tickets took. */
function stockOff(orders: readonly JsonObject[], { erp, pos }: Vendors, stores: readonly string[]): string[] {
  const sold = new Map<string, string>();
  const take = (stock: string, product: string, quantity: string): void => {
    const key = `${stock}/${product}`;
    sold.set(key, decimal.add(sold.get(key) ?? '0', quantity));
  };
  const barcodes = (account: string): Map<string, string> =>
    new Map(pos.products(account).map((product) => [text(product.uid), text(product.barcode)]));
  const web = barcodes('WEB');
  for (const order of orders) {
    for (const item of listAt(order, 'items')) {
      take('CK001', web.get(text(item.productUid)) ?? '?', text(item.productQuantity ?? item.quantity));
    }
  }
  for (const store of stores) {
    const goods = barcodes(store);
    for (const ticket of pos.tickets(store)) {
      const back = ticket.ticketType === 'SELL_RETURN';
      for (const item of listAt(ticket, 'items')) {
        const quantity = decimal.abs(text(item.quantity));
        take(`CK-${store}`, goods.get(text(item.productUid)) ?? '?', back ? decimal.neg(quantity) : quantity);
      }
    }
  }
  return erp.inventory().flatMap(({ stock, material, quantity }) => {
    const before = stock === 'CK001' ? '100000' : '10000';
    const wanted = decimal.sub(before, sold.get(`${stock}/${material}`) ?? '0');
    return decimal.cmp(quantity, wanted) === 0 ? [] : [`${stock}/${material}: ${quantity}, not ${wanted}`];
  });
}

function entriesOf(bill: JsonObject): JsonObject[] {
  return [...listAt(bill, 'FSaleOrderEntry'), ...listAt(bill, 'FEntity')].filter(
    (entry) => entry.FRowType !== 'Service',
  );
}

function quantities(entries: readonly JsonObject[], material: string, quantity: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const entry of entries) {
    const code = text(valueAt(entry, `${material}.FNumber`));
    sums.set(code, decimal.add(sums.get(code) ?? '0', text(entry[quantity])));
  }
  return sums;
}

function listAt(object: JsonObject, name: string): JsonObject[] {
  const list = object[name];
  return isList(list) ? list.filter(isObject) : [];
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
