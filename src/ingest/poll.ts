import { spendAs } from '../../connectors/kit/shared.ts';
import { readDecisionOf } from '../lanes/push/decision.ts';
import { backoff } from '../lanes/retry.ts';
import type { Drain } from '../lanes/runner.ts';
import type { World } from '../lanes/world.ts';
import { pauseConnection, pausedConnections } from '../ledger/connections.ts';
import { advanceCursor, postponeCursor, readCursor } from '../ledger/cursors.ts';
import { type InboxEntry, insertInbox, newestOf, unfinishedInbox } from '../ledger/inbox.ts';
import { holdsLane } from '../ledger/lanes.ts';
import { linksOfRecords, markDue } from '../ledger/links.ts';
import { stockRecords } from '../ledger/records.ts';
import { settleReservations } from '../ledger/reservations.ts';
import { entryOf } from './entries.ts';

/**
 * Drains a poll lane `poll/<connection>/<object>`: one page per slice. The page's rows and the cursor that
 * leads past them are committed together, so a kill between pages repeats nothing and loses nothing. What is
 * already known word for word (overlapping windows, a webhook that was faster) is not kept again.
 */
export function pollDrain(world: World): Drain {
  return async (hold) => {
    const [, connection = '', ...rest] = hold.lane.split('/');
    const object = rest.join('/');
    const cursor = await readCursor(world.database, connection, object);
    if (!cursor?.due) return 0;
    if ((await pausedConnections(world.database)).some((row) => row.id === connection)) return 0;
    const list = world.session(connection).objects[object]?.list;
    if (!list) {
      await postponeCursor(
        world.database,
        connection,
        object,
        3_600_000,
        'poll.not-offered',
        `${connection} cannot list ${object}`,
      );
      return 0;
    }
    try {
      const page = await list({
        signal: spendAs('poll', AbortSignal.any([hold.signal, AbortSignal.timeout(60_000)])),
        ...(cursor.cursor === null ? {} : { cursor: cursor.cursor }),
      });
      const entries = page.items.map((notice) => ({
        ...entryOf(world.landscape, connection, notice, 'poll'),
        ...(notice.once ? {} : { readAt: cursor.now }),
      }));
      const fresh = await withoutKnown(world, connection, object, entries);
      const kept = await world.database.transaction(async (sql) => {
        // A page read before the lane was lost is old: whoever holds the lane now has read a newer one.
        if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return false;
        await insertInbox(sql, fresh);
        await advanceCursor(sql, connection, object, page.cursor, {
          started: cursor.started,
          complete: !page.more,
        });
        return true;
      });
      if (!kept) return 0;
      world.meter?.received(connection, object, 'poll', fresh.length);
      world.ring(new Set(fresh.map((entry) => entry.lane)));
      if (!page.more) {
        if (connection === world.landscape.stock.owner && object === world.landscape.stock.object) {
          await settleStock(world, connection, object, cursor.covered_at);
        }
      }
      return 1;
    } catch (error) {
      if (hold.signal.aborted) return 0;
      const decision = readDecisionOf(error, `${connection}/${object} poll`);
      if (decision.kind === 'fatal' || decision.kind === 'throttle') {
        await pauseConnection(world.database, connection, decision.afterMs ?? 60_000, decision.message);
      }
      if (decision.code === 'read.failed') world.log.error({ err: error, connection, object }, 'poll failed');
      const delay = decision.afterMs ?? backoff(cursor.attempts + 2, Math.random());
      await postponeCursor(world.database, connection, object, delay, decision.code, decision.message);
      return 0;
    }
  };
}

/** Leaves out what is already known word for word. */
export async function withoutKnown(
  world: World,
  connection: string,
  object: string,
  entries: readonly InboxEntry[],
): Promise<InboxEntry[]> {
  // The same quantity found again later is news where movements were counted in between.
  const isStock = world.landscape.tellsMovements && object === stockObjectOf(world, connection);
  if (isStock) return [...entries];
  const newest = await newestOf(
    world.database,
    connection,
    object,
    entries.map((entry) => entry.remoteId),
  );
  return entries.filter((entry) => {
    const known = newest.get(entry.remoteId);
    return (
      !known || known.body === null || entry.body === undefined || telling(known.body) !== telling(entry.body)
    );
  });
}

/** The object in which a connection tells the stock. */
function stockObjectOf(world: World, connection: string): string | undefined {
  const { parties } = world.landscape;
  return parties.find(
    (party) => party.entity === 'inventory' && party.connection === connection && party.reads,
  )?.object;
}

/** Content without the time it was read at, which changes with every reading and tells nothing. */
function telling(body: string): string {
  return body.replace(/,?"asOf":"[^"]*"/, '');
}

/**
 * A complete reading of the stock shows everything booked before the reading before it began, once all its
 * rows are applied: reservations released before that are now part of what the owner tells.
 */
async function settleStock(
  world: World,
  connection: string,
  object: string,
  previous: Date | null,
): Promise<void> {
  if (
    previous === null ||
    (await unfinishedInbox(world.database, connection, object, new Date(world.now() + 1000)))
  ) {
    return;
  }
  const lanes = await world.database.transaction(async (sql) => {
    const places = await settleReservations(sql, previous);
    const links = await linksOfRecords(sql, await stockRecords(sql, places));
    await markDue(
      sql,
      links.map((link) => link.id),
    );
    return links.map((link) => link.lane);
  });
  world.ring(new Set(lanes));
}
