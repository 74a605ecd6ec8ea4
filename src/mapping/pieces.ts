/** Several values in one text, with a separator between them. */
import { Refused } from './refused.ts';

/**
 * The piece with a number (from 0) of `count`; the last one is all that is left. Undefined when it is empty or the
 * text has fewer.
 */
export function pieceOf(text: string, separator: string, index: number, count: number): string | undefined {
  let start = 0;
  for (let at = 0; at < index; at++) {
    const next = text.indexOf(separator, start);
    if (next === -1) return undefined;
    start = next + separator.length;
  }
  const end = index === count - 1 ? -1 : text.indexOf(separator, start);
  const piece = end === -1 ? text.slice(start) : text.slice(start, end);
  return piece === '' ? undefined : piece;
}

/**
 * The pieces as one text: a missing one is empty, and those missing at the end are left out. Undefined when all are
 * missing. Refused when a piece other than the last contains the separator: it would come back as two.
 */
export function joinPieces(
  pieces: readonly (string | undefined)[],
  separator: string,
): string | undefined | Refused {
  const last = pieces.findLastIndex((piece) => piece !== undefined && piece !== '');
  if (last === -1) return undefined;
  const open = pieces.slice(0, pieces.length - 1).find((piece) => splits(piece ?? '', separator));
  if (open !== undefined) return new Refused(`contains the separator ${JSON.stringify(separator)}`);
  return pieces
    .slice(0, last + 1)
    .map((piece) => piece ?? '')
    .join(separator);
}

/** Whether a text would come back in two, put before a separator: `a-` before `--` does, too. */
export function splits(text: string, separator: string): boolean {
  return `${text}${separator}`.indexOf(separator) !== text.length;
}
