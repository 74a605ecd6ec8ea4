import type { SlipPart, VendorName } from '../connector/shapes.ts';

/** How many of everything one run sends; the records of a run are the first four together. */
export interface Amounts {
  readonly cards: number;
  readonly slipParts: number;
  readonly orders: number;
  readonly tickets: number;
  readonly cardEdits: number;
  readonly contested: number;
  readonly slipRevisions: number;
}

/** Splits a number of records over what a run sends. */
export function amountsOf(records: number): Amounts {
  const cards = Math.round(records * 0.4);
  const orders = Math.round(records * 0.1);
  const tickets = Math.round(records * 0.2);
  return {
    cards,
    slipParts: records - cards - orders - tickets,
    orders,
    tickets,
    cardEdits: cards * 4,
    contested: Math.ceil(cards / 10),
    slipRevisions: Math.ceil(records / 30),
  };
}

/** Who may change a field of a card: one vendor's people, or anybody in turn. */
export const fieldOwners = { name: 'keyed', email: 'token', notes: 'marked' } as const;
export type OwnedField = keyof typeof fieldOwners;
export const ownedFields: readonly OwnedField[] = ['name', 'email', 'notes'];
/** Vendors with people who make and change cards. */
export const editors: readonly VendorName[] = ['keyed', 'token', 'marked'];
/** Vendors that issue slips. */
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
