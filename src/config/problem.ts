import { maskLine } from './masking.ts';

/** Something wrong in a file somebody wrote, with the place to look at. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Stable code, e.g. `config.unknown-connection`. */
  readonly code: string;
  readonly message: string;
  /** What was expected, or the nearest right name. */
  readonly hint?: string;
}

/**
 * The problem as a terminal shows it: place, code and sentence, then the line itself with a caret below.
 * Secrets written into the line are masked.
 *
 * @example
 * hub.yaml:12:7 config.unknown-connection: there is no connection named epr (did you mean erp?)
 *    12 |       epr: { mapping: kingdee/order }
 *       |       ^^^
 */
export function formatProblem(problem: Problem, text: string): string {
  const { file, line, column, code, message, hint } = problem;
  const head = `${file}:${line}:${column} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  const source = maskLine(text.split(/\r?\n/), line - 1);
  if (source.trim() === '') return head;
  const number = String(line).padStart(5);
  const before = [...source.slice(0, column - 1)].map(blankOf).join('');
  const word = /^[\p{L}\p{N}_./${}-]+/u.exec(source.slice(column - 1))?.[0] ?? '';
  const carets = '^'.repeat(
    Math.max(
      1,
      [...word].reduce((width, char) => width + blankOf(char).length, 0),
    ),
  );
  return [head, `${number} | ${source}`, `${' '.repeat(5)} | ${before}${carets}`].join('\n');
}

/** Problems in the order of the file, each once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = `${problem.line}:${problem.column}:${problem.code}:${problem.message}`;
      return seen.has(key) ? false : seen.add(key);
    })
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** As wide as the character on a terminal: Chinese takes two columns, a tab stays a tab. */
function blankOf(char: string): string {
  if (char === '\t') return '\t';
  return (char.codePointAt(0) ?? 0) >= 0x1100 ? '  ' : ' ';
}
