/** Delivers events: a lane per subscription, so that one that is slow or dead holds up nobody else. */
import { setTimeout as wait } from 'node:timers/promises';
import type { PostResult } from '../../deliver/result.ts';
import { nextAttempt } from '../../deliver/schedule.ts';
import type { HubEvent } from '../../events/event.ts';
import type { DeliveryOutcome, DueDelivery } from '../../ledger/due-deliveries.ts';
import { type SubscriptionRow, takeTurns } from '../../ledger/subscriptions.ts';
import type { Drain, LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { DeliveryDesk } from './desk.ts';
import { EventShelf } from './shelf.ts';

/** Sends one event to where a subscription wants it. Never throws for what is there. */
export type Send = (
  subscription: SubscriptionRow,
  event: HubEvent,
  attempt: { readonly at: Date; readonly signal: AbortSignal },
) => Promise<PostResult>;

interface Ready extends Pick<DueDelivery, 'seq' | 'key' | 'attempts'> {
  /** As this subscription gets it. Null: it is not kept any more. */
  readonly event: HubEvent | null;
}

/** Posts under way at once in one lane; fewer where nothing is taken: what hangs there costs sockets and memory. */
const window = 32;
const windowWhileFailing = 4;
/** Ms between two posts of one lane while nothing is taken: enough to notice that somebody is back, and little done in vain. */
const spacingWhileFailing = 100;

/**
 * Drains one slice of a lane `deliver/<subscription>/<shard>`.
 * @param shelf where events are found that were just fanned out, or read for another subscription.
 */
export function deliverDrain(world: World, send: Send, shelf = new EventShelf()): Drain {
  const desk = new DeliveryDesk(world);
  /** When lanes where nothing is taken may post next, by their name. */
  const knocks = new Map<string, number>();
  return async (hold) => {
    const slice = await desk.read(hold.lane);
    if (slice === undefined || slice.due.length === 0) return 0;
    const { subscription, due, isFull } = slice;
    const wanted = due.map(({ event_id: id, event_at: at, event_seq: seq }) => ({ id, at, seq }));
    const events = await shelf.find(world.database, wanted, subscription.personal);
    const ready = due.map(({ seq, key, attempts, event_id }): Ready => {
      return { seq, key, attempts, event: events.get(event_id) ?? null };
    });
    await deliver(world, hold, subscription, ready, send, desk, knocks);
    // Whoever tells more rings: with nothing left there is no need to look.
    return isFull ? due.length : 0;
  };
}

async function deliver(
  world: World,
  hold: LaneHold,
  subscription: SubscriptionRow,
  due: readonly Ready[],
  send: Send,
  desk: DeliveryDesk,
  knocks: Map<string, number>,
): Promise<void> {
  const { per_second: rate, ordered } = subscription;
  const first =
    Date.now() + (rate === null ? 0 : await takeTurns(world.database, subscription.id, due.length));
  const kept: Promise<void>[] = [];
  /** What was posted and could not be kept is posted again, under the same id. */
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  let turn = 0;
  let isFailing = subscription.failing_since !== null;
  /** What cannot go on now: whoever holds the lane next goes on with it. */
  const isOver = (): boolean => ended || hold.signal.aborted || hold.isOver();
  const chains = chainsOf(due, ordered);
  const worker = async (): Promise<void> => {
    for (let chain = chains.shift(); chain !== undefined; chain = chains.shift()) {
      for (const item of chain) {
        if (rate !== null) await pause(first + (turn++ / rate) * 1_000 - Date.now(), hold.signal);
        if (isFailing) {
          const at = Math.max(Date.now(), knocks.get(hold.lane) ?? 0);
          knocks.set(hold.lane, at + spacingWhileFailing);
          await pause(at - Date.now(), hold.signal);
        }
        if (isOver()) return;
        const result = await one(subscription, item, hold, send);
        // Broken off by ourselves: as if it had not been begun.
        if (result.error?.code === 'delivery.stopped') return;
        const outcome = outcomeOf(item, result, ordered);
        kept.push(
          desk.write(subscription, outcome).catch((error: unknown) => {
            failure ??= { error };
          }),
        );
        if (result.gone) ended = true;
        if (result.ok) {
          isFailing = false;
          knocks.delete(hold.lane);
        }
        // What stands behind it waits with it.
        if (outcome.state === 'due') break;
      }
    }
  };
  const workers = isFailing ? windowWhileFailing : window;
  const running = Array.from({ length: Math.min(workers, chains.length) }, worker);
  const ends = await Promise.allSettled(running);
  await Promise.all(kept);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  if (failure) throw failure.error;
}

/** Deliveries that go one after the other: those of one key, where order matters. */
function chainsOf(due: readonly Ready[], ordered: boolean): Ready[][] {
  if (!ordered) return due.map((item) => [item]);
  const chains = new Map<string, Ready[]>();
  for (const item of due) {
    const name = item.key === null ? `/${item.seq}` : item.key;
    const chain = chains.get(name);
    if (chain) chain.push(item);
    else chains.set(name, [item]);
  }
  return [...chains.values()];
}

async function one(
  subscription: SubscriptionRow,
  { event }: Ready,
  hold: LaneHold,
  send: Send,
): Promise<PostResult> {
  if (event === null) {
    const error = { code: 'deliveries.event-gone', message: 'The event is older than events are kept.' };
    return { ok: false, status: null, answer: '', durationMs: 0, error };
  }
  return send(subscription, event, { at: new Date(), signal: hold.signal });
}

function outcomeOf({ seq, attempts, event }: Ready, result: PostResult, ordered: boolean): DeliveryOutcome {
  const { status, answer, durationMs, error } = result;
  const told = {
    seq,
    attempts,
    ordered,
    status,
    answer,
    durationMs,
    ...(error === undefined ? {} : { code: error.code, error: error.message }),
  };
  if (result.ok) return { ...told, state: 'done' };
  if (event === null) return { ...told, state: 'failed' };
  const next = nextAttempt(result, attempts + 1, Math.random());
  return next.kind === 'retry'
    ? { ...told, state: 'due', delayMs: next.delayMs }
    : { ...told, state: 'failed' };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 1) return;
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
