/** Problems as a terminal shows them. */
import type { Problem } from './types.ts';

const LONGEST_LINE = 120;

/**
 * `file:line:column code message`, then the source line with a caret under the place, then the hint.
 * `sourceText` is the text of `problem.file`; without the line (binary, too large) only the message is shown.
 */
export function formatProblem(problem: Problem, sourceText: string): string {
  const rows = [`${problem.file}:${problem.line}:${problem.column} ${problem.code}: ${problem.message}`];
  const line = lineOf(sourceText, problem.line);
  if (line !== undefined) {
    const start = problem.column > LONGEST_LINE - 20 ? problem.column - 60 : 0;
    const shown = line.slice(start, start + LONGEST_LINE).replace(/(?!\t)\p{Cc}/gu, '?');
    const margin = `${problem.line} | `;
    const before = shown.slice(0, problem.column - 1 - start);
    rows.push(`  ${margin}${shown.replace(/\t/g, ' ')}`);
    rows.push(`  ${' '.repeat(margin.length + displayWidth(before))}^`);
  }
  if (problem.hint !== undefined) rows.push(`  ${problem.hint}`);
  return rows.join('\n');
}

/** Problems in the order of the file. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let current = 1; current < line; current++) {
    const next = text.indexOf('\n', start);
    if (next === -1) return undefined;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
}

/** Chinese characters and full-width forms take two columns in a terminal. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
