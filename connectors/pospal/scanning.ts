import { z } from 'zod';
import { ConnectorError, fail, type JsonObject, type ListPage, type Notice } from '../kit/index.ts';
import type { Account } from './config.ts';
import { isLast, nextPostBack, type PostBack, type VendorPage } from './paging.ts';

/**
 * Reads lists that have no time window (products, members): a round goes through all pages of all accounts, one
 * page of one account per call. Rows added while a round runs are seen at its end or in the next one.
 */
const cursorShape = z.strictObject({
  turn: z.string().optional(),
  postBack: z.strictObject({ parameterType: z.string(), parameterValue: z.string() }).optional(),
  /** Start of the running round, and of the one before it, UTC. */
  started: z.string().optional(),
  previous: z.string().optional(),
});

export interface Scan {
  readonly accounts: readonly Account[];
  readonly cursor: JsonObject | undefined;
  readonly now: number;
  /** `previous`: start of the round before, UTC; absent in the first one. */
  query(query: {
    account: Account;
    postBack: PostBack | undefined;
    previous: string | undefined;
  }): Promise<VendorPage>;
  notice(account: Account, row: JsonObject): Notice;
}

/** Reads the next page. Throws ConnectorError; a place the vendor no longer accepts restarts that account. */
export async function scanPage(scan: Scan): Promise<ListPage> {
  const parsed = cursorShape.safeParse(scan.cursor ?? {});
  if (!parsed.success) {
    return fail(
      {
        kind: 'fatal',
        code: 'pospal.bad-cursor',
        message: 'The stored place of this list cannot be read; start the list anew.',
      },
      parsed.error,
    );
  }
  const { turn, postBack, previous, started = new Date(scan.now).toISOString() } = parsed.data;
  const kept = { started, ...(previous === undefined ? {} : { previous }) };
  const first = scan.accounts[0];
  if (first === undefined) return { items: [], cursor: {}, more: false };
  const account = scan.accounts.find((candidate) => candidate.name === turn) ?? first;
  let page: VendorPage;
  try {
    page = await scan.query({ account, postBack: account.name === turn ? postBack : undefined, previous });
  } catch (error) {
    const refused = error instanceof ConnectorError && error.decision.code === 'pospal.cursor-refused';
    if (!refused || postBack === undefined) throw error;
    return { items: [], cursor: { ...kept, turn: account.name }, more: true };
  }
  const items = page.rows.map((row) => scan.notice(account, row));
  if (!isLast(page)) {
    return {
      items,
      cursor: { ...kept, turn: account.name, postBack: nextPostBack(page, postBack) },
      more: true,
    };
  }
  const following = scan.accounts[scan.accounts.indexOf(account) + 1];
  if (following !== undefined) return { items, cursor: { ...kept, turn: following.name }, more: true };
  return { items, cursor: { previous: started }, more: false };
}
