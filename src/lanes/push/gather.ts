import { setTimeout as delay } from 'node:timers/promises';
import { type DueLink, dueLinks } from '../../ledger/links.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';

export interface Gathered {
  readonly links: readonly DueLink[];
  /** Others are due too, and still gather. */
  readonly more: boolean;
}

/**
 * The next links of a lane to write. Where a system takes several objects in one call and calls are what it
 * counts, a fresh link waits a moment for others to go with it. What has waited goes first, and alone fresh links
 * are waited for once at the most, so that nothing starves however the clocks go. `read` finds them.
 */
export async function gather(
  world: World,
  hold: LaneHold,
  limit: number,
  read: () => Promise<readonly DueLink[]> = () => dueLinks(world.database, hold.lane, limit),
): Promise<Gathered> {
  const links = await read();
  const left = links.map((link) => patience(world, link));
  const ready = links.filter((_, index) => (left[index] ?? 0) <= 0);
  if (ready.length > 0) return { links: ready, more: ready.length < links.length };
  const longest = Math.max(0, ...left);
  if (longest === 0 || links.length >= smallestBatch(world, links)) return { links, more: false };
  try {
    await delay(longest, undefined, { signal: hold.signal });
  } catch {
    // The lane was lost or the process stops: whoever has it next finds the links.
    return { links: [], more: false };
  }
  return { links: await read(), more: false };
}

/** How long a link may still wait for company, milliseconds. */
function patience(world: World, link: DueLink): number {
  const facts = world.landscape.party(link.connection, link.object, link.entity)?.facts;
  if (facts?.gatherMs === undefined || facts.batchSize <= 1) return 0;
  return Math.min(facts.gatherMs, facts.gatherMs - link.dirty_ms);
}

function smallestBatch(world: World, links: readonly DueLink[]): number {
  return Math.min(
    ...links.map(({ connection, object, entity }) => {
      return world.landscape.party(connection, object, entity)?.facts.batchSize ?? 1;
    }),
  );
}
