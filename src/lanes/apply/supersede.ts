import type { InboxOutcome } from '../../ledger/inbox.ts';
import type { Prepared } from './prepare.ts';

/**
 * Says of an outcome whether earlier messages about the object have nothing to add any more, so that those which are
 * dead letters are closed. Only what tells the whole object does: not an answer to our own write, not a report about
 * another object, not a vendor that tells parts.
 */
export function superseding(item: Prepared, outcome: InboxOutcome): InboxOutcome {
  const tellsAll =
    item.about === undefined && item.row.via !== 'answer' && item.party.facts.payload !== 'partial';
  // The same content as applied last: whatever came in between was taken back by it.
  const isNewest = outcome.state === 'done' || outcome.code === 'apply.no-news';
  return tellsAll && isNewest ? { ...outcome, supersedes: true } : outcome;
}
