/**
 * Two states that are one: what the other record knows is laid over the one that is kept, value by value, as if each
 * were told anew by whoever told it then. And history laid over a record again, to take the two apart.
 */
import { isObject, isPhoneClaim, isUnder, type Json, type JsonObject } from '../model/index.ts';
import { type Change, diff } from './diff.ts';
import { compareInstants } from './instant.ts';
import { elementPath, elementsByKey, withoutKeys } from './lists.ts';
import type { Provenance } from './provenance.ts';
import { type Conflict, mergeState, type StateMerged, type StateRules } from './state.ts';

export interface StateFold {
  readonly golden: JsonObject;
  readonly provenance: Readonly<Record<string, Provenance>>;
  readonly other: JsonObject;
  readonly otherProvenance: Readonly<Record<string, Provenance>>;
  /** Canonical paths whose golden value stays when there is one: what the kept record is known by. */
  readonly keep: readonly string[];
  readonly rules: StateRules;
  /** Canonical paths a person has yet to decide about: they stay as they are. */
  readonly parked?: readonly string[];
  /** UTC time of the merge. */
  readonly now: string;
}

/** Folds another record's values into the golden one: the owner's, else the newest; what only one knows is kept. Pure. */
export function foldStates(input: StateFold): StateMerged {
  let data = input.golden;
  let provenance = input.provenance;
  const conflicts: Conflict[] = [];
  for (const { path, incoming } of valuesOf(input.other, '', (value) => value)) {
    const setBy = nearest(input.otherProvenance, path);
    const mine = nearest(provenance, path);
    const isKept = isUnder(withoutKeys(path), input.keep) && presentAt(data, incoming) !== undefined;
    // Of two values of one system, the newer one counts, also where that system owns the field.
    const isOlder =
      mine !== undefined && mine.connection === setBy?.connection && compareInstants(mine.at, setBy.at) > 0;
    if (isKept || isOlder) continue;
    const merged = mergeState({
      golden: data,
      theirs: undefined,
      incoming,
      origin: setBy ?? { connection: 'hub', at: '1970-01-01T00:00:00.000Z' },
      rules: input.rules,
      parked: input.parked ?? [],
      provenance,
      now: input.now,
    });
    data = merged.data;
    provenance = merged.provenance;
    conflicts.push(...merged.conflicts);
  }
  return { data, patch: diff(input.golden, data), conflicts, provenance };
}

interface Told {
  readonly path: string;
  /** An object that tells this value alone. */
  readonly incoming: JsonObject;
}

/** Every value of a record alone; elements of keyed lists are one value each. */
function* valuesOf(
  data: JsonObject,
  prefix: string,
  wrap: (value: JsonObject) => JsonObject,
): Generator<Told> {
  for (const [name, value] of Object.entries(data)) {
    const path = prefix + name;
    const elements = elementsByKey(value);
    if (isObject(value) && !isPhoneClaim(value)) {
      yield* valuesOf(value, `${path}.`, (inner) => wrap({ [name]: inner }));
    } else if (elements !== undefined && elements.size > 0) {
      for (const [key, element] of elements)
        yield { path: elementPath(path, key), incoming: wrap({ [name]: [element] }) };
    } else yield { path, incoming: wrap({ [name]: value }) };
  }
}

/** What stands in the data where the told value would go; a list stands for its elements. */
function presentAt(data: JsonObject, told: JsonObject): Json | undefined {
  const [entry] = Object.entries(told);
  if (entry === undefined) return undefined;
  const [name, below] = entry;
  const value = data[name];
  return isObject(value) && isObject(below) && !isPhoneClaim(below) ? presentAt(value, below) : value;
}

/** Who set a value, or what it is part of. */
function nearest(provenance: Readonly<Record<string, Provenance>>, path: string): Provenance | undefined {
  for (let at = path; at !== ''; ) {
    const found = provenance[at];
    if (found !== undefined) return found;
    const cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
    at = cut < 0 ? '' : at.slice(0, cut);
  }
  return undefined;
}

/** The data with the changes of a patch made again: what each path became, whatever it was before. Pure. */
export function applyPatch(data: JsonObject, patch: Readonly<Record<string, Change>>): JsonObject {
  return Object.entries(patch).reduce<JsonObject>(
    (changed, [path, { to }]) => placed(changed, stepsOf(path), to) as JsonObject,
    data,
  );
}

interface Step {
  readonly name: string;
  /** With `element`: the key of an element of the list at hand. */
  readonly element: boolean;
}

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, key]) =>
    name !== undefined ? { name, element: false } : { name: decodeURIComponent(key ?? ''), element: true },
  );
}

function placed(value: Json | undefined, steps: readonly Step[], to: Json | undefined): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return to;
  if (step.element) {
    const list = Array.isArray(value) ? (value as readonly Json[]) : [];
    const at = list.findIndex((element) => isObject(element) && element.key === step.name);
    const before = at < 0 ? (rest.length === 0 ? undefined : { key: step.name }) : list[at];
    const after = placed(before, rest, to);
    const element = after === undefined ? [] : [after];
    return at < 0 ? [...list, ...element] : list.toSpliced(at, 1, ...element);
  }
  const object = isObject(value) ? value : {};
  const { [step.name]: before, ...others } = object;
  const after = placed(before, rest, to);
  return after === undefined ? others : { ...object, [step.name]: after };
}
