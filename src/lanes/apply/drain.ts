import { fixedPlans } from '../../ledger/database.ts';
import { type DueInboxRow, dueInbox, finishInbox, type InboxOutcome } from '../../ledger/inbox.ts';
import { emptyInbox } from '../../ledger/tombstones.ts';
import { insertInboxWaits } from '../../ledger/waits.ts';
import { applyDeletions } from '../deletes/apply.ts';
import { dropErased } from '../erasure/rows.ts';
import type { Drain, LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { applyAll } from './batch.ts';
import { Company, type Seat, serve } from './company.ts';
import { countApplied } from './count.ts';
import { isAboutItem, outcomeOfError } from './faults.ts';
import { asksAgain } from './order.ts';
import { type Preparation, type Prepared, prepare } from './prepare.ts';
import { isBehind, type Slice, smallSlice, type Turns } from './turns.ts';
import { Unit } from './unit.ts';

/** Drains one slice of an apply lane: what vendors told becomes golden records, and their consequences. */
export function applyDrain(world: World, turns: Turns): Drain {
  const company = new Company();
  return async (hold) => {
    if (isBehind(hold.lane)) {
      return turns.take(hold, async (limit, read) => {
        const rows = await dueInbox(world.database, [{ lane: hold.lane, limit }]);
        return applySlice(world, hold, rows, read);
      });
    }
    const seat = company.enter(hold.lane);
    try {
      return await turns.take(hold, (limit, read) => {
        company.leave(seat);
        if (!seat.served) return applyTogether(world, hold, limit, read, company.beside(hold.lane));
        // Nobody waits for what others have done or are at.
        read(0, true);
        return seat.served;
      });
    } finally {
      company.leave(seat);
    }
  };
}

type Read = (rows: number, asks: boolean) => void;

/** Applies a slice, and what little is due in the lanes that wait meanwhile, unless a system has to be asked for it. */
async function applyTogether(
  world: World,
  hold: LaneHold,
  limit: number,
  read: Read,
  waiting: readonly Seat[],
): Promise<Slice> {
  const rows = await dueInbox(world.database, [
    { lane: hold.lane, limit },
    ...waiting.map(({ lane }) => ({ lane, limit: smallSlice })),
  ]);
  const byLane = new Map<string, DueInboxRow[]>(
    [hold.lane, ...waiting.map((one) => one.lane)].map((lane) => [lane, []]),
  );
  for (const row of rows) byLane.get(row.lane)?.push(row);
  const own = byLane.get(hold.lane) ?? [];
  if (!isSmall(own)) return applySlice(world, hold, own, read);
  const all = [...own];
  const along: (readonly [Seat, readonly DueInboxRow[]])[] = [];
  for (const seat of waiting) {
    const theirs = byLane.get(seat.lane) ?? [];
    if (!isSmall(theirs) || all.length + theirs.length > limit) continue;
    all.push(...theirs);
    along.push([seat, theirs]);
  }
  const done = applySlice(world, hold, all, read);
  for (const [seat, theirs] of along) {
    serve(
      seat,
      done.then(() => sliceOf(theirs)),
    );
  }
  await done;
  return sliceOf(own);
}

/** Few rows for which nobody is asked. */
function isSmall(rows: readonly DueInboxRow[]): boolean {
  return rows.length < smallSlice && !isAsking(rows);
}

function sliceOf(rows: readonly DueInboxRow[]): Slice {
  return { rows: rows.length, live: rows.some((row) => row.via !== 'answer') };
}

async function applySlice(
  world: World,
  hold: LaneHold,
  rows: readonly DueInboxRow[],
  read: Read,
): Promise<Slice> {
  read(rows.length, isAsking(rows));
  if (rows.length === 0) return { rows: 0, live: false };
  // What a mapping put in use meanwhile lets go on is not read with the one that refused it.
  await world.keepUp(Math.max(...rows.map((row) => row.activation)));
  await world.tables.refresh(world.database);
  const { version } = world.tables;
  // A deletion and what is told before and after it are taken in their order.
  for (const run of inRuns(await dropErased(world, rows))) {
    if (run[0]?.deleted) await applyDeletions(world, hold, run);
    else {
      const prepared = await prepare(world, hold, run);
      await commitPrepared(world, run, prepared, version);
      await applyBatch(world, prepared.items);
      await emptyInbox(world.database, prepared.erased.documents, 'document');
    }
  }
  return sliceOf(rows);
}

/** Whether a slice asks its system for anything: for objects behind hints, or once more, or whether one is gone. */
function isAsking(rows: readonly DueInboxRow[]): boolean {
  return rows.some((row) => row.body === null || row.deleted || asksAgain.has(row.error_code));
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
  rows: readonly DueInboxRow[],
  { outcomes, waits, erased }: Preparation,
  tablesVersion: string,
): Promise<void> {
  if (outcomes.length === 0) return;
  const tablesChanged = await world.database.transaction(async (sql) => {
    const stale = waits.length > 0 && (await world.tables.isStale(sql, tablesVersion));
    if (!stale) await insertInboxWaits(sql, waits);
    await emptyInbox(sql, erased.persons, 'person');
    await finishInbox(
      sql,
      outcomes.map((outcome) =>
        stale && outcome.state === 'waiting' ? { ...outcome, state: 'due' as const, delayMs: 0 } : outcome,
      ),
    );
    return stale;
  });
  countApplied(world, rows, outcomes);
  if (tablesChanged) await world.tables.load(world.database);
}

/** Applies items in one transaction; when it fails, halves it until the item at fault stands alone. */
async function applyBatch(world: World, items: readonly Prepared[]): Promise<void> {
  if (items.length === 0) return;
  let outcomes: readonly InboxOutcome[] = [];
  try {
    world.ring(
      await world.database.transaction((sql) => {
        const unit = new Unit(sql, new Date(world.now()));
        outcomes = unit.outcomes;
        return applyAll(world, unit, items);
      }, fixedPlans),
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
    outcomes = [outcomeOfError(world, only, error)];
    await finishInbox(world.database, outcomes);
  }
  const rows = items.map((item) => item.row);
  countApplied(world, rows, outcomes);
}
