import { hintFor } from '../problems/index.ts';

/** What a column of a file means. */
export type Column =
  | { readonly kind: 'key' | 'value'; readonly name: string }
  | { readonly kind: 'connection' | 'validFrom' | 'validTo' | 'author' };

/** What the headings say, or what is wrong with one of them (`at` counts from 0). */
export type Headings =
  | {
      readonly ok: true;
      readonly columns: readonly Column[];
      readonly keys: readonly string[];
      readonly values: readonly string[];
    }
  | { readonly ok: false; readonly wrong: readonly HeadingProblem[] };

export interface HeadingProblem {
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const fixed = {
  connection: 'connection',
  valid_from: 'validFrom',
  valid_to: 'validTo',
  author: 'author',
} as const;
const chinese: Readonly<Record<string, string>> = {
  系统: 'connection',
  连接: 'connection',
  键: 'key',
  我方编码: 'key',
  值: 'value',
  对方编码: 'value',
  生效日期: 'valid_from',
  失效日期: 'valid_to',
  作者: 'author',
};

/** Names of tables and columns: letters of any script, digits, `-` and `_`; no dot, which parts a table from a column. */
export const plainName = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u;

/**
 * Reads the headings of a code table: `connection`, `key` or `key.<name>` for each key column, `value` or
 * `value.<name>` for each value column, and if wanted `valid_from`, `valid_to`, `author`.
 *
 * @example readHeadings(['connection', 'key.store', 'key.tax', 'value', 'value.account'])
 */
export function readHeadings(cells: readonly string[]): Headings {
  const columns: Column[] = [];
  const wrong: HeadingProblem[] = [];
  const seen = new Set<string>();
  const reserved = new Set<string>(Object.keys(fixed));
  for (const [at, cell] of cells.entries()) {
    const column = columnOf(cell.trim());
    if (column === undefined) {
      const names = [...reserved, 'key', 'value', 'key.<name>', 'value.<name>'];
      const message =
        cell.trim() === '' ? 'this column has no heading' : `${cell.trim()} is not a heading of a code table`;
      const hint = hintFor(cell.trim(), names);
      wrong.push({ at, code: 'crossref.heading', message, ...(hint === undefined ? {} : { hint }) });
      continue;
    }
    const name = 'name' in column ? column.name : column.kind;
    if (seen.has(name))
      wrong.push({ at, code: 'crossref.heading', message: `there is a column ${name} already` });
    seen.add(name);
    columns.push(column);
  }
  const named = (kind: 'key' | 'value'): string[] =>
    columns.flatMap((column) => (column.kind === kind ? [column.name] : []));
  const keys = named('key');
  const values = named('value');
  const missing = [
    ...(seen.has('connection') ? [] : ['connection']),
    ...(keys.length > 0 ? [] : ['key']),
    ...(values.length > 0 ? [] : ['value']),
  ];
  if (wrong.length === 0 && missing.length > 0) {
    const message = `the first row is to name the columns, and ${missing.join(' and ')} is not among them`;
    wrong.push({ at: 0, code: 'crossref.heading', message, hint: 'for example connection,key,value' });
  }
  return wrong.length > 0 ? { ok: false, wrong } : { ok: true, columns, keys, values };
}

function columnOf(told: string): Column | undefined {
  const [first = '', name, ...rest] = told.split('.');
  const kind = chinese[first] ?? first.toLowerCase().replaceAll(' ', '_');
  if (rest.length > 0) return undefined;
  if (kind === 'key' || kind === 'value') {
    if (name === undefined) return { kind, name: kind };
    return plainName.test(name) && !Object.hasOwn(fixed, name) ? { kind, name } : undefined;
  }
  if (name !== undefined || !Object.hasOwn(fixed, kind)) return undefined;
  return { kind: fixed[kind as keyof typeof fixed] };
}

/** The headings of a table, for files. */
export function headingsOf(keys: readonly string[], values: readonly string[]): string[] {
  const named = (kind: 'key' | 'value', name: string): string => (name === kind ? kind : `${kind}.${name}`);
  return [
    'connection',
    ...keys.map((name) => named('key', name)),
    ...values.map((name) => named('value', name)),
    'valid_from',
    'valid_to',
    'author',
  ];
}
