/**
 * Lists by page number, offset, the vendor's own cursor, or link header. Lists that can be asked for what changed in a
 * stretch of time go by that instead (`changes.ts`): nothing moves under that reader.
 */
import { z } from 'zod';
import { isObject } from '../../src/model/json.ts';
import { fail } from './errors.ts';
import type { JsonObject, ListPage, ListRequest, Notice } from './types.ts';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** How many there are in all, where the vendor tells. */
  readonly total?: number | undefined;
}

export interface PositionList<Row> {
  /** Rows from this position, at most `size`: `offset` counts rows from 0, `page` pages from 1. */
  read(at: { readonly offset: number; readonly page: number; readonly size: number }): Promise<Rows<Row>>;
  /** Rows asked for at once. */
  readonly size: number;
  /**
   * The vendor gives as many rows as are asked for whenever it has them: a shorter page is the last one. Absent: it may
   * give fewer (its own largest page), so a short first page is followed by one more call.
   */
  readonly exactSize?: true;
  /**
   * `offset`: each page begins with the last row of the one before; another row there means that rows went away, and
   * the reader goes back. `page`: pages do not overlap, so only a shrunken total shows it.
   */
  readonly by: 'offset' | 'page';
  idOf(row: Row): string;
  notice(row: Row): Notice;
}

const positionShape = z.object({
  /** Rows, or pages, behind the reader. */
  at: z.number().int().nonnegative(),
  /** Id of the last row told. */
  anchor: z.string().optional(),
  /** Rows of the longest page so far: what the vendor calls a whole page. */
  full: z.number().int().optional(),
  total: z.number().optional(),
  /** Times in a row the reader went back: a list that never rests must not hold it for ever. */
  back: z.number().int().optional(),
});
type Position = z.output<typeof positionShape>;
const mostBack = 3;

/**
 * One page of a list that has no order in time. What goes away before the reader's place while it reads pulls unseen rows
 * behind it; it then goes back a page. Rows are told twice rather than not at all. After the last page it starts anew.
 * Throws `retry` `paging.stuck` when the vendor gives one page again and again.
 */
export async function listByPosition<Row>(list: PositionList<Row>, request: ListRequest): Promise<ListPage> {
  const at: Position = request.cursor ? positionShape.parse(request.cursor) : { at: 0 };
  const { size } = list;
  const isOffset = list.by === 'offset';
  const checks = isOffset && at.at > 0 && at.anchor !== undefined;
  const start = checks ? at.at - 1 : at.at;
  const { rows, total } = await list.read(
    isOffset
      ? { offset: start, page: Math.floor(start / size) + 1, size }
      : { offset: start === 0 ? 0 : start * size, page: start + 1, size },
  );
  const [first, last] = [rows[0], rows.at(-1)];
  const moved = checks
    ? first === undefined || list.idOf(first) !== at.anchor
    : total !== undefined && at.total !== undefined && total < at.total && at.at > 0;
  const fresh = checks && !moved ? rows.slice(1) : rows;
  const items = fresh.map((row) => list.notice(row));
  const told = total === undefined ? {} : { total };
  if (moved && (at.back ?? 0) < mostBack) {
    const cursor = { at: Math.max(0, start - (isOffset ? size : 1)), back: (at.back ?? 0) + 1, ...told };
    return { items, cursor, more: true, ...told };
  }
  const counted = isOffset || start === 0 ? start + rows.length : undefined;
  const isEnd =
    fresh.length === 0 ||
    last === undefined ||
    (list.exactSize === true && rows.length < size) ||
    (total !== undefined && counted !== undefined && counted >= total) ||
    (at.full !== undefined && rows.length < at.full);
  if (isEnd) return { items, cursor: { at: 0 }, more: false, ...told };
  const anchor = list.idOf(last);
  if (!isOffset && anchor !== '' && anchor === at.anchor) stuck();
  const cursor = {
    at: isOffset ? start + rows.length : start + 1,
    anchor,
    full: Math.max(at.full ?? 0, rows.length),
    ...told,
  };
  return { items, cursor, more: true, ...told };
}

function stuck(): never {
  fail({
    kind: 'retry',
    code: 'paging.stuck',
    message: 'The vendor answers with the same place in the list again and again.',
  });
}

export interface CursorList<Row> {
  /** The page at the vendor's cursor; none: the first. `next` is absent or empty after the last page. */
  read(cursor: string | undefined): Promise<Rows<Row> & { readonly next?: string | undefined }>;
  notice(row: Row): Notice;
}

const cursorShape = z.object({ next: z.string().optional() });

/**
 * One page of a list the vendor leads through. After the last page the next pass starts anew. Throws `retry`
 * `paging.stuck` when the cursor stands still: such a list would never end.
 */
export async function listByCursor<Row>(list: CursorList<Row>, request: ListRequest): Promise<ListPage> {
  const { next: before } = request.cursor ? cursorShape.parse(request.cursor) : {};
  const { rows, next, total } = await list.read(before);
  const items = rows.map((row) => list.notice(row));
  const told = total === undefined ? {} : { total };
  if (next === undefined || next === '') return { items, cursor: {}, more: false, ...told };
  if (next === before) stuck();
  return { items, cursor: { next }, more: true, ...told };
}

const passShape = z.object({
  since: z.string(),
  /** When the pass under way began; absent between passes. */
  began: z.string().optional(),
  place: z.custom<JsonObject>(isObject).optional(),
});

/**
 * One page of a list that can be asked for what changed since a moment, and no more than that. A pass reads all of it by
 * `page`; the next one asks for what changed since that pass began, `overlapMs` earlier: a clock may differ, and what
 * changes behind the reader is in the next pass.
 *
 * @param page one page of the pass, by `listByPosition` or `listByCursor`
 * @param now milliseconds since the epoch
 */
export async function listInPasses(
  request: ListRequest,
  now: number,
  page: (since: string, request: ListRequest) => Promise<ListPage>,
  overlapMs = 300_000,
): Promise<ListPage> {
  const at = request.cursor
    ? passShape.parse(request.cursor)
    : { since: request.since ?? new Date(0).toISOString() };
  const began = at.began ?? new Date(now).toISOString();
  const { signal } = request;
  const answer = await page(at.since, { signal, ...(at.place === undefined ? {} : { cursor: at.place }) });
  const cursor: JsonObject = answer.more
    ? { since: at.since, began, place: answer.cursor }
    : { since: new Date(Math.max(0, Date.parse(began) - overlapMs)).toISOString() };
  return { ...answer, cursor };
}

/**
 * The address of the next page in a `Link` header (RFC 8288), made absolute; undefined when there is none. Throws
 * `reject` `paging.foreign-link` when it points to another host: our key would be shown to it.
 * @param asked address of the page it came with
 */
export function nextLink(header: string | undefined, asked: string): string | undefined {
  for (const link of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"[^"]*"|[^,;"]*))?)*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^;,\s"]+))/i.exec(link[2] ?? '');
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    if (!names.includes('next') || !URL.canParse(link[1] ?? '', asked)) continue;
    const next = new URL(link[1] ?? '', asked);
    if (next.origin !== new URL(asked).origin) {
      fail({
        kind: 'reject',
        code: 'paging.foreign-link',
        message: 'The next page is said to be on another host; the list is not followed there.',
      });
    }
    return next.href;
  }
  return undefined;
}
