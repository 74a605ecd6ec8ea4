/** A YAML file that is safe to read, with the place of everything in it. */
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import { inOrder, type Problem } from '../problems/index.ts';
import { type Environment, Placeholders } from './variables.ts';

/** Of a configuration file. */
export const largestBytes = 1024 * 1024;
const mostAliases = 100;

export type Path = readonly (string | number)[];

export interface Source {
  readonly file: string;
  readonly text: string;
  /** The plain value, variables filled in. Not yet checked. */
  readonly value: unknown;
  /** A problem at the value (or, for `key`, at the name) that a path leads to, or at the nearest thing above. */
  problem(
    path: Path,
    code: string,
    message: string,
    options?: { hint?: string | undefined; key?: boolean },
  ): Problem;
}

export type SourceResult =
  | { readonly ok: true; readonly source: Source; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Parses YAML 1.2 (no tags, no merge keys, no duplicate keys, few aliases, at most 1 MB) and fills variables
 * in. A file that cannot be parsed gives `ok: false`; missing variables are problems beside a usable value, so
 * that everything else can still be checked.
 */
export function readSource(file: string, text: string, env: Environment): SourceResult {
  const whole = (code: string, message: string, hint?: string): SourceResult => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, code, message, ...(hint === undefined ? {} : { hint }) }],
  });
  if (Buffer.byteLength(text) > largestBytes)
    return whole('config.too-large', 'the file is larger than 1 MB');
  const placeholders = new Placeholders(text);
  const lines = new LineCounter();
  try {
    const document = parseDocument(placeholders.text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: false,
      version: '1.2',
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      const problems = faults.map((fault) => ({
        ...place(lines, file, fault.pos[0]),
        code: fault.code === 'DUPLICATE_KEY' ? 'config.duplicate-key' : 'config.yaml',
        message: sentence(placeholders.restore(fault.message)),
      }));
      return { ok: false, problems: inOrder(problems) };
    }
    const problems = fillIn(document.contents, placeholders, env, lines, file);
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    const source: Source = {
      file,
      text,
      value,
      problem: (path, code, message, { hint, key = false } = {}) => ({
        ...place(lines, file, offsetOf(document.contents, path, key)),
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      }),
    };
    return { ok: true, source, problems };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) {
      return whole(
        'config.aliases',
        `the file repeats itself more than ${mostAliases} times through aliases`,
      );
    }
    if (thrown instanceof RangeError) return whole('config.too-deep', 'the file is nested too deeply');
    throw thrown;
  }
}

function fillIn(
  contents: ParsedNode | null,
  placeholders: Placeholders,
  env: Environment,
  lines: LineCounter,
  file: string,
): Problem[] {
  const problems: Problem[] = [];
  visit(contents, {
    Scalar(role, node) {
      if (typeof node.value !== 'string' || !placeholders.isIn(node.value)) return;
      const at = place(lines, file, node.range?.[0] ?? 0);
      if (role === 'key') {
        const message = `a name cannot be a variable: ${placeholders.restore(node.value)}`;
        problems.push({ ...at, code: 'config.variable-name', message });
        return;
      }
      node.value = placeholders.fill(node.value, env, (name) => {
        const message = `the environment variable ${name} is not set`;
        const hint = `set it, or give a default: \${${name}:-value}`;
        problems.push({ ...at, code: 'config.missing-variable', message, hint });
      });
    },
  });
  return problems;
}

/** Where a path leads; as far as it leads when the rest does not exist. */
function offsetOf(contents: Node | null, path: Path, key: boolean): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) break;
      const last = index === path.length - 1;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      if (isNode(pair.value) && !(key && last)) offset = pair.value.range?.[0] ?? offset;
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      const item: unknown = node.items[Number(step)];
      if (!isNode(item)) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

function place(lines: LineCounter, file: string, offset: number): Pick<Problem, 'file' | 'line' | 'column'> {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

function sentence(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
