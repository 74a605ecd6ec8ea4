/** Kinds of lists: elements with a key are merged one by one, plain values as a set or as a whole. */
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';

export type Keyed = JsonObject & { readonly key: string };

export function isKeyed(value: Json | undefined): value is Keyed {
  return isObject(value) && typeof value.key === 'string';
}

/** The elements by key when every element has one; undefined for anything else. An empty list is both. */
export function elementsByKey(value: Json | undefined): Map<string, Keyed> | undefined {
  if (!isList(value)) return undefined;
  const elements = new Map<string, Keyed>();
  for (const element of value) {
    if (!isKeyed(element)) return undefined;
    elements.set(element.key, element);
  }
  return elements;
}

/** The values when all are plain; undefined for anything else. */
export function plainValues(value: Json | undefined): readonly Json[] | undefined {
  if (!isList(value) || value.some((element) => typeof element === 'object' && element !== null))
    return undefined;
  return value;
}

/** Path of one element: `lines[a]`. Brackets and percent signs of a key are escaped, so that paths stay readable both ways. */
export function elementPath(list: string, key: string): string {
  return `${list}[${key.replace(/[%[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}]`;
}

/** The canonical path of a path with keys: `lines[a].price` → `lines[].price`. */
export function withoutKeys(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '[]');
}

/** What a path lies in: `lines[a].price` → `lines[a]` → `lines` → nothing. Dots in keys only make more steps. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
}

const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** A value of an object's own: names such as `constructor` are fields like any other. */
export function own(object: JsonObject, name: string): Json | undefined {
  return inherited.has(name) && !Object.hasOwn(object, name) ? undefined : object[name];
}

/** Sets a field, also one named `__proto__`. */
export function put<Value>(object: Record<string, Value>, name: string, value: NoInfer<Value>): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
