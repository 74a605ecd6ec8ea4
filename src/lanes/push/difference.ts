import type { Difference } from '../../../connectors/kit/types.ts';
import { equal, isList, isObject, type Json, type JsonObject, valueAt } from '../../model/index.ts';

/** A list of the object and what its elements are known by, as vendor paths. */
export interface ListKey {
  readonly at: string;
  readonly key: string;
}

/**
 * What of a body differs from the body that was sent last; undefined when nothing does. What is not in the new body
 * is not told and therefore no difference. Elements of lists are paired by the vendor's entry id; one that was sent
 * before it had one is known by our key (`_key`) through `entryIds`. A list whose elements have neither is compared
 * whole. Pure.
 */
export function differenceOf(
  now: JsonObject,
  sent: JsonObject,
  lists: readonly ListKey[],
  entryIds: Readonly<Record<string, string>>,
): Difference | undefined {
  const removed: Record<string, readonly string[]> = {};
  const keys = new Map(lists.map(({ at, key }) => [at, key]));
  const body = membersThatDiffer(now, sent, '');
  if (body === undefined && Object.keys(removed).length === 0) return undefined;
  return { body: body ?? {}, removed };

  function membersThatDiffer(after: JsonObject, before: JsonObject, prefix: string): JsonObject | undefined {
    const result: Record<string, Json> = {};
    for (const [name, value] of Object.entries(after)) {
      const path = `${prefix}${name}`;
      const old = before[name];
      const key = keys.get(path);
      if (key !== undefined && isList(value) && isList(old)) {
        const elements = elementsThatDiffer(value, old, key, path);
        if (elements.length > 0) result[name] = elements;
      } else if (isObject(value) && isObject(old)) {
        const inner = membersThatDiffer(value, old, `${path}.`);
        if (inner !== undefined) result[name] = inner;
      } else if (!equal(value, old)) result[name] = value;
    }
    return Object.keys(result).length === 0 ? undefined : result;
  }

  function elementsThatDiffer(
    after: readonly Json[],
    before: readonly Json[],
    key: string,
    path: string,
  ): readonly Json[] {
    const known = new Map<string, JsonObject>();
    for (const element of before) {
      const id = identityOf(element, key);
      if (id === undefined || !isObject(element)) return equal(after, before) ? [] : after;
      known.set(id, element);
    }
    const [root] = key.split('.');
    const isName = ([name]: readonly [string, Json]): boolean => name === root || name === ownKey;
    const result: Json[] = [];
    for (const element of after) {
      const id = identityOf(element, key);
      if (id === undefined || !isObject(element)) return equal(after, before) ? [] : after;
      const old = known.get(id);
      known.delete(id);
      if (old === undefined) result.push(element);
      else {
        const members = Object.entries(element);
        const changed = members.filter((one) => !isName(one) && !equal(one[1], old[one[0]]));
        if (changed.length > 0) result.push(Object.fromEntries([...members.filter(isName), ...changed]));
      }
    }
    if (known.size > 0) removed[path] = [...known.keys()];
    return result;
  }

  function identityOf(element: Json, key: string): string | undefined {
    if (!isObject(element)) return undefined;
    const id = valueAt(element, key);
    if (typeof id === 'string' && id !== '') return id;
    const own = element[ownKey];
    return typeof own === 'string' ? (entryIds[own] ?? own) : undefined;
  }
}

/** Where connectors whose vendor gives entry ids find our key of an element. */
const ownKey = '_key';
