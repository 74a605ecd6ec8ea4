/** Cells copied from Excel or another table, as the CSV an import takes. Pure. */

/** Rows of cells: parted by tabs as spreadsheets copy them, or by commas. Quoted cells may hold both, and line breaks. */
export function cellsOf(text: string): string[][] {
  const separator = text.includes('\t') ? '\t' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = (): void => {
    row.push(cell.trim());
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    if (row.some((one) => one !== '')) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
    } else if (character === separator) endCell();
    else if (character === '\n') endRow();
    else if (character !== '\r') cell += character;
  }
  endRow();
  return rows;
}

/** The columns of a code table. */
export interface TableColumns {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** What is pasted with its headings; `wrong`: how many columns were expected, where it has others. */
export type Pasted =
  | { readonly ok: true; readonly cells: readonly (readonly string[])[] }
  | { readonly ok: false; readonly expected: readonly string[]; readonly found: number };

const ownHeadings =
  /^(?:connection|key|value|valid[_ ]from|valid[_ ]to|author|系统|连接|键|我方编码|值|对方编码|生效日期|失效日期|作者)(?:\.|$)/i;

/**
 * Gives pasted cells the headings an import asks for. Cells that have them stay as they are; without a column for the
 * connection all are of the one that is given.
 */
export function withHeadings(
  cells: readonly (readonly string[])[],
  { keys, values }: TableColumns,
  connection: string,
): Pasted {
  const headings = headingsOf({ keys, values });
  const [first = []] = cells;
  if (first.every((cell) => cell !== '' && ownHeadings.test(cell))) {
    const hasConnection = first.some((cell) => /^(?:connection|系统|连接)$/i.test(cell));
    if (hasConnection) return { ok: true, cells };
    return { ok: true, cells: cells.map((row, at) => [at === 0 ? 'connection' : connection, ...row]) };
  }
  const width = Math.max(...cells.map((row) => row.length), 0);
  const filled = cells.map((row) => [...row, ...Array<string>(width - row.length).fill('')]);
  if (width === headings.length) return { ok: true, cells: [headings, ...filled] };
  if (width === headings.length - 1)
    return { ok: true, cells: [headings, ...filled.map((row) => [connection, ...row])] };
  return { ok: false, expected: headings, found: width };
}

/** The headings of a table: `key` and `value` where a column bears no other name. */
export function headingsOf({ keys, values }: TableColumns): string[] {
  const named = (kind: 'key' | 'value', name: string): string => (name === kind ? kind : `${kind}.${name}`);
  return [
    'connection',
    ...keys.map((name) => named('key', name)),
    ...values.map((name) => named('value', name)),
  ];
}

export function csvOf(cells: readonly (readonly string[])[]): string {
  const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${cells.map((row) => row.map(quoted).join(',')).join('\n')}\n`;
}

/** One key of several parts, as the API has it: with a bar between them. */
export function joinKey(parts: readonly string[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|');
}

/** The parts of a key of `count` columns; all of it as the first one when it has another number of them. */
export function splitKey(key: string, count: number): string[] {
  if (count === 1) return [key];
  const parts = [...key.matchAll(/(?:\\[\s\S]|[^|\\])*(?:\||$)/g)]
    .map(([part]) => part)
    .slice(0, count)
    .map((part) => part.replace(/\|$/, '').replace(/\\([\s\S])/g, '$1'));
  return parts.length === count ? parts : [key];
}
