import { setTimeout as delay } from 'node:timers/promises';
import { readCallLimit, writeCallLimit } from '../../ledger/call-limits.ts';
import type { Database } from '../../ledger/database.ts';
import { emptyState, type LimitState, stateSchema } from './state.ts';

/** What a decision makes of a state: the next one and what the asker gets of it. */
export interface Decided<T> {
  readonly state: LimitState;
  readonly answer: T;
}

/**
 * Decides over the state all processes share: read, decide, put in place of what was read. Nobody holds a lock
 * while deciding, so a process that is frozen there holds nobody up.
 *
 * @param decideOn gets the database's clock in ms and an id greater than all before it; may run more than once
 */
export async function decideTogether<T>(
  database: Database,
  place: { readonly connection: string; readonly unit: string },
  decideOn: (state: LimitState, now: number, id: number) => Decided<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const row = await readCallLimit(database, place.connection, place.unit, emptyState);
    // What another version of the hub wrote and this one cannot read counts for nothing.
    const known = stateSchema.safeParse(row.state);
    const { state, answer } = decideOn(known.success ? known.data : emptyState, row.now, row.version + 1);
    if (await writeCallLimit(database, row, state)) return answer;
    await delay(Math.random() * Math.min(40, 2 * 2 ** Math.min(attempt, 5)));
  }
}
