import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { readCrossrefTables } from '../../ledger/crossrefs.ts';
import { type JsonSchema, mappingLanguage, ourFields, suggest, theirFields } from '../../mapping/index.ts';
import { entityNames, type JsonObject } from '../../model/index.ts';
import { connectionOf } from './connections.ts';
import type { ApiHub } from './environment.ts';
import { byName, mappingInUse } from './mapping-text.ts';
import { nameOf } from './mappings.ts';
import { newApi, operation } from './operation.ts';
import { answer, body, entityName, json, query, text, told } from './values.ts';

const tags = ['Mappings'];

const words = z.array(z.string()).nullable();
const LanguageWord = z.object({
  name: z.string(),
  description: z.string(),
  words: words.openapi({ description: 'The values it may have, where they are few.' }),
});
const Language = z
  .object({
    options: z
      .object({
        file: z.array(LanguageWord),
        field: z.array(LanguageWord),
        split: z.array(LanguageWord),
        list: z.array(LanguageWord),
        key: z.array(LanguageWord),
      })
      .openapi({ description: 'By where they stand.' }),
    functions: z
      .array(
        z.object({
          name: z.string(),
          parameters: z.array(z.string()).openapi({ description: 'Their CEL types.' }),
          way: z.enum(['in', 'out', 'both']),
        }),
      )
      .openapi({ description: 'Of expressions.' }),
    entities: z.array(z.string()),
  })
  .openapi('MappingLanguage');
const common = {
  path: z.string().openapi({ description: 'Lists on the way are marked.', example: 'lines[].skuId' }),
  required: z.boolean(),
  description: z.string(),
  words,
};
const Sides = z
  .object({
    entity: z.string(),
    object: z.string(),
    ours: z.array(
      z.object({
        ...common,
        kind: z.enum(['value', 'values', 'list', 'object', 'map']),
        type: z.string().nullable(),
        entity: z.string().nullable().openapi({ description: 'Of a reference.' }),
        personal: z.boolean(),
      }),
    ),
    theirs: z.array(
      z.object({
        ...common,
        kind: z.enum(['value', 'values', 'list', 'object']),
        types: z.array(z.string()),
      }),
    ),
    described: z.boolean().openapi({ description: 'False: nobody has described the object.' }),
    tables: z.array(z.string()).openapi({ description: 'Code tables there are.' }),
  })
  .openapi('MappingSides');
const Guess = z.object({ at: z.string(), score: z.number() });
const Suggested = z
  .object({
    mapping: z.string(),
    text: z.string().openapi({ description: 'A mapping file; what somebody has to decide is a gap in it.' }),
    gaps: z.int(),
    guesses: z
      .array(Guess.extend({ path: z.string(), others: z.array(Guess) }))
      .openapi({ description: 'Inside a list `at` is relative to the element.' }),
  })
  .openapi('MappingSuggestion');

/** What helps somebody who writes a mapping. */
export const mappingHelp = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/language',
      operationId: 'getMappingLanguage',
      tags,
      summary: 'The words of the mapping language with what they mean, for editors',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('Options, functions and entities.', Language) },
    }),
    (context) => context.json(told(Language, { ...mappingLanguage(), entities: [...entityNames] }), 200),
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/{folder}/{name}/sides',
      operationId: 'getMappingSides',
      tags,
      summary: 'The fields of both sides of a mapping, parents before children',
      scope: 'read',
      request: { ...byName, query: query({}) },
      responses: { 200: answer('Both sides.', Sides) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { name, doc } = mappingInUse(hub, nameOf(context.req.valid('param')));
      const party = hub.world.landscape.parties.find((one) => one.mapping.name === name);
      const found = party && (await described(hub, party.connection, party.object));
      const sides = {
        entity: doc.entity.value,
        object: doc.object.value,
        ours: ourFields(hub.setup.live.surroundings.entities[entityName.parse(doc.entity.value)]),
        theirs: found === undefined ? [] : theirFields(found.schema, found.components, doc.custom),
        described: found !== undefined,
        tables: await tableNames(hub),
      };
      return context.json(told(Sides, sides), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/mappings/suggest',
      operationId: 'suggestMapping',
      tags,
      summary: 'Draft a mapping from names (English and Chinese), types, formats and samples; stores nothing',
      scope: 'configure',
      request: {
        body: body(
          z.strictObject({
            connection: text(80),
            object: text(200),
            entity: entityName,
            direction: z.enum(['in', 'out', 'both']).default('both'),
            name: text(200).optional().openapi({ description: 'Of the mapping; default: connector/object.' }),
            samples: z
              .array(json)
              .max(50)
              .default([])
              .openapi({ description: 'Objects as the system has them.' }),
          }),
        ),
      },
      responses: { 200: answer('The best guess first.', Suggested) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { connection, object, entity, direction, name, samples } = context.req.valid('json');
      const { connector } = await connectionOf(hub, connection);
      const found = await described(hub, connection, object);
      if (found === undefined && samples.length === 0)
        throw new HubError('suggest.nothing-known', { what: `${connection}/${object} is not described` });
      const mapping = name ?? `${connector}/${object}`;
      const made = suggest({
        name: mapping,
        object,
        direction,
        entity: hub.setup.live.surroundings.entities[entity],
        tables: await tableNames(hub),
        components: found?.components ?? {},
        samples: samples as JsonObject[],
        ...(found === undefined ? {} : { objectSchema: found.schema }),
      });
      return context.json(told(Suggested, { mapping, ...made }), 200);
    },
  );

interface DescribedObject {
  readonly schema: JsonSchema;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

async function described(
  hub: ApiHub,
  connection: string,
  object: string,
): Promise<DescribedObject | undefined> {
  const connector = hub.world.landscape.connections.get(connection)?.connector.name;
  if (connector === undefined) return undefined;
  return await hub.setup.live.surroundings.objectSchema(connection, connector, object);
}

async function tableNames({ world }: ApiHub): Promise<string[]> {
  return (await readCrossrefTables(world.database)).map(({ name }) => name);
}
