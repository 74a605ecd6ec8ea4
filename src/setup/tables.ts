import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';
import { parseTableSeed } from '../lanes/code-tables.ts';
import type { Crossref } from '../ledger/crossrefs.ts';

/** Reads the seeds of the code tables: one `<table>.csv` each. A folder that is not there seeds nothing. */
export async function readTableSeeds(folder: string): Promise<Crossref[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    // No folder: the tables are filled by people alone.
    return [];
  }
  const rows: Crossref[] = [];
  for (const name of names.filter((one) => one.endsWith('.csv')).sort()) {
    try {
      rows.push(...parseTableSeed(name.slice(0, -4), await readFile(path.join(folder, name), 'utf8')));
    } catch (error) {
      throw new HubError(
        'config.unreadable',
        { file: path.join(folder, name), reason: reasonOf(error) },
        error,
      );
    }
  }
  return rows;
}
