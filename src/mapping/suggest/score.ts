/** How likely it is that two fields mean the same: by names and titles, types, formats and samples. */
import type { PathInfo } from '../../model/paths.ts';
import type { Ours, Theirs } from './sides.ts';
import type { Ideas } from './words.ts';

/** Rare ideas tell more than frequent ones: weight per idea over both sides. */
export type Rarity = (idea: string) => number;

export function rarityOf(all: readonly { readonly ideas: Ideas }[]): Rarity {
  const counts = new Map<string, number>();
  for (const { ideas } of all) for (const idea of ideas.keys()) counts.set(idea, (counts.get(idea) ?? 0) + 1);
  return (idea) => Math.log(1 + all.length / (counts.get(idea) ?? all.length));
}

/** From 0 to 1. Names decide; types that cannot fit halve it, samples that fit the type raise it a little. */
export function scoreOf(ours: Ours, theirs: Theirs, rarity: Rarity): number {
  const names = cosine(ours.ideas, theirs.ideas, rarity);
  if (names === 0) return 0;
  const fit = typeFit(ours.info, theirs);
  const shown = theirs.samples.length === 0 ? 0 : sampleFit(ours.info, theirs);
  return Math.max(0, Math.min(1, names * fit + shown * names * 0.15 + habits(ours.info, theirs)));
}

/** What decides between fields that are alike otherwise. */
function habits(info: PathInfo, { path, required }: Theirs): number {
  const isNumber = /(?:^|\.)(?:code|number)$/.test(info.path);
  const isCode = info.type === 'code' || info.type === 'reference';
  const ending = /names?$/i.test(path)
    ? isCode
      ? -0.04
      : 0.04
    : /(?:code|no|number)$/i.test(path)
      ? isNumber
        ? 0.1
        : isCode
          ? 0.04
          : -0.04
      : /id$/i.test(path) && !isCode
        ? -0.04
        : 0;
  // An underscore marks what a connector has worked out from raw fields, signs and units settled.
  return ending + (required ? 0.03 : 0) + (path.startsWith('_') ? 0.03 : 0);
}

function cosine(a: Ideas, b: Ideas, rarity: Rarity): number {
  let dot = 0;
  for (const [idea, weight] of a) dot += weight * (b.get(idea) ?? 0) * rarity(idea) ** 2;
  return dot === 0 ? 0 : dot / (lengthOf(a, rarity) * lengthOf(b, rarity));
}

function lengthOf(ideas: Ideas, rarity: Rarity): number {
  return Math.hypot(...[...ideas].map(([idea, weight]) => weight * rarity(idea)));
}

/** 1 when the vendor's type can hold it, less the less likely that is. */
function typeFit(info: PathInfo, { path, types, words, format, description, ideas }: Theirs): number {
  // Base data is named by its code, {FNumber}: it is no amount, time or flag, whatever it is called.
  const isCode = /\.f?number$/i.test(path);
  if (isCode && info.type !== 'code' && info.type !== 'reference' && info.type !== 'text') return 0.25;
  if (types.size === 0) return 0.9;
  const has = (...names: string[]): boolean => names.some((name) => types.has(name));
  const isNumeric =
    format === 'decimal' || has('number') || /decimal|amount|yuan|金额|数量/i.test(description);
  const named = Math.max(ideas.get('date') ?? 0, ideas.get('datetime') ?? 0) >= 0.7;
  const isTime = named || /^date/.test(format ?? '') || /yyyy|HH:mm|date-time/.test(description);
  if (info.kind === 'object') return has('string') ? 1 : 0.3;
  switch (info.type) {
    case 'boolean':
      return has('boolean')
        ? 1
        : words?.length === 2 || /\b0\b.*\b1\b|\b1\b.*\b0\b/.test(description)
          ? 0.9
          : 0.5;
    case 'decimal':
    case 'money':
      return isNumeric ? 1 : has('boolean') || words !== undefined || isTime ? 0.2 : 0.6;
    case 'integer':
      return has('integer', 'number') ? 1 : has('boolean') ? 0.3 : 0.7;
    case 'instant':
      return isTime ? 1 : has('integer') ? 0.7 : isNumeric || has('boolean') ? 0.2 : 0.75;
    case 'date':
      return isTime ? 1 : isNumeric || has('boolean') ? 0.2 : 0.75;
    case 'choice':
      return words !== undefined ? 1 : has('boolean') || isNumeric || isTime ? 0.4 : 0.85;
    default:
      return has('boolean') || isTime ? 0.3 : isNumeric ? 0.5 : words === undefined ? 1 : 0.7;
  }
}

const PATTERNS: Readonly<Record<string, RegExp>> = {
  decimal: /^-?\d+(?:\.\d+)?$/,
  money: /^-?\d+(?:\.\d+)?$/,
  integer: /^-?\d+$/,
  instant: /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d|^\d{10}$|^\d{13}$/,
  date: /^\d{4}-?\d\d-?\d\d$/,
  boolean: /^(?:true|false|0|1|y|n|yes|no|是|否)$/i,
};

/** 1 when all samples look like the type, −1 when none does. */
function sampleFit(info: PathInfo, { samples }: Theirs): number {
  const pattern = info.kind === 'object' ? /^\+?[\d*\- ,#]{5,}/ : PATTERNS[info.type ?? ''];
  if (pattern === undefined) return 0;
  const shown = samples.slice(0, 50);
  const fitting = shown.filter((value) => typeof value !== 'object' && pattern.test(String(value))).length;
  return (2 * fitting) / shown.length - 1;
}
