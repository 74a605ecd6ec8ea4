/** Fits a shipment onto the lines of the bill that was pushed from the order. Pure. */
import { Decimal } from 'decimal.js';
import type { Decision, JsonObject } from '../../kit/index.ts';
import { codeOf, type Line } from './lines.ts';

/** A line of the pushed bill; `quantity` is what the order still has open on it. */
export interface PushedEntry {
  readonly entryId: string;
  readonly material: string;
  readonly quantity: string;
  /** What the bill says has left. */
  readonly real?: string;
}

export type Fit =
  | { readonly ok: true; readonly lines: readonly JsonObject[]; readonly lineIds: Record<string, string> }
  | { readonly ok: false; readonly decision: Decision };

/**
 * Each line of the shipment takes pushed lines of its material in order, each up to what is open on it; an
 * order may hold the same material twice (sold and given). What is left over goes onto the last of them, so
 * that Kingdee itself decides about delivering more than was ordered. Pushed lines that get nothing are
 * left out and thereby deleted. A material the order does not have refuses the shipment.
 */
export function fitToPushed(lines: readonly Line[], entries: readonly PushedEntry[]): Fit {
  const open = entries.map((entry) => ({ ...entry, left: new Decimal(entry.quantity || 0) }));
  const taken = new Map<string, { quantity: Decimal; line: Line }>();
  const lineIds: Record<string, string> = {};
  for (const line of lines) {
    const material = codeOf(line.FMaterialID);
    const candidates = open.filter((entry) => entry.material === material);
    const last = candidates.at(-1);
    if (!last) return { ok: false, decision: notOnOrder(material) };
    let wanted = new Decimal(textOf(line.FRealQty));
    for (const entry of candidates) {
      const part = entry === last ? wanted : Decimal.min(wanted, entry.left);
      if (part.lte(0)) continue;
      entry.left = entry.left.minus(part);
      wanted = wanted.minus(part);
      const before = taken.get(entry.entryId);
      taken.set(entry.entryId, { quantity: part.plus(before?.quantity ?? 0), line: before?.line ?? line });
      if (typeof line._key === 'string') lineIds[line._key] ??= entry.entryId;
    }
  }
  // In the order of the pushed bill, so that a repeated save is the same save.
  const result = entries.flatMap((entry) => {
    const part = taken.get(entry.entryId);
    if (!part) return [];
    const { _key: _ours, FMaterialID: _same, ...rest } = part.line;
    return [{ ...rest, FEntryID: entry.entryId, FRealQty: part.quantity.toFixed() }];
  });
  return { ok: true, lines: result, lineIds };
}

/** Whether a bill holds exactly the goods of a shipment, however they are spread over lines. */
export function holdsJust(lines: readonly Line[], entries: readonly PushedEntry[]): boolean {
  const left = new Map<string, Decimal>();
  const add = (material: string, quantity: Decimal): void => {
    left.set(material, (left.get(material) ?? new Decimal(0)).plus(quantity));
  };
  for (const line of lines) add(codeOf(line.FMaterialID), new Decimal(textOf(line.FRealQty)));
  for (const entry of entries) add(entry.material, new Decimal(entry.real || 0).negated());
  return lines.length > 0 && [...left.values()].every((quantity) => quantity.isZero());
}

function notOnOrder(material: string): Decision {
  return {
    kind: 'reject',
    code: 'kingdee.not-on-order',
    message: `The shipment holds ${material}, which the order has no open line for in Kingdee.`,
    field: 'FMaterialID',
  };
}

function textOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '0';
}
