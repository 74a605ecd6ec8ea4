/** The two vendors of the benchmark: a shop that tells orders, and books that take bills. */
import type { JsonObject } from '../../src/model/json.ts';

export interface ShopLine {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly qty: string;
  /** Yuan, decimal text. */
  readonly price: string;
  readonly amount: string;
}

/** An order as the shop tells it, whole. */
export interface ShopOrder {
  readonly number: string;
  readonly channel: string;
  /** China's clock, `yyyy-MM-dd HH:mm:ss`. */
  readonly placed: string;
  readonly status: 'paid' | 'unpaid';
  readonly buyer: { readonly name: string; readonly phone: string };
  readonly address: {
    readonly province: string;
    readonly city: string;
    readonly district: string;
    readonly street: string;
  };
  readonly lines: readonly ShopLine[];
  readonly goods: string;
  readonly freight: string;
  readonly total: string;
  readonly remark: string;
}

export interface BillLine {
  readonly entry: string;
  readonly material: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: string;
}

/** A bill as the books take it. */
export interface Bill {
  readonly number: string;
  readonly date: string;
  readonly customer: string;
  readonly receiver: string;
  readonly phone: string;
  readonly address: string;
  readonly lines: readonly BillLine[];
  readonly freight: string;
  readonly total: string;
  readonly note: string;
}

/** A page of a listing. */
export interface Page {
  readonly items: readonly { readonly id: string; readonly data: JsonObject }[];
  /** Where the next one begins. */
  readonly after: number;
  readonly more: boolean;
  readonly total: number;
}

/** Largest number of calls the books take at once, for the hub and for the hand-written job. */
export const callsAtOnce = 32;
