/**
 * A line of a file as it may be shown: problems quote the line they are in, and somebody may have written a
 * secret into it. Works on the text, so that it also works where YAML cannot be parsed. Widths stay.
 */
import { formatProblem, type Problem } from '../problems/index.ts';
import { isSecretName } from '../security/redact.ts';

const pair =
  /(["']?)([\w-]+)\1(\s*:\s+|:\s*(?=\{))("[^"]*"?|'[^']*'?|\$\{[^}]*\}|\[(?:\$\{[^}]*\}|[^\]{}])*\]?|[^\s,{}[\]#][^,{}[\]#]*)?/g;

/** @param index of the line, from 0 */
export function maskLine(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  let secretsUntil = isInsideSecrets(lines, index) ? line.length : -1;
  if (secretsUntil > 0 && /^\s*-\s+(?!\$\{|["']?\$\{)/.test(line)) {
    return line.replace(
      /^(\s*-\s+)(.*)$/,
      (_whole, dash: string, value: string) => dash + '*'.repeat(value.length),
    );
  }
  return line.replace(pair, (whole, quote: string, name: string, colon: string, value = '', at: number) => {
    if (value === '' && isSecretName(name)) {
      const close = line.indexOf('}', at);
      const open = line
        .slice(at + whole.length)
        .trimStart()
        .startsWith('{');
      secretsUntil = Math.max(secretsUntil, open && close >= 0 ? close : line.length);
      return whole;
    }
    const hidden = value !== '' && !value.startsWith('${') && (isSecretName(name) || at < secretsUntil);
    return hidden ? `${quote}${name}${quote}${colon}${'*'.repeat(value.length)}` : whole;
  });
}

/** Whether a less indented line above opens a block with a secret name. */
function isInsideSecrets(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index] ?? '');
  for (let above = index - 1; above >= 0 && indent > 0; above--) {
    const line = lines[above] ?? '';
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    const opens = /^\s*["']?([\w-]+)["']?\s*:/.exec(line)?.[1];
    if (opens !== undefined && isSecretName(opens)) return true;
  }
  return false;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** A problem of hub.yaml as a terminal shows it: like any other, with secrets in the line masked. */
export function formatConfigProblem(problem: Problem, text: string): string {
  return formatProblem(problem, text, maskLine);
}
