import { hash } from 'node:crypto';
import type { Notice } from '../../connectors/kit/types.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { InboxEntry, InboxVia } from '../ledger/inbox.ts';

/** Longest text kept in a key, characters; an index of the database takes some 2,700 bytes. */
const longestKey = 512;

/** Turns what a connector split out of a message or a page into inbox entries. */
export function entryOf(landscape: Landscape, connection: string, notice: Notice, via: InboxVia): InboxEntry {
  const hint = notice.hint === undefined ? undefined : JSON.stringify(notice.hint);
  const keys = [notice.remoteId, notice.messageId ?? '', notice.revision ?? ''];
  // Escapes that JSON text of the database refuses: NUL and halves of characters.
  if (notice.remoteId === '' || !keys.every(isKey) || /(?<!\\)(\\\\)*\\u(0000|d[89a-f])/i.test(hint ?? '')) {
    return unkeepable(landscape, connection, notice, via);
  }
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
    ...(hint === undefined ? {} : { hint }),
    ...(notice.deleted === true ? { deleted: true } : {}),
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

function isKey(text: string): boolean {
  return text.length <= longestKey && !/[\0\p{Surrogate}]/u.test(text);
}

/** Kept whole, in its body, under an id that can be stored: refused, it would be sent again for ever. */
function unkeepable(landscape: Landscape, connection: string, notice: Notice, via: InboxVia): InboxEntry {
  const body = JSON.stringify(notice);
  const readable = notice.remoteId.replace(/[\p{Cc}\p{Surrogate}]/gu, '?').slice(0, 80);
  const remoteId = `${readable}#${hash('sha256', body).slice(0, 24)}`;
  return {
    connection,
    object: notice.object,
    remoteId,
    via,
    lane: landscape.applyLane(connection, notice.object, remoteId),
    body,
    dead: {
      code: 'inbox.unusable-id',
      message: `ids are 1 to ${longestKey} characters, without NUL and broken characters`,
    },
  };
}
