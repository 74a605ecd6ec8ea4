import { z } from '@hono/zod-openapi';
import type { Connector } from '../../../connectors/kit/types.ts';
import { connectionOptions, optionsZh } from '../../config/index.ts';
import { HubError } from '../../errors.ts';
import { entities, isEntityName } from '../../model/index.ts';
import { newApi, operation } from './operation.ts';
import { answer, json, query, told } from './values.ts';

const tags = ['Connections'];

const words = { en: z.string(), zh: z.string() };
const members = {
  name: z.string(),
  title: z.object(words),
  purpose: z.object(words).nullable().openapi({ description: 'What it is for.' }),
  sure: z
    .object({ how: z.enum(['verified', 'documented', 'unverified', 'own']), ...words })
    .nullable()
    .openapi({ description: 'How sure it is that the system behaves so; own: there is no vendor.' }),
  guide: z.string().openapi({ description: 'How to set it up: a file of the project.' }),
  simulated: z.boolean().openapi({ description: 'There is a simulator to try it with.' }),
  describesObjects: z.boolean().openapi({ description: 'Its objects are described in its settings.' }),
  objects: z.array(
    z.object({
      name: z.string(),
      title: z.object(words).nullable(),
      entity: z.string().nullable(),
      nature: z.string().nullable().openapi({ description: 'state, document or quantity.' }),
      way: z
        .enum(['in', 'out', 'both'])
        .nullable()
        .openapi({ description: 'Seen from the hub: read, written, or both.' }),
      payload: z.enum(['full', 'partial', 'hint']),
      createSafety: z.enum(['uniqueKey', 'token', 'marker', 'none']),
      requests: z.array(z.string()).openapi({ description: 'What its system can be asked for.' }),
    }),
  ),
  actions: z.array(z.string()).openapi({ description: 'What rules can let it do: send a message …' }),
};
const Listed = z.object(members).openapi('Connector');
const Described = z
  .object({
    ...members,
    config: json.openapi({
      description: 'JSON Schema of its settings; x-zh beside a description is the same in Chinese.',
    }),
    secrets: json.openapi({ description: 'JSON Schema of its secrets; all of them are writeOnly.' }),
    options: json.openapi({
      description: 'JSON Schema of what every connection has beside: limits, budget, webhook …',
    }),
  })
  .openapi('ConnectorDescribed');

/** The gallery: what can be connected, and what a form for it is made of. */
export const connectors = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connectors',
      operationId: 'listConnectors',
      tags,
      summary: 'Every connector: what it is for, its objects, and how sure its facts are',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of them, by name.', z.object({ items: z.array(Listed) })) },
    }),
    (context) => {
      const all = Object.values(context.var.hub.connectors).sort((a, b) => (a.name < b.name ? -1 : 1));
      return context.json({ items: all.map(shown) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connectors/{name}',
      operationId: 'getConnector',
      tags,
      summary: 'One connector with JSON Schemas of its settings and secrets',
      scope: 'read',
      request: { params: z.object({ name: z.string().min(1).max(80) }), query: query({}) },
      responses: { 200: answer('The connector.', Described) },
    }),
    (context) => {
      const { connectors: all } = context.var.hub;
      const { name } = context.req.valid('param');
      const connector = Object.hasOwn(all, name) ? all[name] : undefined;
      if (!connector) throw new HubError('connectors.unknown', { name, known: Object.keys(all).join(', ') });
      const { helpZh = {} } = connector.about ?? {};
      const schemas = {
        config: withHelp(schemaOf(connector.config), helpZh),
        secrets: withHelp(writeOnly(schemaOf(connector.secrets)), helpZh),
        options: withHelp(schemaOf(connectionOptions), optionsZh),
      };
      return context.json(told(Described, { ...shown(connector), ...schemas }), 200);
    },
  );

function shown({ name, title, about, objects, objectsOf, simulated, actions }: Connector) {
  return {
    name,
    title: { ...title },
    purpose: about ? { ...about.purpose } : null,
    sure: about ? { ...about.sure } : null,
    guide: about?.guide ?? `connectors/${name}/README.md`,
    simulated: simulated !== false,
    describesObjects: objectsOf !== undefined,
    objects: Object.entries(objects).map(([object, facts]) => {
      const { en, zh, entity = null, way = null } = about?.objects[object] ?? {};
      return {
        name: object,
        title: en === undefined || zh === undefined ? null : { en, zh },
        entity,
        nature: entity !== null && isEntityName(entity) ? entities[entity].nature : null,
        way,
        payload: facts.payload,
        createSafety: facts.createSafety,
        requests: [...(facts.requests ?? [])],
      };
    }),
    actions: Object.keys(actions ?? {}).sort(),
  };
}

const made = new WeakMap<z.ZodType, Record<string, unknown>>();

/** What people write: of a transformation that is what it takes in. */
function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const known = made.get(schema);
  if (known) return known;
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  made.set(schema, rest);
  return rest;
}

/** With the Chinese of each description beside it, as `x-zh`. */
function withHelp(
  schema: Record<string, unknown>,
  chinese: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, one(child)]));
    const { description } = inner;
    const known = typeof description === 'string' ? chinese[description] : undefined;
    return known === undefined ? inner : { ...inner, 'x-zh': known };
  };
  return one(schema) as Record<string, unknown>;
}

/** Every value in it is told and never shown. */
function writeOnly(schema: unknown): Record<string, unknown> {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, one(child)]));
    const isText = 'type' in value && typeof value.type === 'string' && value.type !== 'object';
    return isText ? { ...inner, writeOnly: true } : inner;
  };
  return one(schema) as Record<string, unknown>;
}
