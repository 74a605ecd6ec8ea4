/** Slows down who tries passwords: counted in the database, so over all processes, and before any password is looked at. */
import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { HubError } from '../../errors.ts';
import { countAttempts, uncountAttempts } from '../../ledger/sign-in-attempts.ts';
import type { Sql } from '../../ledger/sql.ts';

const windowMs = 15 * 60_000;
/**
 * Attempts in the window. Few for one account from one address; more for an account from everywhere, so that somebody
 * elsewhere cannot shut its owner out with five tries; most for an address, which an office may share.
 */
const most = { both: 5, account: 20, address: 50 } as const;

/** An attempt that was counted. */
export interface Counted {
  /** It was right: it does not count, nor do the owner's mistakes before it. */
  forgive(): Promise<void>;
}

/** Counts an attempt. Throws `sign-in.too-many`, telling `wait` the seconds, and whether it is the first that is. */
export async function countAttempt(
  sql: Sql,
  key: string,
  { account, address }: { readonly account: string; readonly address: string },
  wait: (seconds: number, isFirst: boolean) => void,
): Promise<Counted> {
  const of = (kind: keyof typeof most, ...parts: string[]): string =>
    `${kind}/${createHmac('sha256', key)
      .update(JSON.stringify([kind, ...parts]))
      .digest('base64url')}`;
  const network = networkOf(address);
  const keys = {
    both: of('both', account, network),
    account: of('account', account),
    address: of('address', network),
  };
  // What is refused here does not count for the account: one address alone shall not shut its owner out.
  for (const together of [[keys.both, keys.address], [keys.account]]) {
    const counts = await countAttempts(sql, together, windowMs);
    const over = counts
      .map(({ key: of, count, left }) => ({ by: count - most[of.split('/')[0] as keyof typeof most], left }))
      .filter(({ by }) => by > 0);
    if (over.length === 0) continue;
    const seconds = Math.max(1, ...over.map(({ left }) => Math.ceil(left / 1_000)));
    wait(
      seconds,
      over.some(({ by }) => by === 1),
    );
    throw new HubError('sign-in.too-many', {});
  }
  return { forgive: () => uncountAttempts(sql, keys.both, [keys.account, keys.address]) };
}

/** Whoever has an IPv6 address has 2^64 of them. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).toNormalizedString().split(':').slice(0, 4).join(':');
}
