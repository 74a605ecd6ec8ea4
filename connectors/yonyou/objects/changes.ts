/** Lists bills by `pubts`, the time stamp that moves with every change: the only change feed bills have. */
import { z } from 'zod';
import { textOf } from '../../kit/bill-lines.ts';
import {
  chinaTime,
  fromChinaTime,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
} from '../../kit/index.ts';
import { rowsOf } from '../answers.ts';
import type { YonyouClient } from '../client.ts';
import type { YonyouConfig } from '../config.ts';
import type { BillKind } from './kinds.ts';

export interface FeedContext {
  readonly client: YonyouClient;
  readonly config: YonyouConfig;
  readonly now: () => number;
}

/**
 * Where a list stands. A window is `[from, to)` in whole seconds of China. `after` is set while one second holds more
 * bills than a page: then bills of that second go by id. An empty `to` marks a poll that has not begun.
 */
const cursorSchema = z.object({ from: z.string(), to: z.string(), after: z.string().optional() });
type Cursor = z.output<typeof cursorSchema>;

/**
 * One page of changes. Pages do not go by pageIndex: a bill that is changed while we read leaves the window and would
 * pull the next one over the page border unseen. Each page starts at the second the last one ended in; a second with
 * more bills than a page is read by id. Windows overlap, because clocks differ and a bill may be committed late.
 */
export async function listBills(
  context: FeedContext,
  kind: BillKind,
  request: ListRequest,
): Promise<ListPage> {
  const { client, config, now } = context;
  const stored: Cursor = request.cursor
    ? cursorSchema.parse(request.cursor)
    : { from: request.since ? chinaTime(request.since) : '2000-01-01 00:00:00', to: '' };
  const cursor = stored.to === '' ? { ...stored, to: later(chinaTime(now()), 1) } : stored;
  const rows = rowsOf(
    await client.ask({
      path: kind.list,
      body: {
        ...{ pageIndex: 1, pageSize: config.pageSize, isSum: true, simpleVOs: windowOf(cursor) },
        queryOrders: (cursor.after === undefined ? ['pubts', 'id'] : ['id']).map((field) => ({
          ...{ field, order: 'asc' },
        })),
      },
      signal: request.signal,
    }),
  );
  const items = rows.flatMap((row) => noticeOf(kind, row));
  const last = rows.at(-1);
  if (last && rows.length >= config.pageSize) {
    return { items, cursor: nextPage(cursor, textOf(last.pubts), textOf(last.id)), more: true };
  }
  if (cursor.after !== undefined) {
    // That one second is done; go on behind it in the same window.
    return { items, cursor: { from: later(cursor.from, 1), to: cursor.to }, more: true };
  }
  return { items, cursor: { from: later(cursor.to, -config.overlapSeconds), to: '' }, more: false };
}

/** `between` takes both ends in; operators for one end were seen to fail (506) or to be ignored. */
function windowOf(cursor: Cursor): JsonObject[] {
  const end = cursor.after === undefined ? later(cursor.to, -1) : cursor.from;
  const window = { field: 'pubts', op: 'between', value1: cursor.from, value2: end };
  if (!cursor.after) return [window];
  return [window, { field: 'id', op: 'gt', value1: cursor.after, logicOp: 'and' }];
}

function nextPage({ from, to, after }: Cursor, second: string, id: string): JsonObject {
  if (after !== undefined) return { from, to, after: id };
  return second > from ? { from: second, to } : { from: second, to, after: '' };
}

function noticeOf(kind: BillKind, row: JsonObject): Notice[] {
  const remoteId = textOf(row.id);
  if (remoteId === '') return [];
  const pubts = textOf(row.pubts);
  return [{ object: kind.object, remoteId, body: headAsTexts(row), ...revisionOf(pubts) }];
}

/** The members of a bill with numbers as texts, as the mapping knows them; lines stay as they are. */
export function headAsTexts(bill: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(bill).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  );
}

/** Yonyou's wall clock as a moment in UTC; nothing when there is none. */
export function revisionOf(pubts: string): { revision?: string } {
  if (!/^\d{4}-\d\d-\d\d/.test(pubts)) return {};
  return { revision: fromChinaTime(pubts) };
}

/** A wall-clock text so many seconds later. */
export function later(text: string, seconds: number): string {
  return chinaTime(Date.parse(fromChinaTime(text)) + seconds * 1000);
}
