/** A list of `fields:`: where it is, what its elements are known by, and their fields. */
import { readFields } from './fields.ts';
import { DIRECTIONS, type Entry, type Nodes } from './nodes.ts';
import { Options, present } from './options.ts';
import type { ListSpec } from './types.ts';

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

/** `{ at, key, fields, … }`. With `base`, the same list of the mapping that is extended: what is not written is taken from it. */
export function readList(nodes: Nodes, entry: Entry, base: ListSpec | undefined): ListSpec | undefined {
  const entries = nodes.entries(entry.node, entry.name, entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, LIST_OPTIONS, 'a list');
  const options = new Options(nodes, entries);
  const at = options.path('at') ?? base?.at;
  const fieldsEntry = options.find('fields');
  const inherited = base?.fields ?? [];
  const fields = fieldsEntry === undefined ? inherited : readFields(nodes, fieldsEntry, inherited);
  const keyEntry = options.find('key');
  if (at === undefined && options.find('at') === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `the list ${entry.name} does not say where it is`,
      "Write at: the vendor's path",
    );
  }
  if (keyEntry === undefined && base === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `the list ${entry.name} has no key`,
      "Write key: { key: the element's id at the vendor }",
    );
  }
  const key = keyEntry === undefined ? base?.key : readKey(nodes, keyEntry);
  const when = options.dropped('when') ? undefined : (options.expression('when') ?? base?.when);
  const flag = (name: 'optional' | 'required' | 'clears'): boolean =>
    options.find(name) === undefined ? (base?.[name] ?? false) : options.flag(name);
  const flags = { optional: flag('optional'), required: flag('required'), clears: flag('clears') };
  const direction = options.word('direction', DIRECTIONS) ?? base?.direction ?? 'both';
  const onCreate =
    options.find('on') === undefined
      ? (base?.onCreate ?? false)
      : options.word('on', ['create']) === 'create';
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
