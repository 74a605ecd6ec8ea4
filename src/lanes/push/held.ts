/**
 * What a system has, as far as it is known: what it showed last, and what our last write that was done has put there
 * since. Where something else was sent and nobody knows what became of that, nobody knows which of the two it has. An
 * update carries what is not there for certain. Whatever else the record knows stays out of it: somebody may be changing
 * that there at this very moment, and it would be overwritten unseen. For the same reason nothing is written at all
 * where everything is there: not to whoever has just told it.
 */
import type { LinkRow } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import type { OutResult } from '../../mapping/index.ts';
import { isNormalForm, projectPaths } from '../../merge/index.ts';
import { entities, equal, isEntityName, type Json, type JsonObject } from '../../model/index.ts';
import { isBranch, laidOver, landingsOf, sideOf, withoutSeen } from '../landing.ts';
import type { Party } from '../landscape.ts';

export interface Held {
  /** In canonical terms. */
  readonly data: JsonObject;
  /** As a body would say it. */
  readonly body: JsonObject;
  /**
   * Of something it showed nobody knows whether that or what was sent before is there: somebody may have gone on from
   * either, and what is told of that may still be on its way.
   */
  readonly isDoubtful: boolean;
}

/**
 * What the copy of a state has, or the copy its issuer has of a document. Undefined when it never showed anything, or
 * when that makes no body. Pure.
 */
export function heldThere(
  party: Party,
  link: Pick<LinkRow, 'origin'>,
  shadow: Pick<ShadowRow, 'theirs' | 'outstanding' | 'told' | 'landed'> | undefined,
  outward: (data: JsonObject) => OutResult,
): Held | undefined {
  // What others were sent of a document they keep as it is; only its issuer shows what it says.
  if (!shadow?.theirs || !(isState(party) || link.origin)) return undefined;
  const { shown, sent } = lastHeard(shadow.theirs, shadow);
  const data = certain(shown, sent);
  const out = outward(data);
  return out.ok ? { data, body: out.body, isDoubtful: !equal(data, shown) } : undefined;
}

/** What it showed or took last, and what was sent beside that and may be there instead. */
function lastHeard(
  shown: JsonObject,
  { told, landed, outstanding }: Pick<ShadowRow, 'outstanding' | 'told' | 'landed'>,
): { readonly shown: JsonObject; readonly sent: JsonObject } {
  const before = landingsOf(landed).filter((one) => sideOf(told, one) === 'before');
  return {
    shown: before.reduce((all, { values }) => laidOver(all, values), shown),
    sent: withoutSeen(outstanding ?? {}, told, landed) ?? {},
  };
}

export function isState({ entity }: Pick<Party, 'entity'>): boolean {
  return isEntityName(entity) && entities[entity].nature === 'state';
}

/**
 * With what a system is told and never tells: that it has as it was sent last. `shownable`: what the record's fields
 * that it tells make of a body. Pure.
 */
export function withUnshown(
  held: JsonObject,
  body: JsonObject,
  shownable: JsonObject,
  sent: JsonObject,
): JsonObject {
  const result: Record<string, Json> = { ...held };
  for (const name of Object.keys(body)) {
    const [shown, was] = [shownable[name], sent[name]];
    if (was === undefined) continue;
    if (shown === undefined) result[name] = was;
    else if (isBranch(shown) && isBranch(was) && isBranch(body[name])) {
      const below = held[name];
      result[name] = withUnshown(isBranch(below) ? below : {}, body[name], shown, was);
    }
  }
  return result;
}

/** The part of a record that an update carries: what is not there for certain. Pure. */
export function carriedBy(record: JsonObject, there: JsonObject, echoedPaths: readonly string[]): JsonObject {
  return missing(projectPaths(record, echoedPaths), there);
}

/** What is under way to a system once a part of a record has been sent, too. Pure. */
export function underWay(carried: JsonObject, outstanding: JsonObject | null): JsonObject {
  return laidOver(outstanding ?? {}, carried);
}

/** What is shown, without what was sent otherwise. */
function certain(shown: JsonObject, sent: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(shown)) {
    const other = sent[name];
    if (isBranch(value) && isBranch(other)) result[name] = certain(value, other);
    else if (other === undefined || isNormalForm(value, other)) result[name] = value;
  }
  return result;
}

function missing(wanted: JsonObject, there: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const old = there[name];
    if (isBranch(value) && isBranch(old)) {
      const inner = missing(value, old);
      if (Object.keys(inner).length > 0) result[name] = inner;
    } else if (!equal(value, old)) result[name] = value;
  }
  return result;
}
