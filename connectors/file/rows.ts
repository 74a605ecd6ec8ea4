/** Rows of a file as objects: columns by their names, and what is wrong with a row said with its line. */
import type { JsonObject } from '../kit/index.ts';
import type { FileConfig, FileObject } from './config.ts';
import { csvRows } from './csv.ts';
import type { Place } from './place.ts';
import { isGarbled } from './text.ts';
import { xlsxRows } from './xlsx.ts';

/** A row as the format has it. */
export type RawRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** A row as an object, or why it is none. */
export type Row =
  | { readonly line: number; readonly id: string; readonly body: JsonObject }
  | { readonly line: number; readonly problem: string };

/** Rows of a file after its heading, in order. Throws ConnectorError when the file cannot be read (any more). */
export async function* rowsOf(
  place: Place,
  name: string,
  object: FileObject,
  { largestExcel }: Pick<FileConfig, 'largestExcel'>,
): AsyncGenerator<Row> {
  const source = await place.read(name);
  const raw = object.format === 'csv' ? csvRows(source, object) : xlsxRows(source, object, largestExcel);
  let header: readonly string[] | undefined;
  let count = 0;
  for await (const row of raw) {
    count++;
    if ('problem' in row) yield row;
    else if (header === undefined) {
      if (object.format === 'csv' ? count < object.headingRow : row.line < object.headingRow) continue;
      const told = row.cells.map((cell) => cell.trim());
      const problem = wrongWithHeader(told, object);
      if (problem !== undefined) {
        yield { line: row.line, problem };
        return;
      }
      header = told;
    } else yield asObject(row, header, object);
  }
  if (header === undefined && count > 0)
    yield { line: 1, problem: 'the file has no row with the names of the columns' };
}

function wrongWithHeader(
  header: readonly string[],
  { id, columns = [], encoding }: FileObject,
): string | undefined {
  if (header.some((name) => isGarbled(name, encoding))) return wrongEncoding;
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at);
  if (twice !== undefined) return `two columns are named ${twice}: rename one`;
  const missing = [...id, ...columns].find((name) => !header.includes(name));
  if (missing === undefined) return undefined;
  return `there is no column ${missing} (it has ${header.join(', ').slice(0, 300)}): correct the file, or encoding, id and columns`;
}

const wrongEncoding =
  'it holds bytes that are not of this encoding: set encoding to what the file is written in';

function asObject(
  row: Extract<RawRow, { readonly cells: readonly string[] }>,
  header: readonly string[],
  { id: key, format, encoding }: FileObject,
): Row {
  const { line, cells } = row;
  const extra = cells.slice(header.length).some((cell) => cell !== '');
  // Excel leaves empty cells at the end out.
  if (extra || (format === 'csv' && cells.length < header.length))
    return { line, problem: `it has ${cells.length} columns where the heading has ${header.length}` };
  const named = header.flatMap((name, at): [string, string][] =>
    name === '' ? [] : [[name, cells[at]?.trim() ?? '']],
  );
  const body = Object.fromEntries(named);
  if (named.some(([, cell]) => isGarbled(cell, encoding))) return { line, problem: wrongEncoding };
  if (named.some(([, cell]) => cell.includes('\0')))
    return { line, problem: 'it holds NUL, which no text has' };
  const id = idOf(body, key);
  if (id === undefined)
    return { line, problem: `${key.find((name) => !body[name])} is empty, and it tells the objects apart` };
  return { line, id, body };
}

/** The remote id of a row; undefined when part of it is empty. */
export function idOf(body: JsonObject, key: readonly string[]): string | undefined {
  const parts = key.map((name) => textOf(body[name]));
  if (parts.some((part) => part === '')) return undefined;
  return parts.length === 1 ? parts[0] : parts.map(encodeURIComponent).join('/');
}

/** A value as a cell holds it. */
export function textOf(value: JsonObject[string] | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
