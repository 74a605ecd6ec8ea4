/**
 * Lists what changed by its modification time, for vendors that have no other feed of changes. Pages never go by row
 * number: a row that is changed while we read moves to the end and would pull the next one over the page border unseen.
 */
import { z } from 'zod';
import { fail } from './errors.ts';
import type { JsonObject, ListPage, ListRequest, Notice } from './types.ts';

/** One object as the vendor's list shows it. */
export interface ModifiedRow {
  readonly id: string;
  /** Milliseconds since the epoch, the vendor's clock. */
  readonly modified: number;
  readonly body: JsonObject;
}

/** What a page asks for. Times in ms since the epoch. */
export type ModifiedWindow =
  /** Rows modified in `[from, to)`, the oldest first. */
  | { readonly from: number; readonly to: number }
  /** Rows modified at just this moment, by id, behind `after` (empty: from the first). */
  | { readonly at: number; readonly after: string };

export interface ModifiedFeed {
  /** Object name of the notices. */
  readonly object: string;
  /** Most rows a page has. */
  readonly pageSize: number;
  /** How far each poll reads back into the one before, and ahead of now, ms: other clocks, late commits, a search that lags. */
  readonly overlapMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The first page of a window, at most `pageSize` rows; a page may come short although more is there. */
  page(window: ModifiedWindow, signal: AbortSignal): Promise<readonly ModifiedRow[]>;
}

const cursorShape = z.object({
  from: z.number(),
  /** End of the running poll; absent between two polls. */
  to: z.number().optional(),
  /** Set while one moment holds a page or more: then rows of that moment go by id. */
  after: z.string().optional(),
  /** Told already: id → modification time. */
  told: z.record(z.string(), z.number()).optional(),
});
type Cursor = z.output<typeof cursorShape>;

/** No more rows than this are remembered from one page to the next; what is forgotten is told twice, which is harmless. */
const longestMemory = 2000;

/**
 * One page of changes. Each page begins at the moment the last row of the one before was modified; a moment with more
 * rows than a page is read by id. A poll ends with a short page that shows nothing new, not with the first short one:
 * vendors cut pages for permissions and deletions, and then more may follow.
 */
export async function listByModification(feed: ModifiedFeed, request: ListRequest): Promise<ListPage> {
  const cursor = cursorOf(feed, request);
  // Beyond our now: the vendor's clock may be ahead, and what is new there is not to wait until ours has caught up.
  const to = cursor.to ?? feed.now() + 1 + feed.overlapMs;
  const { from, after } = cursor;
  const window = after === undefined ? { from, to } : { at: from, after };
  const rows = await feed.page(window, request.signal);
  const told: Record<string, number> = { ...cursor.told };
  const items: Notice[] = [];
  for (const row of rows) {
    if (told[row.id] === row.modified) continue;
    told[row.id] = row.modified;
    items.push({
      object: feed.object,
      remoteId: row.id,
      body: row.body,
      revision: String(row.modified),
    });
  }
  const last = rows.at(-1);
  const more = (next: Omit<Cursor, 'told'>): ListPage => ({
    items,
    cursor: stored({ ...next, told }, Math.min(next.from, to - 2 * feed.overlapMs)),
    more: true,
  });
  if (after !== undefined) {
    // An empty page says that this one moment is done; the window goes on behind it.
    return last ? more({ from, to, after: last.id }) : more({ from: from + 1, to });
  }
  if (last && rows.length >= feed.pageSize) {
    const moment = Math.max(from, last.modified);
    return moment > from ? more({ from: moment, to }) : more({ from, to, after: '' });
  }
  if (last && items.length > 0) return more({ from: Math.max(from, last.modified), to });
  const next = Math.max(0, to - 2 * feed.overlapMs);
  return { items, cursor: stored({ from: next, told }, next), more: false };
}

function cursorOf(feed: ModifiedFeed, request: ListRequest): Cursor {
  if (request.cursor === undefined) {
    const since = request.since === undefined ? 0 : Date.parse(request.since);
    return { from: Number.isFinite(since) ? Math.max(0, since) : 0 };
  }
  const parsed = cursorShape.safeParse(request.cursor);
  if (parsed.success) return parsed.data;
  return fail(
    {
      kind: 'fatal',
      code: 'list.bad-cursor',
      message: `The stored place of the list of ${feed.object} cannot be read; start the list anew.`,
    },
    parsed.error,
  );
}

/** What was told is kept only as far back as this page or the next poll reaches. */
function stored(cursor: Cursor, reachesTo: number): JsonObject {
  const recent = Object.entries(cursor.told ?? {}).filter(([, modified]) => modified >= reachesTo);
  const { from, to, after } = cursor;
  return {
    from,
    ...(to === undefined ? {} : { to }),
    ...(after === undefined ? {} : { after }),
    ...(recent.length > 0 && recent.length <= longestMemory ? { told: Object.fromEntries(recent) } : {}),
  };
}
