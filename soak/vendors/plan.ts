import type { SlipPart, VendorName } from '../connector/shapes.ts';

/** How many of everything one run sends; the records of a run are the first five together. */
export interface Amounts {
  readonly cards: number;
  readonly slipParts: number;
  readonly orders: number;
  readonly tickets: number;
  readonly movements: number;
  readonly cardEdits: number;
  readonly contested: number;
  readonly slipRevisions: number;
  readonly counts: number;
}

/** Splits a number of records over what a run sends. */
export function amountsOf(records: number): Amounts {
  const cards = Math.round(records * 0.4);
  const orders = Math.round(records * 0.1);
  const tickets = Math.round(records * 0.15);
  const movements = Math.round(records * 0.1);
  return {
    cards,
    slipParts: records - cards - orders - tickets - movements,
    orders,
    tickets,
    movements,
    cardEdits: cards * 4,
    contested: Math.ceil(cards / 10),
    slipRevisions: Math.ceil(records / 30),
    counts: Math.ceil(movements / 20),
  };
}

/** Who may change a field of a card: one vendor's people, or anybody in turn. */
export const fieldOwners = { name: 'keyed', email: 'token', notes: 'marked' } as const;
export type OwnedField = keyof typeof fieldOwners;
export const ownedFields: readonly OwnedField[] = ['name', 'email', 'notes'];
/** Vendors with people who make and change cards. */
export const editors: readonly VendorName[] = ['keyed', 'token', 'marked'];
/** Vendors that issue slips, and move goods at a place of their own. */
export const issuers: readonly VendorName[] = ['keyed', 'marked'];

/** A value that was told last, and when. */
export interface Last {
  readonly value: string;
  readonly at: string;
  readonly vendor: VendorName;
}

/** What a card must be everywhere in the end. */
export interface CardPlan {
  readonly number: string;
  readonly home: VendorName;
  /** Field → the value told last. */
  readonly last: Map<OwnedField | 'turn', Last>;
  /** Two values told at once by two vendors: one of them must be everywhere. */
  contested?: readonly [Last, Last];
}

/** What a part of a slip must be everywhere in the end. */
export interface SlipPlan {
  readonly issuer: VendorName;
  readonly id: string;
  body: SlipPart;
  at: string;
}

/** Vendors that are told what is in stock at the places of the others. */
export const shelves: readonly VendorName[] = ['token', 'bare'];

/** What there must be of one article at one place, everywhere in the end. */
export interface StockPlan {
  /** `<place>/<sku>`. */
  readonly number: string;
  readonly sku: string;
  readonly place: string;
  readonly vendor: VendorName;
  /** Decimal string. */
  quantity: string;
  /** The id of the count there, where somebody counts. */
  readonly countId?: string;
}
