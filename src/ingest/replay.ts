/** Tells kept webhook messages again: split once more by the connector, and put into the inbox marked as told again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Notice, WebhookReceiver, WebhookVerdict } from '../../connectors/kit/types.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import { type InboxEntry, insertInbox } from '../ledger/inbox.ts';
import {
  type MessagePlace,
  messagesAfter,
  toldName,
  toldSince,
  type WebhookMessageRow,
} from '../ledger/webhook-messages.ts';
import { entryOf } from './entries.ts';

export interface ReplayOptions {
  readonly database: Database;
  readonly landscape: Landscape;
  readonly connection: string;
  readonly receiver: WebhookReceiver;
  readonly since: Date;
  /** Messages from this moment on are left out. */
  readonly until: Date;
  /** Only what is about this object. */
  readonly object?: string | undefined;
  /** Messages a second at the most. @default as fast as they are written */
  readonly perSecond?: number | undefined;
  /** Nothing is written. */
  readonly dryRun: boolean;
  readonly onProgress?: (result: ReplayResult) => void;
}

export interface ReplayResult {
  /** Messages looked at. */
  readonly messages: number;
  /** Of these, verified with the secret that was being replaced. */
  readonly previousSecret: number;
  /** Inbox rows written (or that would be), by object. */
  readonly told: Readonly<Record<string, number>>;
  /** Left out: their object has been told of since, and nothing in the message says that it is older. */
  readonly outdated: number;
  /** Messages that cannot be split any more: sealed with a key the connection no longer has. */
  readonly unreadable: number;
}

/** Messages read and written at once. */
const batch = 200;

/**
 * Tells messages again in the order they came. They count as verified, whatever the secrets are now, and ids seen before
 * count for nothing. A message without revision about an object that was told of after `until` is left out: it
 * would be taken for the newest.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { database, connection, since, until, perSecond, dryRun } = options;
  const told: Record<string, number> = {};
  const result = { messages: 0, previousSecret: 0, told, outdated: 0, unreadable: 0 };
  const began = performance.now();
  let place: MessagePlace = { at: since, id: 0 };
  for (;;) {
    const most = perSecond === undefined ? batch : Math.max(1, Math.min(batch, Math.floor(perSecond)));
    const rows = await messagesAfter(database, connection, place, until, most);
    const last = rows.at(-1);
    if (!last) return result;
    place = { at: last.received_at, id: last.id };
    if (perSecond !== undefined) {
      const wait = began + (result.messages * 1000) / perSecond - performance.now();
      if (wait > 0) await delay(wait);
    }
    const entries: InboxEntry[] = [];
    for (const row of rows) {
      result.messages += 1;
      if (row.previous_secret) result.previousSecret += 1;
      const split = splitAgain(options, row);
      if (split === undefined) result.unreadable += 1;
      else entries.push(...split);
    }
    const kept = await withoutOutdated(options, entries);
    result.outdated += entries.length - kept.length;
    for (const { object } of kept) told[object] = (told[object] ?? 0) + 1;
    if (!dryRun) await insertInbox(database, kept);
    options.onProgress?.(result);
  }
}

function splitAgain(options: ReplayOptions, row: WebhookMessageRow): InboxEntry[] | undefined {
  const { receiver, landscape, connection, object } = options;
  const { method, query, headers, body, received_at: receivedAt } = row;
  const verdict: WebhookVerdict = receiver.receive({
    ...{ method, query, headers, body, receivedAt },
    verified: true,
  });
  if (!verdict.ok) return undefined;
  return verdict.notices
    .filter((notice) => object === undefined || notice.object === object)
    .map((notice) => ({ ...entryOf(landscape, connection, unseen(notice), 'webhook'), replayOf: row.id }));
}

/** Without the id by which it would be known as seen. */
function unseen({ messageId: _seen, ...notice }: Notice): Notice {
  return notice;
}

async function withoutOutdated(
  { database, connection, until }: ReplayOptions,
  entries: readonly InboxEntry[],
): Promise<readonly InboxEntry[]> {
  const unordered = entries.filter(isUnordered);
  const newer = await toldSince(database, connection, until, unordered);
  return entries.filter((entry) => !isUnordered(entry) || !newer.has(toldName(entry.object, entry.remoteId)));
}

/** Nothing in it says how old it is, and it is not read afresh: the hub would take it for the newest. */
function isUnordered({ revision, body, deleted }: InboxEntry): boolean {
  return revision === undefined && (body !== undefined || deleted === true);
}
