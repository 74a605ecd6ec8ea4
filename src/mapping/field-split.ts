/**
 * `split:`: one text of the vendor that holds several canonical values, in the order it says, with a separator
 * between them. The line becomes a field for each value on the way in, and one that joins them on the way out.
 */
import { isMap } from 'yaml';
import { checkPath, DIRECTIONS, type Entry, type Nodes } from './nodes.ts';
import { Options, present } from './options.ts';
import type { ExpressionText, FieldSpec, Located, Position } from './types.ts';

const SPLIT_OPTIONS = ['at', 'split', 'direction', 'optional', 'required', 'when', 'on'] as const;

export function isSplit(entry: Entry): boolean {
  return isMap(entry.node) && entry.node.has('split');
}

/** `{ at, split: { by, into } }`; the name of the line is a label only. */
export function readSplit(nodes: Nodes, entry: Entry, inList: boolean): FieldSpec[] {
  const entries = nodes.entries(entry.node, entry.name, entry.keyAt) ?? [];
  nodes.unknown(entries, SPLIT_OPTIONS, 'a field with split');
  const options = new Options(nodes, entries);
  const at = options.path('at');
  const parts = readParts(nodes, options.find('split'));
  if (at === undefined && options.find('at') === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `${entry.name} does not say where it is at the vendor`,
      "Write at: the vendor's path",
    );
  }
  const direction = options.word('direction', DIRECTIONS) ?? 'both';
  const when = options.expression('when');
  const base = {
    kind: 'field',
    as: 'text',
    asWritten: false,
    by: 'number',
    optional: options.flag('optional'),
    required: false,
    clears: false,
    onCreate: false,
    label: entry.name,
    where: new Map<string, Position>(),
    ...present({ when }),
  } as const;
  const required = options.flag('required');
  const onCreate = options.word('on', ['create']) === 'create';
  if (at === undefined || parts === undefined) return [];
  const { separator, into } = parts;
  const inward = into.map((part, index): FieldSpec => {
    const piece = { separator, index, count: into.length };
    return { ...base, path: part.value, keyAt: part.at, at, direction: 'in', piece };
  });
  const from = joining(into, separator, inList ? 'line' : 'record', entry.keyAt);
  const outward: FieldSpec = {
    ...base,
    path: entry.name,
    keyAt: entry.keyAt,
    at,
    direction: 'out',
    from,
    required,
    onCreate,
    optional: false,
  };
  return [...(direction === 'out' ? [] : inward), ...(direction === 'in' ? [] : [outward])];
}

function readParts(
  nodes: Nodes,
  entry: Entry | undefined,
): { separator: string; into: readonly Located<string>[] } | undefined {
  const inner = entry === undefined ? undefined : nodes.entries(entry.node, 'split', entry.keyAt);
  if (entry === undefined || inner === undefined) return undefined;
  nodes.unknown(inner, ['by', 'into'], 'split');
  const options = new Options(nodes, inner);
  const separator = options.text('by')?.value;
  const intoEntry = options.find('into');
  const into = (nodes.items(intoEntry?.node) ?? [])
    .map((node) => nodes.text({ name: 'into', keyAt: nodes.at(node), node }, 'a part'))
    .filter((path) => path !== undefined)
    .filter((path) => checkPath(nodes, path.value, path.at, 'a canonical path'));
  if (separator !== undefined && into.length >= 2) return { separator, into };
  nodes.report(
    'mapping.missing-key',
    entry.keyAt,
    'split needs by, and into with at least two canonical paths',
    'Write split: { by: " ", into: [receiver.region.city, receiver.address] }',
  );
  return undefined;
}

function joining(
  into: readonly Located<string>[],
  separator: string,
  root: 'record' | 'line',
  at: Position,
): ExpressionText {
  const values = into.map((part) =>
    part.value.split('.').reduce((path, name) => path + step(name), root as string),
  );
  return { source: `join([${values.join(', ')}], ${JSON.stringify(separator)})`, at, place: () => at };
}

/** Names of our model can be written behind a dot; those of a company's own fields perhaps not. */
function step(name: string): string {
  return /^[a-z][A-Za-z0-9]*$/.test(name) && name !== 'in' ? `.${name}` : `[${JSON.stringify(name)}]`;
}
