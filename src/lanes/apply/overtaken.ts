import { backfillPriority } from '../../ledger/backfills.ts';
import { type InboxOutcome, newerApplied } from '../../ledger/inbox.ts';
import type { Sql } from '../../ledger/sql.ts';
import type { World } from '../world.ts';
import { canRead } from './order.ts';
import { dropped, postponed } from './outcomes.ts';
import { addressOf, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';

/**
 * What a backfill has read and something told later has overtaken, by row: it waits behind everything live, and without
 * a revision nothing else would say that it is the older one. Where systems tell parts, the object is read once more.
 * Asked after the records are locked, and only of objects that are known already.
 */
export async function overtaken(
  world: World,
  sql: Sql,
  items: readonly Prepared[],
  found: Found,
): Promise<ReadonlyMap<number, InboxOutcome>> {
  const waited = items.flatMap((item) => {
    const { row } = item;
    if (row.priority !== backfillPriority || item.fetched) return [];
    const link = found.links.get(addressOf(row.connection, row.object, row.remote_id));
    return link ? [{ item, recordId: link.record_id }] : [];
  });
  const newer = await newerApplied(
    sql,
    waited.map(({ item }) => item.row),
  );
  const outcomes = new Map<number, InboxOutcome>();
  for (const { item, recordId } of waited) {
    const { row, party } = item;
    if (!newer.has(row.id)) continue;
    if (party.facts.payload !== 'partial') {
      const why = 'something told later was applied before it';
      outcomes.set(row.id, dropped(row, recordId, 'apply.older-reading', why));
    } else if (canRead(world, item)) {
      const why = 'something told later was applied before it; the object is read';
      outcomes.set(row.id, postponed(row, 'apply.order-unclear', why, 0));
    }
  }
  return outcomes;
}
