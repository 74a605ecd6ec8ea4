import { chinaTime, type ObjectFacts, type ObjectOperations } from '../../kit/index.ts';
import { fetchHints, RecentRows } from '../fetching.ts';
import { listPage, type PageQuery, readPage, type VendorPage } from '../paging.ts';
import { noticeOf, textOf, ticketBody } from '../shapes.ts';
import type { Shop } from '../shop.ts';

/**
 * Till tickets (销售单据), read only. The id is `account/sn`, because pushes know only the serial number.
 * Windows: start exclusive, end inclusive; more than a day only with noLimitTimeRange.
 */
export const ticketFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 0,
  partialUpdate: false,
};

const day = 86_400_000;

export function ticketOperations(shop: Shop): ObjectOperations {
  const { config, accounts } = shop;
  const recent = new RecentRows(config.fetchCacheMs, shop.now);
  const windowMs = config.noLimitTimeRange ? {} : { windowMs: day };

  async function pages(query: PageQuery, signal: AbortSignal): Promise<VendorPage> {
    const data = await shop.client.call({
      account: query.account,
      operation: 'ticketOpenApi/queryTicketPages',
      params: {
        startTime: query.start,
        endTime: query.end,
        ...(config.noLimitTimeRange ? { noLimitTimeRange: 1 } : {}),
        ...(query.postBack === undefined ? {} : { postBackParameter: query.postBack }),
      },
      write: false,
      signal,
    });
    return readPage(data);
  }

  return {
    list: ({ cursor, since, signal }) =>
      listPage({
        accounts: shop.named(accounts.all),
        cursor,
        since: since ?? shop.firstSince(),
        now: shop.now(),
        overlapMs: config.overlapMs,
        ...windowMs,
        query: (query) =>
          pages({ ...query, start: chinaTime(query.start), end: chinaTime(query.end) }, signal),
        notice: (account, row) => noticeOf('ticket', account, row, ticketBody(account, row, config)),
        timeOf: (row) => textOf(row.datetime) || undefined,
      }),

    fetch: ({ hints, signal }) =>
      fetchHints(hints, {
        accounts,
        marginMs: config.fetchWindowMarginMs,
        ...windowMs,
        recent,
        page: (query) => pages(query, signal),
        one: ({ account, vendorId }) =>
          shop.object({
            account,
            operation: 'ticketOpenApi/queryTicketBySn',
            params: { sn: vendorId },
            write: false,
            signal,
          }),
        idOf: (row) => textOf(row.sn),
        body: (account, row) => ticketBody(account, row, config),
      }),
  };
}
