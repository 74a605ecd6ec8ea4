import { Decimal } from 'decimal.js';
import {
  ConnectorError,
  fail,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteResult,
} from '../../kit/index.ts';
import { accountOf, remoteIdOf } from '../config.ts';
import { fetchHints } from '../fetching.ts';
import { readPage } from '../paging.ts';
import { scanPage } from '../scanning.ts';
import { noticeOf, productBody, textOf } from '../shapes.ts';
import type { Shop } from '../shop.ts';

/**
 * Products of the accounts in `productAccounts`. The only write is step `update`: the absolute stock of one
 * product. Repeating it is harmless, so an unclear answer is settled by reading the stock.
 * A sale at a till between reading and writing is overwritten: the vendor offers no compare-and-set.
 */
export const productFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'uniqueKey',
  latenessMs: 5_000,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 15_000,
  partialUpdate: true,
  scopeOf: accountOf,
  listsAll: true,
};

const decimal = /^-?\d+(\.\d+)?$/;

export function productOperations(shop: Shop): ObjectOperations {
  async function setStock(item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
    const { account, vendorId } = shop.target(item, 'uid');
    const stock = textOf(item.body.stock);
    if (!decimal.test(stock)) {
      fail({
        kind: 'reject',
        code: 'pospal.no-stock',
        message: 'The body has no decimal stock to write.',
        field: 'stock',
      });
    }
    await shop.client.call({
      account,
      operation: 'productOpenApi/updateProductInfo',
      params: { productInfo: { uid: vendorId, stock } },
      numbers: ['productInfo.uid', 'productInfo.stock'],
      write: true,
      signal,
    });
    return { ok: true, remoteId: remoteIdOf(account.name, vendorId) };
  }

  return {
    list: ({ cursor, signal }) =>
      scanPage({
        accounts: shop.named(shop.accounts.products),
        cursor,
        now: shop.now(),
        query: async ({ account, postBack }) =>
          readPage(
            await shop.client.call({
              account,
              operation: 'productOpenApi/queryProductPages',
              params: postBack === undefined ? {} : { postBackParameter: postBack },
              write: false,
              signal,
            }),
          ),
        notice: (account, row) => noticeOf('product', account, row, productBody(account, row)),
      }),

    fetch: ({ hints, signal }) =>
      fetchHints(hints, {
        accounts: shop.accounts,
        marginMs: 0,
        one: ({ account, vendorId }) => readProduct(shop, account.name, vendorId, signal),
        idOf: (row) => textOf(row.uid),
        body: productBody,
      }),

    async write({ step, items, signal }) {
      if (step !== 'update') {
        fail({
          kind: 'reject',
          code: 'pospal.unknown-step',
          message: `Products know the step update only, not ${step}.`,
        });
      }
      const results: WriteResult[] = [];
      for (const item of items) results.push(await settled(() => setStock(item, signal)));
      return results;
    },

    async find({ items, signal }) {
      return Promise.all(
        items.map(async (item) => {
          const { account, vendorId } = shop.target(item, 'uid');
          const row = await readProduct(shop, account.name, vendorId, signal);
          const wanted = textOf(item.body.stock);
          const now = textOf(row.stock);
          const stepDone = decimal.test(wanted) && decimal.test(now) && new Decimal(wanted).equals(now);
          return { found: true as const, remoteId: remoteIdOf(account.name, vendorId), stepDone };
        }),
      );
    },
  };
}

function readProduct(shop: Shop, account: string, uid: string, signal: AbortSignal) {
  const [owner] = shop.named([account]);
  if (owner === undefined) throw new Error(`Account ${account} is not configured.`);
  return shop.object({
    account: owner,
    operation: 'productOpenApi/queryProductByUid',
    params: { productUid: uid },
    numbers: ['productUid'],
    write: false,
    signal,
  });
}

/**
 * The result of one item. A refusal that concerns only this item is its result; trouble of the whole connection
 * (quota, signature, no answer) is thrown, because the items after it would meet it too.
 */
export async function settled(write: () => Promise<WriteResult>): Promise<WriteResult> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { kind, code } = error.decision;
    if (['reject', 'absent', 'conflict'].includes(kind) || code === 'pospal.order-not-synced') {
      return { ok: false, decision: error.decision };
    }
    throw error;
  }
}
