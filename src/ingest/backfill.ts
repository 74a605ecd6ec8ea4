import { setTimeout as delay } from 'node:timers/promises';
import { spendAs } from '../../connectors/kit/shared.ts';
import type { ListPage } from '../../connectors/kit/types.ts';
import { backfillLane, type Turns } from '../lanes/apply/turns.ts';
import { within } from '../lanes/daily/within.ts';
import { readDecisionOf } from '../lanes/push/decision.ts';
import { attemptLimit, backoff } from '../lanes/retry.ts';
import type { Drain, LaneHold } from '../lanes/runner.ts';
import type { World } from '../lanes/world.ts';
import {
  advanceBackfill,
  type BackfillStep,
  backfillPriority,
  backfillStep,
  failBackfill,
  postponeBackfill,
} from '../ledger/backfills.ts';
import { pauseConnection } from '../ledger/connections.ts';
import { type InboxEntry, insertInbox } from '../ledger/inbox.ts';
import { holdsLane } from '../ledger/lanes.ts';
import { entryOf } from './entries.ts';
import { withoutKnown } from './poll.ts';

/** Rows read and not applied yet, at which reading waits: what is read ahead only grows the inbox. */
const aheadLimit = 2_000;
/** Where a reading of all there is begins: older than anything these systems can hold. */
const beginning = '2000-01-01T00:00:00.000Z';
/** How long one slice waits for its turn, milliseconds; a hub that stops waits for it. */
const longestWaitMs = 250;

/**
 * Drains `backfill/<connection>/<object>`: one page per slice, by a cursor of its own. A page's rows and the cursor that
 * leads past them are committed together, so whoever is killed between pages repeats nothing and loses nothing. What is
 * known word for word is not kept again; the rest is applied like a poll's, behind everything that is live.
 */
export function backfillDrain(world: World, turns: Turns): Drain {
  return async (hold) => {
    const [, connection = '', ...rest] = hold.lane.split('/');
    const object = rest.join('/');
    if (!(await turns.isReady(hold))) return 1;
    const step = await backfillStep(world.database, connection, object, aheadLimit);
    if (!step || step.paused || step.wait_ms > 1_000) return 0;
    if (step.wait_ms > 0) return rested(hold, Math.min(step.wait_ms, longestWaitMs));
    if (step.unapplied >= aheadLimit) return rested(hold, 50);
    const list = world.session(connection).objects[object]?.list;
    if (!list) {
      const why = `${connection} offers no way to list ${object}`;
      await failBackfill(world.database, step.id, 'backfill.not-offered', why);
      return 0;
    }
    try {
      const page = await list({
        signal: spendAs('backfill', AbortSignal.any([hold.signal, AbortSignal.timeout(60_000)])),
        ...(step.cursor === null
          ? { since: step.since?.toISOString() ?? beginning }
          : { cursor: step.cursor }),
      });
      return await turns.beside(async () =>
        (await keepPage(world, hold, { connection, object, step, page })) ? 1 : 0,
      );
    } catch (error) {
      if (hold.signal.aborted) return 0;
      await notRead(world, connection, object, step, error);
      return 0;
    }
  };
}

async function keepPage(
  world: World,
  hold: LaneHold,
  read: { connection: string; object: string; step: BackfillStep; page: ListPage },
): Promise<boolean> {
  const { connection, object, step, page } = read;
  const { items, isPast } = within(step.until, page.items);
  const entries = items.map((notice): InboxEntry => {
    const entry = entryOf(world.landscape, connection, notice, step.via);
    return { ...entry, lane: backfillLane(entry.lane), priority: backfillPriority, readAt: step.now };
  });
  // What a person asks for is applied once more, whatever is known.
  const fresh = step.via === 'fetch' ? entries : await withoutKnown(world, connection, object, entries);
  const kept = await world.database.transaction(async (sql) => {
    // A page read before the lane was lost is old: whoever holds the lane now has read it, too.
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return false;
    const { cursor, total } = page;
    const more = page.more && !isPast;
    const counts = { rows: entries.length, kept: fresh.length, total };
    if (!(await advanceBackfill(sql, step.id, { cursor, more, ...counts }))) return false;
    await insertInbox(sql, fresh);
    return true;
  });
  if (kept) {
    world.meter?.received(connection, object, 'poll', fresh.length);
    world.ring(new Set(fresh.map((entry) => entry.lane)));
  }
  return kept;
}

/** Tries again later; what never becomes readable by waiting stops with its reason, and can be resumed. */
async function notRead(
  world: World,
  connection: string,
  object: string,
  step: BackfillStep,
  error: unknown,
): Promise<void> {
  const decision = readDecisionOf(error, `${connection}/${object} backfill`);
  if (decision.kind === 'fatal' || decision.kind === 'throttle') {
    await pauseConnection(world.database, connection, decision.afterMs ?? 60_000, decision.message);
  }
  if (decision.code === 'read.failed') world.log.error({ err: error, connection, object }, 'backfill failed');
  if (decision.kind === 'reject' || step.attempts + 1 >= attemptLimit) {
    await failBackfill(world.database, step.id, decision.code, decision.message);
    return;
  }
  const delayMs = decision.afterMs ?? backoff(step.attempts + 2, Math.random());
  await postponeBackfill(world.database, step.id, delayMs, decision.code, decision.message);
}

/** Waits, and says that there is more to do. */
async function rested(hold: LaneHold, forMs: number): Promise<number> {
  // A hold that ends meanwhile is seen by whoever asked for the slice.
  await delay(forMs, undefined, { signal: hold.signal }).catch(() => undefined);
  return 1;
}
