/** Revising of documents: content belongs to the issuer; others add stages and their own numbers. */
import { equal, isObject, isPhoneClaim, isUnder, type Json, type JsonObject } from '../model/index.ts';
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
  const isStage = isUnder(withoutKeys(path), input.stages);
  if (isStage && theirs !== undefined && equal(incoming ?? undefined, theirs ?? undefined)) return golden;

  const told = elementsByKey(incoming);
  const own =
    golden === undefined && told !== undefined && told.size > 0
      ? new Map<string, Keyed>()
      : elementsByKey(golden);
  if (told !== undefined && own !== undefined) {
    const before = elementsByKey(theirs);
    const revise = (key: string, element: JsonObject, of: JsonObject) =>
      reviseObject(of, before?.get(key), element, `${elementPath(path, key)}.`, input, refused);
    if (input.fromIssuer || isStage) {
      return [...told].map(([key, element]) => revise(key, element, own.get(key) ?? { key }));
    }
    for (const [key, element] of told) if (!own.has(key)) refused[elementPath(path, key)] = { to: element };
    if (golden === undefined) return undefined;
    return [...own].map(([key, element]) => {
      const toldElement = told.get(key);
      return toldElement === undefined ? element : revise(key, toldElement, element);
    });
  }
  if (equal(incoming ?? undefined, golden)) return golden;
  if (input.fromIssuer || isStage) return incoming ?? undefined;
  refused[path] = {
    ...(golden === undefined ? {} : { from: golden }),
    ...(incoming === null ? {} : { to: incoming }),
  };
  return golden;
}

function isBranch(value: Value): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}
