/** What is told of an object after it was deleted: late words of what it was, or it is there again. */
import type { Queryable } from '../../ledger/database.ts';
import type { InboxRow } from '../../ledger/inbox.ts';
import { type LinkRow, linksByRemote } from '../../ledger/links.ts';
import { compareRevisions, instantOf, soundRevision } from '../../merge/index.ts';
import type { Order } from '../apply/order.ts';
import type { Prepared } from '../apply/prepare.ts';

/**
 * Whether an item shows that a deleted object is there again. A reading begun after the deletion does; of what was only
 * told, the object is read (`readable`), else a revision later than the deletion does. Pure.
 */
export function comesBack(
  item: Pick<Prepared, 'row' | 'revision' | 'readAt'>,
  link: LinkRow,
  now: Date,
  readable: boolean,
): Order {
  const { gone_at: goneAt } = link;
  if (!goneAt) return { kind: 'goOn' };
  const { connection, object, via } = item.row;
  const what = `${object} ${link.remote_id} was deleted in ${connection} at ${goneAt.toISOString()}`;
  if (via === 'answer') return drop(`${what}; this is an answer to what was written before`);
  const seen = soundRevision(link.gone_revision ?? link.seen_revision, now);
  if ((compareRevisions(item.revision, seen) ?? 0) < 0) {
    return drop(`${what}; revision ${item.revision} is older than ${seen}`);
  }
  if (item.readAt !== null) {
    return item.readAt > goneAt ? { kind: 'goOn' } : drop(`${what}; this was read before`);
  }
  if (readable) {
    return {
      kind: 'read',
      code: 'apply.order-unclear',
      error: `${what}; the object is read to see whether it is there again`,
    };
  }
  const instant = instantOf(item.revision);
  const later =
    (instant !== undefined && instant > goneAt.toISOString()) ||
    (link.gone_revision != null && (compareRevisions(item.revision, seen) ?? 0) > 0);
  return later ? { kind: 'goOn' } : drop(`${what}; nothing says that this was told of a later one`);
}

/**
 * Whether what is told may bring a deleted record back: its own copy that was gone and is there again, or an object
 * nobody knew. Not a copy that was only left, nor an answer or a report about it. Pure.
 */
export function isBack(item: Pick<Prepared, 'row' | 'about'>, link: LinkRow | undefined): boolean {
  return item.row.via !== 'answer' && item.about === undefined && (link === undefined || !!link.gone_at);
}

/** Of rows whose object does not exist: those whose copy is known to be deleted. Nothing is to be waited for there. */
export async function knownGone(sql: Queryable, given: readonly InboxRow[]): Promise<Map<number, LinkRow>> {
  const links = await linksByRemote(
    sql,
    given.map(({ connection, object, remote_id: remoteId }) => ({ connection, object, remoteId })),
  );
  const gone = links.filter((link) => link.gone_at);
  return new Map(
    given.flatMap((row): [number, LinkRow][] => {
      const link = gone.find(
        (one) =>
          one.connection === row.connection && one.object === row.object && one.remote_id === row.remote_id,
      );
      return link ? [[row.id, link]] : [];
    }),
  );
}

function drop(error: string): Order {
  return { kind: 'drop', code: 'deletes.gone', error };
}
