/**
 * JSON Schemas (2020-12) of the files people write, for editors: mapping files from the shape the reader knows
 * and the model's paths, hub.yaml from its own schema and the connectors' settings.
 */
import { z } from 'zod';
import { connectors } from '../connectors/registry.ts';
import { hubSchema } from '../src/config/schema.ts';
import { ruleSchema } from '../src/derive/ruleSchema.ts';
import { mappingSchema } from '../src/mapping/schema.ts';
import { entities, schemaPaths } from '../src/model/index.ts';
import { type VendorPaths, vendorPaths } from './vendor-paths.ts';

/** What we use of a JSON Schema; keywords are the standard's. */
export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  $defs?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  allOf?: Schema[];
  description?: string;
}

/** Schemas by file name. */
export function schemas(): ReadonlyMap<string, string> {
  return new Map(
    [['mapping.schema.json', mappingFile()] as const, ['hub.schema.json', hubFile()] as const].map(
      ([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`],
    ),
  );
}

/** A mapping file: the shape, per entity its canonical paths with what they mean, per object the vendor's. */
export function mappingFile(): Schema {
  const { $schema, $defs = {}, properties = {}, ...shape } = jsonSchemaOf(mappingSchema);
  const names = Object.keys(entities);
  return {
    $schema,
    title: 'LianHub mapping',
    description: 'How a canonical entity and an object of a vendor become one another, both ways.',
    ...shape,
    properties: {
      ...properties,
      entity: { ...properties.entity, examples: names },
    },
    // Objects that are not described here fit the last one: their paths are the checker's business.
    allOf: [{ anyOf: names.map(entityPart) }, { anyOf: [...vendorPaths().map(objectPart), {}] }],
    $defs,
  };
}

/** What an editor offers for `at:` and `out:` once `object:` says of what. */
function objectPart({ object, title, own, inLists }: VendorPaths): Schema {
  const field = (paths: readonly string[], below: Record<string, Schema>): Schema => ({
    anyOf: [
      { enum: [...paths] },
      { type: 'object', properties: { at: { anyOf: [{ enum: [...paths] }, { type: 'string' }] }, ...below } },
      {},
    ],
  });
  const inList = { fields: { type: 'object', additionalProperties: field(inLists, {}) } };
  return {
    title,
    properties: {
      object: { const: object },
      fields: { type: 'object', additionalProperties: field(own, inLists.length === 0 ? {} : inList) },
      out: { type: 'object', properties: Object.fromEntries(own.map((path) => [path, {}])) },
    },
  };
}

/** What an editor offers once `entity:` says which. Paths that are not listed stay the checker's business. */
function entityPart(name: string): Schema {
  const definition = entities[name as keyof typeof entities];
  const paths = schemaPaths(definition.schema);
  const level = (prefix: string): Record<string, Schema> =>
    Object.fromEntries(
      paths
        .filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('[]'))
        .filter(({ kind, path }) => kind !== 'object' || /phone$/i.test(path))
        .map(({ path, kind, description, type, words }) => {
          const told = [description, words === undefined ? type : words.join(', ')]
            .filter(Boolean)
            .join('. ');
          if (kind !== 'list') return [path.slice(prefix.length), { description: told }];
          const inside = { type: 'object', properties: level(`${path}[].`) };
          return [path.slice(prefix.length), { description, properties: { fields: inside } }];
        }),
    );
  return {
    title: name,
    properties: {
      entity: { const: name },
      fields: { type: 'object', properties: level('') },
    },
  };
}

/** hub.yaml: its own options, and under `connections` what each connector takes. */
export function hubFile(): Schema {
  const { $schema, $defs = {}, ...shape } = withVariables(jsonSchemaOf(hubSchema), true);
  const connection = shape.properties?.connections?.additionalProperties;
  if (typeof connection !== 'object') throw new Error('hub.yaml has no schema of connections');
  const defs: Record<string, Schema> = { ...$defs };
  const { derive } = shape.properties ?? {};
  if (derive === undefined) throw new Error('hub.yaml has no schema of derivations');
  derive.additionalProperties = part(ruleSchema, 'derive', defs);
  connection.anyOf = Object.values(connectors).map((connector) => ({
    title: `${connector.title.en} ${connector.title.zh}`,
    properties: {
      connector: { const: connector.name },
      config: settings(connector.config, `${connector.name}-config`, defs),
      secrets: settings(connector.secrets, `${connector.name}-secrets`, defs),
    },
  }));
  return {
    $schema,
    title: 'LianHub configuration',
    description: 'What the hub connects, what it keeps in step, and how.',
    ...shape,
    $defs: defs,
  };
}

/** A connector's own settings; nothing is required here, because a simulator brings its own. */
function settings(schema: z.ZodType, name: string, defs: Record<string, Schema>): Schema {
  const { required, ...told } = part(schema, name, defs);
  return told;
}

/** A schema inside another one; what it refers to goes to `defs` under names that begin with `name`. */
function part(schema: z.ZodType, name: string, defs: Record<string, Schema>): Schema {
  const { $schema, $defs = {}, ...told } = withVariables(jsonSchemaOf(schema), false);
  const rename = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', `"#/$defs/${name}-`));
  for (const [own, inner] of Object.entries($defs)) defs[`${name}-${own}`] = rename(inner) as Schema;
  return rename(told) as Schema;
}

function jsonSchemaOf(schema: z.ZodType): Schema {
  const made = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => readable(jsonSchema as Schema),
  });
  return made as Schema;
}

/** How values with a name of their own are written, by the title their schema bears. */
const written: Readonly<Record<string, Schema>> = {
  duration: {
    type: 'string',
    pattern: '^(\\d+(ms|[smhd]))+$',
    examples: ['500ms', '30s', '15m', '2h', '1d'],
  },
  date: { type: 'string', examples: ['2026-11-01', '2026-11-01T08:00:00Z'] },
  decimal: { type: ['string', 'number'] },
  'map or true': { type: ['object', 'boolean'] },
  'event type or map': { type: ['object', 'string'] },
};

/** What is written as text and read as something else is shown as it is written; other noise goes. */
function readable(schema: Schema): void {
  if (schema.propertyNames !== undefined && Object.keys(schema.propertyNames as object).join() === 'type')
    delete schema.propertyNames;
  for (const bound of ['minimum', 'maximum'])
    if (Math.abs(Number(schema[bound])) === Number.MAX_SAFE_INTEGER) delete schema[bound];
  const kind = typeof schema.title === 'string' ? written[schema.title] : undefined;
  if (kind === undefined) return;
  delete schema.title;
  delete schema.default;
  Object.assign(schema, kind);
}

/**
 * Wherever a text of a certain form or a choice is due, a variable may stand instead; numbers and switches
 * (`numbers`) may, too, where the hub reads them from text.
 */
function withVariables(schema: Schema, numbers: boolean): Schema {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, walk(part)]));
    const { description, default: standard, examples, ...rest } = inner as Schema;
    const isForm = rest.type === 'string' && ['enum', 'pattern', 'format'].some((word) => word in rest);
    const isNumber = typeof rest.type === 'string' && ['integer', 'number', 'boolean'].includes(rest.type);
    if (!isForm && !(isNumber && numbers)) return inner;
    return {
      ...(description === undefined ? {} : { description }),
      ...(standard === undefined ? {} : { default: standard }),
      ...(examples === undefined ? {} : { examples }),
      anyOf: [rest, { type: 'string', pattern: isNumber ? '^\\d+$|^true$|^false$|\\$\\{' : '\\$\\{' }],
    };
  };
  return walk(schema) as Schema;
}
