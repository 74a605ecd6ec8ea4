/** CSV, read as a stream and written as a whole. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import type { FileObject } from './config.ts';
import type { RawRow } from './rows.ts';
import { decoder, encode } from './text.ts';

/** Longest row, characters: a quote that is never closed would otherwise read the rest of the file as one. */
const longestRow = 1_000_000;

/** The rows of a file one by one, with the line each ends on. What is no row is told, and the next one read. */
export async function* csvRows(
  source: Readable,
  { encoding, separator }: FileObject,
): AsyncGenerator<RawRow> {
  const bad: RawRow[] = [];
  const parser = parse({
    delimiter: separator,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    skip_records_with_error: true,
    on_skip: (error) => {
      const line = typeof error?.lines === 'number' ? error.lines : 0;
      bad.push({ line, problem: error?.message ?? 'it is no CSV' });
      return undefined;
    },
  });
  let failure: Error | null | undefined;
  // Ends all of them together; what went wrong is thrown where the rows are read.
  pipeline(source, decoder(encoding), parser, (error) => {
    failure = error;
  });
  try {
    for await (const read of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield* bad.splice(0);
      yield { line: read.info.lines, cells: read.record };
    }
  } finally {
    source.destroy();
  }
  yield* bad;
  if (failure) throw failure;
}

/** A file of rows, the names of the columns first. */
export function writeCsv(
  object: FileObject,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Buffer {
  const text = stringify([[...header], ...rows.map((row) => [...row])], {
    delimiter: object.separator,
    record_delimiter: 'windows',
  });
  return encode(text, object.encoding, object.write?.bom ?? false);
}
