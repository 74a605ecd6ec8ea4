import { type Crossref, crossrefsVersion, lockCrossrefs, readCrossrefs } from '../ledger/crossrefs.ts';
import type { Sql } from '../ledger/sql.ts';

/**
 * The code tables in memory. Mappings look codes up thousands of times a second; the tables are small and
 * change rarely, so each process holds them and reads them again when told or when a code is missing.
 */
export class CodeTables {
  #forward = new Map<string, string>();
  #back = new Map<string, string>();
  #loadedAt = 0;
  #version = '';

  async load(sql: Sql): Promise<void> {
    // Read first: a change in between only makes the tables look older than they are.
    const version = await crossrefsVersion(sql);
    const forward = new Map<string, string>();
    const back = new Map<string, string>();
    for (const row of await readCrossrefs(sql)) {
      // Several vendor codes may mean one of ours; the one in force longest is the way out.
      const there = address(row.name, row.connection, row.key);
      if (!forward.has(there)) forward.set(there, row.value);
      const reverse = address(row.name, row.connection, row.value);
      // Several of our keys may share one vendor code; the first is the way back.
      if (!back.has(reverse)) back.set(reverse, row.key);
    }
    this.#forward = forward;
    this.#back = back;
    this.#loadedAt = Date.now();
    this.#version = version;
  }

  /** Reads again unless that was done within `ageMs`. */
  async refresh(sql: Sql, ageMs: number): Promise<void> {
    if (Date.now() - this.#loadedAt > ageMs) await this.load(sql);
  }

  /**
   * Whether somebody changed a table since it was read here; to be asked in the transaction that lets something
   * wait for a code. Whoever fills it in meanwhile either finds the wait or is seen here.
   */
  async isStale(sql: Sql): Promise<boolean> {
    await lockCrossrefs(sql);
    return (await crossrefsVersion(sql)) !== this.#version;
  }

  /** What our key is called in a connection; a row for every connection serves when it has none of its own. */
  lookup(connection: string, table: string, key: string): string | undefined {
    return this.#forward.get(address(table, connection, key)) ?? this.#forward.get(address(table, '', key));
  }

  /** Our key for a connection's value. */
  lookupBack(connection: string, table: string, value: string): string | undefined {
    return this.#back.get(address(table, connection, value)) ?? this.#back.get(address(table, '', value));
  }
}

function address(table: string, connection: string, key: string): string {
  return `${table}\u0000${connection}\u0000${key}`;
}

/** Reads a table's CSV seed: header `connection,key,value`, quoted fields allowed. */
export function parseTableSeed(name: string, text: string): Crossref[] {
  const rows: Crossref[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (index === 0 || line.trim() === '' || line.startsWith('#')) continue;
    const cells = splitCsvLine(line);
    const [connection, key, value] = cells;
    if (cells.length !== 3 || connection === undefined || !key || value === undefined) {
      throw new Error(
        `${name}.csv:${index + 1}: expected three cells (connection,key,value), found ${cells.length}`,
      );
    }
    rows.push({ name, connection, key, value });
  }
  return rows;
}

function splitCsvLine(line: string): string[] {
  const cells: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : (match[2] ?? ''));
  }
  return cells;
}
