/** What can be written at a place of a mapping: the words of the language, and the fields of both sides. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { HubSchemas } from '../../../api/client.ts';
import { type Place, placeIn } from './place.ts';

export interface Known {
  readonly sides: HubSchemas['MappingSides'];
  readonly language: HubSchemas['MappingLanguage'];
}

type Words = HubSchemas['MappingLanguage']['options']['file'];

/** Completion while somebody types, or by Ctrl and space. `known` is asked for each time: it comes later than the text. */
export function completionOf(known: () => Known | undefined): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const now = known();
    const place = now && placeIn(context.state.doc.toString(), context.pos);
    if (!now || !place) return null;
    if (place.typed === '' && !context.explicit && place.kind === 'key') return null;
    const found = optionsAt(place, now);
    if (found.options.length === 0) return null;
    return { from: place.from + found.skip, options: found.options, validFor: /^[\w.$-]*$/ };
  };
  return [
    autocompletion({ override: [source], icons: false, maxRenderedOptions: 200 }),
    keymap.of(completionKeymap),
  ];
}

interface Found {
  readonly options: Completion[];
  /** Characters of what is typed that stay: the beginning of an expression. */
  readonly skip: number;
}

const nothing: Found = { options: [], skip: 0 };
const expressions = new Set(['from', 'inward', 'when']);

/** What can be written at a place. */
export function optionsAt(place: Place, { sides, language }: Known): Found {
  const { kind, parents, key } = place;
  const [top] = parents;
  const last = parents.at(-1);
  if (kind === 'value' && (expressions.has(key) || top === 'out' || top === 'in'))
    return expressionAt(place, { sides, language });
  const whole = (options: Completion[]): Found => ({ options, skip: 0 });
  if (parents.length === 0) {
    if (kind === 'key') return whole(words(language.options.file, ': '));
    if (key === 'entity') return whole(language.entities.map((label) => ({ label })));
    return whole(valuesOf(language.options.file, key));
  }
  if (top === 'out' && kind === 'key') return whole(theirs(place, sides, ': '));
  if (top === 'in' && kind === 'key') return whole(ours(place, sides, ': '));
  if (top !== 'fields') return nothing;
  if (last === 'fields') return whole(kind === 'key' ? ours(place, sides, ': ') : theirs(place, sides));
  if (last === 'key' && parents.at(-2) !== 'fields')
    return whole(
      kind === 'key'
        ? words(language.options.key, ': ')
        : key === 'key'
          ? theirs(place, sides)
          : valuesOf(language.options.key, key),
    );
  if (last === 'enum') return kind === 'key' ? whole(enumWords(place, sides)) : nothing;
  if (kind === 'key')
    return whole(distinct([...words(language.options.field, ': '), ...listWords(language)]));
  if (key === 'at') return whole(theirs(place, sides));
  if (key === 'ref') return whole(language.entities.map((label) => ({ label })));
  if (key === 'table') return whole(sides.tables.map((label) => ({ label })));
  return whole(valuesOf(language.options.field, key));
}

function words(all: Words, behind: string): Completion[] {
  return all.map(({ name, description }) => ({ label: name, apply: `${name}${behind}`, info: description }));
}

function listWords(language: Known['language']): Completion[] {
  return words([...language.options.list, ...language.options.split], ': ');
}

function valuesOf(all: Words, key: string): Completion[] {
  return (all.find(({ name }) => name === key)?.words ?? []).map((label) => ({ label }));
}

function distinct(all: readonly Completion[]): Completion[] {
  return [...new Map(all.map((one) => [one.label, one])).values()];
}

function ours(place: Place, { ours: all }: Known['sides'], behind = ''): Completion[] {
  return below(
    all,
    place.lists.map(({ name }) => name),
  ).map(({ name, field }) => ({
    label: name,
    apply: `${name}${behind}`,
    detail: field.type ?? field.kind,
    info: field.description,
    boost: field.required ? 1 : 0,
  }));
}

function theirs(place: Place, { theirs: all }: Known['sides'], behind = ''): Completion[] {
  return below(
    all,
    place.lists.map(({ at }) => at),
  ).map(({ name, field }) => ({
    label: name,
    apply: `${name}${behind}`,
    detail: field.types.join(' | ') || field.kind,
    info: field.description,
    boost: field.required ? 1 : 0,
  }));
}

/** Fields inside some lists, named relative to the innermost. */
function below<Field extends { readonly path: string }>(
  all: readonly Field[],
  lists: readonly string[],
): { readonly name: string; readonly field: Field }[] {
  const prefix = lists.map((name) => `${name}[].`).join('');
  return all.flatMap((field) => {
    if (!field.path.startsWith(prefix)) return [];
    const name = field.path.slice(prefix.length);
    return name.includes('[]') ? [] : [{ name, field }];
  });
}

function enumWords(place: Place, { ours: all }: Known['sides']): Completion[] {
  const prefix = place.lists.map(({ name }) => `${name}[].`).join('');
  const path = `${prefix}${place.parents.at(-2) ?? ''}`;
  return (all.find((one) => one.path === path)?.words ?? []).map((word) => ({
    label: word,
    apply: `${word}: `,
  }));
}

/** Inside an expression: its functions, and the fields behind `record.`, `line.`, `remote.` and `remoteLine.`. */
function expressionAt({ typed, lists }: Place, { sides, language }: Known): Found {
  const word = /[\w.$]*$/.exec(typed)?.[0] ?? '';
  const skip = typed.length - word.length;
  const [variable = ''] = word.split('.');
  const inside: Readonly<Record<string, () => readonly { readonly name: string }[]>> = {
    record: () => below(sides.ours, []),
    line: () =>
      below(
        sides.ours,
        lists.map(({ name }) => name),
      ),
    remote: () => below(sides.theirs, []),
    remoteLine: () =>
      below(
        sides.theirs,
        lists.map(({ at }) => at),
      ),
  };
  if (word.includes('.'))
    return {
      options: (inside[variable]?.() ?? []).map(({ name }) => ({ label: `${variable}.${name}` })),
      skip,
    };
  const functions = new Map(language.functions.map((one) => [one.name, one]));
  return {
    options: [
      ...Object.keys(inside).map((label) => ({ label, apply: `${label}.`, boost: 1 })),
      { label: 'connection' },
      ...[...functions.values()].map(({ name, parameters }) => ({
        label: name,
        apply: `${name}(`,
        detail: `(${parameters.join(', ')})`,
      })),
    ],
    skip,
  };
}
