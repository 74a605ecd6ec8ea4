/** Whose word counts for a path, for good or while the record is at a certain stage. */
import type { Json, JsonObject } from '../model/index.ts';
import { valueAt } from '../model/index.ts';
import { parentOf, withoutKeys } from './lists.ts';

/** An owner that changes with the record: the value at `by` (a choice, a flag, a text) says whose turn it is. */
export interface StagedOwner {
  /** Canonical path of one value outside lists, e.g. `ext.status`. */
  readonly by: string;
  /** Value there → connection; flags are `true` and `false`. */
  readonly at: Readonly<Record<string, string>>;
  /** For every other value, and for none. Absent: nobody owns the path then. */
  readonly else?: string;
}

/** Canonical path (with everything below it) → connection, for good or by stage. The longest path decides. */
export type Owners = Readonly<Record<string, string | StagedOwner>>;

/**
 * Answers who owns a path of one record. The stage that counts is the one the record is at before the message;
 * of a record that has none yet, the one the message tells.
 */
export function ownersOf(
  owners: Owners | undefined,
  golden: JsonObject,
  incoming: JsonObject,
): (path: string) => string | undefined {
  const settled = new Map<string, string | undefined>();
  for (const [path, owner] of Object.entries(owners ?? {})) {
    settled.set(path, typeof owner === 'string' ? owner : atStage(owner, golden, incoming));
  }
  if (settled.size === 0) return () => undefined;
  return (path) => {
    const found = ancestorIn(withoutKeys(path), settled);
    return found === undefined ? undefined : settled.get(found);
  };
}

function atStage(owner: StagedOwner, golden: JsonObject, incoming: JsonObject): string | undefined {
  const stage = valueAt(golden, owner.by) ?? valueAt(incoming, owner.by);
  const word = wordOf(stage);
  return word !== undefined && Object.hasOwn(owner.at, word) ? owner.at[word] : owner.else;
}

function wordOf(stage: Json | undefined): string | undefined {
  return typeof stage === 'string' || typeof stage === 'boolean' || typeof stage === 'number'
    ? String(stage)
    : undefined;
}

/** The path itself or the nearest one above it that is in the set; found step by step, so that many paths cost nothing. */
export function ancestorIn(
  path: string,
  known: { readonly has: (path: string) => boolean },
): string | undefined {
  let at = path;
  while (at !== '') {
    if (known.has(at)) return at;
    at = parentOf(at);
  }
  return undefined;
}
