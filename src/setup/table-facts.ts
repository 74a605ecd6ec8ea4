/** What the checker must know of the code tables, from their seeds alone: nothing is asked of a database. */
import type { Crossref } from '../ledger/crossrefs.ts';
import type { TableFacts } from '../mapping/index.ts';
import type { TableSeeds } from './tables.ts';

/** Facts per table. Rows that never hold on the same day do not share a value. */
export function tableFacts(seeds: TableSeeds): ReadonlyMap<string, TableFacts> {
  const tables = new Map<string, Crossref[]>(seeds.tables.map(({ name }) => [name, []]));
  for (const row of seeds.rows) tables.get(row.name)?.push(row);
  return new Map([...tables].map(([name, own]) => [name, { shared: sharedOf(own) }]));
}

function sharedOf(rows: readonly Crossref[]): TableFacts['shared'] {
  const groups = new Map<string, Crossref[]>();
  for (const row of rows) {
    const address = JSON.stringify([row.connection, row.value]);
    const known = groups.get(address);
    if (known === undefined) groups.set(address, [row]);
    else known.push(row);
  }
  return [...groups.values()].flatMap((group) => {
    const clashing = group.filter((row) =>
      group.some((other) => other.key !== row.key && holdTogether(row, other)),
    );
    const [first] = clashing;
    if (first === undefined) return [];
    const keys = [...new Set(clashing.map((row) => row.key))];
    return [{ connection: first.connection, value: first.value, keys }];
  });
}

function holdTogether(one: Crossref, other: Crossref): boolean {
  const starts = (row: Crossref): string => row.validFrom ?? '0000-01-01';
  const ends = (row: Crossref): string => row.validTo ?? '9999-12-31';
  return starts(one) <= ends(other) && starts(other) <= ends(one);
}
