/** Lists what changed by FModifyDate: the only change feed Kingdee has. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Json, JsonObject, ListPage, ListRequest, Notice } from '../../kit/index.ts';
import type { KingdeeClient } from '../client.ts';
import type { KingdeeConfig } from '../config.ts';
import { allOf, cellText, fromServerTime, nest, plainTime, quote, serverTime } from '../query.ts';

export interface Feed {
  readonly form: string;
  /** Primary key in the query; a number at the vendor, compared as one. */
  readonly key: string;
  /** What a notice goes by. Base data goes by its code: it is what every bill refers to. */
  readonly idField: string;
  readonly fields: readonly string[];
}

export interface FeedContext {
  readonly client: KingdeeClient;
  readonly config: KingdeeConfig;
  readonly now: () => number;
}

/**
 * Where a list stands. A window is `[from, to)` in whole seconds of the server's zone. `after` is set while
 * one second holds more rows than a page: then rows of that second go by key.
 */
const cursorSchema = z.object({
  from: z.string(),
  to: z.string(),
  after: z.string().optional(),
  /** Rows of the overlap already told, id → modification time. */
  told: z.record(z.string(), z.string()).optional(),
});
interface Cursor {
  readonly from: string;
  readonly to: string;
  readonly after?: string | undefined;
  readonly told?: Record<string, string> | undefined;
}

/** No more rows than this are remembered from one window to the next. */
const longestMemory = 1000;

/**
 * One page of changes. Pages do not go by StartRow: a row that is changed while we read leaves the window
 * and would pull the next one over the page border unseen. Each page starts at the second the last one
 * ended in; a second with more rows than a page is read by key. Windows overlap, because the server's
 * clock may differ from ours and a row may be committed after later ones; what was told already is not
 * told again.
 */
export async function listChanges(context: FeedContext, feed: Feed, request: ListRequest): Promise<ListPage> {
  const { client, config } = context;
  const stored = request.cursor ? cursorSchema.parse(request.cursor) : startAt(context, request.since);
  // An empty end marks a poll that has not begun: its window ends now.
  const cursor = stored.to === '' ? { ...stored, to: windowEnd(context) } : stored;
  const fields = [...feed.fields, ...(config.extraFields[feed.form] ?? [])];
  const query = [...fields, feed.key, 'FModifyDate'];
  const rows = await client.query({
    form: feed.form,
    fields: query,
    filter: allOf(windowFilter(cursor, feed), config.listFilters[feed.form]),
    order: cursor.after === undefined ? `FModifyDate ASC, ${feed.key} ASC` : `${feed.key} ASC`,
    signal: request.signal,
  });
  const told: Record<string, string> = { ...cursor.told };
  const items: Notice[] = [];
  for (const row of rows) {
    const { id, revision, body } = read(feed, fields, row);
    if (told[id] === revision) continue;
    // An id that cannot be stored would keep the cursor from being stored.
    if (!/[\0\p{Surrogate}]/u.test(id + revision)) told[id] = revision;
    items.push({ object: feed.form, remoteId: id, body, ...revisionOf(revision, config.zone) });
  }
  const full = rows.length >= config.queryLimit;
  const last = rows.at(-1);
  if (full && last) {
    return { items, cursor: store(nextPage(cursor, fields, last), told), more: true };
  }
  if (cursor.after !== undefined) {
    // That one second is done; go on behind it in the same window.
    const from = serverTime(fromServerTime(cursor.from, config.zone) + 1000, config.zone);
    return { items, cursor: store({ from, to: cursor.to }, told), more: true };
  }
  const from = serverTime(fromServerTime(cursor.to, config.zone) - config.overlapSeconds * 1000, config.zone);
  return { items, cursor: store({ from, to: '' }, told), more: false };
}

function windowFilter(cursor: Cursor, feed: Feed): string {
  if (cursor.after === undefined) {
    return `FModifyDate >= ${quote(cursor.from)} AND FModifyDate < ${quote(cursor.to)}`;
  }
  const end = serverTime(fromServerTime(cursor.from, 'UTC') + 1000, 'UTC');
  const after = cursor.after === '' ? '' : ` AND ${feed.key} > ${cursor.after}`;
  return `FModifyDate >= ${quote(cursor.from)} AND FModifyDate < ${quote(end)}${after}`;
}

function nextPage(cursor: Cursor, fields: readonly string[], last: readonly Json[]): Cursor {
  const second = plainTime(cellText(last[fields.length + 1])).slice(0, 19);
  const key = cellText(last[fields.length]);
  if (cursor.after !== undefined) return { ...cursor, after: key };
  if (second > cursor.from) return { from: second, to: cursor.to };
  return { from: second, to: cursor.to, after: '' };
}

/** The cursor as it is kept. What was told is kept only as far back as the next reading reaches. */
function store(next: Cursor, told: Record<string, string>): JsonObject {
  const recent = Object.entries(told).filter(([, revision]) => plainTime(revision) >= next.from);
  return {
    ...{ from: next.from, to: next.to },
    ...(next.after === undefined ? {} : { after: next.after }),
    ...(recent.length <= longestMemory ? { told: Object.fromEntries(recent) } : {}),
  };
}

function startAt(context: FeedContext, since: string | undefined): Cursor {
  const { zone } = context.config;
  return {
    from: since ? serverTime(Date.parse(since), zone) : '1970-01-01 00:00:00',
    to: windowEnd(context),
  };
}

/** A window ends with the second under way, so that a row of this second is not split between two windows. */
export function windowEnd({ config, now }: FeedContext): string {
  return serverTime(now() + 1000, config.zone);
}

/** The server's wall clock as a moment in UTC, its fractions kept; nothing when there is none. */
function revisionOf(text: string, zone: string): { revision?: string } {
  const parsed = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  return parsed.isValid ? { revision: parsed.toUTC().toISO() } : {};
}

function read(
  feed: Feed,
  fields: readonly string[],
  row: readonly Json[],
): { id: string; revision: string; body: JsonObject } {
  const revision = cellText(row[fields.length + 1]);
  const key = cellText(row[fields.length]);
  const body = { ...nest(fields, row), [feed.key]: key, FModifyDate: plainTime(revision) };
  const id = cellText(row[fields.indexOf(feed.idField)]) || key;
  return { id, revision, body };
}
