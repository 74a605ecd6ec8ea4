/** What of a copy is known by our own last write to it, and in which order that and what is told of it came. */
import type { Landed, Landing, ShadowRow, ToldWhen } from '../ledger/shadows.ts';
import { compareRevisions } from '../merge/index.ts';
import { equal, isObject, isPhoneClaim, type Json, type JsonObject } from '../model/index.ts';

/**
 * Whether something was told before or after a write of ours had taken effect. Sure of what was noted before the write
 * was sent, of a reading that was begun after it was done, and of revisions: one that is not older than the one the
 * write made comes after it. Undefined: nothing says which. Pure.
 */
export function sideOf(
  told: Partial<ToldWhen> | null | undefined,
  landed: Landing,
): 'before' | 'after' | undefined {
  if (!told) return undefined;
  const { at, readAt, revision } = told;
  if (at !== undefined && Date.parse(at) < Date.parse(landed.sentAt)) return 'before';
  if (readAt !== undefined && Date.parse(readAt) > Date.parse(landed.doneAt)) return 'after';
  const order = compareRevisions(revision, landed.revision);
  return order === undefined ? undefined : order < 0 ? 'before' : 'after';
}

/**
 * What we had put there when this was told, and nothing told before has shown; undefined: nobody knows. `isOurs`: the hub
 * made the copy. What such a copy shows first was told after the create had put everything there, even where nobody
 * has heard yet that it was done. Pure.
 */
export function landedBefore(
  told: Partial<ToldWhen>,
  shadow: Pick<ShadowRow, 'theirs' | 'outstanding' | 'earlier' | 'told' | 'landed'> | undefined,
  isOurs: boolean,
): JsonObject | undefined {
  if (!shadow) return undefined;
  const { theirs, earlier, outstanding } = shadow;
  const landings = landingsOf(shadow.landed);
  const seen = landings.filter(
    (one) => sideOf(shadow.told, one) !== 'after' && sideOf(told, one) === 'after',
  );
  if (seen.length > 0) return together(seen);
  const isFirst = isOurs && theirs === null && (earlier ?? []).length === 0;
  if (!isFirst) return undefined;
  return landings.length > 0 ? together(landings) : (outstanding ?? undefined);
}

function together(landings: readonly Landing[]): JsonObject {
  return landings.reduce<JsonObject>((all, { values }) => laidOver(all, values), {});
}

/** Writes of ours that were done, oldest first: the last one, and those before it that carried what it did not. Pure. */
export function landingsOf(landed: Landed | null | undefined): Landing[] {
  return landed ? [...(landed.earlier ?? []).toReversed(), landed] : [];
}

/** Values over others, member by member. Pure. */
export function laidOver(below: JsonObject, above: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const old = below[name];
    result[name] = isBranch(value) && isBranch(old) ? laidOver(old, value) : value;
  }
  return result;
}

/** Whether what is below it counts by itself; a telephone's claims are one value. Pure. */
export function isBranch(value: Json | undefined): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}

/** What of the values sent may still be on its way, once those that have landed are seen or changed there; null: nothing. Pure. */
export function withoutLanded(sent: JsonObject, landed: JsonObject): JsonObject | null {
  const left: Record<string, Json> = {};
  for (const [name, value] of Object.entries(sent)) {
    const there = landed[name];
    if (isBranch(value) && isBranch(there)) {
      const inner = withoutLanded(value, there);
      if (inner !== null) left[name] = inner;
    } else if (!equal(value, there)) left[name] = value;
  }
  return Object.keys(left).length === 0 ? null : left;
}

/** The same of all landings that something was told after. Pure. */
export function withoutSeen(
  sent: JsonObject,
  told: Partial<ToldWhen> | null | undefined,
  landed: Landed | null | undefined,
): JsonObject | null {
  const seen = landingsOf(landed).filter((one) => sideOf(told, one) === 'after');
  return seen.length > 0 ? withoutLanded(sent, together(seen)) : sent;
}
