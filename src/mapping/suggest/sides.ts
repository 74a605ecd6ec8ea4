/** What there is to pair: the fields of an entity, and those of a vendor's object, by schema and by samples. */
import { type PathInfo, schemaPaths } from '../../model/paths.ts';
import type { EntityShape, Json, JsonObject, JsonSchema } from '../types.ts';
import { VendorSchema } from '../vendor-schema.ts';
import { type Ideas, ideasOfName, ideasOfText, joined } from './words.ts';

/** A canonical field or list at one level, relative to it. */
export interface Ours {
  readonly path: string;
  readonly info: PathInfo;
  readonly ideas: Ideas;
}

/** A field or list of the vendor at one level, relative to it. */
export interface Theirs {
  readonly path: string;
  readonly types: ReadonlySet<string>;
  readonly words: readonly string[] | undefined;
  readonly format: string | undefined;
  readonly description: string;
  /** The vendor insists on it, as far as the objects on the way are there. */
  readonly required: boolean;
  readonly samples: readonly Json[];
  readonly ideas: Ideas;
  /** For lists: the schema of an element. */
  readonly items?: JsonSchema;
}

/** Fields the hub itself keeps; no vendor fills them. */
const OWN = /^(?:id|nature|source|relations)(?:\.|$)/;

const known = new WeakMap<EntityShape, Map<string, readonly Ours[]>>();

/** The canonical fields below `prefix` (a list's path, or empty), with phones as one. */
export function oursAt(entity: EntityShape, prefix: string): readonly Ours[] {
  const levels = known.get(entity) ?? new Map<string, readonly Ours[]>();
  known.set(entity, levels);
  const found = levels.get(prefix) ?? readOurs(entity, prefix);
  levels.set(prefix, found);
  return found;
}

function readOurs(entity: EntityShape, prefix: string): Ours[] {
  const at = prefix === '' ? '' : `${prefix}[].`;
  const paths = schemaPaths(entity.schema);
  const phones = paths.filter((info) => info.kind === 'object' && /phone$/i.test(info.path));
  return paths
    .filter((info) => info.path.startsWith(at) && !info.path.slice(at.length).includes('[]'))
    .filter((info) => info.kind === 'value' || info.kind === 'list' || phones.includes(info))
    .filter((info) => !phones.some((phone) => info.path.startsWith(`${phone.path}.`)))
    .map((info) => ({ info, path: info.path.slice(at.length) }))
    .filter(({ path }) => !OWN.test(path) && path !== 'key')
    .map(({ info, path }) => ({
      path,
      info,
      ideas: joined(ideasOfName(path), ideasOfText(info.description, 0.3), typeIdeas(info)),
    }));
}

function typeIdeas(info: PathInfo): Ideas {
  if (info.type === 'instant')
    return new Map([
      ['datetime', 0.5],
      ['date', 0.4],
    ]);
  return new Map(info.type === 'date' ? [['date', 0.5]] : []);
}

/** Fields and lists of the vendor's object (or of an element), from its schema and what samples show. */
export function theirsAt(
  schema: JsonSchema | undefined,
  components: Readonly<Record<string, JsonSchema>>,
  samples: readonly JsonObject[],
): Theirs[] {
  const found = new Map<string, Theirs>();
  const known = new VendorSchema(schema ?? {}, components);
  const walk = (part: JsonSchema, path: string, required: boolean, depth: number, text: string): void => {
    const node = known.node(part);
    const description = textOf(part, components);
    if (node.items !== undefined || node.types.has('array')) {
      put(
        found,
        path,
        { ...facts(node, part, components, required, description), ...items(node.items) },
        samples,
      );
      return;
    }
    if (node.properties.size === 0) {
      if (path !== '')
        put(found, path, facts(node, part, components, required, `${text} ${description}`), samples);
      return;
    }
    if (depth > 6) return;
    for (const [name, property] of node.properties) {
      const must = required && node.required.has(name);
      walk(property, path === '' ? name : `${path}.${name}`, must, depth + 1, path === '' ? '' : description);
    }
  };
  walk(schema ?? {}, '', true, 0, '');
  for (const sample of samples) fromSample(sample, '', found, samples, 0);
  return [...found.values()];
}

type Facts = Pick<Theirs, 'types' | 'words' | 'format' | 'description' | 'required'>;

function facts(
  node: { readonly types: ReadonlySet<string>; readonly words: readonly string[] | undefined },
  part: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  required: boolean,
  description: string,
): Facts {
  return {
    types: node.types,
    words: node.words,
    format: keyword(part, components, 'format'),
    description: description.trim(),
    required,
  };
}

function items(schema: JsonSchema | undefined): { items?: JsonSchema } {
  return { items: schema ?? {} };
}

function put(
  found: Map<string, Theirs>,
  path: string,
  told: Facts & { readonly items?: JsonSchema },
  samples: readonly JsonObject[],
): void {
  // What the connector fills in for its own use is no field anybody maps.
  if (/(?:^|\.)_(?:key|id|content|each|more)$/.test(path)) return;
  if (!isPath(path)) return;
  // A title of a word or two says what a field is; a longer text speaks about other things, too.
  const isTitle = told.description.split(/[\s,;.]+/).filter((word) => word !== '').length <= 3;
  const ideas = joined(ideasOfName(path), ideasOfText(told.description, isTitle ? 0.7 : 0.35));
  found.set(path, { path, ...told, ideas, samples: valuesAt(samples, path) });
}

/** Names joined by dots, as a mapping can write them; a number would be a position. */
export function isPath(path: string): boolean {
  if (!/^[^\s.[\]\p{Cc}]+(?:\.[^\s.[\]\p{Cc}]+)*$/u.test(path) || path.length > 300) return false;
  return !path.split('.').some((name) => /^(?:\d+|[$@](?:index|position)|#)$/.test(name));
}

/** What only samples show: the schema says nothing about it. */
function fromSample(
  value: JsonObject,
  prefix: string,
  found: Map<string, Theirs>,
  samples: readonly JsonObject[],
  depth: number,
): void {
  for (const [name, inner] of Object.entries(value)) {
    const path = prefix + name;
    if (found.has(path) || depth > 6 || /[.[\]\s]/.test(name) || inner === null) continue;
    if (isObject(inner)) {
      fromSample(inner, `${path}.`, found, samples, depth + 1);
      continue;
    }
    const type = Array.isArray(inner) ? 'array' : typeof inner;
    const told = {
      types: new Set([type]),
      words: undefined,
      format: undefined,
      description: '',
      required: false,
    };
    if (Array.isArray(inner) && !inner.some(isObject)) continue;
    put(found, path, { ...told, ...(type === 'array' ? items(undefined) : {}) }, samples);
  }
}

/** Values samples have at a path; elements of lists on the way all count. */
export function valuesAt(samples: readonly JsonObject[], path: string): Json[] {
  let values: Json[] = [...samples];
  for (const name of path.split('.')) {
    values = values.flatMap((value) =>
      isObject(value) && Object.hasOwn(value, name) ? [value[name] ?? null] : [],
    );
  }
  return values.filter((value) => value !== null && value !== '');
}

/** Elements of a list in the samples. */
export function elementsAt(samples: readonly JsonObject[], path: string): JsonObject[] {
  return valuesAt(samples, path).flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
}

function textOf(part: JsonSchema, components: Readonly<Record<string, JsonSchema>>): string {
  return keyword(part, components, 'description') ?? keyword(part, components, 'title') ?? '';
}

/** A keyword beside or behind a reference. */
function keyword(
  part: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  name: string,
  depth = 0,
): string | undefined {
  const own: unknown = Reflect.get(part, name);
  if (typeof own === 'string') return own;
  const target = part.$ref?.split('/').at(-1) ?? '';
  const behind = Object.hasOwn(components, target) ? components[target] : undefined;
  return behind === undefined || depth > 10 ? undefined : keyword(behind, components, name, depth + 1);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
