/** One line of `fields:`: its options, and which of them make sense together. */
import { isMap, isScalar } from 'yaml';
import { formatProblem, zoneExists } from './dates.ts';
import { checkPath, DIRECTIONS, type Entry, type Nodes } from './nodes.ts';
import type {
  ConversionName,
  Direction,
  EnumEntry,
  FieldSpec,
  ListSpec,
  Located,
  Position,
  Spec,
} from './types.ts';

const CONVERSIONS = [
  'text',
  'decimal',
  'integer',
  'boolean',
  'money',
  'datetime',
  'date',
  'epoch',
  'phone',
  'json',
] as const;
const ROUNDINGS = ['half-up', 'half-even', 'down', 'up'] as const;
const FIELD_OPTIONS = [
  'at',
  'as',
  'direction',
  'enum',
  'else',
  'table',
  'ref',
  'by',
  'from',
  'inward',
  'when',
  'optional',
  'required',
  'default',
  'clears',
  'constant',
  'format',
  'zone',
  'unit',
  'scale',
  'rounding',
  'on',
] as const;
const LIST_OPTIONS = [
  'at',
  'key',
  'fields',
  'direction',
  'optional',
  'required',
  'clears',
  'when',
  'on',
] as const;

/** `fields:` of a mapping or of a list. */
export function readFields(nodes: Nodes, entry: Entry): Spec[] {
  const entries = nodes.entries(entry.node, 'fields', entry.keyAt) ?? [];
  const specs: Spec[] = [];
  for (const field of entries) {
    if (!checkPath(nodes, field.name, field.keyAt, 'a canonical path')) continue;
    const isList = isMap(field.node) && field.node.has('fields');
    const spec = isList ? readList(nodes, field) : readField(nodes, field);
    if (spec !== undefined) specs.push(spec);
  }
  return specs;
}

/** A text path, or a set of options. */
function readField(nodes: Nodes, entry: Entry): FieldSpec | undefined {
  const base = {
    kind: 'field',
    path: entry.name,
    keyAt: entry.keyAt,
    as: 'text',
    asWritten: false,
    by: 'number',
  } as const;
  const plain = {
    optional: false,
    required: false,
    clears: false,
    onCreate: false,
    where: new Map<string, Position>(),
  };
  if (isScalar(entry.node) || entry.node === null) {
    const at = nodes.text(entry, `${entry.name} (a vendor path)`);
    if (at === undefined || !checkPath(nodes, at.value, at.at, 'a vendor path')) return undefined;
    return { ...base, ...plain, at, direction: 'both' };
  }
  const entries = nodes.entries(entry.node, entry.name, entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, FIELD_OPTIONS, 'a field');
  const where = new Map(entries.map((option) => [option.name, option.keyAt]));
  const options = new Options(nodes, entries);
  const asEntry = options.find('as');
  const as: ConversionName | undefined =
    asEntry === undefined ? undefined : nodes.word(asEntry, 'as', CONVERSIONS);
  const at = options.path('at');
  const from = options.expression('from');
  const inward = options.expression('inward');
  const constantEntry = options.find('constant');
  const constant =
    constantEntry === undefined ? undefined : nodes.code(constantEntry.node, 'constant', constantEntry.keyAt);
  const direction = options.word('direction', DIRECTIONS) ?? usualDirection({ at, from, inward, constant });
  const enumEntry = options.find('enum');
  const defaultEntry = options.find('default');
  const scaleEntry = options.find('scale');
  const known = {
    at,
    enum: enumEntry === undefined ? undefined : readEnum(nodes, enumEntry),
    else: options.text('else'),
    table: options.text('table'),
    ref: options.text('ref'),
    from,
    inward,
    when: options.expression('when'),
    default: defaultEntry === undefined ? undefined : nodes.json(defaultEntry),
    constant,
    format: options.text('format')?.value,
    zone: options.text('zone')?.value,
    unit: options.word('unit', ['fen', 'yuan', 's', 'ms']),
    scale: scaleEntry === undefined ? undefined : nodes.count(scaleEntry, 'scale', 20),
    rounding: options.word('rounding', ROUNDINGS),
  };
  const spec: FieldSpec = {
    ...base,
    ...present(known),
    as: as ?? 'text',
    asWritten: as !== undefined,
    direction,
    by: options.word('by', ['id', 'number']) ?? 'number',
    optional: options.flag('optional'),
    required: options.flag('required'),
    clears: options.flag('clears'),
    onCreate: options.word('on', ['create']) === 'create',
    where,
  };
  checkTogether(nodes, spec);
  return spec;
}

/** `{ at, key, fields, … }`. */
function readList(nodes: Nodes, entry: Entry): ListSpec | undefined {
  const entries = nodes.entries(entry.node, entry.name, entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, LIST_OPTIONS, 'a list');
  const options = new Options(nodes, entries);
  const at = options.path('at');
  const fieldsEntry = options.find('fields');
  const fields = fieldsEntry === undefined ? [] : readFields(nodes, fieldsEntry);
  const keyEntry = options.find('key');
  if (at === undefined && options.find('at') === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `the list ${entry.name} does not say where it is`,
      "Write at: the vendor's path",
    );
  }
  if (keyEntry === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `the list ${entry.name} has no key`,
      "Write key: { key: the element's id at the vendor }",
    );
  }
  const key = keyEntry === undefined ? undefined : readKey(nodes, keyEntry);
  const when = options.expression('when');
  const flags = {
    optional: options.flag('optional'),
    required: options.flag('required'),
    clears: options.flag('clears'),
  };
  const direction = options.word('direction', DIRECTIONS) ?? 'both';
  const onCreate = options.word('on', ['create']) === 'create';
  if (at === undefined || key === undefined) return undefined;
  return {
    kind: 'list',
    path: entry.name,
    keyAt: entry.keyAt,
    at,
    key,
    fields,
    direction,
    onCreate,
    ...flags,
    ...present({ when }),
  };
}

function readKey(nodes: Nodes, entry: Entry): ListSpec['key'] | undefined {
  const entries = nodes.entries(entry.node, 'key', entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, ['key', 'assigned'], 'the key of a list');
  const options = new Options(nodes, entries);
  if (options.find('key') === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      'the key does not say which element field it is',
      'Write key: { key: FEntryID }',
    );
    return undefined;
  }
  const at = options.path('key');
  const assigned = options.word('assigned', ['ours', 'remote']) ?? 'remote';
  return at === undefined ? undefined : { at, assigned };
}

function readEnum(nodes: Nodes, entry: Entry): EnumEntry[] {
  const entries = nodes.entries(entry.node, 'enum', entry.keyAt) ?? [];
  return entries.map((line) => ({
    canonical: line.name,
    at: line.keyAt,
    vendor: nodes.codes(line.node, `the vendor's word for ${line.name}`, line.keyAt),
  }));
}

function usualDirection(spec: { at: unknown; from: unknown; inward: unknown; constant: unknown }): Direction {
  if (spec.constant !== undefined) return spec.at === undefined ? 'in' : 'out';
  if (spec.inward !== undefined && spec.at === undefined) return 'in';
  return spec.from !== undefined && spec.inward === undefined ? 'out' : 'both';
}

function checkTogether(nodes: Nodes, spec: FieldSpec): void {
  const conflict = (option: string, message: string, hint?: string): void => {
    nodes.report('mapping.conflicting-options', spec.where.get(option) ?? spec.keyAt, message, hint);
  };
  const ways = [...spec.where.keys()].filter((option) =>
    ['enum', 'table', 'ref', 'constant'].includes(option),
  );
  const [, second] = ways;
  if (second !== undefined) conflict(second, `${ways.join(' and ')} cannot both say what the value becomes`);
  const only = (option: string, allowed: boolean, where: string): void => {
    if (spec.where.has(option) && !allowed) conflict(option, `${option} has a meaning only with ${where}`);
  };
  only('else', spec.enum !== undefined, 'enum');
  only('by', spec.ref !== undefined, 'ref');
  only('zone', spec.as === 'datetime' || spec.as === 'date', 'as: datetime or as: date');
  only(
    'format',
    spec.as === 'datetime' || spec.as === 'date' || spec.as === 'boolean',
    'as: datetime, date or boolean',
  );
  only('unit', spec.as === 'money' || spec.as === 'epoch', 'as: money or as: epoch');
  only('scale', spec.as === 'decimal' || spec.as === 'money', 'as: decimal or as: money');
  only('rounding', spec.as === 'decimal' || spec.as === 'money', 'as: decimal or as: money');
  if (spec.as === 'epoch' && spec.unit !== 's' && spec.unit !== 'ms')
    conflict('as', 'an epoch needs its unit', 'Write unit: s or unit: ms');
  if (spec.as === 'money' && (spec.unit === 's' || spec.unit === 'ms'))
    conflict('unit', 'the unit of money is fen or yuan');
  if (spec.zone !== undefined && !zoneExists(spec.zone))
    conflict('zone', `${spec.zone} is not a time zone`, 'For China: Asia/Shanghai');
  if (spec.format !== undefined && (spec.as === 'datetime' || spec.as === 'date')) {
    const wrong = formatProblem(spec.format, spec.as);
    if (wrong !== undefined)
      nodes.report(
        'mapping.bad-format',
        spec.where.get('format') ?? spec.keyAt,
        `the format ${spec.format} ${wrong}`,
      );
  }
  if (spec.as === 'boolean' && spec.format !== undefined && !/^[^|]+\|[^|]+$/.test(spec.format)) {
    nodes.report(
      'mapping.bad-format',
      spec.where.get('format') ?? spec.keyAt,
      "the format of a boolean is yes|no in the vendor's words",
      'e.g. format: Y|N',
    );
  }
  if (spec.optional && spec.required) conflict('required', 'a field cannot be optional and required');
  if (spec.default !== undefined && spec.clears)
    conflict('default', 'a field that can be cleared cannot have a default');
  if (spec.from !== undefined && spec.direction === 'in')
    conflict('from', 'from: is about the way out, direction: in forbids it');
  if (spec.inward !== undefined && spec.direction === 'out')
    conflict('inward', 'inward: is about the way in, direction: out forbids it');
  if (spec.onCreate && spec.direction === 'in') conflict('on', 'on: create is about the way out');
  const needsPath = spec.direction !== 'in' || (spec.inward === undefined && spec.constant === undefined);
  if (spec.at === undefined && needsPath && !spec.where.has('at')) {
    nodes.report(
      'mapping.missing-key',
      spec.keyAt,
      `${spec.path} does not say where it is at the vendor`,
      "Write at: the vendor's path",
    );
  }
}

/** Options of one field, by name. */
class Options {
  readonly #nodes: Nodes;
  readonly #entries: readonly Entry[];
  constructor(nodes: Nodes, entries: readonly Entry[]) {
    this.#nodes = nodes;
    this.#entries = entries;
  }
  find(name: string): Entry | undefined {
    return this.#entries.find((entry) => entry.name === name);
  }
  text(name: string): Located<string> | undefined {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.text(entry, name);
  }
  path(name: string): Located<string> | undefined {
    const text = this.text(name);
    return text === undefined || !checkPath(this.#nodes, text.value, text.at, 'a vendor path')
      ? undefined
      : text;
  }
  expression(name: string): ReturnType<Nodes['expression']> {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.expression(entry, name);
  }
  word<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.word(entry, name, words);
  }
  flag(name: string): boolean {
    const entry = this.find(name);
    return entry === undefined ? false : this.#nodes.flag(entry, name);
  }
}

/** The same object without the undefined properties. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
