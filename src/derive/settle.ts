/** What becomes of a document when its sources change: recomputed before it is posted, by the rule's policy after. */
import { equal, type Json, type JsonObject } from '../model/index.ts';
import { additiveOf, part, withoutStages } from './part.ts';
import type { DeriveRule } from './rule.ts';

/** One document made so far. */
export interface PartState {
  readonly part: number;
  readonly data: JsonObject;
  /** A system was asked to write it, or a person has settled it: it stands as it is. */
  readonly posted: boolean;
}

export type Settlement =
  | { readonly kind: 'none' }
  /** A document that follows those there are. */
  | { readonly kind: 'create'; readonly data: JsonObject }
  /** New content of a document; stages told about it stay. */
  | { readonly kind: 'revise'; readonly part: number; readonly data: JsonObject }
  /** Nothing is left of a document nobody has seen. */
  | { readonly kind: 'cancel'; readonly part: number }
  /** A person has to decide; `difference` is what would be the next part. */
  | { readonly kind: 'park'; readonly reason: string; readonly difference?: JsonObject };

/**
 * Decides about one group (or one part of a split) from what is wanted now and the parts there are, oldest first.
 * The part nobody was asked to write is computed again. Once all are posted, a difference becomes the next part
 * (`amend`), the last part is revised (`reopen`), or it waits for a person (`park`), whom `decided` speaks for.
 * Pure.
 */
export function settle(
  rule: DeriveRule,
  wanted: JsonObject | undefined,
  parts: readonly PartState[],
  decided = false,
): Settlement {
  const open = parts.findLast((one) => !one.posted);
  const last = parts.at(-1);
  const revised = open ?? (rule.late === 'reopen' ? last : undefined);
  const others = parts.filter((one) => one !== revised).map((one) => one.data);
  const content = part(rule, wanted, others);
  if (revised !== undefined) {
    if (content !== undefined) return { kind: 'revise', part: revised.part, data: content };
    if (!revised.posted) return { kind: 'cancel', part: revised.part };
    return {
      kind: 'park',
      reason: 'nothing is left of it after it was posted; cancel it where it was posted',
    };
  }
  const unlike = last === undefined ? [] : otherFields(rule, wanted, last.data);
  if (content === undefined && unlike.length === 0) return { kind: 'none' };
  if (parts.length > 0 && rule.late === 'park' && !decided) {
    return {
      kind: 'park',
      reason: 'sources changed after it was posted; decide whether the difference is posted',
      ...(content === undefined ? {} : { difference: content }),
    };
  }
  if (content !== undefined) return { kind: 'create', data: content };
  return {
    kind: 'park',
    reason: `${unlike.join(', ')} changed after it was posted, which no next part can say; change it where it was posted`,
  };
}

/** Content that a difference of sums cannot carry; of a summary everything else names the group and cannot change. */
function otherFields(rule: DeriveRule, wanted: JsonObject | undefined, posted: JsonObject): string[] {
  if (rule.kind === 'group' || wanted === undefined) return [];
  const { lists, header } = additiveOf(rule);
  const skipped = new Set(['id', 'number', ...Object.keys(lists), ...header]);
  const before = withoutStages(rule, posted);
  const after: Readonly<Record<string, Json>> = withoutStages(rule, wanted);
  return Object.keys(after).filter((name) => !skipped.has(name) && !equal(after[name], before[name]));
}
