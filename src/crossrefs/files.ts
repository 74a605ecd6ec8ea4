import { HubError } from '../errors.ts';
import { always, type Crossref, type CrossrefRow } from '../ledger/crossrefs.ts';
import { splitKey } from '../model/codeKey.ts';
import { formatProblem, type Problem } from '../problems/index.ts';
import { headingsOf } from './columns.ts';
import { type CsvEncoding, readCsv, writeCsv } from './csv.ts';
import type { Grid } from './grid.ts';
import { readSheetOf, type Sheet, type SheetOptions } from './sheet.ts';
import type { TableColumns } from './table.ts';
import { readXlsx, writeXlsx } from './xlsx.ts';

/** Kinds of files a code table can come from and go to. */
export type FileKind = 'csv' | 'xlsx';

/** The kind of a file by its name; undefined for any other. */
export function fileKind(name: string): FileKind | undefined {
  return /\.csv$/i.test(name) ? 'csv' : /\.xlsx$/i.test(name) ? 'xlsx' : undefined;
}

/**
 * Reads a code table from the bytes of a file. Throws `crossrefs.bad-file` with everything that is wrong, row by row.
 *
 * @param options.file as it is named to people; its ending says what it is
 */
export async function readTableFile(
  bytes: Uint8Array,
  options: SheetOptions & { readonly encoding?: CsvEncoding },
): Promise<Sheet> {
  const kind = fileKind(options.file);
  if (kind === undefined) {
    const expected = 'a file that ends in .csv or .xlsx';
    throw new HubError('crossrefs.bad-value', { what: 'The file', value: options.file, expected });
  }
  const grid: Grid =
    kind === 'csv' ? readCsv(options.file, bytes, options.encoding) : await readXlsx(options.file, bytes);
  const result = readSheetOf(grid, options);
  if (!result.ok) throw badFile(options.file, result.problems);
  return result.sheet;
}

/** Problems shown at once; a file of the wrong kind has one in every row. */
const shown = 50;

/** The error that lists what is wrong in a file. */
export function badFile(file: string, problems: readonly Problem[]): HubError<'crossrefs.bad-file'> {
  const lines = problems.slice(0, shown).map((problem) => formatProblem(problem, ''));
  if (problems.length > shown) lines.push(`… and ${problems.length - shown} more`);
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new HubError('crossrefs.bad-file', { file, count, list: lines.join('\n') });
}

/** Rows as cells, the headings first: what a file holds, and what an import takes back unchanged. */
export function tableCells(table: TableColumns, rows: readonly (Crossref | CrossrefRow)[]): string[][] {
  const [, ...others] = table.values;
  return [
    headingsOf(table.keys, table.values),
    // Days in the order they pass; rows of one day in the order in which they count.
    ...rows.map((row) => [
      row.connection,
      ...(splitKey(row.key, table.keys.length) ?? [row.key]),
      row.value,
      ...others.map((column) => row.more?.[column] ?? ''),
      row.validFrom === undefined || row.validFrom === always ? '' : row.validFrom,
      row.validTo ?? '',
      'author' in row ? row.author : '',
    ]),
  ];
}

/** A table as the bytes of a file; `forExcel` puts into CSV what tells Excel that it is UTF-8. */
export async function writeTableFile(
  kind: FileKind,
  table: TableColumns,
  rows: readonly CrossrefRow[],
  forExcel = true,
): Promise<Buffer> {
  const cells = tableCells(table, rows);
  return kind === 'xlsx' ? await writeXlsx(table.name, cells) : Buffer.from(writeCsv(cells, forExcel));
}
