import { z } from 'zod';
import {
  ConnectorError,
  chinaTime,
  fail,
  isJsonObject,
  type Json,
  type JsonObject,
  type ListPage,
  type Notice,
} from '../kit/index.ts';
import type { Account } from './config.ts';
import { digestOf } from './shapes.ts';

/**
 * Reading lists over several store accounts. A *round* visits the accounts one after another; one call reads one
 * page of one account. The cursor says whose turn it is and, per account, where it stands; it is opaque to the hub.
 *
 * Windows: a round reads from where the last one ended, minus an overlap, to now. Rows of the overlap that are
 * unchanged since they were last delivered are left out. Pages go by the vendor's own cursor, so rows with equal
 * times cannot fall between two pages.
 */

const postBack = z.strictObject({ parameterType: z.string(), parameterValue: z.string() });
/** The vendor's own cursor: echoed unchanged. */
export type PostBack = z.infer<typeof postBack>;

const place = z.strictObject({
  /** Everything up to here has been delivered, UTC. */
  from: z.string(),
  /** Start of the window being paged, and its end; absent between windows. */
  start: z.string().optional(),
  to: z.string().optional(),
  /** End of this round for this account. */
  end: z.string().optional(),
  postBack: postBack.optional(),
  /** Id → digest of rows the next overlap will show again. */
  known: z.record(z.string(), z.string()).default({}),
  fresh: z.record(z.string(), z.string()).default({}),
});
type Place = z.infer<typeof place>;
const cursorShape = z.strictObject({
  since: z.string(),
  turn: z.string().optional(),
  places: z.record(z.string(), place),
});
export type ListCursor = z.infer<typeof cursorShape>;

/** Rows remembered per account against a second delivery; beyond that the hub's own comparison drops repeats. */
const remembered = 50;

/** What one page query asks for; `start` is exclusive and `end` inclusive at the vendor, both UTC. */
export interface PageQuery {
  readonly account: Account;
  readonly start: string;
  readonly end: string;
  readonly postBack: PostBack | undefined;
}

/** One page as the vendor gave it. */
export interface VendorPage {
  readonly rows: readonly JsonObject[];
  readonly postBack: JsonObject | undefined;
  readonly pageSize: number | undefined;
}

export interface Listing {
  readonly accounts: readonly Account[];
  readonly cursor: JsonObject | undefined;
  /** Start of the first round, UTC. */
  readonly since: string;
  readonly now: number;
  readonly overlapMs: number;
  /** Longest window of one query; absent: any. */
  readonly windowMs?: number;
  query(query: PageQuery): Promise<VendorPage>;
  notice(account: Account, row: JsonObject): Notice;
  /** The time the vendor's window looks at, as the vendor writes it; undefined: not known. */
  timeOf(row: JsonObject): string | undefined;
}

/** Reads the next page. Throws ConnectorError; a place the vendor no longer accepts restarts its window. */
export async function listPage(listing: Listing): Promise<ListPage> {
  const cursor = readCursor(listing);
  const first = listing.accounts[0];
  if (first === undefined) return { items: [], cursor: written(cursor), more: false };
  const account = listing.accounts.find((candidate) => candidate.name === cursor.turn) ?? first;
  const stored = cursor.places[account.name];
  const overlapMs = stored === undefined ? 0 : listing.overlapMs;
  const at = openWindow(stored ?? { from: cursor.since, known: {}, fresh: {} }, listing, overlapMs);
  const page = await queryOrRestart(listing, account, at);
  if (page === undefined) {
    const { postBack: _dropped, ...restarted } = at;
    return { items: [], cursor: withPlace(cursor, account, restarted, account.name), more: true };
  }
  const next = advance(at, page);
  const items: Notice[] = [];
  for (const row of page.rows) {
    const notice = listing.notice(account, row);
    const digest = digestOf(row);
    if (isRecent(listing.timeOf(row), at, listing.overlapMs)) remember(next.place, notice.remoteId, digest);
    if (at.known[notice.remoteId] !== digest) items.push(notice);
  }
  if (!next.accountDone)
    return { items, cursor: withPlace(cursor, account, next.place, account.name), more: true };
  const following = listing.accounts[listing.accounts.indexOf(account) + 1];
  const closed: Place = { from: at.end ?? at.from, known: next.place.fresh, fresh: {} };
  return {
    items,
    cursor: withPlace(cursor, account, closed, following?.name),
    more: following !== undefined,
  };
}

/** Checks a page: the vendor's envelope data of any `…Pages` call. */
export function readPage(data: Json | undefined): VendorPage {
  const rows = isJsonObject(data) ? data.result : undefined;
  if (!isJsonObject(data) || !Array.isArray(rows)) {
    return fail({
      kind: 'retry',
      code: 'pospal.no-page',
      message: 'Pospal answered a page without a list of results.',
    });
  }
  const size = Number(data.pageSize);
  const back = data.postBackParameter;
  return {
    // One that is no object is kept apart by its notice, like every row without sense; the others go on.
    rows: rows.map((row: Json) => (isJsonObject(row) ? row : { senseless: row })),
    pageSize: Number.isInteger(size) && size > 0 ? size : undefined,
    postBack: isJsonObject(back) ? back : undefined,
  };
}

/** Whether this page is the last of its query: shorter than the page size, which is the vendor's to choose. */
export function isLast(page: VendorPage): boolean {
  return page.pageSize === undefined ? page.rows.length === 0 : page.rows.length < page.pageSize;
}

/** The vendor's cursor after a page that is not the last. Throws when it is missing or stands still. */
export function nextPostBack(page: VendorPage, before: PostBack | undefined): PostBack {
  const told = page.postBack;
  const parsed = postBack.safeParse(
    told === undefined
      ? told
      : {
          parameterType: String(told.parameterType ?? ''),
          parameterValue: String(told.parameterValue ?? ''),
        },
  );
  if (!parsed.success) {
    return fail({
      kind: 'retry',
      code: 'pospal.no-cursor',
      message: 'Pospal answered a full page and did not say how to go on.',
    });
  }
  if (before !== undefined && before.parameterValue === parsed.data.parameterValue && page.rows.length > 0) {
    return fail({
      kind: 'retry',
      code: 'pospal.cursor-stuck',
      message: 'Pospal answers the same page again and again.',
    });
  }
  return parsed.data;
}

function readCursor(listing: Listing): ListCursor {
  if (listing.cursor === undefined) return { since: listing.since, places: {} };
  const parsed = cursorShape.safeParse(listing.cursor);
  if (parsed.success) return parsed.data;
  return fail(
    {
      kind: 'fatal',
      code: 'pospal.bad-cursor',
      message: 'The stored place of this list cannot be read; start the list anew.',
    },
    parsed.error,
  );
}

/**
 * Opens the next window of the round unless one is being paged. Whole seconds, because the vendor has no finer
 * ones; one second further back, because its start is exclusive.
 */
function openWindow(at: Place, listing: Listing, overlapMs: number): Place {
  if (at.to !== undefined && at.start !== undefined) return at;
  const end = at.end ?? iso(Math.floor(listing.now / 1000) * 1000);
  const from = Date.parse(at.from);
  const overlap = at.end === undefined ? overlapMs + 1000 : 0;
  const start = from - overlap;
  const longest = listing.windowMs === undefined ? Number.POSITIVE_INFINITY : start + listing.windowMs;
  const to = Math.max(Math.min(longest, Date.parse(end)), start);
  return { ...at, end, start: iso(start), to: iso(to) };
}

async function queryOrRestart(
  listing: Listing,
  account: Account,
  at: Place,
): Promise<VendorPage | undefined> {
  try {
    const page = await listing.query({
      account,
      start: at.start ?? at.from,
      end: at.to ?? at.from,
      postBack: at.postBack,
    });
    return page;
  } catch (error) {
    const refused = error instanceof ConnectorError && error.decision.code === 'pospal.cursor-refused';
    if (refused && at.postBack !== undefined) return undefined;
    throw error;
  }
}

function advance(at: Place, page: VendorPage): { place: Place; accountDone: boolean } {
  const kept: Place = { ...at, known: { ...at.known }, fresh: { ...at.fresh } };
  if (!isLast(page)) {
    return { place: { ...kept, postBack: nextPostBack(page, at.postBack) }, accountDone: false };
  }
  const { postBack: _done, start: _start, to, ...rest } = kept;
  const reached = to ?? kept.from;
  return { place: { ...rest, from: reached }, accountDone: reached >= (kept.end ?? reached) };
}

function isRecent(time: string | undefined, at: Place, overlapMs: number): boolean {
  if (time === undefined || at.end === undefined) return false;
  return time > chinaTime(Date.parse(at.end) - overlapMs - 1000);
}

function remember(at: Place, id: string, digest: string): void {
  // An id that cannot be stored would keep the place from being stored.
  if (/[\0\p{Surrogate}]/u.test(id)) return;
  if (Object.keys(at.fresh).length < remembered) at.fresh[id] = digest;
}

function withPlace(cursor: ListCursor, account: Account, at: Place, turn: string | undefined): JsonObject {
  const { turn: _before, ...rest } = cursor;
  return written({
    ...rest,
    ...(turn === undefined ? {} : { turn }),
    places: { ...cursor.places, [account.name]: at },
  });
}

/** The cursor as JSON: absent properties left out. */
function written(cursor: ListCursor): JsonObject {
  const places = Object.entries(cursor.places).map(([name, { start, to, end, postBack: back, ...rest }]) => [
    name,
    {
      ...rest,
      ...(start === undefined ? {} : { start }),
      ...(to === undefined ? {} : { to }),
      ...(end === undefined ? {} : { end }),
      ...(back === undefined ? {} : { postBack: back }),
    },
  ]);
  return {
    since: cursor.since,
    ...(cursor.turn === undefined ? {} : { turn: cursor.turn }),
    places: Object.fromEntries(places),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
