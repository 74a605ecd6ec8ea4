import type { InboxEntry } from '../../ledger/inbox.ts';
import type { Landscape } from '../landscape.ts';

/**
 * The message of a deletion that its system did not tell itself: found by a complete listing, or decided by a person.
 * It goes the way of everything that is told.
 *
 * @param readAt When the system was asked for it and did not know it; absent: it is asked for before anything is deleted.
 */
export function deletionEntry(
  landscape: Landscape,
  { connection, object }: { readonly connection: string; readonly object: string },
  remoteId: string,
  readAt?: string,
): InboxEntry {
  return {
    connection,
    object,
    remoteId,
    via: 'poll',
    lane: landscape.applyLane(connection, object, remoteId),
    priority: 6,
    deleted: true,
    ...(readAt === undefined ? {} : { readAt }),
  };
}
