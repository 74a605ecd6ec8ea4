/**
 * What the simulator of an ERP offers beside the vendor's own API: filling it, and looking into its books in words that
 * are the same for every ERP. Whoever counts what arrived need not know the vendor's forms.
 */
import type { Simulator } from './simulator.ts';

export interface GoodsSeed {
  readonly number: string;
  readonly name: string;
  /** Unit code; default Pcs. */
  readonly unit?: string;
  readonly barcode?: string;
  /** Freight and the like: ordered and billed, never in stock. */
  readonly service?: boolean;
}

export interface PartySeed {
  readonly number: string;
  readonly name: string;
}

export interface OnHandSeed {
  readonly material: string;
  readonly stock: string;
  readonly quantity: string;
}

/** A sales order; lines of goods only. */
export interface BookedOrder {
  readonly number: string;
  /** Number of the order at the shop, where the books have it. */
  readonly shopNumber: string;
  readonly isApproved: boolean;
  /** What its receivables have to add up to. */
  readonly owed: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: string }[];
}

/** A bill that moves stock, once it counts. */
export interface BookedMovement {
  readonly number: string;
  /** `return`: goods come back; quantities and amounts stay positive. */
  readonly direction: 'sale' | 'return';
  /** Code of the customer it is billed to. */
  readonly customer: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: string;
    readonly amount: string;
    /** Number of the sales order the line serves; empty: none. */
    readonly order: string;
  }[];
}

/** What one order is owed, once it counts; an order may have several. */
export interface BookedReceivable {
  readonly number: string;
  readonly order: string;
  readonly amount: string;
}

/** What an ERP has in its books right now. */
export interface Books {
  readonly orders: readonly BookedOrder[];
  readonly movements: readonly BookedMovement[];
  readonly receivables: readonly BookedReceivable[];
}

export interface ErpSimulator extends Simulator {
  seedMaterials(materials: readonly GoodsSeed[]): void;
  /** Customers the books know; nobody else can be billed. */
  seedCustomers(customers: readonly PartySeed[]): void;
  /** Warehouses. */
  seedStocks(stocks: readonly PartySeed[]): void;
  /** Adds to what is on hand. */
  seedInventory(rows: readonly OnHandSeed[]): void;
  books(): Books;
  /** What is on hand, per material and warehouse (or finer). */
  inventory(): { material: string; stock: string; quantity: string }[];
  /** Calls to the vendor's API, by what they do and to what. */
  readonly callsByForm: ReadonlyMap<string, number>;
}
