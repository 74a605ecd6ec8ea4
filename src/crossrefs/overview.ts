import { countCrossrefs, readCrossrefTables } from '../ledger/crossrefs.ts';
import { missingCodes } from '../ledger/missing.ts';
import type { Sql } from '../ledger/sql.ts';

/** One code table at a glance. */
export interface TableOverview {
  readonly table: string;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly rows: number;
  readonly connections: readonly { readonly connection: string; readonly rows: number }[];
  /** When a row was last put or removed; null for a table that never had one. */
  readonly changedAt: Date | null;
  /** Codes that something waits for. */
  readonly missing: number;
}

/** Every code table, and those that exist only in that something waits for a code of theirs. */
export async function tablesOverview(sql: Sql): Promise<TableOverview[]> {
  const tables = await readCrossrefTables(sql);
  const counts = await countCrossrefs(sql);
  const missing = await missingCodes(sql);
  const known = new Set(tables.map((table) => table.name));
  const awaited = [...new Set(missing.map((one) => one.table))].filter((name) => !known.has(name));
  return [...tables, ...awaited.map((name) => ({ name, keys: ['key'], values: ['value'] }))]
    .map(({ name, keys, values }) => {
      const own = counts.filter((one) => one.name === name);
      return {
        table: name,
        keys,
        values,
        rows: own.reduce((sum, one) => sum + one.rows, 0),
        connections: own.map(({ connection, rows }) => ({ connection, rows })),
        changedAt: own.reduce<Date | null>(
          (last, one) => (last === null || one.changedAt > last ? one.changedAt : last),
          null,
        ),
        missing: missing.filter((one) => one.table === name).length,
      };
    })
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}
