import type { Problem } from '../problems/index.ts';

/** One row of a file as text cells, with the number people see beside it. */
export interface GridRow {
  readonly row: number;
  readonly cells: readonly string[];
  /** Cells that are no text and cannot be taken for one, by index. */
  readonly odd?: ReadonlyMap<number, string>;
}

/** What a file holds before anything is known of its columns. */
export type Grid =
  | { readonly ok: true; readonly rows: readonly GridRow[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Largest file that is read, bytes. */
export const largestFile = 10 * 1024 * 1024;
/** Most rows of a file. */
export const mostRows = 200_000;

export function unreadable(file: string, message: string, hint?: string, row = 1): Grid {
  const problem = { file, line: row, column: 1, code: 'crossref.unreadable', message };
  return { ok: false, problems: [hint === undefined ? problem : { ...problem, hint }] };
}
