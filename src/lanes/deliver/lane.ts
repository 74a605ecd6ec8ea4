import type { SubscriptionRow } from '../../ledger/subscriptions.ts';
import { shard } from '../landscape.ts';

/** The lane of a delivery: events of one key are in the same one. */
export function deliverLane(
  subscription: Pick<SubscriptionRow, 'id' | 'shards'>,
  event: { readonly id: string; readonly key: string | null },
): string {
  return `deliver/${subscription.id}/${shard(event.key ?? event.id, subscription.shards)}`;
}

/** Every lane of a subscription. */
export function deliverLanes({ id, shards }: Pick<SubscriptionRow, 'id' | 'shards'>): string[] {
  return Array.from({ length: shards }, (_, at) => `deliver/${id}/${at}`);
}

/** The subscription a lane is of. */
export function subscriptionOf(lane: string): string {
  return lane.split('/')[1] ?? '';
}
