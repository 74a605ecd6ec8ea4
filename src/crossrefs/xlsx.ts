import { readSheet } from 'read-excel-file/node';
import writeSheet from 'write-excel-file/node';
import { reasonOf } from '../errors.ts';
import { type Grid, type GridRow, largestFile, mostRows, unreadable } from './grid.ts';

/** A number as the file has it, digit for digit. */
class NumberCell {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads the first sheet of an Excel file (.xlsx). Numbers are taken as they are written in the file; one that
 * Excel no longer knows exactly, a date where a code should be and the like are told with their cell.
 */
export async function readXlsx(file: string, bytes: Uint8Array): Promise<Grid> {
  if (bytes.length > largestFile) return unreadable(file, `the file is larger than ${largestFile} bytes`);
  let sheet: readonly (readonly unknown[])[];
  try {
    // Not as JavaScript numbers: a code is no quantity, and 0.13 is to stay 0.13.
    const parseNumber = (text: string): NumberCell => new NumberCell(text);
    sheet = await readSheet<NumberCell>(Buffer.from(bytes), 1, { parseNumber });
  } catch (error) {
    return unreadable(file, `the file is not an Excel workbook (.xlsx): ${reasonOf(error)}`);
  }
  if (sheet.length > mostRows + 1) return unreadable(file, `the file has more than ${mostRows} rows`);
  const rows: GridRow[] = [];
  for (const [index, cells] of sheet.entries()) {
    const odd = new Map<number, string>();
    const texts = cells.map((cell, at) => textOf(cell, (why) => odd.set(at, why)));
    if (texts.every((text) => text === '') || texts[0]?.startsWith('#')) continue;
    rows.push({ row: index + 1, cells: texts, ...(odd.size > 0 ? { odd } : {}) });
  }
  return { ok: true, rows };
}

function textOf(cell: unknown, refuse: (why: string) => void): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell.trim();
  // Excel keeps a day as its midnight.
  if (cell instanceof Date) return cell.toISOString().replace('T00:00:00.000Z', '');
  if (cell instanceof NumberCell) {
    if (!/^-?\d{1,15}(\.\d+)?$/.test(cell.text)) {
      refuse(
        `${cell.text} is a number Excel does not keep digit for digit; format the cell as text and enter it again`,
      );
    }
    return cell.text;
  }
  refuse(`${String(cell)} is not text; format the cell as text`);
  return String(cell);
}

/** An Excel file (.xlsx) of one sheet with a heading row. Every cell is text, so that 001 stays 001. */
export async function writeXlsx(name: string, rows: readonly (readonly string[])[]): Promise<Buffer> {
  const data = rows.map((row, index) =>
    row.map((value) => {
      if (value === '') return null;
      return { value, type: String, ...(index === 0 ? { fontWeight: 'bold' as const } : {}) };
    }),
  );
  const columns = (rows[0] ?? []).map(() => ({ width: 18 }));
  return await writeSheet(data, { sheet: name.slice(0, 31), columns, stickyRowsCount: 1 }).toBuffer();
}
