/**
 * Locks on keys under which a transaction may make something: references nobody knows yet, numbers, match keys. All that
 * can be told beforehand are waited for once, in one order, before anything else is locked. What turns out to be needed
 * later is taken only if it is free: nobody ever waits for a key while holding others, so no two wait for each other.
 */
import { lockKeys, tryLockKeys } from '../../ledger/identities.ts';
import { LostRace } from './lost-race.ts';
import type { Unit } from './unit.ts';

/** Waits for these keys; once per transaction, as the first locks it takes. */
export async function waitForKeys(unit: Unit, keys: readonly string[]): Promise<void> {
  if (unit.keys.size > 0) throw new Error('keys are waited for once');
  await lockKeys(unit.sql, keys);
  for (const key of keys) unit.keys.add(key);
}

/** Takes what is not held yet. Throws LostRace when somebody else is at it: read again, it is known beforehand. */
export async function takeKeys(unit: Unit, keys: readonly string[]): Promise<void> {
  const more = keys.filter((key) => !unit.keys.has(key));
  if (more.length === 0) return;
  if (!(await tryLockKeys(unit.sql, more))) {
    throw new LostRace('somebody else is just making something under the same key');
  }
  for (const key of more) unit.keys.add(key);
}
