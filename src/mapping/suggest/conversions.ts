/** How a guessed pair is written: conversion, format, words; what cannot be known is said as a gap. */
import type { PathInfo } from '../../model/paths.ts';
import type { Json } from '../types.ts';
import type { Theirs } from './sides.ts';
import { ideasOfText } from './words.ts';

export interface Conversion {
  /** Options beside `at`, in the order they are written; values are YAML as it stands. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** What somebody has to decide. */
  readonly gaps: readonly string[];
}

/** Code tables by what a code of ours names. */
const TABLES: readonly (readonly [path: RegExp, table: string])[] = [
  [/unitid$/i, 'units'],
  [/^currency$/i, 'currencies'],
  [/locationid$/i, 'warehouses'],
  [/carrierid$/i, 'carriers'],
  [/orgid$/i, 'orgs'],
  [/^method$/i, 'payment-methods'],
  [/settlepartyid$/i, 'settle-customers'],
];

/** `tables` are the code tables there are. */
export function conversionOf(info: PathInfo, theirs: Theirs, tables: readonly string[]): Conversion {
  const gaps: string[] = [];
  const options: [string, string][] = [];
  if (info.kind === 'object') return { options: [['as', 'phone']], gaps };
  switch (info.type) {
    case 'decimal':
      options.push(['as', 'decimal']);
      break;
    case 'money':
      options.push(['as', 'money']);
      if (isFen(theirs)) options.push(['unit', 'fen']);
      break;
    case 'integer':
      options.push(['as', 'integer']);
      break;
    case 'boolean':
      options.push(...flagOptions(theirs, gaps));
      break;
    case 'instant':
    case 'date':
      options.push(...timeOptions(info.type, theirs, gaps));
      break;
    case 'choice':
      options.push(['enum', enumOf(info.words ?? [], theirs, gaps)]);
      break;
    case 'reference':
      options.push(['ref', info.entity ?? '']);
      if (/(?:uid|_id|internalid)$/i.test(theirs.path)) options.push(['by', 'id']);
      break;
    case 'code': {
      const table = TABLES.find(([path]) => path.test(lastOf(info.path)))?.[1];
      if (table !== undefined && tables.includes(table)) options.push(['table', table]);
      else if (/hub-wide code/.test(info.description))
        gaps.push('codes of the vendor may differ from ours: then say table: <code table>');
      break;
    }
    default:
  }
  return { options, gaps };
}

function flagOptions(theirs: Theirs, gaps: string[]): [string, string][] {
  if (theirs.types.has('boolean') || theirs.samples.some((value) => typeof value === 'boolean')) {
    return [['as', 'boolean']];
  }
  const words = theirs.words ?? distinct(theirs.samples);
  const format = words.length === 2 ? words.toReversed().join('|') : '1|0';
  gaps.push('which word means yes? It stands before the bar');
  return [
    ['as', 'boolean'],
    ['format', quoted(format)],
  ];
}

function timeOptions(type: 'instant' | 'date', theirs: Theirs, gaps: string[]): [string, string][] {
  const [sample] = theirs.samples.map(String);
  if (type === 'instant' && (theirs.types.has('integer') || /^\d{10}(?:\d{3})?$/.test(sample ?? ''))) {
    const isSeconds = sample !== undefined && sample.length === 10;
    if (sample === undefined) gaps.push('seconds (s) or milliseconds (ms)?');
    return [
      ['as', 'epoch'],
      ['unit', isSeconds ? 's' : 'ms'],
    ];
  }
  const as: [string, string] = ['as', type === 'instant' ? 'datetime' : 'date'];
  if (theirs.format === 'date-time' || /Z$|[+-]\d\d:\d\d$/.test(sample ?? '')) return [as];
  const format =
    /y{4}[-/]?MM[-/]?dd(?:[ T']+HH:?mm(?::?ss)?)?/.exec(theirs.description)?.[0] ?? formatOf(sample);
  if (format === undefined && type === 'instant') gaps.push('is this how the vendor writes times?');
  const isDay = type === 'date' && format === undefined;
  return [
    as,
    ...(isDay ? [] : ([['format', quoted(format ?? 'yyyy-MM-dd HH:mm:ss')]] as [string, string][])),
    ...(type === 'instant' ? ([['zone', 'Asia/Shanghai']] as [string, string][]) : []),
  ];
}

function formatOf(sample: string | undefined): string | undefined {
  const forms: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'yyyy-MM-dd HH:mm:ss'],
    [/^\d{4}-\d\d-\d\d \d\d:\d\d$/, 'yyyy-MM-dd HH:mm'],
    [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, "yyyy-MM-dd'T'HH:mm:ss"],
    [/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/, 'yyyy/MM/dd HH:mm:ss'],
    [/^\d{14}$/, 'yyyyMMddHHmmss'],
    [/^\d{8}$/, 'yyyyMMdd'],
    [/^\d{4}-\d\d-\d\d$/, 'yyyy-MM-dd'],
  ];
  return sample === undefined ? undefined : forms.find(([form]) => form.test(sample))?.[1];
}

/** Words that are the same, or that the description explains (`Z draft, A created`); the others are a gap. */
function enumOf(ours: readonly string[], theirs: Theirs, gaps: string[]): string {
  const words = theirs.words ?? distinct(theirs.samples);
  const told = new Map(
    [...theirs.description.matchAll(/(?:^|[,，;；]\s*)([A-Za-z0-9_]{1,12})[ =:：]+([^,，;；.。]+)/g)].map(
      ([, word = '', meaning = '']) => [word, meaning],
    ),
  );
  const all = [...new Set([...words, ...(words.length === 0 ? told.keys() : [])])];
  const pairs = new Map<string, string[]>();
  const left: string[] = [];
  for (const word of all) {
    const meaning = `${word} ${told.get(word) ?? ''}`;
    const own = ours.find((one) => isSame(one, meaning)) ?? ours.find((one) => isAlike(one, meaning));
    if (own === undefined) left.push(word);
    else pairs.set(own, [...(pairs.get(own) ?? []), word]);
  }
  if (all.length === 0) gaps.push(`what does the vendor say for ${ours.join(', ')}?`);
  else if (left.length > 0) gaps.push(`which of ${ours.join(', ')} is ${left.join(', ')}?`);
  else gaps.push('are these the same words?');
  const shown = pairs.size > 0 ? pairs : new Map(ours.slice(0, 1).map((one) => [one, [all[0] ?? one]]));
  const lines = [...shown].map(([own, their]) => {
    const values = their.map(quoted);
    return `${quoted(own)}: ${values.length === 1 ? values[0] : `[${values.join(', ')}]`}`;
  });
  return `{ ${lines.join(', ')} }`;
}

function isSame(ours: string, meaning: string): boolean {
  return meaning
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .includes(ours.toLowerCase());
}

function isAlike(ours: string, meaning: string): boolean {
  const own = ideasOfText(ours, 1);
  return [...ideasOfText(meaning, 1).keys()].some((idea) => own.has(idea));
}

function isFen({ path, description, types, samples }: Theirs): boolean {
  if (/fen$|_fen|分(?!钟|类|录|组)|\bcents?\b/i.test(`${path} ${description}`)) return true;
  return types.has('integer') && types.size === 1 && samples.length > 2 && samples.every(Number.isInteger);
}

function distinct(samples: readonly Json[]): string[] {
  const words = [...new Set(samples.filter((value) => typeof value !== 'object').map(String))];
  return words.length > 12 ? [] : words;
}

function lastOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('.'), path.lastIndexOf(']')) + 1).replace(/^\./, '');
}

/** As YAML: quoted whenever it could be read as anything but this text. */
export function quoted(text: string): string {
  return /^[A-Za-z_][\w/.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
