import { setCode, targetsOf } from '../crossrefs/change.ts';
import { type TableColumns, takeColumns } from '../crossrefs/table.ts';
import { type Crossref, lockCrossrefs, seedCrossrefs } from '../ledger/crossrefs.ts';
import type { Database } from '../ledger/database.ts';
import type { Sql } from '../ledger/sql.ts';
import { fillWaits, releaseFilled } from '../ledger/waits.ts';
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
  const { name: table, connection, key, value, more } = row;
  const { lanes } = await setCode(world.database, {
    table,
    connection,
    key,
    values: { ...more, '': value },
    author,
    create: true,
  });
  await world.tables.load(world.database);
  world.ring(lanes);
}

/**
 * Puts the codes of files into the tables, at the start of a hub; what people have set there stays. Whatever
 * waited for a code that is new goes on at the usual pace; the sweep rings it. Throws `crossrefs.other-columns`
 * when a file has other columns than its table.
 */
export async function seedCodes(
  database: Database,
  seeds: readonly Crossref[],
  tables: readonly TableColumns[] = [],
): Promise<void> {
  await database.transaction((sql) => seedCodesIn(sql, seeds, tables));
}

/** The same in a transaction of the caller. */
export async function seedCodesIn(
  sql: Sql,
  seeds: readonly Crossref[],
  tables: readonly TableColumns[] = [],
): Promise<void> {
  await lockCrossrefs(sql);
  for (const table of tables) await takeColumns(sql, table);
  const added = await seedCrossrefs(sql, seeds);
  await fillWaits(sql, added.flatMap(targetsOf));
  await releaseFilled(sql);
}
