import { z } from '@hono/zod-openapi';
import type { ObjectFacts } from '../../../connectors/kit/types.ts';
import { HubError } from '../../errors.ts';
import { maskedText } from '../../explain/personal.ts';
import { type ReadingRow, readingsOf } from '../../ledger/cursors.ts';
import { entities, isEntityName } from '../../model/index.ts';
import { redacted } from '../../security/index.ts';
import { connectionOf } from './connections.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { answer, iso, json, query, told } from './values.ts';

const tags = ['Connections'];

const members = {
  object: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }).nullable(),
  entity: z.string().nullable().openapi({ description: 'What it is in the model, as far as it is known.' }),
  nature: z.string().nullable().openapi({ description: 'state, document or quantity.' }),
  payload: z.enum(['full', 'partial', 'hint']).openapi({ description: 'What a notice carries of it.' }),
  createSafety: z.enum(['uniqueKey', 'token', 'marker', 'none']).openapi({
    description: 'What makes a create safe to look up after an unclear answer.',
  }),
  can: z.object({
    list: z.boolean(),
    fetch: z.boolean(),
    find: z.boolean(),
    write: z.boolean(),
    remove: z.boolean(),
  }),
  batchSize: z.int(),
  tellsDeletions: z.boolean(),
  parties: z
    .array(
      z.object({
        sync: z.string(),
        entity: z.string(),
        mapping: z.string(),
        reads: z.boolean(),
        writes: z.boolean(),
        creates: z.boolean(),
        updates: z.boolean(),
        removes: z.boolean(),
        pollMs: z.int().nullable(),
        mode: z.string(),
      }),
    )
    .openapi({ description: 'Its parts in syncs.' }),
  reading: z
    .object({
      coveredAt: z
        .string()
        .nullable()
        .openapi({ description: 'Everything is known as of then; null: it was never read to the end.' }),
      dueAt: z.string(),
      failures: z.int().openapi({ description: 'In a row.' }),
      code: z.string().nullable(),
      sentence: z.string().nullable(),
    })
    .nullable()
    .openapi({ description: 'How asking it for changes goes; null: it is not asked.' }),
};
const ConnectionObject = z.object(members).openapi('ConnectionObject');
const Described = z
  .object({
    ...members,
    schema: json.nullable().openapi({ description: 'JSON Schema, as far as it is described.' }),
    components: json.openapi({ description: 'Schemas it refers to.' }),
  })
  .openapi('ConnectionObjectDescribed');

/** What systems can be told and asked about: their objects. */
export const connectionObjects = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/objects',
      operationId: 'listConnectionObjects',
      tags,
      summary: 'Objects of a system, and what can be done with each',
      scope: 'read',
      request: { params: z.object({ id: z.string().min(1).max(80) }), query: query({}) },
      responses: { 200: answer('All of them.', z.object({ items: z.array(ConnectionObject) })) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const items = Object.keys(hub.world.session(id).objects).sort();
      const readings = await readingsOf(hub.world.database, id);
      return context.json({ items: items.map((object) => shown(hub, id, object, readings)) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/objects/{object}',
      operationId: 'getConnectionObject',
      tags,
      summary: 'One object with its schema',
      scope: 'read',
      request: {
        params: z.object({ id: z.string().min(1).max(80), object: z.string().min(1).max(200) }),
        query: query({}),
      },
      responses: { 200: answer('The object.', Described) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { object } = context.req.valid('param');
      const { id, connector } = await connectionOf(hub, context.req.valid('param').id);
      if (!Object.hasOwn(hub.world.session(id).objects, object))
        throw new HubError('connections.unknown-object', { connection: id, object });
      const found = await hub.setup.live.surroundings.objectSchema(id, connector, object);
      const described = {
        ...shown(hub, id, object, await readingsOf(hub.world.database, id)),
        schema: found?.schema ?? null,
        components: found === undefined ? {} : reachable(found.schema, found.components),
      };
      return context.json(told(Described, described), 200);
    },
  );

function shown(
  { world }: ApiHub,
  id: string,
  object: string,
  readings: readonly ReadingRow[],
): z.infer<typeof ConnectionObject> {
  const operations = world.session(id).objects[object];
  const parties = world.landscape.partiesOf(id, object);
  const connector = world.landscape.connections.get(id)?.connector;
  const facts: Partial<ObjectFacts> = parties[0]?.facts ?? connector?.objects[object] ?? {};
  const { en, zh, entity = parties[0]?.entity ?? null } = connector?.about?.objects[object] ?? {};
  const reading = readings.find((one) => one.object === object);
  return {
    object,
    title: en === undefined || zh === undefined ? null : { en, zh },
    entity,
    nature: entity !== null && isEntityName(entity) ? entities[entity].nature : null,
    payload: facts.payload ?? 'full',
    createSafety: facts.createSafety ?? 'none',
    can: {
      list: operations?.list !== undefined,
      fetch: operations?.fetch !== undefined,
      find: operations?.find !== undefined,
      write: operations?.write !== undefined,
      remove: operations?.remove !== undefined,
    },
    batchSize: facts.batchSize ?? 1,
    tellsDeletions: facts.tellsDeletions ?? false,
    parties: parties.map((party) => ({
      sync: party.sync,
      entity: party.entity,
      mapping: party.mapping.name,
      reads: party.reads,
      writes: party.writes !== undefined && party.mapping.writes,
      creates: party.writes?.create === true && party.mapping.writes,
      updates: party.writes?.update === true && party.mapping.writes,
      removes: party.writes?.remove === true && party.mapping.writes,
      pollMs: party.pollMs ?? null,
      mode: party.mode,
    })),
    reading: reading ? shownReading(reading) : null,
  };
}

function shownReading({ covered_at, due_at, attempts, error_code, error }: ReadingRow) {
  return {
    coveredAt: iso(covered_at),
    dueAt: due_at.toISOString(),
    failures: attempts,
    code: error_code,
    // It may quote what the system answered.
    sentence: error === null ? null : redacted.text(maskedText(error, [])),
  };
}

/** The schemas a schema leads to, by name. */
function reachable(schema: object, components: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const open: unknown[] = [schema];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (Object.hasOwn(found, name) || !Object.hasOwn(components, name)) continue;
      found[name] = components[name];
      open.push(components[name]);
    }
  }
  return found;
}
