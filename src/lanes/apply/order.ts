import type { LinkRow } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { compareRevisions, soundRevision } from '../../merge/index.ts';
import type { World } from '../world.ts';
import type { Prepared } from './prepare.ts';

/** Codes of rows whose object is read from the vendor, although they tell it themselves. */
export const asksAgain: ReadonlySet<string | null> = new Set([
  'apply.order-unclear',
  'apply.fetched-before-write',
]);

/** What was applied last of an object: from its link, or from an item of the same batch. */
export type Applied = Pick<LinkRow, 'seen_revision' | 'seen_hash' | 'seen_at' | 'written_at'>;

/** What was applied last, of a link and of what this very batch has applied to it since. */
export function appliedOf(link: Applied, since: Omit<Applied, 'written_at'> | undefined): Applied {
  return {
    seen_revision: since?.seen_revision ?? link.seen_revision,
    seen_hash: since?.seen_hash ?? link.seen_hash,
    seen_at: since?.seen_at ?? link.seen_at,
    written_at: link.written_at,
  };
}

/**
 * What the order of an item means: go on with it; it tells nothing (any more); or its object has to be read, because
 * nothing says whether it or what was applied last is newer.
 */
export type Order =
  | { readonly kind: 'goOn' }
  | { readonly kind: 'drop' | 'read'; readonly code: string; readonly error: string };

const goOn: Order = { kind: 'goOn' };

/** Whether the system can be asked for an object once more. */
export function canRead(world: World, { row }: Prepared): boolean {
  return world.session(row.connection).objects[row.object]?.fetch !== undefined;
}

/**
 * Puts what a system tells of a known object in order with what was applied last. The revision decides where both have
 * one; among readings the moment they were begun; and of what was only told with neither, nobody knows whether it comes
 * late: then the object itself is read (`readable`), or the newest by arrival stands. The same goes for what may show
 * one write of ours after the next was done: something sent is not seen there yet (`unconfirmed`).
 */
export function orderOf(
  item: Prepared,
  applied: Applied,
  now: Date,
  readable: boolean,
  unconfirmed: () => boolean,
): Order {
  const last = soundRevision(applied.seen_revision, now);
  const order = compareRevisions(item.revision, last);
  if (order !== undefined && order < 0) {
    return drop('apply.older', `revision ${item.revision} is older than ${last}`);
  }
  const same = applied.seen_hash === item.contentHash;
  const { readAt } = item;
  if (readAt !== null) {
    const at = readAt.toISOString();
    // Our own answer has told more since. Whatever else the reading may have shown is read again: the write has
    // made the object newer than the reading. A poll comes again by itself.
    if (applied.written_at && applied.written_at >= readAt && !(item.fetched && same)) {
      const error = `read at ${at}, before our own write there was done`;
      return item.fetched
        ? { kind: 'read', code: 'apply.fetched-before-write', error: `${error}; it is read again` }
        : drop('apply.read-before-write', error);
    }
    if (applied.seen_at && readAt < applied.seen_at && !(order !== undefined && order > 0)) {
      return drop('apply.older-reading', `read at ${at}, before the reading that was applied last was done`);
    }
  }
  if (
    same &&
    (order === undefined || order === 0) &&
    !(writtenSince(applied) && !isBefore(readAt, applied))
  ) {
    return drop('apply.no-news', 'the same content was applied before');
  }
  const newer = order !== undefined && order > 0;
  if (readAt !== null || (newer && !(readable && unconfirmed()))) return goOn;
  if (readable) {
    return {
      kind: 'read',
      code: 'apply.order-unclear',
      error: 'nothing tells whether this is newer than what was applied last; the object is read',
    };
  }
  return same ? drop('apply.no-news', 'the same content was applied before') : goOn;
}

/**
 * The same for what a system answered to a write of ours, where that says more than we sent: it is as old as the write,
 * and what was told of the object since may be newer.
 */
export function orderOfAnswer(
  { row, fetched }: Pick<Prepared, 'row' | 'fetched'>,
  shadow: Pick<ShadowRow, 'told' | 'landed'> | undefined,
  readable: boolean,
): Order {
  if (fetched || !shadow?.told || !shadow.landed) return goOn;
  const { at, readAt } = shadow.told;
  if (Date.parse(at) < Date.parse(shadow.landed.sentAt)) return goOn;
  if (readAt !== undefined && Date.parse(readAt) > row.received_at.getTime())
    return drop('apply.older', `answered before the reading of ${readAt} was begun`);
  if (!readable) return goOn;
  return {
    kind: 'read',
    code: 'apply.order-unclear',
    error: 'something was told after this was written and before it was answered; the object is read',
  };
}

/** Then even the same content may be news: somebody has undone what we wrote. */
function writtenSince({ written_at, seen_at }: Applied): boolean {
  return written_at !== null && (seen_at === null || written_at >= seen_at);
}

/** A reading that was begun before our own write was done. */
function isBefore(readAt: Date | null, { written_at }: Applied): boolean {
  return readAt !== null && written_at !== null && readAt <= written_at;
}

function drop(code: string, error: string): Order {
  return { kind: 'drop', code, error };
}
