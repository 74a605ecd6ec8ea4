/** The single values of a record, and which change set each. Pure. */
import { elementPath } from '../merge/index.ts';
import { isList, isObject, isPhoneClaim, isUnder, type Json, type JsonObject } from '../model/index.ts';

/** One value of a record. */
export interface Leaf {
  /** With keys of list elements, escaped as changes name them: `lines[10].quantity`. */
  readonly path: string;
  /** The same with the keys as they are. */
  readonly plain: string;
  /** The same for every element: `lines[].quantity`. */
  readonly schema: string;
  readonly value: Json;
}

/** Every single value of a record in the order of its data; lists of plain values and telephone numbers are one. */
export function leavesOf(data: JsonObject): Leaf[] {
  const found: Leaf[] = [];
  const walk = (value: Json | undefined, path: string, plain: string, schema: string): void => {
    if (value === undefined) return;
    if (
      isList(value) &&
      value.length > 0 &&
      value.every((item) => isObject(item) && typeof item.key === 'string')
    ) {
      for (const item of value) {
        if (!isObject(item)) continue;
        const key = String(item.key);
        fields(item, `${elementPath(path, key)}.`, `${plain}[${key}].`, `${schema}[].`);
      }
    } else if (isObject(value) && !isPhoneClaim(value)) {
      fields(value, `${path}.`, `${plain}.`, `${schema}.`);
    } else {
      found.push({ path, plain, schema, value });
    }
  };
  const fields = (object: JsonObject, path: string, plain: string, schema: string): void => {
    for (const [name, value] of Object.entries(object)) {
      // The key names the element; it is no value of its own.
      if (name === 'key' && path.endsWith('].')) continue;
      walk(value, path + name, plain + name, schema + name);
    }
  };
  fields(data, '', '', '');
  return found;
}

/** The values a person means by a path: that one, everything below it, or that field of every element. */
export function meantBy(leaves: readonly Leaf[], field: string): Leaf[] {
  return leaves.filter(
    ({ path, plain, schema }) =>
      isUnder(path, [field]) || isUnder(plain, [field]) || (field.includes('[]') && isUnder(schema, [field])),
  );
}

/** Whether a patch says anything about a path: about it, about what it stands in, or about something in it. */
export function touches(patch: JsonObject, path: string): boolean {
  return Object.keys(patch).some((one) => isUnder(path, [one]) || isUnder(one, [path]));
}
