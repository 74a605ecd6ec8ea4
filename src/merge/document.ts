/** Revising of documents: content belongs to the issuer; others add stages and their own numbers. */
import {
  equal,
  hidesPhone,
  isList,
  isObject,
  isPhoneClaim,
  isUnder,
  type Json,
  type JsonObject,
} from '../model/index.ts';
import { type Change, diff, type Patch } from './diff.ts';
import { elementPath, elementsByKey, type Keyed, own, plainValues, put, withoutKeys } from './lists.ts';
import { saysNoMore } from './told.ts';

export interface DocumentRevision {
  /** Undefined when the document is new. */
  readonly golden: JsonObject | undefined;
  /** Absent is not told, `null` is cleared, a told list is told whole. Older revisions are dropped by the caller. */
  readonly incoming: JsonObject;
  readonly fromIssuer: boolean;
  /** Canonical paths anyone may set, with everything below them. */
  readonly stages: readonly string[];
  /**
   * What this system last showed. A stage equal to it is no news: the shop still showing "not shipped" must
   * not undo what the warehouse told since. Without it every told stage is taken.
   */
  readonly theirs?: JsonObject;
}
export interface DocumentRevised {
  readonly data: JsonObject;
  readonly patch: Patch;
  /** Content told by somebody other than the issuer that differs from the record; never applied. */
  readonly refused: Patch;
}

/** Applies what a system tells about a document. Pure. */
export function reviseDocument(input: DocumentRevision): DocumentRevised {
  const golden = input.golden ?? {};
  const first =
    input.golden === undefined && input.theirs === undefined && input.fromIssuer
      ? toldFirst(input.incoming)
      : undefined;
  if (first) return { data: first, patch: diff(golden, first), refused: {} };
  const refused: Record<string, Change> = {};
  const data = reviseObject(golden, input.theirs, input.incoming, '', input, refused);
  return { data, patch: diff(golden, data), refused };
}

/**
 * What is left of the first that is told of a document: all but what is cleared, which is the very same object where
 * nothing is. The short way of `reviseObject` for what most messages are; undefined where only the long one knows.
 */
function toldFirst(told: JsonObject): JsonObject | undefined {
  let kept: Record<string, Json> | undefined;
  for (const [name, value] of Object.entries(told)) {
    const first = value === undefined || value === null ? undefined : valueToldFirst(value);
    if (first === unclear) return undefined;
    if (first === value) continue;
    kept ??= { ...told };
    if (first === undefined) delete kept[name];
    else put(kept, name, first);
  }
  return kept ?? told;
}

const unclear = Symbol('the long way');

function valueToldFirst(value: Json): Json | undefined | typeof unclear {
  if (isBranch(value)) {
    const first = toldFirst(value) ?? unclear;
    return first !== unclear && Object.keys(first).length === 0 ? undefined : first;
  }
  const elements = isList(value) ? elementsByKey(value) : undefined;
  if (elements === undefined || elements.size === 0 || !isList(value)) return value;
  // Of two elements with one key the last counts.
  if (elements.size !== value.length) return unclear;
  let changed = false;
  const kept: Json[] = [];
  for (const element of elements.values()) {
    const first = toldFirst(element);
    if (first === undefined) return unclear;
    changed ||= first !== element;
    kept.push(first);
  }
  return changed ? kept : value;
}

type Value = Json | undefined;
type Refused = Record<string, Change>;

function reviseObject(
  golden: JsonObject,
  theirs: Value,
  incoming: JsonObject,
  prefix: string,
  input: DocumentRevision,
  refused: Refused,
): JsonObject {
  const revised: Record<string, Json> = { ...golden };
  const before = isObject(theirs) ? theirs : {};
  for (const [name, told] of Object.entries(incoming)) {
    if (told === undefined) continue;
    const value = reviseValue(own(golden, name), own(before, name), told, prefix + name, input, refused);
    if (value === undefined) delete revised[name];
    else put(revised, name, value);
  }
  return revised;
}

function reviseValue(
  golden: Value,
  theirs: Value,
  incoming: Json,
  path: string,
  input: DocumentRevision,
  refused: Refused,
): Value {
  if (isBranch(incoming) && (golden === undefined || isBranch(golden))) {
    const revised = reviseObject(golden ?? {}, theirs, incoming, `${path}.`, input, refused);
    return golden === undefined && Object.keys(revised).length === 0 ? undefined : revised;
  }
  const isStagePath = isStage(path, input);
  if (isStagePath && input.theirs !== undefined) {
    if (equal(incoming ?? undefined, theirs ?? undefined)) return golden;
    const values = shownAndTold(golden, theirs, incoming);
    if (values !== undefined) return values;
  }

  const told = elementsByKey(incoming);
  const known =
    golden === undefined && told !== undefined && told.size > 0
      ? new Map<string, Keyed>()
      : elementsByKey(golden);
  if (told !== undefined && known !== undefined) {
    const before = elementsByKey(theirs);
    const takes = input.fromIssuer || isStagePath;
    if (!takes) {
      for (const [key, element] of told)
        if (!known.has(key)) put(refused, elementPath(path, key), { to: element });
      if (golden === undefined) return undefined;
    }
    const elements: Json[] = [];
    // Of a stage nobody's whole list: what others added and this system never showed stays.
    if (isStagePath && input.theirs !== undefined) {
      for (const [key, element] of known) if (!told.has(key) && !before?.has(key)) elements.push(element);
    }
    for (const [key, element] of takes ? told : known) {
      const of = known.get(key);
      const by = told.get(key);
      const shown = before?.get(key);
      const prefix = `${elementPath(path, key)}.`;
      if (of === undefined) {
        // Taken away by others, and merely shown again.
        if (isStagePath && shown !== undefined && saysNoMore(element, shown)) continue;
        elements.push(reviseObject({ key }, undefined, element, prefix, input, refused));
      } else elements.push(by === undefined ? of : reviseObject(of, shown, by, prefix, input, refused));
    }
    return elements;
  }
  if (equal(incoming ?? undefined, golden) || hidesPhone(incoming, golden)) return golden;
  if (input.fromIssuer || isStagePath) return incoming ?? undefined;
  put(refused, path, {
    ...(golden === undefined ? {} : { from: golden }),
    ...(incoming === null ? {} : { to: incoming }),
  });
  return golden;
}

/** A stage that is a set (why an order is held): what was added to and taken from what this system last showed. */
function shownAndTold(golden: Value, theirs: Value, incoming: Json): readonly Json[] | undefined {
  const told = plainValues(incoming);
  const known = plainValues(golden);
  if (told === undefined || known === undefined || known.length === 0) return undefined;
  const before = new Set(plainValues(theirs) ?? []);
  const now = new Set(told);
  const kept = known.filter((value) => now.has(value) || !before.has(value));
  return [...new Set([...kept, ...told.filter((value) => !before.has(value))])];
}

function isStage(path: string, input: DocumentRevision): boolean {
  return isUnder(withoutKeys(path), input.stages);
}

function isBranch(value: Value): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}
