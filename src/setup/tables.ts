import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readCsv } from '../crossrefs/csv.ts';
import { badFile } from '../crossrefs/files.ts';
import { readSheetOf } from '../crossrefs/sheet.ts';
import type { TableColumns } from '../crossrefs/table.ts';
import { HubError, reasonOf } from '../errors.ts';
import type { Crossref } from '../ledger/crossrefs.ts';
import type { Problem } from '../problems/index.ts';

/** What the files of a folder say. */
export interface TableSeeds {
  readonly tables: readonly TableColumns[];
  readonly rows: readonly Crossref[];
}

/**
 * Reads the seeds of the code tables: one `<table>.csv` each. A folder that is not there seeds nothing. Throws
 * `config.unreadable`, and `crossrefs.bad-file` with everything that is wrong in any of them.
 */
export async function readTableSeeds(folder: string): Promise<TableSeeds> {
  const { problems, ...seeds } = await inspectTableSeeds(folder);
  if (problems.length > 0) throw badFile(folder, problems);
  return seeds;
}

/** The same, with what is wrong beside what could be read. Throws `config.unreadable` only. */
export async function inspectTableSeeds(
  folder: string,
): Promise<TableSeeds & { readonly problems: readonly Problem[] }> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    // No folder: the tables are filled by people alone.
    return { tables: [], rows: [], problems: [] };
  }
  const tables: TableColumns[] = [];
  const rows: Crossref[] = [];
  const problems: Problem[] = [];
  for (const name of names.filter((one) => one.endsWith('.csv')).sort()) {
    const file = path.join(folder, name);
    const result = readSheetOf(readCsv(file, await bytesOf(file)), { file, table: name.slice(0, -4) });
    if (!result.ok) {
      problems.push(...result.problems);
      continue;
    }
    const { table, keys, values } = result.sheet;
    tables.push({ name: table, keys, values });
    rows.push(...result.sheet.rows);
  }
  return { tables, rows, problems };
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new HubError('config.unreadable', { file, reason: reasonOf(cause) }, cause);
  }
}
