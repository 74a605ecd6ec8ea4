/** Which fields of lines mean what, whatever entity the lines belong to. */
import type { JsonObject } from '../model/index.ts';

/** Money of a line that its parts share. */
const MONEY = ['amount', 'tax', 'allocatedDiscount'] as const;

/** Decimal fields of a line that add up over several documents; the others (prices, rates) describe it. */
export const ADDITIVE_LINE = ['quantity', 'qty', 'baseQuantity', ...MONEY] as const;

/** Decimal fields of a document that add up over several documents. */
export const ADDITIVE_HEADER = ['amount', 'freight', 'fees', 'rounding'] as const;

/** The money a line tells. */
export function money(line: JsonObject): string[] {
  return MONEY.filter((name) => typeof line[name] === 'string');
}

/** Shipments count in `qty`, everybody else in `quantity`. */
export function quantityName(line: JsonObject): 'quantity' | 'qty' {
  return typeof line.quantity !== 'string' && typeof line.qty === 'string' ? 'qty' : 'quantity';
}
