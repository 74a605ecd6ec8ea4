import { chinaTime, type ObjectFacts, type ObjectOperations } from '../../kit/index.ts';
import { accountOf } from '../config.ts';
import { fetchHints } from '../fetching.ts';
import { readPage } from '../paging.ts';
import { scanPage } from '../scanning.ts';
import { customerBody, noticeOf, textOf } from '../shapes.ts';
import type { Shop } from '../shop.ts';

/**
 * Members (会员), read only. The first round reads all; later ones the new ones, or all again with
 * `customerPoll: all`. Edits between come by push where the vendor sends one.
 */
export const customerFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 0,
  partialUpdate: false,
  scopeOf: accountOf,
  listsAll: true,
};

export function customerOperations(shop: Shop): ObjectOperations {
  const { config } = shop;
  return {
    list: ({ cursor, signal }) =>
      scanPage({
        accounts: shop.named(shop.accounts.customers),
        cursor,
        now: shop.now(),
        query: async ({ account, postBack, previous }) => {
          const since =
            previous === undefined || config.customerPoll === 'all'
              ? {}
              : { startCreateDateTime: chinaTime(Date.parse(previous) - config.overlapMs) };
          const data = await shop.client.call({
            account,
            operation: 'customerOpenApi/queryCustomerPages',
            params: { ...since, ...(postBack === undefined ? {} : { postBackParameter: postBack }) },
            write: false,
            signal,
          });
          return readPage(data);
        },
        notice: (account, row) => noticeOf('customer', account, row, customerBody(account, row)),
      }),

    fetch: ({ hints, signal }) =>
      fetchHints(hints, {
        accounts: shop.accounts,
        marginMs: 0,
        one: ({ account, vendorId }) =>
          shop.object({
            account,
            operation: 'customerOpenApi/queryByUid',
            params: { customerUid: vendorId },
            numbers: ['customerUid'],
            write: false,
            signal,
          }),
        idOf: (row) => textOf(row.customerUid),
        body: customerBody,
      }),
  };
}
