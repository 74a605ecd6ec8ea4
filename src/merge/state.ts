/**
 * Merging of states (customers, products, locations): three-way per field between what a system last showed
 * (`theirs`), what it shows now (`incoming`) and the golden record. Only a difference between the first two is
 * an edit; everything else the system shows is what it already had.
 */
import {
  equal,
  hidesPhone,
  isList,
  isObject,
  isPhoneClaim,
  type Json,
  type JsonObject,
} from '../model/index.ts';
import { shownAt } from './at-path.ts';
import { diff, type Patch } from './diff.ts';
import { believedMoment, compareInstants, sameMoment, usualSkewMs } from './instant.ts';
import { elementPath, elementsByKey, type Keyed, own, parentOf, plainValues, put } from './lists.ts';
import { isNormalForm } from './normal-form.ts';
import { ancestorIn, type Owners, ownersOf } from './owners.ts';
import { newestBelow, type Origin, type Provenance, provenanceAt } from './provenance.ts';
import { laidOver, saysNoMore } from './told.ts';

export interface StateRules {
  /** Canonical path (with everything below it) → connection whose word counts, also by stage; the longest path decides. */
  readonly owners?: Owners;
  /** What decides a field both sides changed when it has no owner. Default `newest`; `owner` without an owner is `newest`. */
  readonly conflict?: 'newest' | 'owner' | 'park';
  /**
   * How far the systems' clocks may be apart, milliseconds. Moments of two systems closer than this are the same
   * moment: the connection whose name sorts last wins, whichever was heard first. Default 2,000.
   */
  readonly skewMs?: number;
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
  /** Values known to have been there before this was told, although the system has not shown them yet. */
  readonly landed?: JsonObject;
  readonly origin: Origin;
  readonly rules: StateRules;
  /** Per path with keys, e.g. `addresses[home].city`. */
  readonly provenance: Readonly<Record<string, Provenance>>;
  /**
   * Paths with an open parked conflict (with keys, e.g. `addresses[home].city`). Any edit at or under one, or one
   * that would take it away with what is around it, joins the conflict: it is reported as `parked` and not taken,
   * whoever tells it and whatever the rules say.
   */
  readonly parked?: readonly string[];
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

/** Neither a list of elements with a key nor a set. */
const noList = Symbol('no list');

class Merge {
  readonly conflicts: Conflict[] = [];
  readonly taken = new Map<string, Provenance>();
  readonly #gone = new Set<string>();
  readonly #input: StateMerge;
  readonly #origin: Provenance;
  readonly #skewMs: number;
  readonly #ownerOf: (path: string) => string | undefined;
  readonly #parked: ReadonlySet<string>;
  /** What a parked path lies in, and would go away with. */
  readonly #aboveParked = new Set<string>();
  #newestBelow: Map<string, Provenance> | undefined;

  constructor(input: StateMerge) {
    const { receivedAt = input.now, ...origin } = input.origin;
    this.#input = input;
    this.#skewMs = input.rules.skewMs ?? usualSkewMs;
    const at = believedMoment(origin.at, receivedAt, this.#skewMs);
    this.#origin = { ...origin, at, takenAt: input.now };
    this.#parked = new Set(input.parked ?? []);
    for (const path of this.#parked) {
      for (let at = parentOf(path); at !== ''; at = parentOf(at)) this.#aboveParked.add(at);
    }
    this.#ownerOf = ownersOf(input.rules.owners, input.golden, input.incoming);
  }

  /** Of a value that is gone, only who took it away is remembered, not who once set its parts. */
  provenance(): Readonly<Record<string, Provenance>> {
    if (this.taken.size === 0) return this.#input.provenance;
    const noted: Record<string, Provenance> = {};
    for (const [path, by] of Object.entries(this.#input.provenance)) {
      if (this.#gone.size === 0 || ancestorIn(path, this.#gone) === undefined) put(noted, path, by);
    }
    for (const [path, by] of this.taken) put(noted, path, by);
    return noted;
  }

  object(golden: JsonObject, theirs: Value, incoming: JsonObject, sent: Value, prefix: string): JsonObject {
    const merged: Record<string, Json> = { ...golden };
    const before = isObject(theirs) ? theirs : {};
    const outstanding = isObject(sent) ? sent : {};
    for (const [name, told] of Object.entries(incoming)) {
      if (told === undefined || (prefix.endsWith('].') && name === 'key')) continue;
      const known = own(golden, name);
      const value = this.#value(known, own(before, name), told, own(outstanding, name), prefix + name);
      if (value === known) continue;
      if (value === undefined) delete merged[name];
      else put(merged, name, value);
    }
    return merged;
  }

  #value(golden: Value, theirs: Value, incoming: Json, sent: Value, path: string): Value {
    // Most values are what the record says or what the system showed before.
    if (incoming === golden || incoming === theirs || (incoming === null && sent === null)) return golden;
    if (isBranch(incoming) && (golden === undefined || isBranch(golden)) && !isAtom(theirs)) {
      const merged = this.object(golden ?? {}, theirs, incoming, sent, `${path}.`);
      return golden === undefined && isEmpty(merged) ? undefined : merged;
    }
    // An object that was cleared: each of its fields that the system has shown was.
    if (incoming === null && isBranch(golden) && isBranch(theirs)) {
      const cleared = Object.fromEntries(Object.keys(theirs).map((name) => [name, null]));
      const merged = this.object(golden, theirs, cleared, sent, `${path}.`);
      return isEmpty(merged) ? undefined : merged;
    }
    const merged = this.#list(golden, theirs, incoming, sent, path);
    if (merged !== noList) return merged;
    return this.#decide(golden, theirs, incoming, sent, path) ? (incoming ?? undefined) : golden;
  }

  /** Lists of elements with a key, and sets; a list that was cleared is an empty one. */
  #list(golden: Value, theirs: Value, incoming: Json, sent: Value, path: string): Value | typeof noList {
    const list = incoming ?? (golden === undefined ? undefined : []);
    const told = elementsByKey(list);
    const elements = golden === undefined ? new Map<string, Keyed>() : elementsByKey(golden);
    if (told !== undefined && elements !== undefined && told.size + elements.size > 0) {
      const merged = this.#elements(elements, elementsByKey(theirs), told, elementsByKey(sent), path);
      return merged.length === 0 && (golden === undefined || incoming === null) ? undefined : merged;
    }
    const values = plainValues(list);
    const plain = golden === undefined ? [] : plainValues(golden);
    if (values === undefined || plain === undefined) return noList;
    const set = this.#set(golden, plain, plainValues(theirs) ?? [], values, plainValues(sent), path);
    return incoming === null && set !== golden && isList(set) && set.length === 0 ? undefined : set;
  }

  #elements(
    golden: ReadonlyMap<string, Keyed>,
    theirs: ReadonlyMap<string, Keyed> | undefined,
    incoming: ReadonlyMap<string, Keyed>,
    sent: ReadonlyMap<string, Keyed> | undefined,
    path: string,
  ): readonly Json[] {
    const merged: Json[] = [];
    for (const [key, element] of golden) {
      const told = incoming.get(key);
      const at = elementPath(path, key);
      // What was sent without the element arrives without it: nobody took it away there.
      const expected = sent !== undefined && !sent.has(key);
      if (told !== undefined)
        merged.push(this.object(element, theirs?.get(key), told, sent?.get(key), `${at}.`));
      else if (
        theirs?.has(key) !== true ||
        expected ||
        !this.#decide(element, theirs.get(key), null, undefined, at)
      ) {
        merged.push(element);
      }
    }
    for (const [key, element] of incoming) {
      if (golden.has(key)) continue;
      const at = elementPath(path, key);
      const shown = theirs?.get(key);
      if (!this.#decide(undefined, shown, element, sent?.get(key), at)) continue;
      // Taken away elsewhere and edited here: it comes back whole, with what is shown but was not told again.
      const whole = shown === undefined ? element : laidOver(shown, element);
      merged.push(this.object({ key }, undefined, whole, undefined, `${at}.`));
    }
    return merged;
  }

  /** Plain values are a set: what the system added is added, what it took away is taken away. */
  #set(
    golden: Value,
    values: readonly Json[],
    theirs: readonly Json[],
    incoming: readonly Json[],
    sent: readonly Json[] | undefined,
    path: string,
  ): Value {
    const told = new Set(incoming);
    if (sent !== undefined && isNormalForm(incoming, sent)) return golden;
    const [before, known] = [new Set(theirs), new Set(values)];
    const added = [...told].filter((value) => !before.has(value) && !known.has(value));
    const gone = new Set(theirs.filter((value) => !told.has(value) && known.has(value)));
    if (added.length === 0 && gone.size === 0) return golden;
    if (this.#isParked(path)) {
      this.#conflict(path, golden, theirs, incoming, 'parked', 'golden');
      return golden;
    }
    const merged = [...values.filter((value) => !gone.has(value)), ...added];
    const owner = this.#ownerOf(path);
    if (owner !== undefined && owner !== this.#origin.connection && golden !== undefined) {
      this.#conflict(path, golden, theirs, incoming, 'owner', 'golden');
      return golden;
    }
    this.#take(path, merged);
    return merged;
  }

  /** Whether the incoming value is taken. `null` is a value that was cleared. */
  #decide(golden: Value, theirs: Value, incoming: Json, sent: Value, path: string): boolean {
    const told = incoming ?? undefined;
    if (this.#isNoEdit(golden, theirs, told, sent)) return false;
    if (this.#isParked(path)) return this.#conflict(path, golden, theirs, told, 'parked', 'golden');

    const setBy = this.#setBy(path, isObject(golden) || isObject(told));
    const isFirst = golden === undefined && setBy === undefined;
    if (isFirst && theirs === undefined) return this.#take(path, told);
    const onlyHere =
      theirs !== undefined && (same(theirs, golden) || isNormalForm(theirs ?? undefined, golden));
    // Whoever changed it there had the golden value before their eyes.
    const sawGolden = golden !== undefined && equal(shownAt(this.#input.landed, path)?.value, golden);
    const owner = this.#ownerOf(path);
    if (owner === this.#origin.connection) {
      if (!onlyHere && !sawGolden && !isFirst)
        this.#conflict(path, golden, theirs, told, 'owner', 'incoming');
      return this.#take(path, told);
    }
    if (owner !== undefined && !isFirst) return this.#conflict(path, golden, theirs, told, 'owner', 'golden');
    if (onlyHere || sawGolden) return this.#take(path, told);
    if (this.#input.rules.conflict === 'park') {
      return this.#conflict(path, golden, theirs, told, 'parked', 'golden');
    }
    const kept = setBy === undefined || this.#isNewerThan(setBy) ? 'incoming' : 'golden';
    this.#conflict(path, golden, theirs, told, 'newest', kept);
    return kept === 'incoming' ? this.#take(path, told) : false;
  }

  /** Shown before, sent by us, or what the record says anyway. */
  #isNoEdit(golden: Value, theirs: Value, told: Value, sent: Value): boolean {
    if (equal(told, golden) || hidesPhone(told, golden)) return true;
    // Who never showed a value has none to clear.
    if (theirs === undefined && told === undefined) return true;
    if (theirs !== undefined && equal(told, theirs ?? undefined)) return true;
    // Digits that a system hid before are news only where nobody knows them.
    if (theirs !== undefined && saysNoMore(told, theirs) && !hidesPhone(golden, told)) return true;
    return sent !== undefined && (saysNoMore(told, sent) || isNormalForm(told, sent ?? undefined));
  }

  /** Who set a value; of one with parts, who set the newest of them. */
  #setBy(path: string, hasParts: boolean): Provenance | undefined {
    const own = this.taken.get(path) ?? provenanceAt(this.#input.provenance, path);
    if (!hasParts) return own;
    this.#newestBelow ??= newestBelow(this.#input.provenance, (one, other) => this.#order(one, other) > 0);
    return this.#newestBelow.get(path) ?? own;
  }

  #isNewerThan(before: Provenance): boolean {
    return this.#order(this.#origin, before) >= 0;
  }

  /** By moment; the same moment by the connection's name, so that the order of arrival does not matter. */
  #order(one: Provenance, other: Provenance): number {
    const [a, b] = [one, other].map(({ at, takenAt }) => believedMoment(at, takenAt, this.#skewMs));
    if (a === undefined || b === undefined) return 0;
    if (one.connection === other.connection || !sameMoment(a, b, this.#skewMs)) return compareInstants(a, b);
    return one.connection > other.connection ? 1 : -1;
  }

  #isParked(path: string): boolean {
    return (
      this.#parked.size > 0 && (ancestorIn(path, this.#parked) !== undefined || this.#aboveParked.has(path))
    );
  }

  #take(path: string, value: Value): true {
    if (value === undefined) this.#gone.add(path);
    this.taken.set(path, this.#origin);
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

function isEmpty(value: JsonObject): boolean {
  for (const _name in value) return false;
  return true;
}

/** The same to somebody who cannot see hidden digits. */
function same(a: Value, b: Value): boolean {
  return equal(a ?? undefined, b) || (saysNoMore(a, b) && saysNoMore(b, a));
}
