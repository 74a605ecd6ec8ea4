import { HubError } from '../errors.ts';
import {
  type CrossrefTable,
  countCrossrefs,
  readCrossrefTables,
  saveCrossrefTable,
} from '../ledger/crossrefs.ts';
import { missingCodes } from '../ledger/missing.ts';
import type { Sql } from '../ledger/sql.ts';
import { joinKey, splitKey } from '../model/codeKey.ts';
import { hintFor } from '../problems/index.ts';

/** The columns of a table, without their rows. */
export type TableColumns = Pick<CrossrefTable, 'name' | 'keys' | 'values'>;

/** A table by its name. Throws `crossrefs.unknown-table`. */
export async function tableNamed(sql: Sql, name: string): Promise<CrossrefTable> {
  const tables = await readCrossrefTables(sql);
  const found = tables.find((table) => table.name === name);
  if (found) return found;
  const known = tables.map((table) => table.name);
  const hint =
    hintFor(name, known) ?? 'there is none yet; import one, or start the hub, which reads those of its files';
  throw new HubError('crossrefs.unknown-table', { table: name, hint });
}

/** A table to put a row in: one that is known, that something waits for, or that is made on purpose. */
export async function tableToFill(sql: Sql, name: string, create: boolean): Promise<TableColumns> {
  const fresh = { name, keys: ['key'], values: ['value'] };
  if (!create) {
    const known = (await readCrossrefTables(sql)).find((table) => table.name === name);
    if (known) return known;
    if ((await missingCodes(sql, { table: name })).length === 0) return await tableNamed(sql, name);
  }
  return (await readCrossrefTables(sql)).find((table) => table.name === name) ?? fresh;
}

/**
 * Makes a table have the columns of a file: value columns may be added, key columns stay what they are while there
 * are rows. Throws `crossrefs.other-columns`.
 */
export async function takeColumns(sql: Sql, found: TableColumns): Promise<TableColumns> {
  const known = (await readCrossrefTables(sql)).find((table) => table.name === found.name);
  const merged = known && (await hasRows(sql, found.name)) ? mergedColumns(known, found) : found;
  await saveCrossrefTable(sql, merged);
  return merged;
}

async function hasRows(sql: Sql, name: string): Promise<boolean> {
  return (await countCrossrefs(sql)).some((one) => one.name === name && one.rows > 0);
}

function mergedColumns(known: TableColumns, found: TableColumns): TableColumns {
  if (joinKey(known.keys) !== joinKey(found.keys) || known.values[0] !== found.values[0]) {
    throw new HubError('crossrefs.other-columns', {
      table: known.name,
      known: columnsText(known.keys, known.values),
      found: columnsText(found.keys, found.values),
    });
  }
  const added = found.values.filter((column) => !known.values.includes(column));
  return { name: known.name, keys: known.keys, values: [...known.values, ...added] };
}

function columnsText(keys: readonly string[], values: readonly string[]): string {
  return `${keys.join(', ')} → ${values.join(', ')}`;
}

/** Checks a key against the key columns of a table. Throws `crossrefs.bad-value`. */
export function checkKey(table: TableColumns, key: string): string {
  if (key !== '' && splitKey(key, table.keys.length)?.every((part) => part !== '')) return key;
  const expected =
    table.keys.length === 1 ? 'a text' : `${table.keys.join('|')}, with a bar between the parts`;
  throw new HubError('crossrefs.bad-value', { what: 'The key', value: JSON.stringify(key), expected });
}

/** Value columns told by name (an empty one is the first), as a row has them. Throws `crossrefs.bad-value`. */
export function valuesOf(
  table: TableColumns,
  told: Readonly<Record<string, string>>,
): { value: string; more: Record<string, string> } {
  const [first = 'value', ...others] = table.values;
  for (const column of Object.keys(told)) {
    if (column === '' || table.values.includes(column)) continue;
    const expected = `one of ${table.values.join(', ')}; a file can bring new ones`;
    throw new HubError('crossrefs.bad-value', { what: 'The column', value: column, expected });
  }
  const value = told[first] ?? told[''];
  if (!value)
    throw new HubError('crossrefs.bad-value', { what: first, value: 'missing', expected: 'a text' });
  const more = others.flatMap((column): [string, string][] => {
    const cell = told[column];
    return cell ? [[column, cell]] : [];
  });
  return { value, more: Object.fromEntries(more) };
}
