/**
 * hub.yaml as it may be shown: secrets that somebody has written into it are hidden, variables stay. And back: a text
 * that was shown, changed by somebody, gets them back. And where in it a line and column lead. Pure.
 */
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { isSecretName } from '../security/redact.ts';
import { maskLine } from './masking.ts';
import { Placeholders } from './variables.ts';

/** Stands for a secret that is not shown. */
export const hidden = '***';

type Names = readonly string[];

/** Whether what stands there is a secret of a connection or subscription, or is called like one. */
function isSecretPlace(path: Names): boolean {
  const [section, , member] = path;
  if (section === 'connections' && member === 'secrets') return true;
  if (section === 'subscriptions' && (member === 'secret' || member === 'headers')) return true;
  return path.slice(2).some(isSecretName);
}

/** The text without secrets. A variable without a default is none. */
export function withoutSecrets(text: string): string {
  const placeholders = new Placeholders(text);
  const source = placeholders.text;
  const document = parseDocument(source, { version: '1.2' });
  if (document.errors.length > 0) {
    const lines = text.split('\n');
    return lines.map((_line, index) => maskLine(lines, index)).join('\n');
  }
  const cuts: [from: number, to: number][] = [];
  eachScalar(document.contents, (path, node) => {
    if (!isSecretPlace(path) || node.value === null || !node.range) return;
    const told = placeholders.restore(source.slice(node.range[0], node.range[1]));
    if (/^(["']?)\$\{[A-Za-z_][A-Za-z0-9_]*\}\1$/.test(told.trim())) return;
    cuts.push([node.range[0], node.range[1]]);
  });
  return placeholders.restore(replaced(source, cuts, () => `"${hidden}"`));
}

/** A text that was shown, with the secrets of the one it was made of. Those that were there before stay hidden texts. */
export function withSecretsOf(shown: string, original: string): string {
  if (!shown.includes(hidden)) return shown;
  const before = secretsIn(original);
  const placeholders = new Placeholders(shown);
  const source = placeholders.text;
  const document = parseDocument(source, { version: '1.2' });
  const cuts: [from: number, to: number, text: string][] = [];
  eachScalar(document.contents, (path, node) => {
    const known = node.value === hidden ? before.get(JSON.stringify(path)) : undefined;
    if (known !== undefined && node.range) cuts.push([node.range[0], node.range[1], known]);
  });
  return placeholders.restore(replaced(source, cuts, ([, , text]) => text));
}

/** Secret → how it is written. */
function secretsIn(text: string): Map<string, string> {
  const placeholders = new Placeholders(text);
  const source = placeholders.text;
  const found = new Map<string, string>();
  eachScalar(parseDocument(source, { version: '1.2' }).contents, (path, node) => {
    if (!isSecretPlace(path) || !node.range) return;
    const told = source.slice(node.range[0], node.range[1]);
    // It may come to stand in braces where it did not before: what is not plain anywhere is put in quotes.
    const isSafe = /^[\w.+=/-]+$/.test(told) || /^"[^"\\]*"$|^'[^']*'$/.test(told);
    const written = isSafe ? told : JSON.stringify(String(node.value));
    found.set(JSON.stringify(path), placeholders.restore(written));
  });
  return found;
}

/** Where a line and column lead, as names from the top: `connections`, `erp`, `config`. */
export function pathAt(text: string, line: number, column: number): string[] {
  const lines = new LineCounter();
  const document = parseDocument(new Placeholders(text).text, { lineCounter: lines, version: '1.2' });
  const start = lines.lineStarts[line - 1];
  if (start === undefined) return [];
  const offset = start + column - 1;
  let best: { path: string[]; size: number } = { path: [], size: Number.POSITIVE_INFINITY };
  const consider = (path: string[], from: number, to: number): void => {
    if (offset < from || offset > to || to - from > best.size) return;
    best = { path, size: to - from };
  };
  const walk = (node: unknown, path: string[]): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items as Pair<Node, Node>[]) {
        const inner = [...path, String(isScalar(key) ? key.value : key)];
        const from = key?.range?.[0];
        if (from !== undefined) consider(inner, from, value?.range?.[1] ?? key?.range?.[1] ?? from);
        walk(value, inner);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        const { range } = item as Node;
        if (range) consider([...path, String(index)], range[0], range[1]);
        walk(item, [...path, String(index)]);
      }
    }
  };
  walk(document.contents, []);
  return best.path;
}

export interface VariablePlace {
  readonly name: string;
  readonly path: readonly string[];
  /** Whose secret it is, `connections/erp`; null: it stands where everybody sees it. */
  readonly secretOf: string | null;
}

/** Every place a variable stands in. */
export function variablePlaces(text: string): VariablePlace[] {
  const placeholders = new Placeholders(text);
  const found: VariablePlace[] = [];
  eachScalar(parseDocument(placeholders.text, { version: '1.2' }).contents, (path, node) => {
    if (typeof node.value !== 'string' || !placeholders.isIn(node.value)) return;
    const secretOf = isSecretPlace(path) ? path.slice(0, 2).join('/') : null;
    for (const { name } of variablesIn(placeholders.restore(node.value)))
      found.push({ name, path, secretOf });
  });
  return found;
}

/**
 * Places of a proposed text whose variable would tell more than whoever proposes it may know: one that is set outside and
 * that the text before does not name, and that of a secret anywhere but at the same owner's secrets.
 */
export function variablesElsewhere(
  before: string,
  proposed: string,
  isSet: (name: string) => boolean,
): VariablePlace[] {
  const known = new Map<string, VariablePlace[]>();
  for (const one of variablePlaces(before)) known.set(one.name, [...(known.get(one.name) ?? []), one]);
  return variablePlaces(proposed).filter(({ name, secretOf }) => {
    const places = known.get(name);
    if (places === undefined) return isSet(name);
    const owners = places.flatMap((one) => (one.secretOf === null ? [] : [one.secretOf]));
    return owners.length > 0 && (secretOf === null || !owners.includes(secretOf));
  });
}

/** Variables a text names, in their order, each once; what stands in a comment is none. */
export function variablesIn(text: string): { readonly name: string; readonly hasDefault: boolean }[] {
  const found = new Map<string, boolean>();
  const written = [...new Lexer().lex(text)].filter((token) => !token.startsWith('#')).join('');
  for (const [, name, fallback] of written.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(:-[^}\n]*)?\}/g)) {
    if (name !== undefined) found.set(name, (found.get(name) ?? true) && fallback !== undefined);
  }
  return [...found].map(([name, hasDefault]) => ({ name, hasDefault }));
}

function eachScalar(
  contents: Node | null,
  tell: (path: Names, node: { value: unknown; range?: Node['range'] }) => void,
): void {
  visit(contents, {
    Scalar(role, node, above) {
      if (role === 'key') return;
      const path = above.flatMap((one, index): string[] => {
        if (isPair(one)) return [String(isScalar(one.key) ? one.key.value : one.key)];
        const next = above[index + 1] ?? node;
        return isSeq(one) ? [String(one.items.indexOf(next))] : [];
      });
      tell(path, node);
    },
  });
}

function replaced<Cut extends readonly [from: number, to: number, ...rest: unknown[]]>(
  source: string,
  cuts: readonly Cut[],
  by: (cut: Cut) => string,
): string {
  return cuts
    .toSorted(([a], [b]) => b - a)
    .reduce((text, cut) => text.slice(0, cut[0]) + by(cut) + text.slice(cut[1]), source);
}
