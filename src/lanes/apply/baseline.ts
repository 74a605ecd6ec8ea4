import type { JsonObject } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import { hashOf } from '../push/plan.ts';
import type { World } from '../world.ts';

/**
 * Hash of what would be written back to the system that just told a new object: it shows that already, so
 * only a later difference is a reason to write. Undefined when nothing is written there, or when the outward
 * side needs something that is not known yet; then the first push decides.
 */
export function baselineOf(world: World, party: Party, data: JsonObject): string | undefined {
  if (!party.writes || !party.mapping.writes || party.mapping.target !== undefined) return undefined;
  const out = party.mapping.outward(data, {
    connection: party.connection,
    creating: false,
    lookup: (table, key, date) => world.tables.lookup(party.connection, table, key, date),
    remoteNumber: () => undefined,
    remoteId: () => undefined,
    lineId: () => undefined,
  });
  return out.ok ? hashOf(out.body) : undefined;
}
