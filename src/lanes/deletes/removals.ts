/** Which copies a change of their record's fate touches: those to be deleted with it, and those to be made anew. */
import { linksOfRecords } from '../../ledger/links.ts';
import type { Unit } from '../apply/unit.ts';
import type { World } from '../world.ts';

/**
 * Marks the copies of deleted records due where the hub deletes them, and those it has deleted itself of records that
 * live again. Costs nothing where neither happened.
 */
export async function markRemovals(world: World, unit: Unit): Promise<void> {
  const deleted = unit.changedRecords.filter(({ state, before }) => state === 'deleted' && before > 0);
  const ids = [...deleted.map((record) => record.id), ...unit.revived];
  if (ids.length === 0) return;
  for (const link of await linksOfRecords(unit.sql, ids)) {
    const party = world.landscape.party(link.connection, link.object, link.entity);
    if (unit.revived.has(link.record_id)) {
      if (!link.gone_at) continue;
      unit.renewed.add(link.id);
    } else if (party?.writes?.remove !== true || link.gone_at) continue;
    unit.due.add(link.id);
    unit.rings.add(link.lane);
  }
}
