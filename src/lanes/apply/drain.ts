import { DeriveError } from '../../derive/index.ts';
import { isAboutData, sqlState } from '../../ledger/database.ts';
import { dueInbox, finishInbox, type InboxOutcome } from '../../ledger/inbox.ts';
import { insertInboxWaits } from '../../ledger/waits.ts';
import { MappingFault } from '../../mapping/index.ts';
import type { Drain } from '../runner.ts';
import type { World } from '../world.ts';
import { applyAll } from './batch.ts';
import { dead, later, withFetched } from './outcomes.ts';
import { type Preparation, type Prepared, prepare } from './prepare.ts';
import { LostRace, Unit } from './unit.ts';

/** Inbox rows applied in one transaction. */
const sliceSize = 200;

/** Drains one slice of an apply lane: what vendors told becomes golden records, and their consequences. */
export function applyDrain(world: World): Drain {
  return async (hold) => {
    const rows = await dueInbox(world.database, hold.lane, sliceSize);
    if (rows.length === 0) return 0;
    // What a mapping put in use meanwhile lets go on is not read with the one that refused it.
    await world.keepUp(Math.max(...rows.map((row) => row.activation)));
    await world.tables.refresh(world.database);
    const { version } = world.tables;
    const prepared = await prepare(world, hold, rows);
    await commitPrepared(world, prepared, version);
    await applyBatch(world, prepared.items);
    return rows.length;
  };
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

/** Errors that one item can cause: its data, a rule that cannot read it, or somebody who was faster. */
function isAboutItem(error: unknown): boolean {
  return isAboutData(error) || error instanceof LostRace || isOwnFault(error);
}

function isOwnFault(error: unknown): boolean {
  return (
    error instanceof DeriveError ||
    error instanceof MappingFault ||
    error instanceof TypeError ||
    error instanceof RangeError
  );
}

function outcomeOfError(world: World, item: Prepared, error: unknown): InboxOutcome {
  // A unique violation or a lost race is settled by reading again; anything else will not change by itself.
  if (sqlState(error)?.startsWith('23') || error instanceof LostRace) {
    return later(item.row, 'apply.try-again', 'somebody else changed the same record; it is read again');
  }
  world.log.error({ err: error, inbox: item.row.id }, 'a message could not be applied');
  const reason = error instanceof Error ? error.message.slice(0, 500) : 'unknown failure';
  const code = error instanceof DeriveError ? error.code : 'apply.failed';
  return withFetched(dead(item.row, code, reason), item.fetched, item.body);
}
