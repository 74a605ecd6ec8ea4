import { decimal, equal, type Json, type JsonObject } from '../model/index.ts';
import { diff, type Patch } from './diff.ts';
import { compareInstants } from './instant.ts';

export interface QuantityApplied {
  readonly data: JsonObject;
  readonly patch: Patch;
  /** False when the snapshot was older than the one the record has (or says the same) and changed nothing. */
  readonly applied: boolean;
}

/**
 * Applies a snapshot of a bucket. Quantities are never merged: the snapshot with the newer `asOf` stands, an
 * older one is dropped, and the later told of two with the same `asOf` stands. Fields it does not tell stay.
 * Throws RangeError when the snapshot has no `asOf`.
 */
export function applyQuantity(input: {
  readonly golden: JsonObject | undefined;
  readonly incoming: JsonObject;
}): QuantityApplied {
  const { golden = {}, incoming } = input;
  if (typeof incoming.asOf !== 'string')
    throw new RangeError('a snapshot must tell asOf, the moment it is true for');
  const older = typeof golden.asOf === 'string' && compareInstants(incoming.asOf, golden.asOf) < 0;
  if (older) return { data: golden, patch: {}, applied: false };
  const told: Record<string, Json> = { ...golden };
  for (const [name, value] of Object.entries(incoming)) {
    if (value === undefined) continue;
    if (value === null) delete told[name];
    else told[name] = value;
  }
  return { data: told, patch: diff(golden, told), applied: !equal(golden, told) };
}

/** A signed change of a bucket. The key is permanent: the same movement told again has the same one. */
export interface Movement {
  readonly key: string;
  /** Decimal string in base units. */
  readonly delta: string;
  /** UTC. */
  readonly occurredAt: string;
}
/** What the owner of a bucket found there. */
export interface StockSnapshot {
  readonly onHand: string;
  /** UTC. */
  readonly asOf: string;
}

/**
 * What a bucket holds: a snapshot and every movement after it, each key once. Movements at or before `asOf` are in
 * the snapshot already. Without a snapshot all movements count, from nothing, and `asOf` is the newest of them.
 * The order of the movements does not matter, nor whether they are counted at once or one by one onto what
 * the earlier ones gave. Undefined when nothing is known.
 */
export function stockOf(
  snapshot: StockSnapshot | undefined,
  movements: Iterable<Movement>,
): StockSnapshot | undefined {
  const total = new decimal.Total();
  const counted = new Set<string>();
  let newest: string | undefined;
  for (const { key, delta, occurredAt } of movements) {
    const isPast = snapshot !== undefined && compareInstants(occurredAt, snapshot.asOf) <= 0;
    if (isPast || counted.has(key)) continue;
    counted.add(key);
    total.add(delta);
    if (newest === undefined || compareInstants(occurredAt, newest) > 0) newest = occurredAt;
  }
  if (newest === undefined) return snapshot;
  const sum = decimal.add(snapshot?.onHand ?? '0', total.toString());
  return { onHand: sum, asOf: snapshot?.asOf ?? newest };
}
