/** Tells events to all who follow them: a drain of its own, so that nobody who listens can hold up those who speak. */
import { fixedPlansByKey } from '../../ledger/database.ts';
import { type DeliveryInsert, insertDeliveries } from '../../ledger/due-deliveries.ts';
import { takeEvents } from '../../ledger/events.ts';
import { newId } from '../../ledger/ids.ts';
import type { Sql } from '../../ledger/sql.ts';
import { enabledSubscriptions, setSubscriptionState } from '../../ledger/subscriptions.ts';
import { deliverLane } from '../deliver/lane.ts';
import { EventShelf } from '../deliver/shelf.ts';
import type { Drain } from '../runner.ts';
import type { World } from '../world.ts';
import type { EventConsumer } from './consumer.ts';
import { Recipients } from './recipients.ts';

/** Events told in one transaction. */
const sliceSize = 500;

/** Drains the lane `fan-out/events`: subscriptions get deliveries, consumers are told, and the cursor moves, at once. */
export function fanOutDrain(
  world: World,
  consumers: readonly EventConsumer[],
  shelf = new EventShelf(),
): Drain {
  const recipients = new Recipients();
  return async () => {
    const { told, lanes } = await world.database.transaction(async (sql) => {
      const events = await takeEvents(sql, sliceSize);
      if (events.length === 0) return { told: 0, lanes: [] };
      const lanes = new Set(await deliveriesOf(sql, recipients, events, world));
      // Whoever delivers them is rung next.
      if (lanes.size > 0) shelf.add(events);
      for (const consumer of consumers)
        for (const lane of await consumer.consume(sql, events)) lanes.add(lane);
      return { told: events.length, lanes: [...lanes] };
    }, fixedPlansByKey);
    world.ring(lanes);
    // Whoever writes more rings: after fewer than a slice there is no need to look.
    return told < sliceSize ? 0 : told;
  };
}

async function deliveriesOf(
  sql: Sql,
  recipients: Recipients,
  events: Awaited<ReturnType<typeof takeEvents>>,
  { log }: World,
): Promise<Set<string>> {
  const deliveries: DeliveryInsert[] = [];
  const faulty = recipients.match(await enabledSubscriptions(sql), events, (subscription, at) => {
    const event = events[at];
    if (event === undefined) return;
    deliveries.push({
      id: newId(),
      subscription_id: subscription.id,
      event_at: event.at,
      event_seq: event.seq,
      event_id: event.id,
      type: event.type,
      key: event.key,
      lane: deliverLane(subscription, event),
      ordered: subscription.ordered && event.key !== null,
    });
  });
  for (const { subscription, reason } of faulty) {
    log.warn({ subscription: subscription.name, reason }, 'a subscription is parked: its filter failed');
    await setSubscriptionState(sql, subscription.id, 'parked', {
      code: 'subscriptions.filter-failed',
      reason,
    });
  }
  await insertDeliveries(sql, deliveries);
  return new Set(deliveries.map(({ lane }) => lane));
}
