/** Putting a field somebody has chosen into the text of a mapping, where it belongs. Pure. */
import type { HubSchemas } from '../../../api/client.ts';
import { around, type Entry, endOf, entriesOf, listsIn, placeIn } from './place.ts';

type Sides = HubSchemas['MappingSides'];
export type OurField = Sides['ours'][number];
export type TheirField = Sides['theirs'][number];
/** A field as it is dragged, or chosen with the keyboard. */
export type ChosenField =
  | { readonly side: 'ours'; readonly field: OurField }
  | { readonly side: 'theirs'; readonly field: TheirField };

/** A change of a text, and what is selected after it. */
export interface Insertion {
  readonly at: number;
  readonly insert: string;
  readonly select: readonly [number, number];
}

/** What stands for a name that somebody has to choose. */
export const placeholder = 'FIELD';

/**
 * Where and how a field is written: behind a name that has no place yet, else as a line of its own in the list it
 * belongs to; with the list when that is not mapped yet. `partner`: the other side, where it is known, relative to the
 * same list.
 */
export function insertionOf(
  text: string,
  offset: number,
  chosen: ChosenField,
  partner: string | undefined,
): Insertion {
  const [list, name] = cut(chosen.field.path);
  const place = placeIn(text, offset);
  if (place?.kind === 'value' && place.typed === '' && fits(place.lists, chosen.side, list)) {
    const wanted = place.key === 'at' || place.parents.at(-1) === 'fields' ? 'theirs' : undefined;
    if (wanted === chosen.side && isEndOfLine(text, offset)) {
      const space = text[offset - 1] === ':' ? ' ' : '';
      const end = offset + space.length + name.length;
      return { at: offset, insert: `${space}${name}`, select: [end, end] };
    }
  }
  const lines = text.split('\n');
  const entries = entriesOf(lines);
  const block = blockOf(lines, entries, chosen.side, list);
  const body =
    block === undefined && list !== '' ? listWith(list, chosen, partner) : lineOf(chosen, name, partner);
  const target = block ?? blockOf(lines, entries, chosen.side, '');
  if (target === undefined) return atEnd(text, `fields:\n${indented(body, 2)}`);
  const { entry, indent } = target;
  const cursor = text.slice(0, offset).split('\n').length - 1;
  const end = endOf(lines, entry);
  const own = entries.filter((one) => one.indent === indent && one.line > entry.line && one.line < end);
  const near = own.filter((one) => one.line <= cursor).at(-1);
  const line = cursor > entry.line && cursor < end && near ? endOf(lines, near) : end;
  return atLine(text, lines, line, indented(body, indent));
}

/** `lines[]` and `skuId` of `lines[].skuId`; the list is '' for fields of the whole. */
function cut(path: string): readonly [string, string] {
  const at = path.lastIndexOf('[].');
  return at < 0 ? ['', path] : [path.slice(0, at), path.slice(at + 3)];
}

type Lists = readonly { readonly name: string; readonly at: string }[];

function fits(lists: Lists, side: ChosenField['side'], list: string): boolean {
  return pathOf(lists, side) === list;
}

function pathOf(lists: Lists, side: ChosenField['side']): string {
  return lists.map(({ name, at }) => (side === 'ours' ? name : at)).join('[].');
}

/** The `fields:` a field stands in, and how far its lines are indented. */
function blockOf(
  lines: readonly string[],
  entries: readonly Entry[],
  side: ChosenField['side'],
  list: string,
): { readonly entry: Entry; readonly indent: number } | undefined {
  for (const entry of entries) {
    if (entry.key !== 'fields' || entry.rest.startsWith('{')) continue;
    const outer = around(entries, entry.line, entry.indent);
    const lists = listsIn(lines, entries, [...outer, entry]);
    const isTop = outer.length === 0;
    if (isTop ? list !== '' : lists.length === 0 || pathOf(lists, side) !== list) continue;
    const first = entries.find((one) => one.line > entry.line && one.line < endOf(lines, entry));
    return { entry, indent: first?.indent ?? entry.indent + 2 };
  }
  return undefined;
}

/** One line that maps a field. */
function lineOf(chosen: ChosenField, name: string, partner: string | undefined): string {
  if (chosen.side === 'theirs')
    return chosen.field.kind === 'list'
      ? `${partner ?? placeholder}:\n  at: ${name}\n  key: { key: ${placeholder} }\n  fields:`
      : `${partner ?? placeholder}: ${name}`;
  const { field } = chosen;
  const at = partner ?? placeholder;
  if (field.kind === 'list') return `${name}:\n  at: ${at}\n  key: { key: ${placeholder} }\n  fields:`;
  const conversion = conversionOf(field);
  return conversion === '' ? `${name}: ${at}` : `${name}: { at: ${at}, ${conversion} }`;
}

/** A list nobody has mapped yet, with one field in it. */
function listWith(list: string, chosen: ChosenField, partner: string | undefined): string {
  const [, name] = cut(chosen.field.path);
  const outer = list.split('[].')[0] ?? list;
  const [ours, theirs] = chosen.side === 'ours' ? [outer, placeholder] : [placeholder, outer];
  const inner = list.includes('[].') ? '' : `\n${indented(lineOf(chosen, name, partner), 4)}`;
  return `${ours}:\n  at: ${theirs}\n  key: { key: ${placeholder} }\n  fields:${inner}`;
}

function conversionOf({ type, entity, words }: OurField): string {
  if (type === 'decimal' || type === 'money' || type === 'integer' || type === 'boolean' || type === 'date')
    return `as: ${type}`;
  if (type === 'instant') return 'as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai';
  if (type === 'reference' && entity !== null) return `ref: ${entity}`;
  if (type === 'choice' && words !== null)
    return `enum: { ${words.map((word) => `${word}: ${word}`).join(', ')} }`;
  return type === 'json' ? 'as: json' : '';
}

function indented(text: string, indent: number): string {
  return text
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}

function isEndOfLine(text: string, offset: number): boolean {
  return /^[ ]*(?:\n|$|[,}])/.test(text.slice(offset));
}

function atEnd(text: string, body: string): Insertion {
  const lead = text === '' || text.endsWith('\n') ? '' : '\n';
  return selected(text.length, `${lead}${body}\n`, body);
}

function atLine(text: string, lines: readonly string[], line: number, body: string): Insertion {
  const at = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  if (at > text.length) return selected(text.length, `\n${body}`, body);
  return selected(at, `${body}\n`, body);
}

/** Selects what is to be chosen next, or stands behind the line. */
function selected(at: number, insert: string, body: string): Insertion {
  const open = insert.indexOf(placeholder);
  if (open >= 0) return { at, insert, select: [at + open, at + open + placeholder.length] };
  const end = at + insert.indexOf(body) + body.length;
  return { at, insert, select: [end, end] };
}
