import { type Crossref, lockCrossrefs, seedCrossrefs, setCrossref } from '../ledger/crossrefs.ts';
import type { Database } from '../ledger/database.ts';
import { releaseWaits, type Wait } from '../ledger/waits.ts';
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
    return releaseWaits(sql, waitsFor(row));
  });
  await world.tables.load(world.database);
  world.ring(freed);
}

/**
 * Puts the codes of files into the tables, at the start of a hub; what people have set there stays. Whatever
 * waited for a code that is new becomes due; the sweep rings it.
 */
export async function seedCodes(database: Database, seeds: readonly Crossref[]): Promise<void> {
  await database.transaction(async (sql) => {
    await lockCrossrefs(sql);
    const added = await seedCrossrefs(sql, seeds);
    await releaseWaits(sql, added.flatMap(waitsFor));
  });
}

/** What waits for a code says our key on the way out and the vendor's on the way in. */
function waitsFor(row: Crossref): Wait[] {
  return [row.key, row.value].map((code) => ({ kind: 'table', target: `${row.name}/${code}` }));
}
