/** Sending again what was sent, or should have been: each event under the id it has. */
import { HubError } from '../../errors.ts';
import { typesOf } from '../../events/catalog.ts';
import type { HubEvent } from '../../events/event.ts';
import { compileFilter, markedPlace } from '../../events/filter.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import { listDeliveries, takenEvents } from '../../ledger/deliveries.ts';
import { insertReplays } from '../../ledger/due-deliveries.ts';
import {
  databaseNow,
  type EventPlace,
  listEvents,
  readEvent,
  type StoredEvent,
} from '../../ledger/events.ts';
import { newId } from '../../ledger/ids.ts';
import type { SubscriptionRow } from '../../ledger/subscriptions.ts';
import { deliverLane, deliverLanes } from '../deliver/lane.ts';
import { Recipients } from '../events/recipients.ts';
import { subscriptionNamed } from './manage.ts';

/** How fast is sent again when nobody says otherwise: it comes on top of what happens now. */
export const defaultReplayRate = 20;

/** Events read and written in one transaction. */
const pageSize = 1_000;

export interface ReplayOptions {
  readonly since: Date;
  /** Default: now. */
  readonly until?: Date | undefined;
  /** CEL: beside what the subscription's own filter says. */
  readonly filter?: string | undefined;
  /** Only what the subscription has not taken so far. */
  readonly missing?: boolean | undefined;
  readonly perSecond?: number | undefined;
  /** Only counts what would be sent: nothing is written. */
  readonly dryRun?: boolean | undefined;
}

export interface Replayed {
  /** Deliveries written: they are posted at the rate that was asked for. */
  readonly count: number;
  readonly lanes: readonly string[];
}

/** How many deliveries there are of each type of event. */
export type ByType = Readonly<Record<string, number>>;

/**
 * Sends one delivery's event again. Errors: `deliveries.unknown`, `deliveries.event-gone`.
 */
export async function replayDelivery(
  { database }: { readonly database: Database },
  id: string,
  author: string,
): Promise<Replayed> {
  return database.transaction(async (sql) => {
    const [delivery] = await listDeliveries(sql, { id }, 1);
    if (!delivery) throw new HubError('deliveries.unknown', { id });
    const event = await readEvent(sql, delivery.eventId);
    if (!event) throw new HubError('deliveries.event-gone', { id: delivery.eventId });
    const subscription = await subscriptionNamed(sql, delivery.subscriptionId);
    const start = await databaseNow(sql);
    await insertReplays(sql, [deliveryOf(subscription, event)], start, { perSecond: 1, turn: 0 });
    const details = { delivery: id, event: event.id, type: event.type };
    await insertAudit(sql, [
      { author, action: 'deliveries.replay', subject: `subscription/${subscription.id}`, details },
    ]);
    return { count: 1, lanes: [deliverLane(subscription, event)] };
  });
}

/**
 * Sends the events of several deliveries again, at a rate. Those whose event is not kept any more are left out and
 * answered. Errors: `deliveries.unknown`: then none is sent.
 */
export async function replayDeliveries(
  { database }: { readonly database: Database },
  ids: readonly string[],
  { perSecond = defaultReplayRate }: Pick<ReplayOptions, 'perSecond'>,
  author: string,
): Promise<Replayed & { readonly gone: readonly string[] }> {
  return database.transaction(async (sql) => {
    const start = await databaseNow(sql);
    const lanes = new Set<string>();
    const gone: string[] = [];
    let count = 0;
    for (const id of new Set(ids)) {
      const [delivery] = await listDeliveries(sql, { id }, 1);
      if (!delivery) throw new HubError('deliveries.unknown', { id });
      const event = await readEvent(sql, delivery.eventId);
      if (!event) {
        gone.push(id);
        continue;
      }
      const subscription = await subscriptionNamed(sql, delivery.subscriptionId);
      await insertReplays(sql, [deliveryOf(subscription, event)], start, { perSecond, turn: count });
      count += 1;
      lanes.add(deliverLane(subscription, event));
      const details = { delivery: id, event: event.id, type: event.type };
      await insertAudit(sql, [
        { author, action: 'deliveries.replay', subject: `subscription/${subscription.id}`, details },
      ]);
    }
    return { count, lanes: [...lanes], gone };
  });
}

/**
 * Sends again what happened since a moment, as the subscription would get it now, in its order and at a rate. Events are
 * there as long as they are kept and as far as somebody listened to their type. Errors: `subscriptions.unknown`,
 * `subscriptions.bad-filter`, `subscriptions.filter-failed`.
 */
export async function replaySince(
  { database }: { readonly database: Database },
  name: string,
  options: ReplayOptions,
  author: string,
): Promise<Replayed & { readonly types: ByType }> {
  const { since, filter, missing = false, perSecond = defaultReplayRate, dryRun = false } = options;
  const subscription = await subscriptionNamed(database, name);
  const types = typesOf(subscription.types);
  const test = filter === undefined ? undefined : testOf(filter, types);
  const start = await databaseNow(database);
  const until = options.until ?? start;
  const recipients = new Recipients();
  let after: EventPlace | undefined;
  let count = 0;
  const byType: Record<string, number> = {};
  const names = types.map(({ type }) => type);
  for (;;) {
    const events = await listEvents(database, names, since, until, pageSize, after);
    if (events.length > 0) {
      const taken = missing
        ? await takenEvents(
            database,
            subscription.id,
            events.map(({ id }) => id),
          )
        : new Set<string>();
      const meant = wanted(recipients, subscription, events, test).filter((event) => !taken.has(event.id));
      const turn = count;
      for (const { type } of meant) byType[type] = (byType[type] ?? 0) + 1;
      count += meant.length;
      if (!dryRun)
        await insertReplays(
          database,
          meant.map((event) => deliveryOf(subscription, event)),
          start,
          { perSecond, turn },
        );
    }
    after = events.at(-1);
    if (after === undefined || events.length < pageSize) break;
  }
  if (dryRun) return { count, lanes: [], types: byType };
  const details = {
    since: since.toISOString(),
    until: until.toISOString(),
    filter: filter ?? null,
    missing,
    count,
  };
  await insertAudit(database, [
    { author, action: 'deliveries.replay', subject: `subscription/${subscription.id}`, details },
  ]);
  return { count, lanes: deliverLanes(subscription), types: byType };
}

function wanted(
  recipients: Recipients,
  subscription: SubscriptionRow,
  events: readonly StoredEvent[],
  test: ((event: HubEvent) => boolean) | undefined,
): StoredEvent[] {
  const meant: StoredEvent[] = [];
  const faulty = recipients.match([subscription], events, (_, at) => {
    const event = events[at];
    if (event && (test === undefined || test(event))) meant.push(event);
  });
  for (const { reason } of faulty) {
    throw new HubError('subscriptions.filter-failed', { name: subscription.name, reason });
  }
  return meant;
}

function testOf(filter: string, types: ReturnType<typeof typesOf>): (event: HubEvent) => boolean {
  const compiled = compileFilter(filter, types);
  if (compiled.ok) return compiled.test;
  const { message, hint = '', offset } = compiled.problem;
  const place = markedPlace(filter, compiled.problem);
  throw new HubError('subscriptions.bad-filter', { column: offset + 1, reason: message, hint, place });
}

function deliveryOf(subscription: SubscriptionRow, event: StoredEvent) {
  return {
    id: newId(),
    subscription_id: subscription.id,
    event_at: event.at,
    event_seq: event.seq,
    event_id: event.id,
    type: event.type,
    key: event.key,
    lane: deliverLane(subscription, event),
    ordered: subscription.ordered,
  };
}
