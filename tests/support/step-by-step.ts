import { randomUUID } from 'node:crypto';
import type { Drain } from '../../src/lanes/runner.ts';
import type { Database } from '../../src/ledger/database.ts';
import { claimLane, releaseLane } from '../../src/ledger/lanes.ts';
import { until } from '../harness.ts';

/**
 * Drains a lane as one process after the other would, each dead after one slice, until nothing is left; answers what was
 * seen after each. A hub's own workers leave the lane alone meanwhile: somebody always has it.
 */
export async function stepByStep<Seen>(
  database: Database,
  lane: string,
  drain: Drain,
  look: () => Promise<Seen>,
): Promise<Seen[]> {
  let holder: string = randomUUID();
  await until('the lane is free', async () => (await claimLane(database, lane, holder, 60_000)).held);
  const seen: Seen[] = [];
  const signal = new AbortController().signal;
  for (;;) {
    holder = randomUUID();
    const taken = await database.query<{ epoch: number }>(
      'update lanes set holder = $2, epoch = epoch + 1 where lane = $1 returning epoch',
      [lane, holder],
    );
    const epoch = taken.rows[0]?.epoch ?? 0;
    const moved = await drain({ lane, holder, epoch, signal, isOver: () => false });
    seen.push(await look());
    if (moved > 0) continue;
    await releaseLane(database, lane, holder, epoch, undefined);
    return seen;
  }
}
