/**
 * What the lanes of deliveries have to do with the database, done for all lanes of a process together: an event goes to
 * many subscriptions, whose lanes ask and tell within the same milliseconds.
 */
import { fixedPlansByKey } from '../../ledger/database.ts';
import {
  type DeliveryOutcome,
  type DueDelivery,
  dueInOrder,
  dueOfLanes,
  finishDeliveries,
} from '../../ledger/due-deliveries.ts';
import { findSubscription, type SubscriptionRow } from '../../ledger/subscriptions.ts';
import { Together } from '../together.ts';
import type { World } from '../world.ts';
import { Health } from './health.ts';
import { subscriptionOf } from './lane.ts';

/** Deliveries read for a lane at once. */
const sliceSize = 256;
/** Lanes asked for in one statement. */
const mostLanes = 16;
/** Outcomes written in one statement … */
const mostOutcomes = 256;
/** … which follow each other no faster than this, ms, while fewer have come. */
const gatherMs = 10;

/** What a lane has to do now. */
export interface Slice {
  readonly subscription: SubscriptionRow;
  readonly due: readonly DueDelivery[];
  /** Whether something may be left that is due as well. */
  readonly isFull: boolean;
}

interface Tried {
  /** As it was when the slice was read. */
  readonly subscription: SubscriptionRow;
  readonly outcome: DeliveryOutcome;
}

function bySubscription(tried: readonly Tried[]): Map<SubscriptionRow, DeliveryOutcome[]> {
  const grouped = new Map<SubscriptionRow, DeliveryOutcome[]>();
  for (const { subscription, outcome } of tried) {
    const those = grouped.get(subscription);
    if (those) those.push(outcome);
    else grouped.set(subscription, [outcome]);
  }
  return grouped;
}

export class DeliveryDesk {
  readonly #database: World['database'];
  readonly #reading: Together<string, Awaited<ReturnType<typeof dueOfLanes>>[number]>;
  readonly #writing: Together<Tried, undefined>;
  /** Subscriptions as they were read last, by id. */
  readonly #known = new Map<string, SubscriptionRow>();

  constructor(world: World) {
    const { database } = world;
    this.#database = database;
    const health = new Health(world);
    this.#reading = new Together({
      work: (lanes) => {
        const asked = lanes.map((lane) => ({ lane, subscription: subscriptionOf(lane) }));
        return database.transaction((sql) => dueOfLanes(sql, asked, sliceSize), fixedPlansByKey);
      },
      most: mostLanes,
    });
    this.#writing = new Together({
      work: async (tried) => {
        const outcomes = tried.map(({ outcome }) => outcome);
        await database.transaction((sql) => finishDeliveries(sql, outcomes), fixedPlansByKey);
        for (const [subscription, those] of bySubscription(tried)) await health.note(subscription, those);
        return tried.map(() => undefined);
      },
      most: mostOutcomes,
      everyMs: gatherMs,
    });
  }

  /** The next deliveries of a lane; undefined when its subscription is not enabled. */
  async read(lane: string): Promise<Slice | undefined> {
    const found = await this.#reading.ask(lane);
    if (found === undefined) return undefined;
    const subscription = await this.#subscription(subscriptionOf(lane), found.version);
    if (subscription?.state !== 'enabled') return undefined;
    const { ordered, per_second: rate } = subscription;
    const limit = rate === null ? sliceSize : Math.min(sliceSize, Math.max(1, Math.floor(rate)));
    const due = ordered
      ? await this.#database.transaction((sql) => dueInOrder(sql, lane, limit), fixedPlansByKey)
      : found.due;
    return {
      subscription: { ...subscription, failing_since: found.failing_since },
      due,
      // Behind the last of a key that was read stand others.
      isFull: ordered ? due.length > 0 : due.length >= limit,
    };
  }

  /** Keeps what came of a try, and what it says of its subscription; in groups, without a transaction for each. */
  async write(subscription: SubscriptionRow, outcome: DeliveryOutcome): Promise<void> {
    await this.#writing.ask({ subscription, outcome });
  }

  async #subscription(id: string, version: number): Promise<SubscriptionRow | undefined> {
    const known = this.#known.get(id);
    if (known?.version === version) return known;
    const found = await findSubscription(this.#database, id);
    if (found) this.#known.set(id, found);
    else this.#known.delete(id);
    return found;
  }
}
