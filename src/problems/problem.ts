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
  /** A warning is worth a look and stops nothing. Default: error. */
  readonly severity?: Severity;
}

export type Severity = 'error' | 'warning';

/** Whether a problem must be put right before anything runs. */
export function isError(problem: Problem): boolean {
  return problem.severity !== 'warning';
}

/** A line longer than this is shown from a little before the place. */
const longestLine = 120;

/**
 * The problem as a terminal shows it: place, code and sentence, then the line itself with carets below.
 * `shown` gives a line (from 0) as it may be shown; files with secrets mask it.
 *
 * @example
 * hub.yaml:12:7 config.unknown-connection: there is no connection named epr (did you mean erp?)
 *    12 |       epr: { mapping: kingdee/order }
 *       |       ^^^
 */
export function formatProblem(
  problem: Problem,
  text: string,
  shown: (lines: readonly string[], index: number) => string = (lines, index) => lines[index] ?? '',
): string {
  const { file, line, column, code, message, hint } = problem;
  const kind = isError(problem) ? '' : 'warning ';
  const head = `${file}:${line}:${column} ${kind}${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  const whole = shown(text.split(/\r?\n/), line - 1);
  const start = column > longestLine - 20 ? column - 60 : 0;
  const source = whole.slice(start, start + longestLine).replace(/(?!\t)\p{Cc}/gu, '?');
  if (source.trim() === '') return head;
  const number = String(line).padStart(5);
  const at = column - 1 - start;
  const before = [...source.slice(0, at)].map(blankOf).join('');
  const word = /^[\p{L}\p{N}_./${}-]+/u.exec(source.slice(at))?.[0] ?? '';
  const width = [...word].reduce((sum, char) => sum + blankOf(char).length, 0);
  return [
    head,
    `${number} | ${source}`,
    `${' '.repeat(5)} | ${before}${'^'.repeat(Math.max(1, width))}`,
  ].join('\n');
}

/** What `--json` prints and an API may answer: every problem with every field, and whether anything must be put right. */
export interface ProblemReport {
  readonly ok: boolean;
  readonly problems: readonly (Omit<Problem, 'hint' | 'severity'> & {
    readonly hint: string | null;
    readonly severity: Severity;
  })[];
}

/** Problems as one JSON document; `ok` is false as soon as one is an error. */
export function problemReport(problems: readonly Problem[]): ProblemReport {
  return {
    ok: !problems.some(isError),
    problems: problems.map(({ file, line, column, code, message, hint, severity }) => ({
      file,
      line,
      column,
      code,
      message,
      hint: hint ?? null,
      severity: severity ?? 'error',
    })),
  };
}

/** Problems in the order of their files, each once; files in the order they first appear. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const files = [...new Set(problems.map((problem) => problem.file))];
  return problems
    .filter((problem) => {
      const key = `${problem.file}:${problem.line}:${problem.column}:${problem.code}:${problem.message}`;
      return seen.has(key) ? false : seen.add(key);
    })
    .toSorted(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
}

/** As wide as the character on a terminal: Chinese takes two columns, a tab stays a tab. */
function blankOf(char: string): string {
  if (char === '\t') return '\t';
  return (char.codePointAt(0) ?? 0) >= 0x1100 ? '  ' : ' ';
}
