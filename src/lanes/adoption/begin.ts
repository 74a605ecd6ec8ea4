/** What a start has to do for connections that are taken over step by step. */
import { countAdoption, releaseIntents } from '../../ledger/adoption.ts';
import type { Database } from '../../ledger/database.ts';
import { entities } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import type { World } from '../world.ts';

/** Entities whose copies are paired by keys. */
export const states: readonly string[] = Object.entries(entities)
  .filter(([, { nature }]) => nature === 'state')
  .map(([name]) => name);

/**
 * Makes copies due that a party held back in an earlier mode, and says per connection where it stands: what is in step
 * by now is not written.
 */
export async function beginAdoption({
  database,
  landscape,
  log,
}: Pick<World, 'database' | 'landscape' | 'log'>): Promise<void> {
  const released = await releaseHeld(database, landscape.parties);
  if (released > 0) log.info({ released }, 'copies that were held back by the mode of their party are due');
  const counts = await countAdoption(database, states);
  for (const { connection, paired, wouldWrite, undecided } of counts) {
    const mode = landscape.connections.get(connection)?.mode;
    if (mode === undefined || (mode === 'live' && wouldWrite + undecided === 0)) continue;
    log.info(
      { connection, mode, paired, wouldWrite, undecided },
      `${connection} is in mode ${mode}: ${paired} paired, ${wouldWrite} would be written, ${undecided} with opening differences undecided`,
    );
  }
}

/** Makes copies due that their parties no longer hold back; answers how many. */
export function releaseHeld(database: Database, parties: readonly Party[]): Promise<number> {
  const placesIn = (mode: Party['mode']): string[] =>
    parties
      .filter((party) => party.mode === mode)
      .map(({ connection, object, entity }) => `${connection}/${object}/${entity}`);
  return releaseIntents((work) => database.transaction(work), {
    live: placesIn('live'),
    shadow: placesIn('shadow'),
  });
}
