import { always, type CrossrefRow, type CrossrefTable } from '../ledger/crossrefs.ts';
import { splitKey } from '../model/codeKey.ts';

/** One code table in memory, to be asked both ways. */
export class CodeTable {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly version: number;
  readonly #forward = new Map<string, CrossrefRow[]>();
  /** Keys by connection and first key column. */
  #byFirst: Map<string, string[]> | undefined;
  /** By value column. */
  readonly #back = new Map<string, Map<string, CrossrefRow[]>>();

  /** @param rows for each key the one that counts first is first */
  constructor(table: CrossrefTable, rows: readonly CrossrefRow[]) {
    this.keys = table.keys;
    this.values = table.values;
    this.version = table.version;
    for (const row of rows) {
      add(this.#forward, row.connection, row.key, row);
      for (const column of this.values) {
        const value = this.#valueOf(row, column);
        if (!value) continue;
        const back = this.#back.get(column) ?? new Map<string, CrossrefRow[]>();
        this.#back.set(column, back);
        add(back, row.connection, value, row);
      }
    }
    // A code that was given to another key counts for that one from then on; within a day the first key counts.
    for (const back of this.#back.values()) {
      for (const list of back.values()) {
        if (list.length > 1)
          list.sort((a, b) => (a.validFrom > b.validFrom ? -1 : a.validFrom < b.validFrom ? 1 : 0));
      }
    }
  }

  /** The value of a column for a key on a day (yyyy-MM-dd). */
  value(connection: string, key: string, column: string, day: string): string | undefined {
    const row = inForce(this.#forward.get(address(connection, key)), day);
    return row && (this.#valueOf(row, column) || undefined);
  }

  /** The rows that hold on a day and whose first key column is this, with all their columns. */
  below(connection: string, first: string, day: string): Readonly<Record<string, string>>[] {
    this.#byFirst ??= this.#indexByFirst();
    return (this.#byFirst.get(address(connection, first)) ?? []).flatMap((key) => {
      const row = inForce(this.#forward.get(address(connection, key)), day);
      const parts = splitKey(key, this.keys.length);
      if (!row || !parts) return [];
      const cells: Record<string, string> = {};
      for (const [index, name] of this.keys.entries()) cells[name] = parts[index] ?? '';
      for (const name of this.values) cells[name] = this.#valueOf(row, name) ?? '';
      return [cells];
    });
  }

  /** Keys by their first column; made when it is asked for, most tables never are. */
  #indexByFirst(): Map<string, string[]> {
    const index = new Map<string, string[]>();
    for (const rows of this.#forward.values()) {
      for (const { connection, key } of rows.slice(0, 1)) {
        const at = address(connection, splitKey(key, this.keys.length)?.[0] ?? key);
        const keys = index.get(at);
        if (keys) keys.push(key);
        else index.set(at, [key]);
      }
    }
    return index;
  }

  /** The key whose column has this value on a day. */
  key(connection: string, value: string, column: string, day: string): string | undefined {
    return inForce(this.#back.get(column)?.get(address(connection, value)), day)?.key;
  }

  /** One column of a key. */
  partOf(key: string, column: string): string | undefined {
    return splitKey(key, this.keys.length)?.[this.keys.indexOf(column)];
  }

  #valueOf(row: CrossrefRow, column: string): string | undefined {
    if (column === this.values[0]) return row.value;
    return Object.hasOwn(row.more, column) ? row.more[column] : undefined;
  }
}

/** The first of the rows that holds on a day. */
function inForce(rows: readonly CrossrefRow[] | undefined, day: string): CrossrefRow | undefined {
  if (!rows) return undefined;
  for (const row of rows) {
    if (row.validFrom !== always && row.validFrom > day) continue;
    if (row.validTo === null || row.validTo >= day) return row;
  }
  return undefined;
}

function add(map: Map<string, CrossrefRow[]>, connection: string, code: string, row: CrossrefRow): void {
  const at = address(connection, code);
  const list = map.get(at);
  if (list) list.push(row);
  else map.set(at, [row]);
}

function address(connection: string, code: string): string {
  return `${connection}\u0000${code}`;
}
