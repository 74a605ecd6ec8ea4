import type { InboxRow } from '../../ledger/inbox.ts';
import type { JsonObject } from '../../model/index.ts';

/** What a change of a record keeps of the message that made it. */
export function originOf(row: InboxRow): JsonObject {
  return {
    inbox: row.id,
    receivedAt: row.received_at.toISOString(),
    connection: row.connection,
    object: row.object,
    remoteId: row.remote_id,
    via: row.via,
  };
}
