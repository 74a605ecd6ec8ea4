/** A test: an event made for one subscription and posted at once, whatever the state of the subscription. */
import type { PostResult } from '../../deliver/result.ts';
import { insertPing } from '../../ledger/deliveries.ts';
import { newId } from '../../ledger/ids.ts';
import type { Send } from '../deliver/drain.ts';
import { type SubscriptionDesk, subscriptionNamed } from './manage.ts';

/** What came of a test. */
export interface Ping {
  readonly subscription: string;
  readonly event: string;
  readonly result: PostResult;
}

/** Posts a test and keeps what came of it in the log. Errors: `subscriptions.unknown`. */
export async function pingSubscription(
  { database }: Pick<SubscriptionDesk, 'database'>,
  send: Send,
  name: string,
  signal: AbortSignal,
): Promise<Ping> {
  const subscription = await subscriptionNamed(database, name);
  const at = new Date();
  const event = {
    id: newId(),
    type: 'ping',
    version: 1,
    occurredAt: at.toISOString(),
    subject: null,
    key: null,
    data: { subscription: subscription.id, message: `Hello ${subscription.name}` },
  };
  const result = await send(subscription, event, { at, signal });
  const delivery = {
    id: newId(),
    subscription_id: subscription.id,
    event_at: at,
    event_id: event.id,
    type: event.type,
  };
  const { ok, status, answer, durationMs, error } = result;
  await insertPing(database, delivery, {
    state: ok ? 'done' : 'failed',
    status,
    answer,
    durationMs,
    ...(error === undefined ? {} : { code: error.code, error: error.message }),
  });
  return { subscription: subscription.name, event: event.id, result };
}
