/** Memory of the simulated account set: bills and base data, found by id, number, source and material. */
import { Decimal } from 'decimal.js';
import type { Json, JsonObject } from '../../kit/index.ts';
import { type FormSpec, forms } from './forms.ts';

export type Fields = Record<string, Json>;

export interface Entry {
  readonly id: number;
  fields: Fields;
  /** The order line this line was pushed from. */
  source?: { readonly bill: Bill; readonly entry: Entry };
  /** Quantity pushed from this line into bills that exist. */
  joined: Decimal;
  /** Quantity that has left stock. */
  out: Decimal;
}

export interface Bill {
  readonly id: number;
  number: string;
  status: 'Z' | 'A' | 'B' | 'C' | 'D';
  closed: boolean;
  cancelled: boolean;
  creator: string;
  created: number;
  modified: number;
  approved: number | undefined;
  fields: Fields;
  entries: Entry[];
}

export class Table {
  readonly spec: FormSpec;
  readonly byId = new Map<number, Bill>();
  readonly byNumber = new Map<string, Bill>();
  /** Source bill number, or material of a stock row → rows. */
  readonly byLink = new Map<string, Set<Bill>>();
  #serial = 0;

  constructor(spec: FormSpec) {
    this.spec = spec;
  }

  add(bill: Bill): void {
    this.byId.set(bill.id, bill);
    this.byNumber.set(bill.number, bill);
  }

  remove(bill: Bill): void {
    this.byId.delete(bill.id);
    this.byNumber.delete(bill.number);
    for (const links of this.byLink.values()) links.delete(bill);
  }

  renumber(bill: Bill, number: string): void {
    this.byNumber.delete(bill.number);
    bill.number = number;
    this.byNumber.set(number, bill);
  }

  link(key: string, bill: Bill): void {
    const links = this.byLink.get(key) ?? new Set();
    links.add(bill);
    this.byLink.set(key, links);
  }

  nextNumber(): string {
    let number: string;
    do number = `${this.spec.prefix}${String(++this.#serial).padStart(6, '0')}`;
    while (this.byNumber.has(number));
    return number;
  }
}

export interface StockRow {
  readonly material: string;
  readonly stock: string;
  readonly status: string;
  readonly lot: string;
}

export class Store {
  readonly tables = new Map<string, Table>();
  /** Numbers of bills somebody has open in the client. */
  readonly locked = new Set<string>();
  /** Stock bills dated on or before this day (yyyy-MM-dd) are refused. */
  closedUntil = '';
  readonly now: () => number;
  readonly #stock = new Map<string, Bill>();
  /** A server never gives an id twice: one that is started again goes on above its earlier ones. */
  #id: number;
  #lastMoment = 0;

  constructor(now: () => number) {
    this.now = now;
    this.#id = Math.max(100, Math.floor(now() / 1000)) * 1000;
    for (const spec of forms.values()) this.tables.set(spec.id, new Table(spec));
  }

  table(form: string): Table {
    const table = this.tables.get(form);
    if (!table) throw new Error(`The simulator has no form ${form}.`);
    return table;
  }

  nextId(): number {
    return ++this.#id;
  }

  /** Now, never going back. */
  moment(): number {
    this.#lastMoment = Math.max(this.#lastMoment, this.now());
    return this.#lastMoment;
  }

  create(form: string, number: string, fields: Fields, creator: string): Bill {
    const moment = this.moment();
    const bill: Bill = {
      ...{ id: this.nextId(), number, status: 'A', closed: false, cancelled: false, creator },
      ...{ created: moment, modified: moment, approved: undefined, fields, entries: [] },
    };
    this.table(form).add(bill);
    return bill;
  }

  /** Base data is audited from the start. */
  createBase(form: string, number: string, fields: Fields, modified?: number): Bill {
    const known = this.table(form).byNumber.get(number);
    const bill = known ?? this.create(form, number, {}, 'administrator');
    bill.status = 'C';
    bill.fields = { FForbidStatus: 'A', ...bill.fields, ...fields };
    bill.modified = modified ?? this.moment();
    return bill;
  }

  entry(fields: Fields): Entry {
    return { id: this.nextId(), fields, joined: new Decimal(0), out: new Decimal(0) };
  }

  /** Books a stock change; FUPDATETIME moves with it. */
  changeStock(row: StockRow, delta: Decimal): void {
    const key = `${row.material}|${row.stock}|${row.status}|${row.lot}`;
    let bill = this.#stock.get(key);
    if (!bill) {
      const unit = this.table('BD_MATERIAL').byNumber.get(row.material)?.fields.FBaseUnitId ?? {
        FNumber: 'Pcs',
      };
      bill = this.create(
        'STK_Inventory',
        key,
        {
          ...{ FMaterialId: { FNumber: row.material }, FStockId: { FNumber: row.stock }, FBaseUnitId: unit },
          ...{
            FStockStatusId: { FNumber: row.status },
            FStockOrgId: { FNumber: '100' },
            FBaseQty: '0',
            FQty: '0',
          },
          ...(row.lot ? { FLot: { FNumber: row.lot } } : {}),
        },
        'administrator',
      );
      this.#stock.set(key, bill);
      this.table('STK_Inventory').link(row.material, bill);
    }
    const quantity = new Decimal(textOf(bill.fields.FBaseQty)).plus(delta).toFixed();
    bill.fields.FBaseQty = quantity;
    bill.fields.FQty = quantity;
    bill.modified = this.moment();
  }

  onHand(row: StockRow): Decimal {
    const bill = this.#stock.get(`${row.material}|${row.stock}|${row.status}|${row.lot}`);
    return new Decimal(textOf(bill?.fields.FBaseQty) || 0);
  }
}

/** Status 可用: goods fit for sale. */
export const goodStatus = 'KCZT01_SYS';

export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Code of a reference, whatever the case of its inner key. */
export function codeIn(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return textOf(value);
  const object = value as JsonObject;
  return textOf(object.FNumber ?? object.FNUMBER ?? object.FName);
}

/** Time as Kingdee prints it in China, with milliseconds unless they are zero. */
export function timeText(ms: number): string {
  const known = timeTexts.get(ms);
  if (known !== undefined) return known;
  const text = new Date(ms + 8 * 3_600_000).toISOString().slice(0, 23);
  const told = text.endsWith('.000') ? text.slice(0, 19) : text;
  if (timeTexts.size >= 50_000) timeTexts.clear();
  timeTexts.set(ms, told);
  return told;
}

/** A query looks at the times of every row, and most were looked at by the one before. */
const timeTexts = new Map<number, string>();
