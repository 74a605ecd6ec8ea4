/** Reading and setting the value at a path with keys (`barcodes[a].unitId`), as conflicts name values. */
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';
import { isKeyed } from './lists.ts';

type Step = { readonly name: string } | { readonly key: string };

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, key]) =>
    name === undefined ? { key: decoded(key ?? '') } : { name },
  );
}

/** The key of an element as it is, see elementPath(). */
function decoded(key: string): string {
  return key.replace(/%(25|5b|5d)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/**
 * What data says at a path: undefined when it says nothing, without `value` when it says that there is none (null, an
 * element that a list told whole does not have). Pure.
 */
export function shownAt(data: JsonObject | undefined, path: string): { readonly value?: Json } | undefined {
  let value: Json | undefined = data;
  const steps = stepsOf(path);
  for (const [index, step] of steps.entries()) {
    if (value === null) return {};
    if ('name' in step) {
      if (!isObject(value) || !Object.hasOwn(value, step.name)) return undefined;
      value = value[step.name];
    } else {
      if (!isList(value)) return undefined;
      value = value.find((element) => isKeyed(element) && element.key === step.key);
      if (value === undefined) return index === steps.length - 1 ? {} : undefined;
    }
  }
  return value === undefined || value === null ? {} : { value };
}

/** A copy of the data with this value at a path; undefined takes it away. What is on the way is made where needed. Pure. */
export function withShownAt(data: JsonObject, path: string, value: Json | undefined): JsonObject {
  return set(data, stepsOf(path), value) as JsonObject;
}

function set(data: Json | undefined, steps: readonly Step[], value: Json | undefined): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if ('name' in step) {
    const { [step.name]: before, ...others } = isObject(data) ? data : {};
    if (before === undefined && value === undefined) return data;
    const after = set(before, rest, value);
    if (after === undefined) return others;
    // In its place: the order of fields is the order in which they are read.
    return isObject(data) ? { ...data, [step.name]: after } : { [step.name]: after };
  }
  const list = isList(data) ? data : [];
  const at = list.findIndex((element) => isKeyed(element) && element.key === step.key);
  if (at < 0 && value === undefined) return data;
  const after = set(list[at], rest, value);
  if (after === undefined) return list.filter((_, index) => index !== at);
  const element = isObject(after) ? { key: step.key, ...after } : after;
  return at < 0 ? [...list, element] : list.map((one, index) => (index === at ? element : one));
}
