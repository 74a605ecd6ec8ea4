/**
 * Reads a mapping file: text → YAML nodes with places → document. Files come from repositories and uploads,
 * so everything that could hide or explode is refused with its place: other encodings, tabs, anchors and
 * aliases, tags, duplicate keys, more than 1 MB.
 */
import { isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import { decode, didYouMean, inOrder } from '../problems/index.ts';
import { checksum, readGrammar } from './grammar.ts';
import type { Located, MappingDocument, Position, Problem, ReadOptions, ReadResult } from './types.ts';

export const LARGEST_FILE = 1_000_000;
/** More levels than any mapping has; the parser's recursion stays far from the stack's end. */
const DEEPEST = 60;

/** A company's variant of a variant is plausible; more is a circle nobody meant. */
const LONGEST_CHAIN = 5;

/**
 * Reads one file. `file` is used in problems only. Bytes are decoded as UTF-8 and refused when they are not.
 * Every problem found is reported at once; `doc` is there, even with problems, as far as it was understood.
 * A file that extends another needs `options.base`; problems of the other name its own file.
 */
export function readMapping(file: string, text: string | Uint8Array, options: ReadOptions = {}): ReadResult {
  return readOne(file, text, options, []);
}

/** `chain`: names of the mappings that led here, each extending the next. */
function readOne(
  file: string,
  text: string | Uint8Array,
  options: ReadOptions,
  chain: readonly string[],
): ReadResult {
  const bytes = decode(file, text, LARGEST_FILE, 'mapping');
  if (!bytes.ok) return { ok: false, problems: [bytes.problem] };
  const decoded = bytes.text;
  const problems: Problem[] = [];
  checkCharacters(decoded, (code, message, at, hint) => {
    problems.push({ file, code, message, ...at, ...(hint === undefined ? {} : { hint }) });
  });
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) };

  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    const at = { line: Math.max(1, line), column: Math.max(1, col) };
    return chain.length === 0 ? at : { ...at, file };
  };
  const document = parseYaml(decoded, lines);
  if (document === undefined) {
    return {
      ok: false,
      problems: [
        { file, line: 1, column: 1, code: 'mapping.too-deep', message: 'the file is nested too deep' },
      ],
    };
  }
  for (const error of [...document.errors, ...document.warnings]) {
    const code =
      error.code === 'DUPLICATE_KEY'
        ? 'mapping.duplicate-key'
        : error.code === 'TAG_RESOLVE_FAILED'
          ? 'mapping.tag'
          : error.code === 'MULTIPLE_DOCS'
            ? 'mapping.several-documents'
            : 'mapping.yaml';
    const at = place(error.pos[0]);
    const message =
      code === 'mapping.duplicate-key'
        ? `the key ${keyAt(decoded, error.pos[0])} is written twice`
        : error.message;
    problems.push({ file, code, message: firstLower(message), ...at });
  }
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      problems.push({
        file,
        code: 'mapping.alias',
        message: 'aliases are not allowed in mappings',
        ...place(node.range?.[0] ?? 0),
      });
    } else if (isNode(node) && 'anchor' in node && node.anchor !== undefined) {
      problems.push({
        file,
        code: 'mapping.alias',
        message: 'anchors are not allowed in mappings',
        ...place(node.range?.[0] ?? 0),
      });
    }
  });
  const blocked = problems.some((problem) => problem.code !== 'mapping.duplicate-key');
  if (blocked) return { ok: false, problems: inOrder(problems) };

  const readBase = (name: Located<string>, asker: string): MappingDocument | undefined => {
    const found = options.base?.(name.value, asker);
    const refuse = (code: string, message: string, hint?: string): undefined => {
      problems.push({ file, code, message, ...name.at, ...(hint === undefined ? {} : { hint }) });
    };
    if (chain.includes(name.value) || chain.length >= LONGEST_CHAIN)
      return refuse('mapping.extends-circle', `${[...chain, name.value].join(' extends ')}: that never ends`);
    if (found === undefined)
      return refuse(
        'mapping.unknown-base',
        `there is no mapping ${name.value} to extend`,
        didYouMean(name.value, options.names ?? []),
      );
    const base = readOne(found.file, found.text, options, [...chain, name.value]);
    problems.push(...base.problems);
    return base.doc;
  };
  const version = checksum(decoded);
  const root = document.contents;
  const doc = readGrammar({ file, version, text: decoded, place, problems, root, base: readBase });
  if (doc === undefined) return { ok: false, problems: inOrder(problems) };
  return problems.length === 0
    ? { ok: true, doc, problems: [] }
    : { ok: false, doc, problems: inOrder(problems) };
}

function parseYaml(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      strict: true,
      uniqueKeys: true,
      version: '1.2',
      schema: 'core',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function checkCharacters(
  text: string,
  report: (code: string, message: string, at: Position, hint?: string) => void,
): void {
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const tab = /^[ -]*\t/.exec(line);
    if (tab !== null) {
      report(
        'mapping.tab',
        'a tab stands where YAML counts columns',
        { line: index + 1, column: tab[0].length },
        'Indent with spaces.',
      );
    }
    const control = /(?![\t\r])\p{Cc}|[\u2028\u2029]/u.exec(line);
    if (control !== null) {
      report('mapping.yaml', 'a control character is not allowed', {
        line: index + 1,
        column: control.index + 1,
      });
    }
    for (let at = 0; at < line.length; at++) {
      const character = line[at];
      if (character === '[' || character === '{') depth++;
      else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
      if (depth > DEEPEST) {
        report('mapping.too-deep', `brackets are nested more than ${DEEPEST} deep`, {
          line: index + 1,
          column: at + 1,
        });
        return;
      }
    }
  }
}

function keyAt(text: string, offset: number): string {
  return /^(?:"[^"\n]*"|'[^'\n]*'|[^:\s]+)/.exec(text.slice(offset, offset + 80))?.[0] ?? '';
}

function firstLower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
