/**
 * What a system has of a state, as far as it is known: what it showed last. Where something else was sent and is not
 * seen there, nobody knows which of the two it has. An update carries what is not there for certain. Whatever else the
 * record knows stays out of it: somebody may be changing that there at this very moment, and it would be overwritten
 * unseen.
 */
import type { ShadowRow } from '../../ledger/shadows.ts';
import type { OutResult } from '../../mapping/index.ts';
import { isNormalForm, projectPaths } from '../../merge/index.ts';
import {
  entities,
  equal,
  isEntityName,
  isObject,
  isPhoneClaim,
  type Json,
  type JsonObject,
} from '../../model/index.ts';
import type { Party } from '../landscape.ts';

export interface Held {
  /** In canonical terms. */
  readonly data: JsonObject;
  /** As a body would say it. */
  readonly body: JsonObject;
}

/** Undefined when updates there cannot be of parts, when it never showed anything, or when that makes no body. Pure. */
export function heldThere(
  party: Party,
  shadow: Pick<ShadowRow, 'theirs' | 'outstanding'> | undefined,
  outward: (data: JsonObject) => OutResult,
): Held | undefined {
  const isState = isEntityName(party.entity) && entities[party.entity].nature === 'state';
  if (!isState || !party.facts.partialUpdate || !shadow?.theirs) return undefined;
  const data = certain(shadow.theirs, shadow.outstanding ?? {});
  const out = outward(data);
  return out.ok ? { data, body: out.body } : undefined;
}

/** What is under way to a system once the record's part that is not there yet has been sent, too. Pure. */
export function underWay(
  record: JsonObject,
  held: Held,
  outstanding: JsonObject | null,
  echoedPaths: readonly string[],
): JsonObject {
  return laidOver(outstanding ?? {}, missing(projectPaths(record, echoedPaths), held.data));
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

function laidOver(below: JsonObject, above: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const old = below[name];
    result[name] = isBranch(value) && isBranch(old) ? laidOver(old, value) : value;
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

function isBranch(value: Json | undefined): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}
