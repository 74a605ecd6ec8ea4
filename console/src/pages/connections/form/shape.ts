/** What a form for a JSON Schema is made of. Pure. */

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Help, in the language that was asked for where there is one. */
  readonly help?: string;
  /** What holds where nothing is given. */
  readonly fallback?: unknown;
}

export interface TextShape {
  readonly kind: 'text';
  /** Told and never shown. */
  readonly secret: boolean;
  readonly pattern?: RegExp;
  readonly longest?: number;
}

export interface NumberShape {
  readonly kind: 'number';
  readonly whole: boolean;
  readonly least?: number;
  readonly most?: number;
  /** It has to be more than this. */
  readonly above?: number;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly members: readonly Member[];
}

export interface MapShape {
  readonly kind: 'map';
  readonly item: Shape;
  readonly keyPattern?: RegExp;
  /** The only keys there are. */
  readonly keys?: readonly string[];
}

export interface ListShape {
  readonly kind: 'list';
  readonly item: Shape;
}

export interface VariantsShape {
  readonly kind: 'variants';
  /** The member that tells which one it is. */
  readonly by: string;
  readonly variants: readonly { readonly is: string; readonly help?: string; readonly shape: ObjectShape }[];
}

/** Short texts or numbers in a row. */
export interface TextsShape {
  readonly kind: 'texts';
  readonly options?: readonly string[];
  readonly numbers: boolean;
  /** A single one may stand without a list. */
  readonly alone: boolean;
}

export type Shape =
  | TextShape
  | NumberShape
  | { readonly kind: 'yesNo' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'fixed'; readonly value: unknown }
  /** A text, or a number where it looks like one. */
  | { readonly kind: 'scalar' }
  | ObjectShape
  | MapShape
  | ListShape
  | VariantsShape
  | TextsShape
  /** Whatever has no field of its own is written as JSON. */
  | { readonly kind: 'json' };

/** Deeper than any settings are: a schema that refers to itself ends as JSON. */
const deepest = 12;

type Language = 'zh-CN' | 'en';

/** The shape of a schema. @param language of the help, where the schema has it (`x-zh`) */
export function shapeOf(schema: JsonSchema, language: Language): Shape {
  return readShape(schema, { root: schema, language, depth: 0 });
}

interface Reading {
  readonly root: JsonSchema;
  readonly language: Language;
  readonly depth: number;
}

function readShape(told: JsonSchema, reading: Reading): Shape {
  if (reading.depth > deepest) return { kind: 'json' };
  const schema = resolved(told, reading.root);
  const deeper = { ...reading, depth: reading.depth + 1 };
  if ('const' in schema) return { kind: 'fixed', value: schema.const };
  const options = textsIn(schema.enum);
  if (options) return { kind: 'choice', options };
  const alternatives = schemasIn(schema.oneOf) ?? schemasIn(schema.anyOf);
  if (alternatives) return ofAlternatives(alternatives, deeper);
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return { kind: 'yesNo' };
    case 'array':
      return listOf(schema, deeper);
    case 'object':
      return objectOf(schema, deeper);
    default:
      return { kind: 'json' };
  }
}

function textOf(schema: JsonSchema): TextShape {
  const pattern = patternOf(schema.pattern);
  return {
    kind: 'text',
    secret: schema.writeOnly === true,
    ...(pattern ? { pattern } : {}),
    ...(typeof schema.maxLength === 'number' ? { longest: schema.maxLength } : {}),
  };
}

function numberOf(schema: JsonSchema): NumberShape {
  const bound = (value: unknown): number | undefined =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
  const [least, most, above] = [schema.minimum, schema.maximum, schema.exclusiveMinimum].map(bound);
  return {
    kind: 'number',
    whole: schema.type === 'integer',
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
    ...(above === undefined ? {} : { above }),
  };
}

function listOf(schema: JsonSchema, reading: Reading): Shape {
  const items = asSchema(schema.items);
  if (!items) return { kind: 'json' };
  const item = readShape(items, reading);
  if (item.kind === 'choice') return { kind: 'texts', options: item.options, numbers: false, alone: false };
  const isSimple = item.kind === 'scalar' || item.kind === 'number' || (item.kind === 'text' && !item.secret);
  if (isSimple) return { kind: 'texts', numbers: item.kind !== 'text', alone: false };
  return item.kind === 'json' ? { kind: 'json' } : { kind: 'list', item };
}

function objectOf(schema: JsonSchema, reading: Reading): Shape {
  const properties = asSchema(schema.properties);
  const more = asSchema(schema.additionalProperties);
  if (properties && !more) return { kind: 'object', members: membersOf(schema, reading) };
  if (properties || !more) return { kind: 'json' };
  const item = readShape(more, reading);
  if (item.kind === 'json') return { kind: 'json' };
  const names = asSchema(schema.propertyNames);
  const keyPattern = patternOf(names?.pattern);
  const keys = textsIn(names?.enum);
  return { kind: 'map', item, ...(keyPattern ? { keyPattern } : {}), ...(keys ? { keys } : {}) };
}

function membersOf(schema: JsonSchema, reading: Reading): Member[] {
  const required = new Set(textsIn(schema.required) ?? []);
  return Object.entries(asSchema(schema.properties) ?? {}).map(([name, told]) => {
    const own = asSchema(told) ?? {};
    const help = helpOf(own, reading);
    return {
      name,
      shape: readShape(own, reading),
      required: required.has(name),
      ...(help === undefined ? {} : { help }),
      ...('default' in own ? { fallback: own.default } : {}),
    };
  });
}

function helpOf(own: JsonSchema, { root, language }: Reading): string | undefined {
  const full = { ...resolved(own, root), ...own };
  const help = (language === 'zh-CN' ? full['x-zh'] : undefined) ?? full.description;
  return typeof help === 'string' ? help : undefined;
}

function ofAlternatives(alternatives: readonly JsonSchema[], reading: Reading): Shape {
  const schemas = alternatives.map((one) => resolved(one, reading.root));
  const by = tellingMember(schemas);
  if (by !== undefined) {
    const variants = schemas.map((one) => {
      const help = helpOf(one, reading);
      const members = membersOf(one, reading).filter(({ name }) => name !== by);
      return {
        is: String(constOf(one, by)),
        shape: { kind: 'object' as const, members },
        ...(help === undefined ? {} : { help }),
      };
    });
    return { kind: 'variants', by, variants };
  }
  const types = schemas.map(({ type }) => type);
  const plain = new Set(['string', 'number', 'integer', 'boolean']);
  if (
    schemas.every((one) => plain.has(String(one.type)) && one.enum === undefined && one.const === undefined)
  )
    return types.every((type) => type === 'string') ? { kind: 'text', secret: false } : { kind: 'scalar' };
  const list = schemas.find(({ type }) => type === 'array');
  const single = schemas.find(({ type }) => type !== 'array');
  if (list && single && schemas.length === 2) {
    const shape = listOf(list, reading);
    const alone = readShape(single, reading).kind;
    if (shape.kind === 'texts' && (alone === 'text' || alone === 'scalar' || alone === 'number'))
      return { ...shape, alone: true };
  }
  return { kind: 'json' };
}

/** The member every one of them has, with a value of its own. */
function tellingMember(schemas: readonly JsonSchema[]): string | undefined {
  const [first] = schemas;
  if (!first || !schemas.every(({ type }) => type === 'object')) return undefined;
  return Object.keys(asSchema(first.properties) ?? {}).find((name) =>
    schemas.every((one) => constOf(one, name) !== undefined),
  );
}

function constOf(schema: JsonSchema, name: string): unknown {
  return asSchema(asSchema(schema.properties)?.[name])?.const;
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref: to } = schema;
  if (typeof to !== 'string' || !to.startsWith('#/')) return schema;
  let at: unknown = root;
  for (const step of to.slice(2).split('/')) at = asSchema(at)?.[step];
  return asSchema(at) ?? {};
}

function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonSchema)
    : undefined;
}

function schemasIn(value: unknown): readonly JsonSchema[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map(asSchema).filter((one) => one !== undefined);
}

function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}

/** A pattern browsers cannot read is left to the hub. */
function patternOf(value: unknown): RegExp | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return new RegExp(value, 'u');
  } catch {
    return undefined;
  }
}
