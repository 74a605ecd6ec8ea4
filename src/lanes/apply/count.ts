import type { InboxOutcome, InboxRow } from '../../ledger/inbox.ts';
import type { World } from '../world.ts';

/** Tells whoever watches what became of messages; after the commit, so that nothing is counted that was rolled back. */
export function countApplied(
  { meter, trail }: World,
  rows: readonly Pick<InboxRow, 'id' | 'connection' | 'object' | 'via' | 'received_at'>[],
  outcomes: readonly InboxOutcome[],
): void {
  if ((!meter && !trail) || outcomes.length === 0) return;
  let at = 0;
  for (const outcome of outcomes) {
    const { id, state } = outcome;
    // Nearly always in the order of their rows: no index is built for that.
    if (rows[at]?.id !== id) at = rows.findIndex((row) => row.id === id);
    const row = rows[at];
    if (row) {
      meter?.applied(row.connection, row.object, state);
      trail?.applied(row, outcome);
    }
    at += 1;
  }
}
