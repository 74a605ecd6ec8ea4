import { type DueInboxRow, dueInbox, finishInbox } from '../../ledger/inbox.ts';
import { insertInboxWaits } from '../../ledger/waits.ts';
import { applyDeletions } from '../deletes/apply.ts';
import type { Drain, LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { applyAll } from './batch.ts';
import { isAboutItem, outcomeOfError } from './faults.ts';
import { type Preparation, type Prepared, prepare } from './prepare.ts';
import type { Slice, Turns } from './turns.ts';
import { Unit } from './unit.ts';

/** Drains one slice of an apply lane: what vendors told becomes golden records, and their consequences. */
export function applyDrain(world: World, turns: Turns): Drain {
  return (hold) => turns.take(hold, (limit) => applySlice(world, hold, limit));
}

async function applySlice(world: World, hold: LaneHold, limit: number): Promise<Slice> {
  const rows = await dueInbox(world.database, hold.lane, limit);
  if (rows.length === 0) return { rows: 0, live: false };
  // What a mapping put in use meanwhile lets go on is not read with the one that refused it.
  await world.keepUp(Math.max(...rows.map((row) => row.activation)));
  await world.tables.refresh(world.database);
  const { version } = world.tables;
  // A deletion and what is told before and after it are taken in their order.
  for (const run of inRuns(rows)) {
    if (run[0]?.deleted) await applyDeletions(world, hold, run);
    else {
      const prepared = await prepare(world, hold, run);
      await commitPrepared(world, prepared, version);
      await applyBatch(world, prepared.items);
    }
  }
  return { rows: rows.length, live: rows.some((row) => row.via !== 'answer') };
}

/** Rows in their order, those that tell deletions apart from the others. */
function inRuns(rows: readonly DueInboxRow[]): DueInboxRow[][] {
  const runs: DueInboxRow[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last?.[0]?.deleted === row.deleted) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

/** Records what went no further. Rows that wait for a code are read again when a table was changed meanwhile. */
async function commitPrepared(
  world: World,
  { outcomes, waits }: Preparation,
  tablesVersion: string,
): Promise<void> {
  if (outcomes.length === 0) return;
  const tablesChanged = await world.database.transaction(async (sql) => {
    const stale = waits.length > 0 && (await world.tables.isStale(sql, tablesVersion));
    if (!stale) await insertInboxWaits(sql, waits);
    await finishInbox(
      sql,
      outcomes.map((outcome) =>
        stale && outcome.state === 'waiting' ? { ...outcome, state: 'due' as const, delayMs: 0 } : outcome,
      ),
    );
    return stale;
  });
  if (tablesChanged) await world.tables.load(world.database);
}

/** Applies items in one transaction; when it fails, halves it until the item at fault stands alone. */
async function applyBatch(world: World, items: readonly Prepared[]): Promise<void> {
  if (items.length === 0) return;
  try {
    world.ring(
      await world.database.transaction((sql) => applyAll(world, new Unit(sql, new Date(world.now())), items)),
    );
  } catch (error) {
    // Trouble with the database itself decides nothing: the rows stay due and the sweep rings again.
    if (!isAboutItem(error)) throw error;
    const [only] = items;
    if (items.length > 1 || !only) {
      const half = Math.ceil(items.length / 2);
      await applyBatch(world, items.slice(0, half));
      await applyBatch(world, items.slice(half));
      return;
    }
    await finishInbox(world.database, [outcomeOfError(world, only, error)]);
  }
}
