import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { reasonOf } from '../errors.ts';
import { type Grid, type GridRow, largestFile, mostRows, unreadable } from './grid.ts';

/** Encodings a CSV file may have; Excel in Chinese saves `CSV` as GB18030 and `CSV UTF-8` as what it says. */
export type CsvEncoding = 'utf-8' | 'gb18030';

const parsedRows = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/**
 * Reads CSV: commas, quotes where needed, lines that begin with `#` are remarks, empty lines are skipped. A byte
 * order mark is fine. Bytes that are not of the encoding are refused, never guessed.
 */
export function readCsv(file: string, bytes: Uint8Array, encoding: CsvEncoding = 'utf-8'): Grid {
  if (bytes.length > largestFile) return unreadable(file, `the file is larger than ${largestFile} bytes`);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // The decoder tells no place; which encoding it is, only the writer of the file knows.
    const hint = 'save it as CSV UTF-8, or say --encoding gb18030 if Excel in Chinese saved it as CSV';
    return unreadable(file, `the file is not ${encoding.toUpperCase()}`, hint);
  }
  if (text.includes('\u0000')) return unreadable(file, 'the file is not a text file');
  try {
    const parsed = parse(text, {
      comment: '#',
      comment_no_infix: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: mostRows + 2,
      max_record_size: 65_536,
    });
    const records = parsedRows.parse(parsed);
    if (records.length > mostRows + 1) return unreadable(file, `the file has more than ${mostRows} rows`);
    return {
      ok: true,
      rows: records.map(({ record, info }): GridRow => ({ row: info.lines, cells: record })),
    };
  } catch (error) {
    const row = error instanceof CsvError && typeof error.lines === 'number' ? error.lines : 1;
    return unreadable(file, `the file is not CSV: ${reasonOf(error).slice(0, 200)}`, undefined, row);
  }
}

/** CSV of rows of cells. `forExcel` puts the byte order mark before it, by which Excel knows UTF-8. */
export function writeCsv(rows: readonly (readonly string[])[], forExcel: boolean): string {
  return stringify(
    rows.map((row) => [...row]),
    { bom: forExcel },
  );
}
