/** Where two documents differ, field by field. Pure. */
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';

/** One value that is not the same; absent on a side that does not have it. */
export interface Difference {
  /** Path with `[]` for list elements: the same for every element, so that it can be counted. */
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * Differences of two documents, leaf by leaf. Elements of lists are paired by their `key` where all have one, else by
 * place; in lists of different length, equal elements are paired first and what is left over is more or less of the list.
 */
export function differences(before: JsonObject, after: JsonObject): Difference[] {
  const found: Difference[] = [];
  compare(before, after, '', found);
  return found;
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  field: string,
  found: Difference[],
): void {
  if (before === after) return;
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(own(before, name), own(after, name), field === '' ? name : `${field}.${name}`, found);
    }
  } else if (isList(before) && isList(after)) {
    for (const [one, other] of pairs(before, after)) compare(one, other, `${field}[]`, found);
  } else {
    found.push({
      field,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
}

type Pair = readonly [before: Json | undefined, after: Json | undefined];

function pairs(before: readonly Json[], after: readonly Json[]): Pair[] {
  const keysBefore = keysOf(before);
  const keysAfter = keysOf(after);
  if (keysBefore !== undefined && keysAfter !== undefined) {
    return [...new Set([...keysBefore.keys(), ...keysAfter.keys()])].map((key) => [
      keysBefore.get(key),
      keysAfter.get(key),
    ]);
  }
  if (before.length === after.length) return before.map((one, index) => [one, after[index]]);
  const left = new Map<string, Json[]>();
  for (const one of after) {
    const text = JSON.stringify(one);
    left.set(text, [...(left.get(text) ?? []), one]);
  }
  const gone = before.filter((one) => left.get(JSON.stringify(one))?.pop() === undefined);
  const added = [...left.values()].flat();
  return [...gone.map((one): Pair => [one, undefined]), ...added.map((one): Pair => [undefined, one])];
}

/** Elements by their key; undefined unless each has one of its own. */
function keysOf(list: readonly Json[]): Map<string, Json> | undefined {
  const keys = new Map<string, Json>();
  for (const one of list) {
    const key = isObject(one) ? own(one, 'key') : undefined;
    if (typeof key !== 'string' || keys.has(key)) return undefined;
    keys.set(key, one);
  }
  return keys;
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
