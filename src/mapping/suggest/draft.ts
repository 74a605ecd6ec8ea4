/** The draft as a file: guesses with their score, and a `gap:` comment wherever somebody has to decide. */
import { conversionOf, quoted } from './conversions.ts';
import { type Guess, type Level, type ListPair, type Pair, SURE } from './pairs.ts';
import { isPath, type Theirs } from './sides.ts';

export interface DraftOptions {
  /** `connector/object`, the mapping's name. */
  readonly name: string;
  readonly entity: string;
  readonly object: string;
  readonly direction: 'in' | 'out' | 'both';
  /** Names of the code tables there are. */
  readonly tables: readonly string[];
}

/** Text of a mapping file for what was paired; it can be read, and `check` lists its gaps until they are filled. */
export function draft(level: Level, options: DraftOptions): string {
  const lines = [
    '# yaml-language-server: $schema=../../schemas/mapping.schema.json',
    `# A draft made from names, types and samples. The number is how alike two fields look, from 0 to 1.`,
    `# Each "gap" is a question that somebody has to answer; check reports it until its comment is taken out.`,
    '# gap: nobody has read this draft through yet',
    `mapping: ${quoted(options.name)}`,
    `entity: ${options.entity}`,
    `object: ${quoted(options.object)}`,
    ...(options.direction === 'both' ? [] : [`direction: ${options.direction}`]),
    'fields:',
    ...levelLines(level, options, '  '),
  ];
  // A file that maps nothing at all cannot be read; one line that is surely a gap keeps it readable.
  if (level.fields.length === 0 && level.lists.length === 0)
    lines.push('  number: { at: number } # gap: nothing here looks like anything there');
  return `${lines.join('\n')}\n`;
}

function levelLines(level: Level, options: DraftOptions, indent: string): string[] {
  const lines = [
    ...level.fields.flatMap((pair) => fieldLines(pair, options, indent)),
    ...level.lists.flatMap((pair) => listLines(pair, options, indent)),
  ];
  const must = level.missing.filter(({ info }) => info.required && options.direction !== 'out');
  for (const { path, info } of must)
    lines.push(
      `${indent}# gap: ${path} is required (${inComment(info.description)}); nothing at the vendor looks like it`,
    );
  const theirs = level.unused.filter((one) => one.required && options.direction !== 'in');
  for (const { path, description } of theirs)
    lines.push(
      `${indent}# gap: the vendor insists on ${path}${told(description)}; nothing of ours looks like it`,
    );
  const rest = level.missing.filter((one) => !must.includes(one)).map(({ path }) => path);
  if (rest.length > 0) lines.push(...wrapped(`Not found at the vendor: ${rest.join(', ')}`, indent));
  const unused = level.unused.filter((one) => !theirs.includes(one)).map(({ path }) => path);
  if (unused.length > 0) lines.push(...wrapped(`The vendor's fields not used: ${unused.join(', ')}`, indent));
  return lines;
}

function fieldLines(pair: Pair, options: DraftOptions, indent: string): string[] {
  const [best, ...others] = pair.guesses;
  if (best === undefined) return [];
  const { info, path } = pair.ours;
  const { options: conversion, gaps } = conversionOf(info, best.theirs, options.tables);
  const inward = !info.required && !best.theirs.required && options.direction !== 'out';
  const written = [
    `at: ${quoted(best.theirs.path)}`,
    ...conversion.map(([name, value]) => `${name}: ${value}`),
    ...(inward ? ['optional: true'] : []),
  ];
  const questions = [...(best.score < SURE ? [`not sure${orElse(others)}`] : []), ...gaps];
  const value = written.length === 1 ? quoted(best.theirs.path) : `{ ${written.join(', ')} }`;
  return [
    ...questions.map((question) => `${indent}# gap: ${path}: ${inComment(question)}`),
    `${indent}${quoted(path)}: ${value} # ${best.score.toFixed(2)}${questions.length > 0 ? '' : among(others)}`,
  ];
}

function listLines(pair: ListPair, options: DraftOptions, indent: string): string[] {
  const [best, ...others] = pair.guesses;
  if (best === undefined) return [];
  const key = keyOf(best.theirs);
  const inner = levelLines(pair.level, options, `${indent}    `);
  return [
    ...(best.score < SURE ? [`${indent}# gap: ${pair.ours.path}: not sure${orElse(others)}`] : []),
    `${indent}${quoted(pair.ours.path)}: # ${best.score.toFixed(2)}${best.score < SURE ? '' : among(others)}`,
    `${indent}  at: ${quoted(best.theirs.path)}`,
    `${indent}  # gap: ${pair.ours.path}: is this the id of an element, the same for as long as it exists?`,
    `${indent}  key: { key: ${quoted(key)} }`,
    ...(pair.ours.info.required ? [] : [`${indent}  optional: true`]),
    ...(pair.level.fields.length + pair.level.lists.length === 0
      ? [`${indent}  fields: {}`, ...inner.map((line) => line)]
      : [`${indent}  fields:`, ...inner]),
  ];
}

/** The vendor's name for the id of an element. */
function keyOf(list: Theirs): string {
  const names = Object.keys(list.items?.properties ?? {});
  const sampled = list.samples.flatMap((value) =>
    Array.isArray(value)
      ? value.flatMap((item) => (typeof item === 'object' && item !== null ? Object.keys(item) : []))
      : [],
  );
  const known = [...new Set([...names, ...sampled])].filter(isPath);
  const likely = [
    /^_key$/,
    /^F?entry_?id$/i,
    /^(?:line|item|detail|row|order_?line)_?(?:id|no|key)$/i,
    /^F?(?:id|uid|key)$/i,
    /id$/i,
  ];
  for (const form of likely) {
    const found = known.find((name) => form.test(name));
    if (found !== undefined) return found;
  }
  return known[0] ?? 'id';
}

function among(others: readonly Guess[]): string {
  return others.length === 0 ? '' : `; then ${others.map(shown).join(', ')}`;
}

function orElse(others: readonly Guess[]): string {
  return others.length === 0 ? '' : `; or ${others.map(shown).join(', ')}`;
}

function shown({ theirs, score }: Guess): string {
  return `${theirs.path} ${score.toFixed(2)}`;
}

function told(description: string): string {
  return description === '' ? '' : ` (${inComment(description)})`;
}

function inComment(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 160);
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > 100) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}
