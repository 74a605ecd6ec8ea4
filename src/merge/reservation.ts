import { decimal, type JsonObject } from '../model/index.ts';
import { compareInstants } from './instant.ts';

export interface Stock {
  readonly onHand: string;
  readonly locked?: string;
  /** Anything but good stock is not sold. */
  readonly quality?: string;
  readonly asOf: string;
}
export interface Promised {
  readonly quantity: string;
  /** From when on the owner's snapshots contain the reservation. */
  readonly acknowledgedAt?: string;
  readonly releasedAt?: string;
}

/**
 * What channels may sell of a bucket, in base units: on hand − locked − reservations the snapshot cannot
 * contain yet − safety, never below zero. `reservations` are those of the same sku and location. A
 * reservation counts until it is released or the snapshot is as new as its acknowledgement.
 */
export function sellable(stock: Stock, reservations: readonly Promised[], safety = '0'): string {
  if (stock.quality !== undefined && stock.quality !== 'good') return '0';
  const promised = reservations
    .filter((one) => one.releasedAt === undefined)
    .filter((one) => one.acknowledgedAt === undefined || compareInstants(one.acknowledgedAt, stock.asOf) > 0)
    .map((one) => one.quantity);
  const left = decimal.sub(stock.onHand, decimal.sum([stock.locked ?? '0', safety, ...promised]));
  return decimal.cmp(left, '0') < 0 ? '0' : left;
}

/** An inventory record with `sellable` computed. Throws RangeError when onHand or asOf is missing. */
export function withSellable(
  inventory: JsonObject,
  reservations: readonly Promised[],
  safety = '0',
): JsonObject {
  const { onHand, locked, quality, asOf } = inventory;
  if (typeof onHand !== 'string' || typeof asOf !== 'string') {
    throw new RangeError('sellable needs onHand and asOf of the inventory record');
  }
  const stock = {
    onHand,
    asOf,
    ...(typeof locked === 'string' ? { locked } : {}),
    ...(typeof quality === 'string' ? { quality } : {}),
  };
  return { ...inventory, sellable: sellable(stock, reservations, safety) };
}
