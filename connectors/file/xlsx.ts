/** Excel files (.xlsx), read and written as a whole. */
import type { Readable } from 'node:stream';
import type { FileObject } from './config.ts';
import type { RawRow } from './rows.ts';

/** A number as the file has it, digit for digit. */
class NumberCell {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The rows of a sheet, with their numbers. Numbers are told digit for digit, days as 2026-11-01, times in UTC. */
export async function* xlsxRows(
  source: Readable,
  { sheet }: FileObject,
  largest: number,
): AsyncGenerator<RawRow> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of source as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) {
      source.destroy();
      yield {
        line: 1,
        problem: `the file is larger than ${largest} bytes: split it, give it as CSV, or raise largestExcel`,
      };
      return;
    }
    parts.push(part);
  }
  let rows: readonly (readonly unknown[])[];
  try {
    // Loaded by those who use it: it takes a while.
    const { readSheet } = await import('read-excel-file/node');
    const parseNumber = (text: string): NumberCell => new NumberCell(text);
    rows = await readSheet<NumberCell>(Buffer.concat(parts), sheet, { parseNumber });
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
    yield { line: 1, problem: `it is no Excel workbook (.xlsx) with this sheet: ${why}` };
    return;
  }
  for (const [index, cells] of rows.entries()) {
    const texts = cells.map(textOf);
    if (texts.some((text) => text !== '')) yield { line: index + 1, cells: texts };
  }
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof NumberCell) return plainNumber(cell.text);
  if (cell instanceof Date) return cell.toISOString().replace('T00:00:00.000Z', '');
  return String(cell);
}

/** Excel writes 0.1 as 0.10000000000000001 and large numbers with an exponent: what is shown there has 15 digits. */
function plainNumber(text: string): string {
  if (/^-?\d{1,15}$/.test(text) || !Number.isFinite(Number(text))) return text;
  const rounded = Number(Number(text).toPrecision(15));
  const short = String(rounded);
  return short.includes('e')
    ? rounded.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : short;
}

/** A workbook of one sheet. Every cell is text, so that 001 stays 001, but for those Excel is to reckon with. */
export async function writeXlsx(
  object: FileObject,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<Buffer> {
  const asNumbers = header.map((column) => object.numbers.includes(column));
  const heading = header.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  const data = rows.map((row) =>
    row.map((value, at) => {
      if (value === '') return null;
      // More digits than Excel keeps stay text.
      const isNumber =
        asNumbers[at] === true && /^-?\d+(\.\d+)?$/.test(value) && value.replace(/\D/g, '').length <= 15;
      return isNumber ? { value: Number(value), type: Number } : { value, type: String };
    }),
  );
  const { default: writeSheet } = await import('write-excel-file/node');
  const name = typeof object.sheet === 'string' ? object.sheet : 'Sheet1';
  return writeSheet([heading, ...data], { sheet: name, stickyRowsCount: 1 }).toBuffer();
}
