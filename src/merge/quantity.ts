import { equal, type Json, type JsonObject } from '../model/index.ts';
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
