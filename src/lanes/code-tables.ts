import {
  type CrossrefRow,
  type CrossrefTable,
  crossrefsVersion,
  readCrossrefs,
  readCrossrefTables,
  shareCrossrefs,
} from '../ledger/crossrefs.ts';
import type { Sql } from '../ledger/sql.ts';
import { CodeTable } from './code-table.ts';
import { Today } from './today.ts';

/** Where one lookup leads: the table and the columns its name asks for. */
interface Ask {
  readonly table: CodeTable;
  /** Value column: answered on the way out, compared on the way back. */
  readonly value: string;
  /** Key column answered on the way back; undefined: the whole key. */
  readonly key: string | undefined;
}

/**
 * The code tables in memory. Mappings look codes up thousands of times a second; the tables are small and
 * change rarely, so each process holds them and reads those that changed again when told or when a code is missing.
 *
 * A table is asked by its name, or by a column of it: `warehouses.owner` answers that value column, and on the
 * way back compares with it; a key column, `prices.store`, answers that part of the key on the way back.
 */
export class CodeTables {
  #tables = new Map<string, CodeTable>();
  #asks = new Map<string, Ask | null>();
  #version = '';
  readonly #now: () => number;
  readonly #today: Today;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#today = new Today(now);
  }

  /** These tables with one of them as it would be; for rehearsals, which write nothing. Rows in reading order. */
  with(table: CrossrefTable, rows: readonly CrossrefRow[]): CodeTables {
    const tables = new CodeTables(this.#now);
    tables.#tables = new Map(this.#tables).set(table.name, new CodeTable(table, rows));
    return tables;
  }

  /** Reads the tables that changed since they were read last. */
  async load(sql: Sql): Promise<void> {
    // Read first: a change in between only makes the tables look older than they are.
    const version = await crossrefsVersion(sql);
    const heads = await readCrossrefTables(sql);
    const changed = heads.filter((head) => this.#tables.get(head.name)?.version !== head.version);
    const rows = new Map<string, CrossrefRow[]>(changed.map((head) => [head.name, []]));
    if (changed.length > 0) {
      for (const row of await readCrossrefs(sql, [...rows.keys()])) rows.get(row.name)?.push(row);
    }
    const tables = new Map<string, CodeTable>();
    for (const head of heads) {
      const fresh = rows.get(head.name);
      const table = fresh ? new CodeTable(head, fresh) : this.#tables.get(head.name);
      if (table) tables.set(head.name, table);
    }
    this.#tables = tables;
    this.#asks = new Map();
    this.#version = version;
  }

  /**
   * Takes over what was changed in any process. To be asked after the rows to work on were read: whatever became due
   * with a change of codes is mapped with the new ones.
   */
  async refresh(sql: Sql): Promise<void> {
    if ((await crossrefsVersion(sql)) !== this.#version) await this.load(sql);
  }

  /** Says which state of the tables is looked up in; to be noted before a code is looked up, for `isStale`. */
  get version(): string {
    return this.#version;
  }

  /**
   * Whether somebody changed a table since `version`, the one that was looked up in; to be asked in the transaction
   * that lets something wait for a code. Whoever fills it in meanwhile either finds the wait or is seen here. The
   * version that is held by now would be no answer: another lane of this process may have read the tables again.
   */
  async isStale(sql: Sql, version: string): Promise<boolean> {
    await shareCrossrefs(sql);
    return (await crossrefsVersion(sql)) !== version;
  }

  /**
   * What our key is called in a connection on a business day (yyyy-MM-dd; absent: today); a row for every
   * connection serves when it has none of its own.
   */
  lookup(connection: string, table: string, key: string, date?: string): string | undefined {
    const ask = this.#ask(table);
    if (!ask) return undefined;
    const day = date ?? this.#today.day;
    return ask.table.value(connection, key, ask.value, day) ?? ask.table.value('', key, ask.value, day);
  }

  /** Our key for a connection's value on a business day, or the part of it that `table` names. */
  lookupBack(connection: string, table: string, value: string, date?: string): string | undefined {
    const ask = this.#ask(table);
    if (!ask) return undefined;
    const day = date ?? this.#today.day;
    const key = ask.table.key(connection, value, ask.value, day) ?? ask.table.key('', value, ask.value, day);
    return key === undefined || ask.key === undefined ? key : ask.table.partOf(key, ask.key);
  }

  /**
   * The rows of a table whose first key column is this and that hold on a business day (yyyy-MM-dd; absent: today),
   * column by column: what belongs to one bundle, one store, one supplier. Rows of the connection, else of all.
   */
  rows(connection: string, table: string, first: string, date?: string): Readonly<Record<string, string>>[] {
    const found = this.#tables.get(table);
    const day = date ?? this.#today.day;
    const own = found?.below(connection, first, day) ?? [];
    return own.length > 0 ? own : (found?.below('', first, day) ?? []);
  }

  #ask(name: string): Ask | undefined {
    let ask = this.#asks.get(name);
    if (ask === undefined) {
      ask = this.#resolve(name);
      this.#asks.set(name, ask);
    }
    return ask ?? undefined;
  }

  #resolve(name: string): Ask | null {
    const [head = '', ...columns] = name.split('.');
    const table = this.#tables.get(head);
    const [first] = table?.values ?? [];
    if (!table || first === undefined) return null;
    if (columns.some((column) => !table.values.includes(column) && !table.keys.includes(column))) return null;
    return {
      table,
      value: columns.find((column) => table.values.includes(column)) ?? first,
      key: columns.find((column) => table.keys.includes(column)),
    };
  }
}
