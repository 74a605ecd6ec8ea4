import {
  ConnectorError,
  chinaTime,
  type FindResult,
  fail,
  type JsonObject,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteResult,
} from '../../kit/index.ts';
import { type Account, remoteIdOf } from '../config.ts';
import { fetchHints } from '../fetching.ts';
import { listPage, type PageQuery, readPage, type VendorPage } from '../paging.ts';
import { noticeOf, orderBody, textOf } from '../shapes.ts';
import type { Shop } from '../shop.ts';
import { settled } from './product.ts';

/**
 * Online orders (网单). The id is `account/orderNo`. The shop issues them; the only write is step `update`, which
 * brings an order to `state` 2 (shipped) or 4 (completed). A state already reached is a success, so a step that
 * may have happened can be looked up and repeated without harm.
 * Known of the pages: a time window and the usual cursor; which time the window looks at is not documented, the
 * order time is assumed, so a later change of state is only seen through pushes, fetches and our own writes.
 */
export const onlineOrderFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'uniqueKey',
  latenessMs: 5_000,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 15_000,
  // A state goes with the tracking number it is reached by: a part of them alone would say something else.
  partialUpdate: false,
};

const state = { created: '0', shipped: '2', cancelled: '3', completed: '4' } as const;

export function onlineOrderOperations(shop: Shop): ObjectOperations {
  const { config, accounts } = shop;
  const windowMs = config.orderWindowMs === undefined ? {} : { windowMs: config.orderWindowMs };

  async function pages(query: PageQuery, signal: AbortSignal): Promise<VendorPage> {
    const data = await shop.client.call({
      account: query.account,
      operation: 'orderOpenApi/queryOrderPages',
      version: 'v2',
      params: {
        startTime: query.start,
        endTime: query.end,
        ...(query.postBack === undefined ? {} : { postBackParameter: query.postBack }),
      },
      write: false,
      signal,
    });
    return readPage(data);
  }

  function read(account: Account, orderNo: string, signal: AbortSignal): Promise<JsonObject> {
    return shop.object({
      account,
      operation: 'orderOpenApi/queryOrderByNo',
      version: 'v2',
      params: { orderNo },
      write: false,
      signal,
    });
  }

  async function step(
    account: Account,
    name: 'shipOrder' | 'completeOrder',
    params: JsonObject & { orderNo: string },
    signal: AbortSignal,
  ): Promise<void> {
    await shop.client.call({
      account,
      operation: `orderOpenApi/${name}`,
      version: 'v2',
      params,
      write: true,
      signal,
    });
  }

  async function ship(
    account: Account,
    orderNo: string,
    item: WriteItem,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await step(account, 'shipOrder', { orderNo, ...tracking(item.body, config.shipOrderTracking) }, signal);
    } catch (error) {
      if (!mayBeDone(error)) throw error;
      const now = textOf((await read(account, orderNo, signal)).state);
      if (!reached(now, state.shipped)) throw refusal(now, error);
    }
  }

  async function complete(
    account: Account,
    orderNo: string,
    item: WriteItem,
    signal: AbortSignal,
  ): Promise<void> {
    const now = textOf((await read(account, orderNo, signal)).state);
    if (now === state.completed) return;
    if (now === state.cancelled) throw refusal(now, undefined);
    if (now !== state.shipped) await ship(account, orderNo, item, signal);
    try {
      await step(
        account,
        'completeOrder',
        { orderNo, shouldAddTicket: config.completeAddsTicket ? 1 : 0 },
        signal,
      );
    } catch (error) {
      if (!mayBeDone(error)) throw error;
      const after = textOf((await read(account, orderNo, signal)).state);
      if (after !== state.completed) throw refusal(after, error);
    }
  }

  async function update(item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
    const { account, vendorId: orderNo } = shop.target(item, 'orderNo');
    const remoteId = remoteIdOf(account.name, orderNo);
    const wanted = textOf(item.body.state);
    if (wanted === '') return { ok: true, remoteId, remoteNumber: orderNo };
    if (wanted === state.shipped) await ship(account, orderNo, item, signal);
    else if (wanted === state.completed) await complete(account, orderNo, item, signal);
    else {
      fail({
        kind: 'reject',
        code: 'pospal.unsupported-state',
        message: `An online order can be brought to state 2 or 4, not ${wanted}.`,
        field: 'state',
      });
    }
    return {
      ok: true,
      remoteId,
      remoteNumber: orderNo,
      remoteStatus: wanted,
      answer: { orderNo, state: wanted },
    };
  }

  async function find(item: WriteItem, signal: AbortSignal): Promise<FindResult> {
    const { account, vendorId: orderNo } = shop.target(item, 'orderNo');
    const wanted = textOf(item.body.state);
    try {
      const now = textOf((await read(account, orderNo, signal)).state);
      return {
        found: true,
        remoteId: remoteIdOf(account.name, orderNo),
        remoteNumber: orderNo,
        remoteStatus: now,
        answer: { orderNo, state: now },
        stepDone: wanted === '' || reached(now, wanted),
      };
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.decision.kind !== 'absent') throw error;
      await shop.control(account, signal);
      return { found: false };
    }
  }

  return {
    list: ({ cursor, since, signal }) =>
      listPage({
        accounts: shop.named(accounts.online),
        cursor,
        since: since ?? shop.firstSince(),
        now: shop.now(),
        overlapMs: config.overlapMs,
        ...windowMs,
        query: (query) =>
          pages({ ...query, start: chinaTime(query.start), end: chinaTime(query.end) }, signal),
        notice: (account, row) => noticeOf('online-order', account, row, orderBody(account, row, config)),
        timeOf: (row) => textOf(row.orderDateTime) || undefined,
      }),

    fetch: ({ hints, signal }) =>
      fetchHints(hints, {
        accounts,
        marginMs: config.fetchWindowMarginMs,
        ...windowMs,
        page: (query) => pages(query, signal),
        one: ({ account, vendorId }) => read(account, vendorId, signal),
        idOf: (row) => textOf(row.orderNo),
        body: (account, row) => orderBody(account, row, config),
      }),

    async write({ step: name, items, signal }) {
      if (name !== 'update') {
        fail({
          kind: 'reject',
          code: 'pospal.unknown-step',
          message: `Online orders know the step update only, not ${name}.`,
        });
      }
      const results: WriteResult[] = [];
      for (const item of items) results.push(await settled(() => update(item, signal)));
      return results;
    },

    find: ({ items, signal }) => Promise.all(items.map((item) => find(item, signal))),
  };
}

/** Whether `now` is at least `wanted` on the way created → synced → shipped → completed. */
function reached(now: string, wanted: string): boolean {
  if (now === state.cancelled || now === '') return false;
  return Number(now) >= Number(wanted);
}

/** A refusal that an order already in that state may have caused. */
function mayBeDone(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.decision.kind === 'reject' || error.decision.code === 'pospal.duplicate-submission')
  );
}

function refusal(now: string, cause: unknown): ConnectorError {
  if (now === state.cancelled) {
    return new ConnectorError(
      {
        kind: 'reject',
        code: 'pospal.order-cancelled',
        message: 'The order was cancelled at the shop.',
        field: 'state',
      },
      cause,
    );
  }
  if (now === state.created) {
    return new ConnectorError(
      {
        kind: 'retry',
        code: 'pospal.order-not-synced',
        message: 'No till has taken the order yet; it cannot be shipped before.',
      },
      cause,
    );
  }
  if (cause instanceof ConnectorError) return cause;
  return new ConnectorError(
    {
      kind: 'reject',
      code: 'pospal.order-state',
      message: `The order is in state ${now || 'unknown'}, which does not allow this step.`,
      field: 'state',
    },
    cause,
  );
}

function tracking(
  body: JsonObject,
  fields: false | { carrierField: string; numberField: string },
): JsonObject {
  if (fields === false) return {};
  const carrier = textOf(body.carrier);
  const number = textOf(body.trackingNo);
  return {
    ...(carrier === '' ? {} : { [fields.carrierField]: carrier }),
    ...(number === '' ? {} : { [fields.numberField]: number }),
  };
}
