/** What a process needs to post events and to look after subscriptions; made once. */
import { EventLinks } from '../../deliver/event-link.ts';
import { EventPoster } from '../../deliver/post-event.ts';
import type { Database } from '../../ledger/database.ts';
import { AddressGuard } from '../../security/address-guard.ts';
import type { Keyring } from '../../security/index.ts';
import type { SubscriptionDesk } from '../subscriptions/manage.ts';
import type { Send } from './drain.ts';
import { senderOf } from './sender.ts';

/** How long a receiver has to take an event, ms. */
const timeoutMs = 15_000;

export interface Outward extends SubscriptionDesk {
  readonly send: Send;
  readonly links: EventLinks;
  close(): Promise<void> | void;
}

/**
 * @param publicUrl where others reach this hub, for links to what is too large to be posted.
 * @param allow hosts and networks inside that events may be posted to.
 */
export function openOutward(
  database: Database,
  keys: Keyring,
  { publicUrl, allow }: { readonly publicUrl: string; readonly allow: readonly string[] },
): Outward {
  const guard = new AddressGuard({ allow });
  const links = new EventLinks({ publicUrl, keys });
  const poster = new EventPoster({ guard, timeoutMs, publicUrl, links });
  return { database, guard, keys, links, send: senderOf(poster, keys), close: () => poster.close() };
}
