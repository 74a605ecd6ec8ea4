/** Customers (客户) and products (物料): lists by time, single ones by id, and customers made under a token. */
import { z } from 'zod';
import { textOf, withoutOwnNames } from '../../kit/bill-lines.ts';
import {
  ConnectorError,
  chinaTime,
  type FetchRequest,
  type FetchResult,
  type FindRequest,
  type FindResult,
  isDecision,
  type JsonObject,
  jsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { dataOf, plainName, rowsOf, savedIn } from '../answers.ts';
import { decisionOf } from '../errors.ts';
import { allOf, isRepeated, submitted, tokenOf } from './bills.ts';
import { type FeedContext, later, revisionOf } from './changes.ts';

export interface BaseData {
  readonly object: 'merchant' | 'product';
  readonly list: string;
  readonly detail: string;
  /** One element of the body that asks for a single one. */
  asking(hint: Notice, context: FeedContext): JsonObject;
}

export const merchant: BaseData = {
  object: 'merchant',
  list: '/yonbip/digitalModel/merchant/newlist',
  detail: '/yonbip/digitalModel/merchant/newBatchDetail',
  asking: (hint) => ({ id: hint.remoteId }),
};

export const product: BaseData = {
  object: 'product',
  list: '/yonbip/digitalModel/product/listproductbycondition',
  detail: '/yonbip/digitalModel/product/batchdetailnew',
  // One of the two is required; an event names the organisation by id.
  asking: (hint, { config }) => {
    const orgId = textOf(hint.hint?.orgId);
    return { id: hint.remoteId, ...(orgId === '' ? { orgCode: config.orgCode ?? '' } : { orgId }) };
  },
};

/**
 * Where a list stands: the window `[from, to]`, the page, and how often the pass was begun again. An empty `to` marks a
 * poll that has not begun.
 */
const cursorSchema = z.object({
  from: z.string(),
  to: z.string(),
  page: z.number().int(),
  rounds: z.number().int(),
});

/** A pass that people keep changing is begun again no more often than this. */
const mostRounds = 3;

/**
 * One page of a list. These APIs offer neither an order nor a total to hold on to, only page numbers: an object that
 * changes while we read leaves the window and pulls the next one over a page border. So after a pass of several pages
 * it is asked whether anything changed meanwhile; then the pass is made again up to now.
 */
export async function listBaseData(
  context: FeedContext,
  kind: BaseData,
  request: ListRequest,
): Promise<ListPage> {
  const { config, now } = context;
  const stored = request.cursor
    ? cursorSchema.parse(request.cursor)
    : { from: request.since ? chinaTime(request.since) : '2000-01-01 00:00:00', to: '', page: 1, rounds: 0 };
  const cursor = stored.to === '' ? { ...stored, to: chinaTime(now()) } : stored;
  const rows = await pageOf(context, kind, cursor, cursor.page, config.pageSize, request.signal);
  const items = rows.flatMap((row) => noticeOf(kind, row));
  if (rows.length >= config.pageSize) {
    return { items, cursor: { ...cursor, page: cursor.page + 1 }, more: true };
  }
  if (cursor.page > 1 && cursor.rounds < mostRounds) {
    const since = { from: later(cursor.to, 1), to: chinaTime(now()) };
    if (since.from <= since.to && (await pageOf(context, kind, since, 1, 1, request.signal)).length > 0) {
      const again = { from: cursor.from, to: since.to, page: 1, rounds: cursor.rounds + 1 };
      return { items, cursor: again, more: true };
    }
  }
  const from = later(cursor.to, -config.overlapSeconds);
  return { items, cursor: { from, to: '', page: 1, rounds: 0 }, more: false };
}

async function pageOf(
  { client }: FeedContext,
  kind: BaseData,
  window: { readonly from: string; readonly to: string },
  pageIndex: number,
  pageSize: number,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const body = { pageIndex, pageSize, beganTime: window.from, endTime: window.to };
  const answer = await client.call({ path: kind.list, body, signal });
  // "Nothing found" comes as an error; for a list it is none.
  if (answer.code === '118001') return [];
  return rowsOf(dataOf(answer, false));
}

/** The objects behind hints, one call for all of a kind. */
export async function fetchBaseData(
  context: FeedContext,
  kind: BaseData,
  request: FetchRequest,
): Promise<readonly FetchResult[]> {
  const body = request.hints.map((hint) => kind.asking(hint, context));
  const answer = await context.client.call({ path: kind.detail, body, signal: request.signal });
  const rows = answer.code === '118001' ? [] : rowsOf(dataOf(answer, false));
  const byId = new Map(rows.map((row) => [textOf(row.id), row]));
  return request.hints.map((hint): FetchResult => {
    const row = byId.get(hint.remoteId);
    if (row) return { found: true, body: shownOf(row), ...revisionOf(textOf(row.pubts)) };
    const message = `Yonyou has no ${kind.object} ${hint.remoteId} (any more).`;
    return { found: false, decision: { kind: 'absent', code: 'yonyou.nothing-found', message } };
  });
}

const insert = '/yonbip/digitalModel/merchant/idempotent/newinsert';

/** Makes customers. Changing one is another API with members of other names and is not offered. */
export function writeMerchants(context: FeedContext, request: WriteRequest): Promise<readonly WriteResult[]> {
  if (request.step !== 'save' && request.step !== 'create') {
    const message = `merchant has no step "${request.step}" in Yonyou; customers are made, not changed.`;
    throw new ConnectorError({ kind: 'fatal', code: 'yonyou.step', message });
  }
  return allOf(request.items, (item) => makeMerchant(context, item, request.signal));
}

async function makeMerchant(
  context: FeedContext,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  const body = jsonObject(withoutOwnNames(item.body));
  const code = textOf(body.code) || item.key;
  const data = { ...body, code, _status: 'Insert', resubmitCheckKey: tokenOf('merchant', item.key) };
  const answer = await submitted(context, insert, { data }, signal);
  if (answer.code === '200' || isRepeated(answer)) {
    const id = textOf(savedIn(answer.data)?.id);
    if (id !== '') return { ok: true, remoteId: id, remoteNumber: code, answer: { id, code } };
  }
  const decision = decisionOf({ status: 200, code: answer.code, text: answer.message }, true);
  if (decision.code !== 'yonyou.duplicate-number') return { ok: false, decision };
  const [there] = await merchantsOf(context, code, signal);
  if (!there) return { ok: false, decision: { ...decision, kind: 'reject' } };
  return { ok: true, remoteId: textOf(there.id), remoteNumber: code, answer: shownOf(there) };
}

/** Looks customers up by their code; throws when the app sees no customer at all. */
export async function findMerchants(
  context: FeedContext,
  request: FindRequest,
): Promise<readonly FindResult[]> {
  const results: FindResult[] = [];
  for (const item of request.items) {
    const code = textOf(item.body.code) || item.key;
    const [row] = await merchantsOf(context, code, request.signal);
    results.push(
      row
        ? { found: true, remoteId: textOf(row.id), remoteNumber: code, answer: shownOf(row), stepDone: true }
        : { found: false },
    );
  }
  if (results.some((one) => one.found)) return results;
  const all = { from: '2000-01-01 00:00:00', to: chinaTime(context.now()) };
  if ((await pageOf(context, merchant, all, 1, 1, request.signal)).length > 0) return results;
  const message = 'The Yonyou app sees no customer at all: check its data permissions.';
  throw new ConnectorError({ kind: 'retry', code: 'yonyou.blind', message });
}

async function merchantsOf(
  { client }: FeedContext,
  code: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  try {
    const rows = rowsOf(
      await client.ask({ path: merchant.list, body: { pageIndex: 1, pageSize: 10, code }, signal }),
    );
    return rows.filter((row) => textOf(row.code) === code);
  } catch (error) {
    if (isDecision(error, 'absent')) return [];
    throw error;
  }
}

function noticeOf(kind: BaseData, row: JsonObject): Notice[] {
  const remoteId = textOf(row.id);
  if (remoteId === '') return [];
  return [{ object: kind.object, remoteId, body: shownOf(row), ...revisionOf(textOf(row.pubts)) }];
}

/** A row as the mapping sees it: the name as text, whatever languages it comes in; numbers as texts; nothing empty. */
function shownOf(row: JsonObject): JsonObject {
  const told = Object.entries(row).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === '') return [];
    if (name === 'name') return [[name, plainName(value)] as const];
    return [[name, typeof value === 'number' ? String(value) : value] as const];
  });
  return Object.fromEntries(told);
}
