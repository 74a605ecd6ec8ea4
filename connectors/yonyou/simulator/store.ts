/** Memory of the simulated tenant: base data, bills and stock, found by id or code as Yonyou's references are. */
import { add } from '../../../src/model/decimal.ts';
import { chinaTime, type Json, type JsonObject } from '../../kit/index.ts';

export type Fields = Record<string, Json>;

export interface Base {
  readonly id: string;
  readonly code: string;
  fields: Fields;
  modified: number;
}

export interface Line {
  readonly id: string;
  fields: Fields;
  /** Of an order: what audited sales outs have taken. */
  out: string;
}

export interface Bill {
  readonly id: string;
  code: string;
  /** 0 open, 1 handed in, 2 approved. */
  verified: 0 | 1 | 2;
  closed: boolean;
  fields: Fields;
  lines: Line[];
  modified: number;
}

export class Table<Row extends { readonly id: string; code: string }> {
  readonly byId = new Map<string, Row>();
  readonly #byCode = new Map<string, Row>();

  add(row: Row): void {
    this.byId.set(row.id, row);
    this.#byCode.set(row.code, row);
  }

  /** By id or by code, as references name it. */
  find(name: string): Row | undefined {
    return this.byId.get(name) ?? this.#byCode.get(name);
  }

  remove(row: Row): void {
    this.byId.delete(row.id);
    this.#byCode.delete(row.code);
  }

  get rows(): Row[] {
    return [...this.byId.values()];
  }
}

export interface StockRow {
  readonly product: Base;
  readonly warehouse: Base;
  readonly batch: string;
  readonly status: string;
  quantity: string;
}

export type BillObject = 'voucherorder' | 'salesout' | 'vouchersalereturn';

export class Store {
  readonly products = new Table<Base>();
  readonly merchants = new Table<Base>();
  readonly warehouses = new Table<Base>();
  readonly bills: Readonly<Record<BillObject, Table<Bill>>> = {
    voucherorder: new Table<Bill>(),
    salesout: new Table<Bill>(),
    vouchersalereturn: new Table<Bill>(),
  };
  readonly stock = new Map<string, StockRow>();
  readonly now: () => number;
  /** 19 digits, and never one twice: a tenant that is started again goes on above its earlier ones. */
  #id: bigint;
  #serial = 0;
  #lastMoment = 0;

  constructor(now: () => number) {
    this.now = now;
    this.#id = 2_000_000_000_000_000_000n + BigInt(Math.max(1, Math.floor(now()))) * 100_000n;
  }

  nextId(): string {
    this.#id += 1n;
    return String(this.#id);
  }

  nextCode(prefix: string): string {
    this.#serial += 1;
    return `${prefix}${String(this.#serial).padStart(8, '0')}`;
  }

  /** Now, never going back. */
  moment(): number {
    this.#lastMoment = Math.max(this.#lastMoment, this.now());
    return this.#lastMoment;
  }

  /** Makes base data, or changes what bears this code. */
  put(table: Table<Base>, code: string, fields: Fields, modified = this.moment()): Base {
    const known = table.find(code);
    if (known) {
      known.fields = { ...known.fields, ...fields };
      known.modified = modified;
      return known;
    }
    const row: Base = { id: this.nextId(), code, fields, modified };
    table.add(row);
    return row;
  }

  move(product: Base, warehouse: Base, delta: string, status = '合格', batch = ''): void {
    const key = [product.id, warehouse.id, status, batch].join('|');
    const row = this.stock.get(key) ?? { product, warehouse, batch, status, quantity: '0' };
    row.quantity = add(row.quantity, delta);
    this.stock.set(key, row);
  }

  onHand(product: Base, warehouse: Base): string {
    return this.stock.get([product.id, warehouse.id, '合格', ''].join('|'))?.quantity ?? '0';
  }
}

/** `pubts` and other times: China's wall clock, whole seconds. */
export function wallClock(ms: number): string {
  return chinaTime(ms);
}

/** Names of members that leave as bare numbers, 19-digit ids among them. */
export const bareNumbers = [
  ...[
    'id',
    'orderId',
    'orderDetailId',
    'sourceid',
    'sourceautoid',
    'productId',
    'agentId',
    'product',
    'warehouse',
  ],
  ...['qty', 'oriSum', 'payMoney', 'totalOutStockQuantity', 'currentqty', 'availableqty', 'planavailableqty'],
];

/** A bill as its detail and its save show it. */
export function shown(bill: Bill, lines: string, extra: JsonObject): JsonObject {
  return {
    ...bill.fields,
    ...{ id: bill.id, code: bill.code, verifystate: bill.verified, pubts: wallClock(bill.modified) },
    ...extra,
    [lines]: bill.lines.map((line) => ({
      ...line.fields,
      id: line.id,
      ...(lines === 'orderDetails' ? { totalOutStockQuantity: line.out } : {}),
    })),
  };
}
