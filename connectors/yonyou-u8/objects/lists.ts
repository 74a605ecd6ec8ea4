/** Lists: goods and customers by the day they changed, bills by their own date. U8 knows no finer change feed. */
import { z } from 'zod';
import { textOf } from '../../kit/bill-lines.ts';
import {
  chinaDate,
  type FetchRequest,
  type FetchResult,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
} from '../../kit/index.ts';
import type { U8Client } from '../client.ts';
import type { U8Config } from '../config.ts';
import { type BillKind, stateOf } from './kinds.ts';

export interface FeedContext {
  readonly client: U8Client;
  readonly config: U8Config;
  readonly now: () => number;
}

/** Something that is listed page by page. */
export interface Feed {
  readonly object: string;
  readonly path: string;
  readonly list: string;
  /** Filter for what changed on or after a day, `yyyy-MM-dd`. Absent: U8 has none, everything is read. */
  readonly since?: string;
  show(row: JsonObject): JsonObject;
}

export const inventory: Feed = {
  object: 'inventory',
  path: '/api/inventory/batch_get',
  list: 'inventory',
  since: 'modifydate_begin',
  show: (row) => row,
};

/** Customers have no filter by time: each poll reads all of them, and what did not change is no news. */
export const customer: Feed = {
  object: 'customer',
  path: '/api/customer/batch_get',
  list: 'customer',
  show: (row) => row,
};

export function billFeed(kind: BillKind): Feed {
  return {
    object: kind.resource,
    path: `/api/${kind.list}/batch_get`,
    list: kind.list,
    since: 'date_begin',
    show: (row) => ({ ...row, state: stateOf(kind, row) }),
  };
}

/** Where a list stands: the day it reads from, the page, and how many rows there were when the pass began. */
const cursorSchema = z.object({ from: z.string(), page: z.number().int(), count: z.number().int() });

const dayMs = 86_400_000;

/**
 * One page. Pages go by number: when rows have gone since the pass began, the ones behind them have moved forward, so
 * the pass goes back as many pages as they can have moved. The next poll reads from the day before this one.
 * @param daysBack how far behind now a poll begins once everything has been read
 */
export async function listRows(
  context: FeedContext,
  feed: Feed,
  request: ListRequest,
  daysBack = 1,
): Promise<ListPage> {
  const { client, config, now } = context;
  const { pageSize } = config;
  const cursor = request.cursor
    ? cursorSchema.parse(request.cursor)
    : { from: request.since ? chinaDate(request.since) : '', page: 1, count: 0 };
  const query = {
    ...(feed.since === undefined || cursor.from === '' ? {} : { [feed.since]: cursor.from }),
    ...{ page_index: String(cursor.page), rows_per_page: String(pageSize) },
  };
  const { rows, count } = await client.rows({ path: feed.path, query, signal: request.signal }, feed.list);
  const items = rows.flatMap((row) => noticeOf(feed, row));
  const before = cursor.page === 1 ? count : cursor.count;
  if (count < before) {
    const back = Math.ceil((before - count) / pageSize);
    return { items, cursor: { from: cursor.from, page: Math.max(1, cursor.page - back), count }, more: true };
  }
  if (rows.length >= pageSize) {
    return {
      items,
      cursor: { from: cursor.from, page: cursor.page + 1, count: before },
      more: true,
      total: count,
    };
  }
  return { items, cursor: { from: chinaDate(now() - daysBack * dayMs), page: 1, count: 0 }, more: false };
}

/** Single objects by their code, where U8 is asked about one. */
export async function fetchRows(
  { client }: FeedContext,
  feed: Feed,
  resource: string,
  request: FetchRequest,
): Promise<readonly FetchResult[]> {
  const results: FetchResult[] = [];
  for (const { remoteId } of request.hints) {
    const path = `/api/${resource}/get`;
    const { rows } = await client.rows({ path, query: { id: remoteId }, signal: request.signal }, resource);
    const row = rows[0];
    const message = `U8 has no ${feed.object} ${remoteId} (any more).`;
    results.push(
      row
        ? { found: true, body: shownOf(feed, row) }
        : { found: false, decision: { kind: 'absent', code: 'yonyou-u8.nothing-found', message } },
    );
  }
  return results;
}

function noticeOf(feed: Feed, row: JsonObject): Notice[] {
  const remoteId = textOf(row.code) || textOf(row.id);
  return remoteId === '' ? [] : [{ object: feed.object, remoteId, body: shownOf(feed, row) }];
}

/** A row as the mapping sees it: single values as texts, nothing empty. */
function shownOf(feed: Feed, row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(feed.show(row)).flatMap(([name, value]) => {
      const text = textOf(value).trim();
      return text === '' ? [] : [[name, text]];
    }),
  );
}
