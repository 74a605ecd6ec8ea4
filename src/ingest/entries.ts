import type { Notice } from '../../connectors/kit/types.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { InboxEntry, InboxVia } from '../ledger/inbox.ts';

/** Turns what a connector split out of a message or a page into inbox entries. */
export function entryOf(landscape: Landscape, connection: string, notice: Notice, via: InboxVia): InboxEntry {
  const reads = landscape.partiesOf(connection, notice.object).some((party) => party.reads);
  return {
    connection,
    object: notice.object,
    remoteId: notice.remoteId,
    via,
    lane: landscape.applyLane(connection, notice.object, notice.remoteId),
    // Live messages before polled ones.
    priority: via === 'webhook' ? 4 : 6,
    ...(notice.messageId === undefined ? {} : { messageId: notice.messageId }),
    ...(notice.revision === undefined ? {} : { revision: notice.revision }),
    ...(notice.body === undefined ? {} : { body: JSON.stringify(notice.body) }),
    ...(notice.hint === undefined ? {} : { hint: JSON.stringify(notice.hint) }),
    ...(reads
      ? {}
      : {
          dead: {
            code: notice.object === 'unknown' ? 'inbox.not-understood' : 'inbox.no-party',
            message:
              notice.object === 'unknown'
                ? 'the message is genuine, but the connector does not know what it is about'
                : `nothing in the configuration reads ${notice.object} of ${connection}`,
          },
        }),
  };
}
