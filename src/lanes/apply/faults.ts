import { DeriveError } from '../../derive/index.ts';
import { isAboutData, sqlState } from '../../ledger/database.ts';
import type { InboxOutcome } from '../../ledger/inbox.ts';
import { MappingFault } from '../../mapping/index.ts';
import { isObject, type Json } from '../../model/index.ts';
import type { World } from '../world.ts';
import { LostRace } from './lost-race.ts';
import { dead, later, withFetched } from './outcomes.ts';
import type { Prepared } from './prepare.ts';

/** Errors that one item can cause: its data, a rule that cannot read it, or somebody who was faster. */
export function isAboutItem(error: unknown): boolean {
  return (
    isAboutData(error) ||
    error instanceof LostRace ||
    error instanceof DeriveError ||
    error instanceof MappingFault ||
    error instanceof TypeError ||
    error instanceof RangeError
  );
}

/** What becomes of the one item that cannot be written, with a sentence that says what to correct. */
export function outcomeOfError(world: World, item: Prepared, error: unknown): InboxOutcome {
  const { row } = item;
  // A unique violation or a lost race is settled by reading again; anything else will not change by itself.
  if (sqlState(error)?.startsWith('23') || error instanceof LostRace) {
    return later(row, 'apply.try-again', 'somebody else changed the same record; it is read again');
  }
  const path = isAboutData(error) ? unstorable(item.values as Json) : undefined;
  if (path !== undefined) {
    return dead(
      row,
      'apply.unstorable',
      `${path} holds a NUL or half a character, which cannot be stored; correct it at the source`,
    );
  }
  world.log.error({ err: error, inbox: row.id }, 'a message could not be applied');
  const reason = error instanceof Error ? error.message.slice(0, 500) : 'unknown failure';
  const code = error instanceof DeriveError ? error.code : 'apply.failed';
  return withFetched(dead(row, code, reason), item.fetched, item.body);
}

/** Where a text stands that no database takes. */
function unstorable(value: Json | undefined, path = ''): string | undefined {
  if (typeof value === 'string') return /[\0\p{Surrogate}]/u.test(value) ? path : undefined;
  if (!isObject(value) && !Array.isArray(value)) return undefined;
  for (const [name, inner] of Object.entries(value as object)) {
    const found = unstorable(inner as Json, path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
