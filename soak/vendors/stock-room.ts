import * as decimal from '../../src/model/decimal.ts';
import type { Count, Movement, VendorName } from '../connector/shapes.ts';
import type { Dice } from '../random.ts';
import { issuers, type StockPlan } from './plan.ts';
import type { Store } from './store.ts';

/** The vendor whose people also count what is there; at the other place the movements are all there is. */
const counting: VendorName = 'marked';
/** Longest before it is told that a movement of the other place happened, milliseconds. */
const longestBeforeMs = 600_000;

/** What people at the vendors do with goods: they move them, and some count them now and then. */
export class StockRoom {
  readonly stocks: StockPlan[] = [];
  readonly #stores: ReadonlyMap<VendorName, Store>;
  readonly #dice: Dice;
  #movements = 0;
  #lastAt = 0;

  constructor(stores: ReadonlyMap<VendorName, Store>, dice: Dice) {
    this.#stores = stores;
    this.#dice = dice;
  }

  /** Something comes or leaves, under a key nobody used before. */
  move(sku: string): void {
    const stock = this.#stockOf(this.#dice.pick(issuers), sku);
    const delta = String(this.#dice.int(1, 9) * (this.#dice.chance(0.4) ? -1 : 1));
    this.#movements += 1;
    // Where somebody counts, it happens now: what happened before a count is in it.
    const at = stock.countId === undefined ? Date.now() - this.#dice.int(0, longestBeforeMs) : this.#now();
    const movement: Movement = {
      number: `M-${String(this.#movements).padStart(6, '0')}`,
      sku,
      place: stock.place,
      delta,
      at: new Date(at).toISOString(),
    };
    this.#told(this.#store(stock.vendor).create('movement', movement, 'people').ok);
    stock.quantity = decimal.add(stock.quantity, delta);
  }

  /** Somebody counts what is there and finds more or less than the movements say. False: there is nothing yet. */
  count(): boolean {
    const counted = this.stocks.filter((stock) => stock.countId !== undefined);
    if (counted.length === 0) return false;
    const stock = this.#dice.pick(counted);
    stock.quantity = decimal.add(stock.quantity, String(this.#dice.int(-2, 2)));
    const told = { quantity: stock.quantity, at: new Date(this.#now()).toISOString() };
    this.#told(this.#store(stock.vendor).update('count', stock.countId ?? '', told, 'people').ok);
    return true;
  }

  #stockOf(vendor: VendorName, sku: string): StockPlan {
    const place = `SHELF-${vendor}`;
    const number = `${place}/${sku}`;
    const known = this.stocks.find((stock) => stock.number === number);
    if (known) return known;
    const stock: StockPlan = { number, sku, place, vendor, quantity: '0', ...this.#opening(vendor, sku) };
    this.stocks.push(stock);
    return stock;
  }

  /** Goods that are there from the start are known by the first count. */
  #opening(vendor: VendorName, sku: string): { quantity: string; countId: string } | undefined {
    if (vendor !== counting) return undefined;
    const place = `SHELF-${vendor}`;
    const quantity = String(this.#dice.int(0, 100));
    const at = new Date(this.#now()).toISOString();
    const first: Count = { number: `${place}/${sku}`, sku, place, quantity, at };
    const written = this.#store(vendor).create('count', first, 'people');
    if (!written.ok) throw new Error(`the vendor ${vendor} does not take a count: ${written.status}`);
    return { quantity, countId: written.shown.id };
  }

  /** Now, and later than anything before: of two things in one millisecond nobody could say which was first. */
  #now(): number {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  #told(ok: boolean): void {
    if (!ok) throw new Error('a vendor did not take what its own people told');
  }

  #store(vendor: VendorName): Store {
    return this.#stores.get(vendor) as Store;
  }
}
