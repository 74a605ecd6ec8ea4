import type { Json, JsonObject } from '../kit/index.ts';

/** Elements that are lists even when there is only one of them (both spellings where SDKs differ). */
export const listElements = [
  'orderLine',
  'order_line',
  'package',
  'packageMaterial',
  'item',
  'batch',
  'invoice',
  'relatedOrder',
  'related_order',
  'sn',
] as const;

/** The value without empty elements (which mean "not told"); undefined when nothing is left. */
export function prune(value: Json): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const kept: Json[] = [];
    for (const element of value) {
      const pruned = prune(element);
      if (pruned !== undefined) kept.push(pruned);
    }
    return kept.length === 0 ? undefined : kept;
  }
  if (typeof value !== 'object') return typeof value === 'string' && value.trim() === '' ? undefined : value;
  const kept: Record<string, Json> = {};
  let any = false;
  for (const [name, child] of Object.entries(value)) {
    const pruned = prune(child);
    if (pruned === undefined) continue;
    kept[name] = pruned;
    any = true;
  }
  return any ? kept : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `name`, or an empty one. */
export function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

/** The trimmed text under `name`; undefined when absent, empty or not a leaf. */
export function textAt(parent: JsonObject, name: string): string | undefined {
  const value = parent[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** The objects of a wrapped list, `parent.wrapper.element[]`; a single element counts as a list of one. */
export function listAt(parent: JsonObject, wrapper: string, element: string): readonly JsonObject[] {
  const inside = objectAt(parent, wrapper)[element];
  if (inside === undefined) return [];
  const all: readonly Json[] = Array.isArray(inside) ? inside : [inside as Json];
  return all.filter(isObject);
}
