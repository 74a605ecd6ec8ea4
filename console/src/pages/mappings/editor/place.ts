/** Where somebody is in the text of a mapping, also while it is no YAML yet: by its lines and indentation. Pure. */

/** A list around a place, on both sides; `at` is '' while nobody has written it. */
export interface AroundList {
  /** Relative to the list around it, e.g. `lines`. */
  readonly name: string;
  readonly at: string;
}

export interface Place {
  /** Whether a name or what stands behind its colon is being typed. */
  readonly kind: 'key' | 'value';
  /** Names of what it stands in, the outermost first: `fields`, `lines`, `fields`, `skuId`. */
  readonly parents: readonly string[];
  /** Of a value: its name. */
  readonly key: string;
  readonly lists: readonly AroundList[];
  /** Where what is being typed begins, and what is typed so far. */
  readonly from: number;
  readonly typed: string;
}

/** A line `name: …` of a block. */
export interface Entry {
  /** From 0. */
  readonly line: number;
  readonly indent: number;
  readonly key: string;
  readonly rest: string;
}

const entryLine = /^( *)("[^"]*"|'[^']*'|[^\s#"'{[-][^:#]*?)\s*:(?:\s+(.*)|\s*)$/;

/** Every `name: …` at the beginning of a line. */
export function entriesOf(lines: readonly string[]): Entry[] {
  return lines.flatMap((text, line) => {
    const found = entryLine.exec(text);
    if (!found) return [];
    const [, indent = '', key = '', rest = ''] = found;
    return [{ line, indent: indent.length, key: unquoted(key), rest: withoutComment(rest) }];
  });
}

/** The entries around a line with an indentation, the outermost first. */
export function around(entries: readonly Entry[], line: number, indent: number): Entry[] {
  const found: Entry[] = [];
  let within = indent;
  for (const entry of entries.filter((one) => one.line < line).reverse()) {
    if (entry.indent >= within) continue;
    found.unshift(entry);
    within = entry.indent;
  }
  return found;
}

/** The line after the last one that belongs to an entry. */
export function endOf(lines: readonly string[], entry: Entry): number {
  let end = entry.line + 1;
  for (let line = end; line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    if (text.trim() === '') continue;
    if (indentOf(text) <= entry.indent) break;
    end = line + 1;
  }
  return end;
}

export function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** Lists among what is around a place: entries in `fields:` whose own `fields:`, or whose `key:`, is around it. */
export function listsIn(
  lines: readonly string[],
  entries: readonly Entry[],
  surrounding: readonly Entry[],
): AroundList[] {
  return surrounding.flatMap((entry, index) => {
    const inFields = index % 2 === 1 && surrounding[index - 1]?.key === 'fields';
    const inner = surrounding[index + 1]?.key;
    if (!inFields || (inner !== 'fields' && inner !== 'key')) return [];
    const end = endOf(lines, entry);
    const at = entries.find((one) => one.line > entry.line && one.line < end && one.key === 'at');
    return [{ name: entry.key, at: unquoted(at?.rest ?? '') }];
  });
}

/** The place at an offset; undefined in a comment. */
export function placeIn(text: string, offset: number): Place | undefined {
  const lines = text.split('\n');
  const line = text.slice(0, offset).split('\n').length - 1;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  if (/(?:^|\s)#/.test(withoutTexts(before))) return undefined;
  const indent =
    indentOf(lines[line] ?? '') === (lines[line] ?? '').length ? before.length : indentOf(before);
  const entries = entriesOf(lines);
  const surrounding = around(entries, line, indent);
  const flow = readFlow(before, indent);
  const flowing = flow.parents.map((key): Entry => ({ line, indent, key, rest: '' }));
  const lists = listsIn(lines, entries, [...surrounding, ...flowing]);
  return {
    ...flow,
    parents: [...surrounding.map(({ key }) => key), ...flow.parents],
    lists,
    from: start + flow.from,
  };
}

/** Walks through a line up to the cursor: into braces, past commas, over quoted texts. */
function readFlow(before: string, indent: number): Omit<Place, 'lists'> {
  const parents: string[] = [];
  let key = '';
  let from = indent;
  let kind: Place['kind'] = 'key';
  let quote = '';
  const keys: string[] = [];
  for (let at = indent; at < before.length; at += 1) {
    const character = before[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
      continue;
    }
    const next = before[at + 1];
    if ((character === '"' || character === "'") && before.slice(from, at).trim() === '') quote = character;
    else if (character === '{' && kind === 'value' && before.slice(from, at).trim() === '') {
      keys.push(key);
      parents.push(key);
      [kind, key, from] = ['key', '', at + 1];
    } else if (character === '}' && keys.length > 0) {
      key = keys.pop() ?? '';
      parents.pop();
      [kind, from] = ['value', at + 1];
    } else if (character === ',' && keys.length > 0) [kind, key, from] = ['key', '', at + 1];
    else if (character === ':' && kind === 'key' && (next === ' ' || next === undefined)) {
      key = unquoted(before.slice(from, at).trim());
      [kind, from] = ['value', at + 1];
    }
  }
  const typed = before.slice(from);
  const lead = typed.length - typed.trimStart().length;
  return { kind, parents, key, from: from + lead, typed: typed.slice(lead) };
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(["']).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

function withoutComment(text: string): string {
  const found = /(?:^|\s)#/.exec(withoutTexts(text));
  return (found ? text.slice(0, found.index) : text).trim();
}

/** The text with what stands in quotes blanked, as long as it was. */
function withoutTexts(text: string): string {
  return text.replace(/"[^"]*"?|'[^']*'?/g, (quoted) => '_'.repeat(quoted.length));
}
