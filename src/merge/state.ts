/**
 * Merging of states (customers, products, locations): three-way per field between what a system last showed
 * (`theirs`), what it shows now (`incoming`) and the golden record. Only a difference between the first two is
 * an edit; everything else the system shows is what it already had.
 */
import {
  equal,
  hidesPhone,
  isObject,
  isPhoneClaim,
  isUnder,
  type Json,
  type JsonObject,
} from '../model/index.ts';
import { diff, type Patch } from './diff.ts';
import { compareInstants } from './instant.ts';
import { elementPath, elementsByKey, type Keyed, plainValues, withoutKeys } from './lists.ts';

export interface Origin {
  /** Connection that tells. */
  readonly connection: string;
  /** When the told state was true: the vendor's modification time, else when it was read. UTC. */
  readonly at: string;
  /** Inbox message, for explanations. */
  readonly message?: string;
  /** Mapping and version, for explanations. */
  readonly mapping?: string;
}
/** Who set a value, and when the hub took it over. */
export interface Provenance extends Origin {
  readonly takenAt: string;
}

export interface StateRules {
  /** Canonical path (with everything below it) → connection whose word counts; the longest path decides. */
  readonly owners?: Readonly<Record<string, string>>;
  /** What decides a field both sides changed when it has no owner. Default `newest`; `owner` without an owner is `newest`. */
  readonly conflict?: 'newest' | 'owner' | 'park';
}

export interface Conflict {
  readonly path: string;
  /** The golden value before; absent: none. */
  readonly golden?: Json;
  /** What this system last showed; absent: it never showed one. */
  readonly theirs?: Json;
  /** What it shows now; absent: it cleared the value. */
  readonly incoming?: Json;
  /** `parked` waits for a person. */
  readonly decidedBy: 'owner' | 'newest' | 'parked';
  /** Which value the record has now. The loser's link is dirty (or parked). */
  readonly kept: 'golden' | 'incoming';
}

export interface StateMerge {
  readonly golden: JsonObject;
  /** This system's shadow; undefined when it never told anything. */
  readonly theirs: JsonObject | undefined;
  /** Absent fields are not told; `null` means cleared. A told list is told whole. */
  readonly incoming: JsonObject;
  /** Values sent to this system and not yet confirmed: seeing them is our own write arriving, not an edit. */
  readonly outstanding?: JsonObject;
  /** Paths a person decides about: an edit at or under one is a conflict, whoever makes it. */
  readonly parked?: readonly string[];
  readonly origin: Origin;
  readonly rules: StateRules;
  /** Per path with keys, e.g. `addresses[home].city`. */
  readonly provenance: Readonly<Record<string, Provenance>>;
  /** UTC time of the merge. */
  readonly now: string;
}
export interface StateMerged {
  readonly data: JsonObject;
  readonly patch: Patch;
  readonly conflicts: readonly Conflict[];
  readonly provenance: Readonly<Record<string, Provenance>>;
}

/** Merges what one system shows into the golden record. Pure; the same input twice changes nothing the second time. */
export function mergeState(input: StateMerge): StateMerged {
  const merge = new Merge(input);
  const data = merge.object(input.golden, input.theirs, input.incoming, input.outstanding, '');
  return {
    data,
    patch: diff(input.golden, data),
    conflicts: merge.conflicts,
    provenance: merge.provenance(),
  };
}

type Value = Json | undefined;

class Merge {
  readonly conflicts: Conflict[] = [];
  readonly taken = new Map<string, Provenance>();
  readonly #gone: string[] = [];
  readonly #input: StateMerge;
  readonly #owners: readonly (readonly [path: string, connection: string])[];

  constructor(input: StateMerge) {
    this.#input = input;
    this.#owners = Object.entries(input.rules.owners ?? {}).sort(([a], [b]) => b.length - a.length);
  }

  /** Of a value that is gone, only who took it away is remembered, not who once set its parts. */
  provenance(): Readonly<Record<string, Provenance>> {
    if (this.taken.size === 0) return this.#input.provenance;
    const before = Object.entries(this.#input.provenance);
    const kept = before.filter(([path]) => !isUnder(path, this.#gone));
    return Object.fromEntries([...kept, ...this.taken]);
  }

  object(golden: JsonObject, theirs: Value, incoming: JsonObject, sent: Value, prefix: string): JsonObject {
    const merged: Record<string, Json> = { ...golden };
    const before = isObject(theirs) ? theirs : {};
    const outstanding = isObject(sent) ? sent : {};
    for (const [name, told] of Object.entries(incoming)) {
      if (told === undefined || (prefix.endsWith('].') && name === 'key')) continue;
      const value = this.#value(golden[name], before[name], told, outstanding[name], prefix + name);
      if (value === undefined) delete merged[name];
      else merged[name] = value;
    }
    return merged;
  }

  #value(golden: Value, theirs: Value, incoming: Json, sent: Value, path: string): Value {
    if (isBranch(incoming) && (golden === undefined || isBranch(golden)) && !isAtom(theirs)) {
      const merged = this.object(golden ?? {}, theirs, incoming, sent, `${path}.`);
      return golden === undefined && Object.keys(merged).length === 0 ? undefined : merged;
    }
    const told = elementsByKey(incoming);
    const own = golden === undefined ? new Map<string, Keyed>() : elementsByKey(golden);
    if (told !== undefined && own !== undefined && (told.size > 0 || own.size > 0)) {
      return this.#elements(
        own,
        elementsByKey(theirs),
        told,
        elementsByKey(sent),
        path,
        golden !== undefined,
      );
    }
    const values = plainValues(incoming);
    const ownValues = golden === undefined ? [] : plainValues(golden);
    if (values !== undefined && ownValues !== undefined) {
      return this.#set(golden, ownValues, plainValues(theirs) ?? [], values, plainValues(sent), path);
    }
    return this.#decide(golden, theirs, incoming, sent, path) ? (incoming ?? undefined) : golden;
  }

  #elements(
    golden: ReadonlyMap<string, Keyed>,
    theirs: ReadonlyMap<string, Keyed> | undefined,
    incoming: ReadonlyMap<string, Keyed>,
    sent: ReadonlyMap<string, Keyed> | undefined,
    path: string,
    existed: boolean,
  ): Value {
    const merged: Json[] = [];
    for (const [key, element] of golden) {
      const told = incoming.get(key);
      const at = elementPath(path, key);
      if (told !== undefined)
        merged.push(this.object(element, theirs?.get(key), told, sent?.get(key), `${at}.`));
      else if (theirs?.has(key) !== true || !this.#decide(element, theirs.get(key), null, undefined, at)) {
        merged.push(element);
      }
    }
    for (const [key, element] of incoming) {
      if (golden.has(key)) continue;
      const at = elementPath(path, key);
      if (!this.#decide(undefined, theirs?.get(key), element, sent?.get(key), at)) continue;
      merged.push(this.object({ key }, undefined, element, undefined, `${at}.`));
    }
    return merged.length === 0 && !existed ? undefined : merged;
  }

  /** Plain values are a set: what the system added is added, what it took away is taken away. */
  #set(
    golden: Value,
    own: readonly Json[],
    theirs: readonly Json[],
    incoming: readonly Json[],
    sent: readonly Json[] | undefined,
    path: string,
  ): Value {
    if (sent !== undefined && sameSet(sent, incoming)) return golden;
    const added = incoming.filter((value) => !theirs.includes(value) && !own.includes(value));
    const gone = theirs.filter((value) => !incoming.includes(value) && own.includes(value));
    if (added.length === 0 && gone.length === 0) return golden;
    if (this.#isParked(path)) {
      this.#conflict(path, golden, theirs, incoming, 'parked', 'golden');
      return golden;
    }
    const merged = [...own.filter((value) => !gone.includes(value)), ...new Set(added)];
    const owner = this.#ownerOf(path);
    if (owner !== undefined && owner !== this.#input.origin.connection && golden !== undefined) {
      this.#conflict(path, golden, theirs, incoming, 'owner', 'golden');
      return golden;
    }
    this.#take(path, merged);
    return merged;
  }

  /** Whether the incoming value is taken. `null` is a value that was cleared. */
  #decide(golden: Value, theirs: Value, incoming: Json, sent: Value, path: string): boolean {
    const told = incoming ?? undefined;
    if (theirs !== undefined && equal(told, theirs ?? undefined)) return false;
    if (sent !== undefined && equal(told, sent ?? undefined)) return false;
    if (equal(told, golden) || hidesPhone(told, golden)) return false;
    if (this.#isParked(path)) return this.#conflict(path, golden, theirs, told, 'parked', 'golden');

    const { origin, rules, provenance } = this.#input;
    const setBy = this.taken.get(path) ?? provenance[path];
    const owner = this.#ownerOf(path);
    if (
      owner === origin.connection ||
      (golden === undefined && theirs === undefined && setBy === undefined)
    ) {
      return this.#take(path, told);
    }
    if (owner !== undefined && (golden !== undefined || setBy !== undefined)) {
      return this.#conflict(path, golden, theirs, told, 'owner', 'golden');
    }
    if (theirs !== undefined && equal(theirs ?? undefined, golden)) return this.#take(path, told);
    if (rules.conflict === 'park') return this.#conflict(path, golden, theirs, told, 'parked', 'golden');
    const kept = setBy === undefined || isNewer(origin, setBy) ? 'incoming' : 'golden';
    this.#conflict(path, golden, theirs, told, 'newest', kept);
    return kept === 'incoming' ? this.#take(path, told) : false;
  }

  #isParked(path: string): boolean {
    return isUnder(path, this.#input.parked ?? []);
  }

  #ownerOf(path: string): string | undefined {
    const canonical = withoutKeys(path);
    return this.#owners.find(([owned]) => isUnder(canonical, [owned]))?.[1];
  }

  #take(path: string, value: Value): true {
    if (value === undefined) this.#gone.push(path);
    this.taken.set(path, { ...this.#input.origin, takenAt: this.#input.now });
    return true;
  }

  #conflict(
    path: string,
    golden: Value,
    theirs: Value,
    incoming: Value,
    decidedBy: Conflict['decidedBy'],
    kept: Conflict['kept'],
  ): false {
    this.conflicts.push({
      path,
      ...(golden === undefined ? {} : { golden }),
      ...(theirs === undefined ? {} : { theirs }),
      ...(incoming === undefined ? {} : { incoming }),
      decidedBy,
      kept,
    });
    return false;
  }
}

/** An object whose fields are merged one by one. */
function isBranch(value: Value): value is JsonObject {
  return isObject(value) && !isPhoneClaim(value);
}

function isAtom(value: Value): boolean {
  return value !== undefined && value !== null && !isBranch(value);
}

function sameSet(a: readonly Json[], b: readonly Json[]): boolean {
  return a.every((value) => b.includes(value)) && b.every((value) => a.includes(value));
}

/** Equal times are decided by the connection's name, so that the order of arrival does not matter. */
function isNewer(told: Origin, before: Origin): boolean {
  const order = compareInstants(told.at, before.at);
  return order === 0 ? told.connection >= before.connection : order > 0;
}
