import { fixedPlans } from '../../ledger/database.ts';
import { heldLanes } from '../../ledger/lanes.ts';
import { lockDueLinks } from '../../ledger/links.ts';
import { shareRecords } from '../../ledger/records.ts';
import { type ShadowWrite, writeShadows } from '../../ledger/shadows.ts';
import { journalTries, type TryInsert } from '../../ledger/tries.ts';
import type { LaneHold } from '../runner.ts';
import { Together } from '../together.ts';
import type { World } from '../world.ts';
import { PerConnection } from './per-connection.ts';
import type { PlannedWrite } from './plan.ts';

/** A write that is about to be sent, and what is noted of it before. */
export interface Entry {
  readonly write: PlannedWrite;
  readonly attempt: TryInsert;
  /** What is outstanding from now on. */
  readonly shadows: readonly ShadowWrite[];
  /** A record that must still be as it was planned; see `isFirstOfDerived`. */
  readonly unchanged: boolean;
  /** Given up when its link was marked since it was planned. */
  readonly unmarked: boolean;
}

interface Ask {
  readonly hold: LaneHold;
  readonly entries: readonly Entry[];
}

/** Writes journalled in one transaction at the most, unless one slice has more. */
const most = 200;

const journals = new WeakMap<World, PerConnection<Together<Ask, readonly Entry[]>>>();

/**
 * Journals the writes of a slice, with those of other lanes of the connection that are ready at the same moment. Answers
 * those that may be sent: what was marked or found there since it was planned is planned again, and a lane that was lost
 * sends nothing.
 */
export function journal(world: World, connection: string, ask: Ask): Promise<readonly Entry[]> {
  let all = journals.get(world);
  if (!all) {
    const weightOf = ({ entries }: Ask): number => entries.length;
    all = new PerConnection(() => new Together({ work: (asks) => journalAll(world, asks), weightOf, most }));
    journals.set(world, all);
  }
  return all.of(connection).ask(ask);
}

function journalAll(world: World, asks: readonly Ask[]): Promise<readonly (readonly Entry[])[]> {
  const all = asks.flatMap((ask) => ask.entries);
  return world.database.transaction(async (sql) => {
    const versions = await shareRecords(
      sql,
      all.filter((entry) => entry.unchanged).map(({ write }) => write.record.id),
    );
    const still = await lockDueLinks(
      sql,
      all.map(({ write }) => write.link.id),
    );
    const held = await heldLanes(
      sql,
      asks.map((ask) => ask.hold),
    );
    const kept = asks.map(({ hold, entries }) =>
      !held.has(hold.lane)
        ? []
        : entries.filter(({ write, unmarked }) => {
            const { id, version } = write.record;
            // Computed again since it was planned: what is sent is what stands as posted, so it is planned again.
            // And what was found there meanwhile is not created once more.
            const now = still.get(write.link.id);
            if (now?.remote_id !== write.link.remote_id || (versions.get(id) ?? version) !== version)
              return false;
            // Held since: it is planned again, and stands still then.
            if (now.held) return false;
            return now.marks === write.link.marks || !unmarked;
          }),
    );
    const sent = kept.flat();
    await journalTries(
      sql,
      sent.map((entry) => entry.attempt),
    );
    await writeShadows(
      sql,
      sent.flatMap((entry) => entry.shadows),
    );
    return kept;
  }, fixedPlans);
}
