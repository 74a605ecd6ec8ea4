/** Revising of documents: content belongs to the issuer; others add stages and their own numbers. */
import {
  equal,
  hidesPhone,
  isObject,
  isPhoneClaim,
  isUnder,
  type Json,
  type JsonObject,
} from '../model/index.ts';
import { type Change, diff, type Patch } from './diff.ts';
import { elementPath, elementsByKey, type Keyed, withoutKeys } from './lists.ts';

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
  const refused: Record<string, Change> = {};
  const data = reviseObject(golden, input.theirs, input.incoming, '', input, refused);
  return { data, patch: diff(golden, data), refused };
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
    const value = reviseValue(golden[name], before[name], told, prefix + name, input, refused);
    if (value === undefined) delete revised[name];
    else revised[name] = value;
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
  if (theirs !== undefined && equal(incoming ?? undefined, theirs ?? undefined) && isStage(path, input)) {
    return golden;
  }

  const told = elementsByKey(incoming);
  const own =
    golden === undefined && told !== undefined && told.size > 0
      ? new Map<string, Keyed>()
      : elementsByKey(golden);
  if (told !== undefined && own !== undefined) {
    const before = elementsByKey(theirs);
    const takes = input.fromIssuer || isStage(path, input);
    if (!takes) {
      for (const [key, element] of told) if (!own.has(key)) refused[elementPath(path, key)] = { to: element };
      if (golden === undefined) return undefined;
    }
    const elements: Json[] = [];
    for (const [key, element] of takes ? told : own) {
      const of = takes ? (own.get(key) ?? { key }) : element;
      const by = told.get(key);
      const prefix = `${elementPath(path, key)}.`;
      elements.push(by === undefined ? of : reviseObject(of, before?.get(key), by, prefix, input, refused));
    }
    return elements;
  }
  if (equal(incoming ?? undefined, golden) || hidesPhone(incoming, golden)) return golden;
  if (input.fromIssuer || isStage(path, input)) return incoming ?? undefined;
  refused[path] = {
    ...(golden === undefined ? {} : { from: golden }),
    ...(incoming === null ? {} : { to: incoming }),
  };
  return golden;
}

function isStage(path: string, input: DocumentRevision): boolean {
  return isUnder(withoutKeys(path), input.stages);
}

function isBranch(value: Value): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}
