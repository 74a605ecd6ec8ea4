/**
 * Paths of a schema. A path is dotted (`receiver.name`); a list is marked by `[]` when it is passed
 * through (`lines[].skuId`) and bare when it is meant as a whole (`lines`).
 */
import { z } from 'zod';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type ValueType, valueFacts } from './values.ts';

export interface PathInfo {
  readonly path: string;
  /** `value`: one value; `values`: a list of plain values; `list`: elements with a key; `object`; `map`: free keys. */
  readonly kind: 'value' | 'values' | 'list' | 'object' | 'map';
  readonly type: ValueType | undefined;
  /** A stored record must have it (as far as its parent exists). */
  readonly required: boolean;
  readonly description: string;
  /** The words of a `choice`. */
  readonly words?: readonly string[];
  /** Entity a `reference` names. */
  readonly entity?: string;
  /** Personal itself (its children are, too, without being marked again). */
  readonly personal: boolean;
}

/** Every path of an entity's schema in declaration order, parents before children. */
export function schemaPaths(schema: z.ZodObject): PathInfo[] {
  const found: PathInfo[] = [];
  const walkObject = (shape: z.core.$ZodShape, prefix: string): void => {
    for (const [name, property] of Object.entries(shape)) walk(property, prefix + name);
  };
  const walk = (property: z.core.$ZodType, path: string): void => {
    const facts = { personal: false };
    let inner = property;
    let description = '';
    let required = true;
    for (;;) {
      description ||= z.globalRegistry.get(inner)?.description ?? '';
      facts.personal ||= valueFacts.get(inner)?.personal === true;
      if (!(inner instanceof z.ZodOptional)) break;
      required = false;
      inner = inner.def.innerType;
    }
    const own = valueFacts.get(inner);
    const info = { path, required, description, personal: facts.personal, type: own?.type };
    if (inner instanceof z.ZodObject) {
      found.push({ ...info, kind: 'object' });
      walkObject(inner.shape, `${path}.`);
    } else if (inner instanceof z.ZodArray) {
      const element: z.core.$ZodType = inner.def.element;
      if (element instanceof z.ZodObject) {
        found.push({ ...info, kind: 'list' });
        walkObject(element.shape, `${path}[].`);
      } else {
        const of = valueFacts.get(element);
        found.push({ ...info, ...named(element), kind: 'values', type: of?.type });
      }
    } else if (inner instanceof z.ZodRecord) {
      found.push({ ...info, kind: 'map', type: 'json' });
    } else {
      found.push({ ...info, ...named(inner), kind: 'value' });
    }
  };
  walkObject(schema.shape, '');
  return found;
}

function named(schema: z.core.$ZodType): { words?: readonly string[]; entity?: string } {
  const entity = valueFacts.get(schema)?.entity;
  const words = schema instanceof z.ZodEnum ? schema.options.map(String) : undefined;
  return { ...(entity === undefined ? {} : { entity }), ...(words === undefined ? {} : { words }) };
}

/** The value at a dotted path without lists; undefined when anything on the way is missing. */
export function valueAt(data: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A copy of the data with the value at a dotted path; objects on the way are made. */
export function withValue(data: JsonObject, path: string, value: Json): JsonObject {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...data, [name]: value };
  const below = data[name];
  return { ...data, [name]: withValue(isObject(below) ? below : {}, rest.join('.'), value) };
}

/** Whether a path without keys (`lines[].quantity`) is one of the given paths or lies below one. */
export function isUnder(path: string, parents: readonly string[]): boolean {
  return parents.some(
    (parent) =>
      path === parent ||
      (path.startsWith(parent) && (path[parent.length] === '.' || path[parent.length] === '[')),
  );
}
