/** Lists of what changed in a stretch of time, oldest first: the feed most vendors have. */
import { z } from 'zod';
import type { JsonObject, ListPage, ListRequest, Notice } from './types.ts';

export interface ChangeQuery {
  /** UTC ISO-8601, whole steps; rows of both ends belong to it. */
  readonly from: string;
  readonly to: string;
  /** From 1. Beyond 1 only while more rows than a page share one step of time. */
  readonly page: number;
  readonly size: number;
  readonly signal: AbortSignal;
}

export interface ChangeFeed<Row> {
  /** Rows that changed from `from` to `to`, oldest first, at most `size`. Throws ConnectorError. */
  read(query: ChangeQuery): Promise<readonly Row[]>;
  readonly size: number;
  idOf(row: Row): string;
  /** Modification time, UTC ISO-8601. */
  changedAt(row: Row): string;
  notice(row: Row): Notice;
  /** What the vendor rounds times to, ms. Default 1000. */
  readonly stepMs?: number;
  /**
   * How far each reading reaches back behind the end of the one before, ms: covers clocks that differ and rows that
   * become visible after later ones. Default 300 000.
   */
  readonly overlapMs?: number;
}

const cursorShape = z.object({
  from: z.string(),
  /** End of the stretch being read; absent between readings. */
  to: z.string().optional(),
  page: z.number().int().optional(),
  /** A later page of this step of time told something new. */
  fresh: z.boolean().optional(),
  /** Rows told, id → time of the change. */
  told: z.record(z.string(), z.string()).optional(),
});
type Cursor = z.output<typeof cursorShape>;

/** No more rows than this are remembered; beyond it some are told twice, which the hub's comparison drops. */
const longestMemory = 2000;

/**
 * One page of changes. Pages do not go by number: a row that changes while we read leaves its page and would pull the
 * next one over the border unseen. Each page starts at the time the last one ended with; only where more rows than a
 * page share one step of time it goes by number, and then again until a pass over them tells nothing new.
 *
 * @param now milliseconds since the epoch
 */
export async function listByChange<Row>(
  feed: ChangeFeed<Row>,
  request: ListRequest,
  now: number,
): Promise<ListPage> {
  const { stepMs = 1000, overlapMs = 300_000, size } = feed;
  const floor = (time: string | number): string => {
    const ms = typeof time === 'number' ? time : Date.parse(time);
    return new Date(Math.floor(ms / stepMs) * stepMs).toISOString();
  };
  const at: Cursor = request.cursor ? cursorShape.parse(request.cursor) : { from: floor(request.since ?? 0) };
  const to = at.to ?? floor(now);
  const page = at.page ?? 1;
  const rows = await feed.read({ from: at.from, to, page, size, signal: request.signal });

  const told: Record<string, string> = { ...at.told };
  const items: Notice[] = [];
  let learnt = false;
  for (const row of rows) {
    const id = feed.idOf(row);
    const changed = feed.changedAt(row);
    if (told[id] === changed) continue;
    items.push(feed.notice(row));
    // A step under way may see the row change once more under the very same time, so it is told again.
    const isOver = Date.parse(changed) + stepMs <= now;
    // An id that cannot be stored would keep the place from being stored.
    if (!isOver || /[\0\p{Surrogate}]/u.test(id)) continue;
    told[id] = changed;
    learnt = true;
  }
  const fresh = (at.fresh ?? false) || (page > 1 && learnt);
  const last = rows.at(-1);
  const reached = last === undefined ? undefined : floor(feed.changedAt(last));
  const stands = rows.length >= size && reached !== undefined && reached <= at.from;
  if (stands) return answer(items, { from: at.from, to, page: page + 1, fresh }, told, true);
  const remembers = Object.keys(told).length < longestMemory;
  if (page > 1 && fresh && remembers) return answer(items, { from: at.from, to }, told, true);
  if (rows.length >= size && reached !== undefined) return answer(items, { from: reached, to }, told, true);
  const from = floor(Math.max(Date.parse(to) - overlapMs, 0));
  return answer(items, { from }, told, false);
}

/** What was told is kept only as far back as the next reading reaches. */
function answer(
  items: readonly Notice[],
  next: Cursor,
  told: Readonly<Record<string, string>>,
  more: boolean,
): ListPage {
  const from = Date.parse(next.from);
  const recent = Object.entries(told)
    .filter(([, changed]) => Date.parse(changed) >= from)
    .slice(-longestMemory);
  const cursor: JsonObject = {
    from: next.from,
    ...(next.to === undefined ? {} : { to: next.to }),
    ...(next.page === undefined ? {} : { page: next.page }),
    ...(next.fresh === undefined ? {} : { fresh: next.fresh }),
    ...(recent.length === 0 ? {} : { told: Object.fromEntries(recent) }),
  };
  return { items, cursor, more };
}
