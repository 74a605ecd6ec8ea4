/** Reading YAML nodes with their places: what every rule of the grammar stands on. */
import {
  Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type Scalar as YamlScalar,
} from 'yaml';
import { didYouMean } from '../problems/index.ts';
import type { ExpressionText, Json, Located, Position, Problem, Scalar } from './types.ts';

export const DIRECTIONS = ['in', 'out', 'both'] as const;

export interface Entry {
  readonly name: string;
  readonly keyAt: Position;
  /** Null when nothing is written after the colon. */
  readonly node: Node | null;
}

export class Nodes {
  readonly #file: string;
  readonly #text: string;
  readonly #place: (offset: number) => Position;
  readonly #problems: Problem[];

  constructor(file: string, text: string, place: (offset: number) => Position, problems: Problem[]) {
    this.#file = file;
    this.#text = text;
    this.#place = place;
    this.#problems = problems;
  }

  report(code: string, at: Position, message: string, hint?: string): void {
    this.#problems.push({ file: this.#file, code, message, ...at, ...(hint === undefined ? {} : { hint }) });
  }

  at(node: Node | null | undefined): Position {
    return this.#place(node?.range?.[0] ?? 0);
  }

  /** The entries of a mapping node; undefined and a problem when it is something else. */
  entries(node: Node | null | undefined, what: string, otherwise: Position): Entry[] | undefined {
    if (!isMap(node)) {
      this.report(
        'mapping.wrong-shape',
        node == null ? otherwise : this.at(node),
        `${what} must be a set of "name: value" lines`,
      );
      return undefined;
    }
    return this.#pairs(node);
  }

  #pairs(map: YAMLMap): Entry[] {
    const entries: Entry[] = [];
    for (const pair of map.items as Pair<unknown, unknown>[]) {
      if (!isPair(pair) || !isScalar(pair.key)) {
        this.report('mapping.wrong-shape', this.at(map), 'a key must be a plain word');
        continue;
      }
      const key = pair.key as YamlScalar & Node;
      const node = pair.value as Node | null;
      entries.push({ name: this.#spelling(key), keyAt: this.at(key), node });
    }
    return entries;
  }

  /** Reports entries that are not in `known`, with the nearest right name. */
  unknown(entries: readonly Entry[], known: readonly string[], what: string): void {
    for (const entry of entries) {
      if (known.includes(entry.name)) continue;
      const hint = didYouMean(entry.name, known) ?? `Known here: ${known.join(', ')}.`;
      this.report('mapping.unknown-key', entry.keyAt, `${what} has no option ${entry.name}`, hint);
    }
  }

  /** A single text; numbers and words like `true` are taken as written. */
  text(entry: Entry, what: string): Located<string> | undefined {
    if (!isScalar(entry.node) || entry.node.value === null || entry.node.value === '') {
      this.report(
        'mapping.wrong-shape',
        entry.node === null ? entry.keyAt : this.at(entry.node),
        `${what} must be a text`,
      );
      return undefined;
    }
    return { value: this.#spelling(entry.node), at: this.at(entry.node) };
  }

  /** One of a set of words. */
  word<const Word extends string>(entry: Entry, what: string, words: readonly Word[]): Word | undefined {
    const text = this.text(entry, what);
    if (text === undefined) return undefined;
    const found = words.find((word) => word === text.value);
    if (found === undefined) {
      this.report(
        'mapping.unknown-key',
        text.at,
        `${what} cannot be ${text.value}`,
        didYouMean(text.value, words) ?? `One of: ${words.join(', ')}.`,
      );
    }
    return found;
  }

  flag(entry: Entry, what: string): boolean {
    if (isScalar(entry.node) && typeof entry.node.value === 'boolean') return entry.node.value;
    this.report('mapping.wrong-shape', this.at(entry.node), `${what} must be true or false`);
    return false;
  }

  count(entry: Entry, what: string, largest: number): number | undefined {
    const value = isScalar(entry.node) ? entry.node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest) return value;
    this.report(
      'mapping.wrong-shape',
      this.at(entry.node),
      `${what} must be a whole number from 0 to ${largest}`,
    );
    return undefined;
  }

  /** A code a vendor knows. Numbers that would lose their spelling (01, 1.0, 0x1F) must be quoted. */
  code(node: Node | null | undefined, what: string, otherwise: Position): Located<Scalar> | undefined {
    if (!isScalar(node) || node.value === null || typeof node.value === 'object') {
      this.report(
        'mapping.wrong-shape',
        node == null ? otherwise : this.at(node),
        `${what} must be a single value`,
      );
      return undefined;
    }
    const at = this.at(node);
    const { value, source } = node;
    if (typeof value === 'number' && source !== undefined && String(value) !== source) {
      this.report(
        'mapping.unquoted-number',
        at,
        `${source} would be read as the number ${value}`,
        `Write "${source}".`,
      );
      return undefined;
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { value, at };
    this.report('mapping.wrong-shape', at, `${what} must be a single value`);
    return undefined;
  }

  codes(node: Node | null | undefined, what: string, otherwise: Position): Located<Scalar>[] {
    const nodes = isSeq(node) ? (node.items as Node[]) : [node];
    return nodes.map((item) => this.code(item, what, otherwise)).filter((code) => code !== undefined);
  }

  /** Any JSON value, e.g. a default. */
  json(entry: Entry): Located<Json> | undefined {
    if (isScalar(entry.node)) return this.code(entry.node, entry.name, entry.keyAt);
    if (entry.node === null) {
      this.report('mapping.wrong-shape', entry.keyAt, `${entry.name} has no value`);
      return undefined;
    }
    return { value: entry.node.toJS(ANY_DOCUMENT) as Json, at: this.at(entry.node) };
  }

  items(node: Node | null | undefined): Node[] | undefined {
    return isSeq(node) ? (node.items as Node[]) : undefined;
  }

  /** A CEL expression. Unquoted `true`, `5` and the like are expressions, too. */
  expression(entry: Entry, what: string): ExpressionText | undefined {
    const { node } = entry;
    if (!isScalar(node) || node.value === null) {
      this.report(
        'mapping.wrong-shape',
        node === null ? entry.keyAt : this.at(node),
        `${what} must be an expression`,
      );
      return undefined;
    }
    const source = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    const offsets = this.#offsets(node, source);
    const place = (offset: number): Position => {
      return this.#place(offsets?.(Math.min(offset, source.length)) ?? node.range?.[0] ?? 0);
    };
    return { source, at: place(0), place };
  }

  #spelling(node: YamlScalar): string {
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** Where in the file a character of a scalar's value stands; undefined when folding moved it. */
  #offsets(node: YamlScalar, value: string): ((offset: number) => number) | undefined {
    const range = node.range;
    if (range == null) return undefined;
    const raw = this.#text.slice(range[0], range[1]);
    if (raw === value) return (offset) => range[0] + offset;
    if (raw.startsWith('"') || raw.startsWith("'")) return quotedOffsets(raw, range[0], value);
    if (raw.startsWith('|')) return blockOffsets(raw, range[0], value);
    return undefined;
  }
}

/** Dotted names. A number or bracket in a path would be a position, and positions move. */
export function checkPath(nodes: Nodes, path: string, at: Position, what: string): boolean {
  if (/\[|\]/.test(path) || path.split('.').some((name) => /^(?:\d+|[$@](?:index|position)|#)$/.test(name))) {
    nodes.report(
      'mapping.positional-key',
      at,
      `${path} names a position; elements move`,
      "Map the list, with the element's own id as its key.",
    );
    return false;
  }
  if (!/^[^\s.[\]]+(?:\.[^\s.[\]]+)*$/u.test(path) || path.length > 300) {
    nodes.report(
      'mapping.wrong-shape',
      at,
      `${what} is names joined by dots, not ${JSON.stringify(path.slice(0, 60))}`,
    );
    return false;
  }
  return true;
}

/** toJS wants the document for anchors; there are none. */
const ANY_DOCUMENT = new Document();

function quotedOffsets(raw: string, start: number, value: string): ((offset: number) => number) | undefined {
  if (raw.includes('\n')) return undefined;
  const double = raw.startsWith('"');
  const starts: number[] = [];
  let at = 1;
  while (at < raw.length - 1) {
    starts.push(start + at);
    if (!double) at += raw.startsWith("''", at) ? 2 : 1;
    else if (raw[at] !== '\\') at += 1;
    else at += raw[at + 1] === 'x' ? 4 : raw[at + 1] === 'u' ? 6 : raw[at + 1] === 'U' ? 10 : 2;
  }
  starts.push(start + raw.length - 1);
  return starts.length === value.length + 1 ? (offset) => starts[offset] ?? start : undefined;
}

function blockOffsets(raw: string, start: number, value: string): ((offset: number) => number) | undefined {
  const header = raw.indexOf('\n') + 1;
  if (header === 0) return undefined;
  const indent = /^ */.exec(raw.slice(header).replace(/^( *\n)*/, ''))?.[0].length ?? 0;
  return (offset) => {
    const before = value.slice(0, offset).split('\n');
    let at = header;
    for (let line = 1; line < before.length; line++) at = raw.indexOf('\n', at) + 1;
    return start + at + indent + (before.at(-1)?.length ?? 0);
  };
}
