import { type Crossref, lockCrossrefs, setCrossref } from '../ledger/crossrefs.ts';
import { releaseWaits } from '../ledger/waits.ts';
import type { World } from './world.ts';

/**
 * Sets what one key is called in a system and lets everything go on that waited for this code, on the way out
 * (by our key) or on the way in (by the vendor's). Other processes see the new table before they let anything
 * wait for a code again.
 *
 * @example
 * await fillCrossref(world, { name: 'settle-customers', connection: 'erp', key: 'S09', value: 'CUST-S09' }, 'li.na');
 */
export async function fillCrossref(world: World, row: Crossref, author: string): Promise<void> {
  const freed = await world.database.transaction(async (sql) => {
    await lockCrossrefs(sql);
    await setCrossref(sql, row, author);
    return releaseWaits(
      sql,
      [row.key, row.value].map((code) => ({ kind: 'table' as const, target: `${row.name}/${code}` })),
    );
  });
  await world.tables.load(world.database);
  world.ring(freed);
}
