import { always, type Crossref } from '../ledger/crossrefs.ts';
import { joinKey } from '../model/codeKey.ts';
import { didYouMean, type Problem } from '../problems/index.ts';
import { type Column, plainName, readHeadings } from './columns.ts';
import type { Grid, GridRow } from './grid.ts';

/** A file of one code table, read and checked row by row. */
export interface Sheet {
  readonly table: string;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** In the order of the file; several rows of one key count in that order. */
  readonly rows: readonly Crossref[];
}

export type SheetResult =
  | { readonly ok: true; readonly sheet: Sheet }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface SheetOptions {
  /** As it is named to people. */
  readonly file: string;
  readonly table: string;
  /** Names a row may have under `connection`; absent: any. */
  readonly connections?: readonly string[];
}

/** Longest key or value, characters. */
const longestCell = 500;

/** Reads the rows of a code table. Everything that is wrong with any of them is told, with its row and column. */
export function readSheetOf(grid: Grid, options: SheetOptions): SheetResult {
  if (!grid.ok) return grid;
  const { file, table } = options;
  const problems: Problem[] = [];
  const tell = (row: number, at: number, code: string, message: string, hint?: string): void => {
    const problem = { file, line: row, column: at + 1, code, message };
    problems.push(hint === undefined ? problem : { ...problem, hint });
  };
  if (!plainName.test(table)) {
    tell(1, 0, 'crossref.name', `${table} is not a name for a table`, 'letters, digits, - and _');
  }
  const [first, ...body] = grid.rows;
  const headings = readHeadings(first?.cells ?? []);
  if (!headings.ok) {
    for (const { at, code, message, hint } of headings.wrong) tell(first?.row ?? 1, at, code, message, hint);
    return { ok: false, problems };
  }
  const reader = new RowReader(options, headings.columns, tell);
  const rows = body.flatMap((row) => reader.read(row));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, sheet: { table, keys: headings.keys, values: headings.values, rows } };
}

class RowReader {
  readonly #options: SheetOptions;
  readonly #columns: readonly Column[];
  readonly #tell: (row: number, at: number, code: string, message: string, hint?: string) => void;
  readonly #connections: ReadonlySet<string> | undefined;
  /** Row by what makes it one of its kind. */
  readonly #seen = new Map<string, number>();
  /** How many rows each key has so far. */
  readonly #ofKey = new Map<string, number>();

  constructor(
    options: SheetOptions,
    columns: readonly Column[],
    tell: (row: number, at: number, code: string, message: string, hint?: string) => void,
  ) {
    this.#options = options;
    this.#columns = columns;
    this.#tell = tell;
    this.#connections = options.connections && new Set(options.connections);
  }

  /** The row, or nothing when something about it is wrong. */
  read(row: GridRow): Crossref[] {
    let fine = true;
    const wrong = (at: number, code: string, message: string, hint?: string): void => {
      fine = false;
      this.#tell(row.row, at, code, message, hint);
    };
    for (const [at, why] of row.odd ?? []) wrong(at, 'crossref.cell', why);
    const extra = row.cells.findIndex((cell, at) => at >= this.#columns.length && cell !== '');
    if (extra >= 0) {
      const hint = 'put a cell that holds a comma into quotes';
      wrong(
        extra,
        'crossref.cells',
        `expected ${this.#columns.length} cells, found ${row.cells.length}`,
        hint,
      );
    }
    const told = this.#cells(row, wrong);
    this.#checkConnection(told, wrong);
    const { validFrom, validTo } = told;
    if (validFrom !== undefined && validTo !== undefined && validTo < validFrom) {
      wrong(
        this.#at('validTo'),
        'crossref.period',
        `it ends on ${validTo}, before it begins on ${validFrom}`,
      );
    }
    if (!fine) return [];
    const [value = '', ...others] = told.values;
    const key = joinKey(told.keys);
    const connection = told.connection ?? '';
    const names = this.#columns.flatMap((column) => (column.kind === 'value' ? [column.name] : []));
    const more = Object.fromEntries(
      others.flatMap((cell, index): [string, string][] =>
        cell === '' ? [] : [[names[index + 1] ?? '', cell]],
      ),
    );
    const from = validFrom ?? always;
    const earlier = this.#seen.get(JSON.stringify([connection, key, value, from]));
    if (earlier !== undefined) {
      wrong(0, 'crossref.twice', `this is row ${earlier} again: same connection, key, value and first day`);
      return [];
    }
    this.#seen.set(JSON.stringify([connection, key, value, from]), row.row);
    const place = JSON.stringify([connection, key]);
    const position = this.#ofKey.get(place) ?? 0;
    this.#ofKey.set(place, position + 1);
    const name = this.#options.table;
    return [{ name, connection, key, value, more, validFrom: from, validTo: validTo ?? null, position }];
  }

  #cells(row: GridRow, wrong: (at: number, code: string, message: string, hint?: string) => void): Told {
    const told: Told = { keys: [], values: [] };
    for (const [at, column] of this.#columns.entries()) {
      const cell = row.cells[at] ?? '';
      if ([...cell].length > longestCell) wrong(at, 'crossref.cell', `longer than ${longestCell} characters`);
      switch (column.kind) {
        case 'connection':
          told.connection = cell;
          break;
        case 'key':
          if (cell === '') wrong(at, 'crossref.empty', `${column.name} is empty`);
          told.keys.push(cell);
          break;
        case 'value':
          if (cell === '' && told.values.length === 0) wrong(at, 'crossref.empty', `${column.name} is empty`);
          told.values.push(cell);
          break;
        case 'validFrom':
        case 'validTo':
          if (cell === '') break;
          if (!isDay(cell))
            wrong(at, 'crossref.date', `${cell} is not a day`, 'expected for example 2026-11-01');
          told[column.kind] = cell;
          break;
        case 'author':
          // Told for people to read; who changes a row is who imports the file.
          break;
      }
    }
    return told;
  }

  #checkConnection(
    told: Told,
    wrong: (at: number, code: string, message: string, hint?: string) => void,
  ): void {
    const { connection = '' } = told;
    if (connection === '' || !this.#connections || this.#connections.has(connection)) return;
    const known = [...this.#connections];
    const hint = didYouMean(connection, known) ?? `there are ${known.join(', ')}; empty is all of them`;
    wrong(this.#at('connection'), 'crossref.connection', `there is no connection named ${connection}`, hint);
  }

  #at(kind: Column['kind']): number {
    return this.#columns.findIndex((column) => column.kind === kind);
  }
}

interface Told {
  connection?: string;
  readonly keys: string[];
  readonly values: string[];
  validFrom?: string;
  validTo?: string;
}

/** Whether a text is a day of the calendar, yyyy-MM-dd. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
