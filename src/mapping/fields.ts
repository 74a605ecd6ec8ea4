/** The lines of `fields:`: what each one says about a value. */
import { isMap, isScalar } from 'yaml';
import { didYouMean } from '../problems/index.ts';
import { readElse, readEnum } from './field-enum.ts';
import { readList } from './field-list.ts';
import { checkTogether } from './field-rules.ts';
import { isSplit, readSplit } from './field-split.ts';
import { checkPath, DIRECTIONS, type Entry, type Nodes } from './nodes.ts';
import { isNothing, Options, present } from './options.ts';
import type { ConversionName, Direction, FieldSpec, Position, Spec } from './types.ts';

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
  'join',
  'extension',
  'patch',
] as const;

/**
 * `fields:` of a mapping or of a list. With `base`, the fields of the mapping that is extended: a line replaces the
 * one of the same name there, a list goes on from it, `~` takes it away, and all others stay.
 */
export function readFields(nodes: Nodes, entry: Entry, base?: readonly Spec[], inList = true): Spec[] {
  const entries = nodes.entries(entry.node, 'fields', entry.keyAt) ?? [];
  let specs: Spec[] = [...(base ?? [])];
  for (const field of entries) {
    if (!checkPath(nodes, field.name, field.keyAt, 'a canonical path')) continue;
    const replaced = specs.filter((spec) => nameOf(spec) === field.name);
    if (base !== undefined && isNothing(field.node)) {
      if (replaced.length === 0) nothingToDrop(nodes, field, base.map(nameOf));
      specs = specs.filter((spec) => !replaced.includes(spec));
      continue;
    }
    const at = replaced[0] === undefined ? specs.length : specs.indexOf(replaced[0]);
    specs = specs.filter((spec) => !replaced.includes(spec));
    specs.splice(at, 0, ...readLine(nodes, field, replaced[0], inList));
  }
  return specs;
}

/** What stands under one name: a value, several in one text, or a list. */
function readLine(nodes: Nodes, field: Entry, base: Spec | undefined, inList: boolean): Spec[] {
  if (isSplit(field)) return readSplit(nodes, field, inList);
  const goesOn = base?.kind === 'list' && isMap(field.node);
  const spec =
    goesOn || (isMap(field.node) && field.node.has('fields'))
      ? readList(nodes, field, base?.kind === 'list' ? base : undefined)
      : readField(nodes, field);
  return spec === undefined ? [] : [spec];
}

/** The name a spec has in its file. */
function nameOf(spec: Spec): string {
  return spec.kind === 'field' ? (spec.label ?? spec.path) : spec.path;
}

/** Reports a `~` for something that the extended mapping does not have. */
export function nothingToDrop(nodes: Nodes, entry: Entry, known: readonly string[]): void {
  nodes.report(
    'mapping.nothing-to-drop',
    entry.keyAt,
    `the extended mapping has no ${entry.name} to take away`,
    didYouMean(entry.name, known) ?? `There are: ${known.slice(0, 12).join(', ')}.`,
  );
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
    join: options.text('join')?.value,
    extension: options.text('extension')?.value,
  };
  const spec: FieldSpec = {
    ...base,
    ...present(known),
    ...readElse(nodes, options.find('else')),
    as: as ?? 'text',
    asWritten: as !== undefined,
    direction,
    by: options.word('by', ['id', 'number']) ?? 'number',
    optional: options.flag('optional'),
    required: options.flag('required'),
    clears: options.flag('clears'),
    onCreate: options.word('on', ['create']) === 'create',
    patch: options.flag('patch'),
    where,
  };
  checkTogether(nodes, spec);
  return spec;
}

function usualDirection(spec: { at: unknown; from: unknown; inward: unknown; constant: unknown }): Direction {
  if (spec.constant !== undefined) return spec.at === undefined ? 'in' : 'out';
  if (spec.inward !== undefined && spec.at === undefined) return 'in';
  return spec.from !== undefined && spec.inward === undefined ? 'out' : 'both';
}
