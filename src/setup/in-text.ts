import type { Problem, Source } from '../config/index.ts';

/** The problem of a text moved to a character of it, where the file shows that text as it is. */
export function inText(
  source: Pick<Source, 'text'>,
  problem: Problem,
  text: string,
  offset: number,
): Problem {
  const lines = source.text.split(/\r?\n/);
  const line = lines[problem.line - 1] ?? '';
  const first = line[problem.column - 1];
  if (first === '|' || first === '>') {
    const before = text.slice(0, offset).split('\n');
    const own = text.split('\n')[before.length - 1] ?? '';
    const below = lines[problem.line - 1 + before.length] ?? '';
    const at = below.indexOf(own);
    if (first === '>' || at < 0) return problem;
    return { ...problem, line: problem.line + before.length, column: at + (before.at(-1)?.length ?? 0) + 1 };
  }
  const start = problem.column - 1 + (first === '"' || first === "'" ? 1 : 0);
  return line.startsWith(text.slice(0, offset), start) ? { ...problem, column: start + offset + 1 } : problem;
}
