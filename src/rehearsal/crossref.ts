/** Rehearsing a code table: what a file would make different before it is taken in. */
import { planImport } from '../crossrefs/plan.ts';
import type { Sheet } from '../crossrefs/sheet.ts';
import type { CodeTables } from '../lanes/code-tables.ts';
import type { Landscape } from '../lanes/landscape.ts';
import {
  always,
  type Crossref,
  type CrossrefRow,
  readCrossrefs,
  readCrossrefTables,
} from '../ledger/crossrefs.ts';
import type { Database } from '../ledger/database.ts';
import { readOnly } from '../ledger/rehearsal.ts';
import type { Rehearsal } from './findings.ts';
import { rehearse } from './rehearse.ts';

export interface CrossrefRehearsalOptions {
  readonly database: Database;
  readonly landscape: Landscape;
  readonly tables: CodeTables;
  /** The file, read. */
  readonly sheet: Sheet;
  /** The file is the whole table: keys it does not name are gone. */
  readonly replace?: boolean;
  /** How many of the last messages and records of each party. @default 1000 */
  readonly last?: number;
}

/** Runs the last messages and records of every party with the table as it is and as the file would make it. */
export async function rehearseCrossref(options: CrossrefRehearsalOptions): Promise<Rehearsal> {
  const { database, landscape, tables, sheet, last } = options;
  const changed = await tableAfter(database, tables, sheet, options.replace ?? false);
  return rehearse({
    database,
    before: { landscape, codes: tables },
    after: { landscape, codes: changed },
    parties: landscape.parties,
    ...(last === undefined ? {} : { last }),
  });
}

/** The code tables as they would be once the file was taken in. */
export function tableAfter(
  database: Database,
  tables: CodeTables,
  sheet: Sheet,
  replace: boolean,
): Promise<CodeTables> {
  return readOnly(database, async (reading) => {
    const known = (await readCrossrefTables(reading)).find((table) => table.name === sheet.table);
    const existing = await readCrossrefs(reading, [sheet.table]);
    const plan = planImport(existing, sheet, replace);
    const gone = new Set([...plan.remove, ...plan.put].map(identity));
    const rows = [...existing.filter((row) => !gone.has(identity(row))), ...plan.put.map(whole)].sort(
      inOrder,
    );
    const added = sheet.values.filter((column) => known?.values.includes(column) !== true);
    const values = known && existing.length > 0 ? [...known.values, ...added] : sheet.values;
    return tables.with({ name: sheet.table, keys: sheet.keys, values, version: 0 }, rows);
  });
}

function identity(row: Crossref): string {
  return JSON.stringify([row.connection, row.key, row.value, row.validFrom ?? always]);
}

function whole(row: Crossref): CrossrefRow {
  return {
    more: {},
    validFrom: always,
    validTo: null,
    position: 0,
    author: 'rehearsal',
    at: new Date(),
    removedAt: null,
    removedBy: null,
    ...row,
  };
}

/** As the table is read: of several rows for one key the one that began last comes first. */
function inOrder(a: CrossrefRow, b: CrossrefRow): number {
  const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  return (
    byText(a.connection, b.connection) ||
    byText(a.key, b.key) ||
    byText(b.validFrom, a.validFrom) ||
    a.position - b.position ||
    a.at.getTime() - b.at.getTime() ||
    byText(a.value, b.value)
  );
}
