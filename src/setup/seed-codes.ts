import type { CodeTables } from '../lanes/code-tables.ts';
import { always, type CrossrefRow } from '../ledger/crossrefs.ts';
import type { TableSeeds } from './tables.ts';

/** The code tables as their files have them, without a database: what a hub that starts anew would know. */
export function codesOfSeeds(seeds: TableSeeds, empty: CodeTables): CodeTables {
  const at = new Date(0);
  let tables = empty;
  for (const { name, keys, values } of seeds.tables) {
    const rows = seeds.rows
      .filter((row) => row.name === name)
      .map(
        (row): CrossrefRow => ({
          more: {},
          validFrom: always,
          validTo: null,
          position: 0,
          author: 'seed',
          at,
          removedAt: null,
          removedBy: null,
          ...row,
        }),
      );
    tables = tables.with({ name, keys, values, version: 0 }, rows);
  }
  return tables;
}
