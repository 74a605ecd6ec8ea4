/** The soak's own vendors: what they hold and how they tell it. */

/** What makes a create safe at a vendor; the vendor's name says it too. */
export const safeties = {
  keyed: 'uniqueKey',
  token: 'token',
  marked: 'marker',
  bare: 'none',
} as const;
export type VendorName = keyof typeof safeties;
export const vendorNames: readonly VendorName[] = ['keyed', 'token', 'marked', 'bare'];

export type ObjectName = 'article' | 'card' | 'slip' | 'movement' | 'count' | 'stock';
export const objectNames: readonly ObjectName[] = ['article', 'card', 'slip', 'movement', 'count', 'stock'];

/** Anything with a number; what else it holds depends on the object. */
export interface Body {
  readonly number: string;
  readonly [field: string]: unknown;
}

export interface SlipLine {
  readonly id: string;
  readonly sku: string;
  readonly qty: string;
}

/** One part of a slip: a document of its own, numbered `<slip>-<part>`. */
export interface SlipPart extends Body {
  /** Version of its content; only the issuer revises. */
  readonly version: string;
  readonly lines: readonly SlipLine[];
}

/** Goods that came to a place or left it; the number is its permanent key. */
export interface Movement extends Body {
  readonly sku: string;
  readonly place: string;
  /** Signed, a decimal string. */
  readonly delta: string;
  /** UTC. */
  readonly at: string;
}

/** What somebody found at a place, numbered `<place>/<sku>`; it says everything that happened until then. */
export interface Count extends Body {
  readonly sku: string;
  readonly place: string;
  readonly quantity: string;
  /** UTC. */
  readonly at: string;
}

/** An object as a vendor shows it, in lists, answers and webhooks. */
export interface Shown {
  readonly id: string;
  /** UTC, milliseconds; grows with every change of the object. */
  readonly revision: string;
  readonly body: Body;
}

/** Longest a vendor acts on a write after it was sent, milliseconds: it refuses what arrives later. */
export const latenessMs = 1_500;
/** Longest a new object stays invisible to a search at the vendor that has only markers, milliseconds. */
export const searchLagMs = 300;
