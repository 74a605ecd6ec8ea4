/**
 * Pages of what changed. A pass reads all pages from one moment on; the next pass begins where this one can vouch for.
 *
 * Where the list comes in the order of the revision, each page moves that moment forward and paging starts anew from
 * it: what changes while pages are read goes to the end and is met there. Otherwise the next pass begins before this
 * one did, by the hub's clock, less the overlap: what changed meanwhile, on pages already read, is listed again.
 */
import { z } from 'zod';
import {
  ConnectorError,
  fail,
  isJsonObject,
  type Json,
  type JsonObject,
  type ListPage,
  type ListRequest,
} from '../../kit/index.ts';
import type { Reply, RestClient } from '../client.ts';
import type { ObjectConfig } from '../config-objects.ts';
import { unclear } from '../errors.ts';
import { type Moments, readMark, writeMark } from '../moments.ts';
import { isTold, textAt, valueAt } from '../paths.ts';
import { type Item, itemAt, noticeOf } from './item.ts';

const stateShape = z.object({
  /** The mark everything is asked from; absent: everything there is. */
  since: z.number().optional(),
  /** Page number, offset, cursor or address the next call goes to; absent: the beginning. */
  at: z.union([z.string(), z.number()]).optional(),
  /** When the pass began, milliseconds since the epoch. */
  started: z.number().optional(),
  /** Largest mark seen in this pass. */
  newest: z.number().optional(),
  /** Number of all items, as the first page told it. */
  total: z.number().optional(),
  /** Items of the pages since the beginning. */
  seen: z.number().default(0),
  /** The pages of one mark are being read once more, see `nextOf`. */
  again: z.boolean().optional(),
  /** How often this pass has begun anew because the number of items changed. */
  anew: z.number().default(0),
});
type State = z.infer<typeof stateShape>;

/** Passes begun anew before a list that never stands still is taken as it comes. */
const mostAnew = 3;

export interface Listing {
  readonly name: string;
  readonly object: ObjectConfig;
  readonly client: RestClient;
  readonly baseUrl: string;
  readonly now: () => number;
}

/** One page of an object. */
export async function listPage(listing: Listing, request: ListRequest): Promise<ListPage> {
  const { name, object, client, now } = listing;
  const list = object.list ?? fail(notListed(name));
  const state = request.cursor === undefined ? begun(request.since) : goneOn(request.cursor, listing);
  const started = state.started ?? now();
  const what = `list ${name}`;
  const reply = await client.call({
    what,
    endpoint: list,
    values: valuesOf(state, listing),
    write: false,
    namesObject: false,
    ...(list.paging.by === 'link' && typeof state.at === 'string' ? { url: state.at } : {}),
    signal: request.signal,
  });
  const elements = valueAt(reply.json, list.items);
  if (!Array.isArray(elements)) {
    const where = list.items === '' ? 'is no list' : `has no list at ${list.items}`;
    throw new ConnectorError(unclear({ what, write: false }, where));
  }
  const items = elements.map((element: Json) => itemAt(element, list.item, object) ?? senseless(element));
  const total = totalOf(reply, list.total);
  const page = {
    ...state,
    started,
    newest: newestOf(items, object, state.newest),
    total: state.total ?? total,
  };
  const next = nextOf(listing, page, items, reply, total);
  const told = total === undefined ? {} : { total };
  const notices = items.map((item) => noticeOf(name, object, item));
  return { items: notices, cursor: plain(next ?? endOf(page, listing)), more: next !== undefined, ...told };
}

function begun(since: string | undefined): State {
  return { anew: 0, seen: 0, ...(since === undefined ? {} : { since: Date.parse(since) }) };
}

/** Where the last page ended; from the beginning where the settings have changed since and the place means nothing. */
function goneOn(cursor: JsonObject, { object, baseUrl }: Listing): State {
  const read = stateShape.safeParse(cursor);
  if (!read.success) return begun(undefined);
  const state = read.data;
  const by = object.list?.paging.by;
  const fits =
    state.at === undefined ||
    (by === 'link' && typeof state.at === 'string' && isBelow(state.at, baseUrl)) ||
    (by === 'cursor' && typeof state.at === 'string') ||
    ((by === 'page' || by === 'offset') && typeof state.at === 'number');
  return fits ? state : { ...state, at: undefined, seen: 0, total: undefined };
}

/** Our key goes with the request: it is not sent to whomever an answer, or an older setting, names. */
function isBelow(url: string, baseUrl: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(baseUrl).origin;
}

function valuesOf(state: State, { object }: Listing): Readonly<Record<string, Json | undefined>> {
  const list = object.list;
  const paging = list?.paging ?? { by: 'none' as const };
  const moments = momentsOf(object);
  const at = state.at;
  return {
    size: paging.by === 'none' ? undefined : paging.size,
    page: paging.by === 'page' ? (at ?? paging.first) : undefined,
    offset: paging.by === 'offset' ? (at ?? 0) : undefined,
    cursor: paging.by === 'cursor' ? at : undefined,
    since:
      state.since === undefined || !moments
        ? undefined
        : writeMark(state.since - (list?.changed?.exclusive ? unitOf(moments) : 0), moments),
  };
}

/** The smallest step the system's way of writing a moment can tell. */
function unitOf({ as, format }: Moments): number {
  if (as === 'iso' || as === 'milliseconds' || as === 'number') return 1;
  return as === 'datetime' && format.includes('S') ? 1 : 1000;
}

/** How {{since}} is written: as the revision is, unless the list says otherwise. */
function momentsOf({ list, revision }: ObjectConfig): Moments | undefined {
  if (!list?.changed || !revision) return undefined;
  const { as = revision.as, format = revision.format, zone = revision.zone } = list.changed;
  return { as, format, zone };
}

/** Where the pass goes on; undefined when it is done. */
function nextOf(
  { object, baseUrl }: Listing,
  state: State & { started: number },
  items: readonly Item[],
  reply: Reply,
  total: number | undefined,
): State | undefined {
  const { list } = object;
  const paging = list?.paging;
  if (!list || !paging || paging.by === 'none') return undefined;
  const sorted = list.changed?.sorted === true;
  if (paging.by === 'link') {
    const url = linkOf(reply.headers.link, baseUrl);
    return url === undefined || url === state.at ? undefined : { ...state, at: url };
  }
  if (paging.by === 'cursor') {
    const last = items.at(-1)?.body;
    const at = paging.last === undefined ? textAt(reply.json, paging.next ?? '') : textAt(last, paging.last);
    const more = paging.more === undefined || isTold(reply.json, paging.more);
    return at === undefined || !more || at === state.at ? undefined : { ...state, at };
  }
  const seen = state.seen + items.length;
  const anew = {
    since: state.since,
    started: state.started,
    newest: state.newest,
    seen: 0,
    anew: state.anew + 1,
  };
  const mayBegin = !sorted && total !== undefined && state.anew < mostAnew;
  if (mayBegin && state.total !== total) return anew;
  const isEnd =
    items.length === 0 ||
    (total !== undefined && seen >= total) ||
    // Less than a page may be the most the system gives. Only where the next pass goes on from what was seen, nothing
    // is lost by stopping here; else the end is an empty page.
    (sorted && items.length < paging.size);
  if (isEnd && mayBegin && total !== undefined && seen < total) return anew;
  const last = sorted ? markOf(items.at(-1), object) : undefined;
  const moments = momentsOf(object);
  const moves =
    last !== undefined &&
    moments !== undefined &&
    (state.since === undefined || writeMark(last, moments) !== writeMark(state.since, moments));
  // What changed meanwhile left its place among those of one mark, and another moved into a page that had been read.
  if (sorted && state.at !== undefined && (isEnd || moves) && state.again !== true)
    return { ...state, at: undefined, total: undefined, seen: 0, again: true };
  if (isEnd) return undefined;
  if (moves) return { ...state, since: last, at: undefined, total: undefined, seen: 0, again: undefined };
  const at = Number(state.at ?? (paging.by === 'page' ? paging.first : 0));
  return { ...state, seen, at: paging.by === 'page' ? at + 1 : at + items.length };
}

/** Where the next pass begins. */
function endOf(state: State & { started: number }, { object }: Listing): State {
  const { list, revision } = object;
  const fresh = { anew: 0, seen: 0 };
  if (!list?.changed || !revision) return fresh;
  const { sorted, overlapMs } = list.changed;
  const overlap = revision.as === 'number' ? 0 : overlapMs;
  const from = sorted ? state.newest : state.started;
  return { ...fresh, since: from === undefined ? state.since : from - overlap };
}

function newestOf(
  items: readonly Item[],
  object: ObjectConfig,
  before: number | undefined,
): number | undefined {
  return items.reduce<number | undefined>((newest, item) => {
    const mark = markOf(item, object);
    return mark === undefined ? newest : Math.max(mark, newest ?? mark);
  }, before);
}

function markOf(item: Item | undefined, { revision }: ObjectConfig): number | undefined {
  return item && revision ? readMark(valueAt(item.body, revision.at), revision) : undefined;
}

function totalOf(reply: Reply, total: string | { readonly header: string } | undefined): number | undefined {
  if (total === undefined) return undefined;
  const text =
    typeof total === 'string' ? textAt(reply.json, total) : reply.headers[total.header.toLowerCase()];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The address of the next page in a `Link` header, if it leads to the same system. */
function linkOf(header: string | undefined, baseUrl: string): string | undefined {
  for (const part of header?.split(/,(?=\s*<)/) ?? []) {
    const found = /<([^>]*)>(.*)/.exec(part);
    if (!found || !/;\s*rel\s*=\s*"?[^"]*\bnext\b/i.test(found[2] ?? '')) continue;
    const url = new URL(found[1] ?? '', baseUrl);
    if (!isBelow(url.href, baseUrl)) {
      fail({
        kind: 'fatal',
        code: 'rest.foreign-link',
        message: `The next page is at ${url.origin}, not where baseUrl leads; set baseUrl to that host if it is right`,
      });
    }
    return url.href;
  }
  return undefined;
}

/** What is no object at all is kept as it came, without an id, for people to see. */
function senseless(element: Json): Item {
  return { id: '', number: undefined, status: undefined, revision: undefined, body: { value: element } };
}

function plain(state: State): JsonObject {
  const told = JSON.parse(JSON.stringify(state)) as Json;
  return isJsonObject(told) ? told : {};
}

function notListed(name: string) {
  return {
    kind: 'fatal',
    code: 'rest.not-offered',
    message: `${name} has no list: add it under objects, or remove read.poll of this party`,
  } as const;
}
