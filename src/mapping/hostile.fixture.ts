/**
 * Documents nobody should send: the paths of a mapping with anything at all standing there. Made from a seed, so
 * that a bad one can be made again.
 */
import { compileExpression } from './expression.ts';
import type { CompiledMapping, InContext, Json, MappingDocument, OutContext, Spec } from './types.ts';
import { MappingFault } from './types.ts';

/** A random number from 0 to below 1. */
export type Dice = () => number;

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function oneOf<T>(roll: Dice, values: readonly T[]): T {
  return values[Math.floor(roll() * values.length)] as T;
}

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  'then',
  '',
];
const TEXTS = [
  ...[
    '',
    ' ',
    '0',
    '1',
    '-1',
    '00',
    '-0',
    '.5',
    '1.',
    '1e5',
    '1e999',
    '0x10',
    '1,000',
    'NaN',
    'Infinity',
    'null',
  ],
  ...[
    'true',
    'false',
    'Y',
    'undefined',
    '[object Object]',
    '__proto__',
    'constructor',
    '2026-11-02 10:00:00',
  ],
  ...[
    '2026-11-02',
    '2026-02-30 25:61:61',
    '0000-00-00',
    '0001-01-01 00:00:00',
    '20261102',
    '2026-11-02T10:00:00Z',
  ],
  ...[
    '***',
    '张**',
    '138****0000',
    '13800138000',
    '13800138000转1',
    '~sealed~',
    'a\u0000b',
    '\ud800',
    '\u202e',
    '٣',
    '９',
  ],
  ...[
    "'; DROP TABLE records;--",
    `\`$${'{process.exit(1)}'}\``,
    '"+process.exit(1)+"',
    '</script>',
    '\n',
    '😀'.repeat(50),
  ],
  ...[
    '9'.repeat(45),
    '1'.repeat(400),
    `0.${'3'.repeat(60)}`,
    '-'.repeat(300),
    ' '.repeat(500),
    'a,b,,c',
    'x'.repeat(5_000),
  ],
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e-7,
  1e21,
  -1e308,
  2 ** 53,
  2 ** 53 + 2,
  4_294_967_296,
  1_700_000_000,
  20261102,
];

/** Any JSON value at all. */
function anything(roll: Dice, depth = 0): Json {
  const kind = roll();
  if (kind < 0.45) return oneOf(roll, TEXTS);
  if (kind < 0.65) return oneOf(roll, NUMBERS);
  if (kind < 0.75) return oneOf(roll, [true, false, null]);
  if (depth > 3) return null;
  if (kind < 0.85) return Array.from({ length: Math.floor(roll() * 4) }, () => anything(roll, depth + 1));
  if (kind < 0.8505) return nested(Math.floor(roll() * 12_000));
  return object(
    roll,
    Array.from({ length: Math.floor(roll() * 4) }, () => [oneOf(roll, NAMES), anything(roll, depth + 1)]),
  );
}

/** Lists in lists: more than a recursion takes. */
function nested(depth: number): Json {
  let value: Json = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

/** An object with exactly these own properties, as a JSON parser makes it, and sometimes with hostile ones beside them. */
function object(roll: Dice, entries: readonly (readonly [string, Json])[]): Json {
  const made: Record<string, Json> = {};
  const set = (name: string, value: Json): void => {
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  };
  for (const [name, value] of entries) set(name, value);
  if (roll() < 0.1) set(oneOf(roll, NAMES), oneOf(roll, TEXTS));
  return made;
}

/** Names below names, lists marked; the leaves may carry words that are right. */
interface Tree {
  readonly below: Map<string, Tree>;
  readonly words: Json[];
  isList: boolean;
}

function tree(): Tree {
  return { below: new Map(), words: [], isList: false };
}

function grow(root: Tree, path: readonly string[], words: readonly Json[] = []): Tree {
  let node = root;
  for (const name of path) {
    const next = node.below.get(name) ?? tree();
    node.below.set(name, next);
    node = next;
  }
  node.words.push(...words);
  return node;
}

/** The paths a mapping reads on one side, with those its expressions name. */
function treeOf(doc: MappingDocument, side: 'vendor' | 'canonical'): Tree {
  const root = tree();
  const take = (specs: readonly Spec[], at: Tree, inList: boolean): void => {
    for (const spec of specs) {
      const path = side === 'vendor' ? spec.at?.value : spec.path;
      if (spec.kind === 'list') {
        const list = grow(at, (path ?? '').split('.'));
        list.isList = true;
        grow(list, (side === 'vendor' ? spec.key.at.value : 'key').split('.'), ['1', '2', 'a']);
        take(spec.fields, list, true);
        continue;
      }
      const words = (spec.enum ?? []).flatMap((entry): Json[] =>
        side === 'vendor' ? entry.vendor.map((vendor) => vendor.value) : [entry.canonical],
      );
      if (path !== undefined) grow(at, path.split('.'), words);
      for (const text of [spec.from, spec.inward, spec.when]) {
        if (text === undefined) continue;
        const made = compileExpression(text, { direction: 'either', inList });
        for (const use of made.ok ? made.expression.paths : [])
          grow(use.root === 'line' || use.root === 'remoteLine' ? at : root, use.path);
      }
    }
  };
  take(doc.fields, root, false);
  for (const assign of side === 'vendor' ? doc.in : doc.out) {
    const made = compileExpression(assign.expression, { direction: 'either', inList: false });
    for (const use of made.ok ? made.expression.paths : []) grow(root, use.path);
  }
  if (side === 'vendor' && doc.about !== undefined) grow(root, doc.about.at.value.split('.'));
  return root;
}

function document(roll: Dice, node: Tree, wild: number): Json {
  if (roll() < wild) return anything(roll);
  const own = (): Json => {
    if (node.below.size === 0)
      return node.words.length > 0 && roll() < 0.6 ? oneOf(roll, node.words) : anything(roll);
    const entries: [string, Json][] = [];
    for (const [name, inner] of node.below)
      if (roll() > 0.12) entries.push([name, document(roll, inner, wild)]);
    return object(roll, entries);
  };
  return node.isList ? Array.from({ length: Math.floor(roll() * 4) }, own) : own();
}

export interface HostileReport {
  readonly documents: number;
  /** Documents that were mapped all the same. */
  readonly mapped: number;
  /** What should never be: a throw, a failure without its field, a changed prototype. */
  readonly bad: readonly string[];
}

/** Runs `count` documents through a mapping in each direction that it has. */
export function hostileRuns(
  doc: MappingDocument,
  mapping: CompiledMapping,
  count: number,
  seed: number,
): HostileReport {
  const roll = dice(seed);
  const before = prototypes();
  const bad: string[] = [];
  let [documents, mapped] = [0, 0];
  const [bodies, records] = [treeOf(doc, 'vendor'), treeOf(doc, 'canonical')];
  const fields = knownFields(doc);
  const contexts = { in: inContext(roll), out: outContext(roll) };
  const judge = (
    input: Json,
    result: ReturnType<CompiledMapping['inward']> | ReturnType<CompiledMapping['outward']>,
  ): void => {
    documents++;
    if (result.ok) {
      mapped++;
      return;
    }
    const named = [...result.errors, ...result.waits];
    const unnamed = named.find(({ field }) => !fields.has(field));
    if (named.length === 0 || unnamed !== undefined || result.errors.some((error) => error.message === ''))
      bad.push(`${mapping.name}: names no field: ${JSON.stringify(unnamed ?? result)} ${shorten(input)}`);
  };
  const run = (input: Json, what: () => void): void => {
    try {
      what();
    } catch (error) {
      if (!(error instanceof MappingFault)) bad.push(`${mapping.name}: ${String(error)} ${shorten(input)}`);
    }
  };
  for (let at = 0; at < count && bad.length < 10; at++) {
    const wild = roll() * 0.1;
    if (doc.direction !== 'out') {
      const body = document(roll, bodies, wild) as never;
      run(body, () => judge(body, mapping.inward(body, contexts.in)));
    }
    if (doc.direction !== 'in') {
      const record = document(roll, records, wild) as never;
      run(record, () => judge(record, mapping.outward(record, contexts.out)));
      run(record, () => void mapping.references(record));
      run(record, () => void mapping.applies(record));
    }
  }
  if (prototypes() !== before) bad.push(`${mapping.name}: a prototype was changed`);
  return { documents, mapped, bad };
}

/** Everything that values inherit, to see whether anything was added or replaced. */
function prototypes(): string {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype]
    .map((prototype) => {
      const names = Object.getOwnPropertyNames(prototype);
      return names.map(
        (name) => `${name} ${String(Object.getOwnPropertyDescriptor(prototype, name)?.value)}`,
      );
    })
    .join('\n');
}

function shorten(input: Json): string {
  try {
    return JSON.stringify(input).slice(0, 2_000);
  } catch {
    return '(nested deep)';
  }
}

/** Every field an error or a wait may name. */
function knownFields(doc: MappingDocument): Set<string> {
  const fields = new Set([doc.object.value, doc.entity.value, 'when', 'about']);
  const take = (specs: readonly Spec[], prefix: string): void => {
    for (const spec of specs) {
      const path = prefix === '' ? spec.path : `${prefix}[].${spec.path}`;
      fields.add(path);
      if (spec.kind !== 'list') continue;
      fields.add(`${path}[].key`);
      take(spec.fields, path);
    }
  };
  take(doc.fields, '');
  for (const assign of [...doc.in, ...doc.out]) fields.add(assign.path);
  return fields;
}

function inContext(roll: Dice): InContext {
  const sometimes = (value: string): string | undefined => (roll() < 0.7 ? value : undefined);
  return {
    connection: 'c',
    payload: 'full',
    lookup: (table, key) => sometimes(`${table}${key.length}`),
    lookupBack: (_table, value) => sometimes(value),
    lineKey: (_list, id) => (roll() < 0.2 ? '__proto__' : sometimes(id)),
  };
}

function outContext(roll: Dice): OutContext {
  const sometimes = (value: string): string | undefined => (roll() < 0.7 ? value : undefined);
  return {
    connection: 'c',
    creating: true,
    lookup: (_table, key) => sometimes(key),
    remoteNumber: (_entity, id) => sometimes(id),
    remoteId: (_entity, id) => sometimes(id),
    lineId: (_list, key) => (roll() < 0.2 ? '__proto__' : sometimes(key)),
  };
}
