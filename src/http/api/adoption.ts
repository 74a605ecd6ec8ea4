import { z } from '@hono/zod-openapi';
import { shownDifferences, shownIntent } from '../../explain/adoption.ts';
import { maskedText } from '../../explain/personal.ts';
import { decideOpenings } from '../../lanes/adoption/decide.ts';
import { differencesOf } from '../../lanes/adoption/differences.ts';
import { listOfPairs, summaryOfPairs } from '../../lanes/adoption/pairs.ts';
import { countIntents, listIntents } from '../../ledger/adoption.ts';
import { connectionOf } from './connections.ts';
import { jobBegun, jobOf } from './jobs.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { about } from './refusals.ts';
import { answer, anyJson, body, query, text, told, uuid, whole } from './values.ts';

const tags = ['Adoption'];
const count = z.int();

const Pair = z
  .object({
    id: uuid.openapi({
      description: 'Of the record; of an ambiguous one, of the proposal: GET /v1/matches/{id}.',
    }),
    key: z.string(),
    here: z.array(z.string()).openapi({ description: 'Ids in the one system.' }),
    there: z.array(z.string()),
    candidates: z.array(z.string()).optional(),
  })
  .openapi('AdoptionPair');
const Summary = z
  .object({
    items: z.array(
      z.object({
        here: z.string(),
        there: z.string(),
        paired: count,
        ambiguous: count,
        onlyHere: count,
        onlyThere: count,
      }),
    ),
  })
  .openapi('AdoptionSummary');
const Intent = z
  .object({
    link: uuid,
    connection: z.string(),
    object: z.string(),
    entity: z.string(),
    record: z.string(),
    step: z.string().nullable(),
    key: z.string().nullable(),
    body: anyJson,
    difference: anyJson.openapi({ description: 'Path → shown there, wanted; null: it showed nothing.' }),
    at: z.string(),
  })
  .openapi('IntendedWrite');
const Counts = z.object({
  items: z.array(
    z.object({ connection: z.string(), object: z.string(), entity: z.string(), step: z.string(), count }),
  ),
});
const Difference = z
  .object({
    object: z.string(),
    entity: z.string(),
    field: z.string(),
    count,
    examples: z.array(
      z.object({
        record: z.string(),
        remoteId: z.string().nullable(),
        path: z.string(),
        golden: anyJson,
        its: anyJson,
      }),
    ),
  })
  .openapi('OpeningDifference');
const Pairs = pageOf(Pair);
const Differences = z.object({ items: z.array(Difference) });
const Intents = pageOf(Intent);
const byId = { params: z.object({ id: z.string().min(1).max(80) }) };
const bySync = { params: z.object({ sync: z.string().min(1).max(80) }) };

const pairs = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/adoption/{sync}',
      operationId: 'getAdoption',
      tags,
      summary:
        'Of each two systems of a sync: how many records both have, which may be one, which only one has',
      scope: 'read',
      request: { ...bySync, query: query({}) },
      responses: { 200: answer('Each two of them.', Summary) },
    }),
    async (context) => {
      const { database, landscape } = context.var.hub.world;
      const found = await summaryOfPairs(database, landscape, context.req.valid('param').sync);
      return context.json({ items: [...found] }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/adoption/{sync}/{list}',
      operationId: 'listAdoptionPairs',
      tags,
      summary: 'The records of one list: paired, ambiguous, only-here, only-there',
      scope: 'read',
      request: {
        params: z.object({
          sync: z.string().min(1).max(80),
          list: z.enum(['paired', 'ambiguous', 'only-here', 'only-there']),
        }),
        query: query({
          ...paging,
          here: text(80).optional().openapi({
            description: 'The connection that is here; needed beside there where there are several.',
          }),
          there: text(80).optional(),
        }),
      },
      responses: { 200: answer('A page of them, by id.', Pairs) },
    }),
    async (context) => {
      const { database, landscape } = context.var.hub.world;
      const { sync, list } = context.req.valid('param');
      const { limit, cursor, here, there } = context.req.valid('query');
      const after = placeAt(cursor, uuid);
      const question = { list, connection: here, other: there, after, limit: limit + 1 };
      const rows = await about(
        { in: 'query', pointer: '/here' },
        (async () => listOfPairs(database, landscape, sync, question))(),
      );
      const page = pageFrom(
        rows,
        limit,
        (row) => row,
        (row) => row.id,
      );
      return context.json(told(Pairs, page), 200);
    },
  );

const writes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/intents/counts',
      operationId: 'countIntendedWrites',
      tags,
      summary: 'How many writes are held back because a connection is not live, by object and step',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('By object and step.', Counts) },
    }),
    async (context) => {
      const { id } = await connectionOf(context.var.hub, context.req.valid('param').id);
      const found = await countIntents(context.var.hub.world.database, { connection: id });
      return context.json({ items: [...found] }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/intents',
      operationId: 'listIntendedWrites',
      tags,
      summary: 'What a connection in mode shadow would be written',
      scope: 'read',
      request: {
        ...byId,
        query: query({ ...paging, ...personal, object: text(200).optional() }),
      },
      responses: { 200: answer('A page of writes, by the id of the copy.', Intents) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { limit, cursor, object, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const filter = { connection: id, object, after: placeAt(cursor, uuid), limit: limit + 1 };
      const rows = await listIntents(hub.world.database, filter);
      await notePersonal(
        context,
        shows,
        rows.slice(0, limit).map((row) => `link/${row.link_id}`),
      );
      const page = pageFrom(
        rows,
        limit,
        (row) => shownIntent(hub.setting, row, shows),
        (row) => row.link_id,
      );
      return context.json(told(Intents, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/differences',
      operationId: 'listOpeningDifferences',
      tags,
      summary: 'Where copies differed when they were paired, by field, as long as nobody has decided',
      scope: 'read',
      request: {
        ...byId,
        query: query({
          ...personal,
          object: text(200).optional(),
          examples: whole(0, 50).default(3).openapi({ type: 'integer', description: 'Of each field.' }),
        }),
      },
      responses: { 200: answer('Every field.', Differences) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { object, examples, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const found = await differencesOf(hub.world.database, id, object, examples);
      await notePersonal(context, shows, found.length === 0 ? [] : [`connection/${id}`]);
      return context.json(told(Differences, { items: shownDifferences(found, shows) }), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/differences/decide',
      operationId: 'decideOpeningDifferences',
      tags,
      summary: 'Decide about opening differences in bulk; doing it again goes on with what is left',
      description: 'The job’s result: copies, values, and refused with a reason each.',
      scope: 'operate',
      request: {
        ...byId,
        body: body(
          z.strictObject({
            take: z.enum(['hub', 'theirs']).openapi({
              description:
                'hub: the copies are written the golden values; theirs: their values become golden.',
            }),
            object: text(200).optional(),
            field: text(300).optional().openapi({ description: 'Lists without keys: barcodes[].unitId' }),
            perSecond: z.number().min(1).max(1_000).default(200).openapi({ description: 'Copies a second.' }),
            dryRun: z.boolean().default(false),
            note: text(500).optional(),
          }),
        ),
      },
      responses: jobBegun,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const { object, field, note, ...rest } = context.req.valid('json');
      const choice = { ...rest, object, field, note, connection: id, author: caller.author };
      const job = { kind: 'openings', subject: `connection/${id}`, author: caller.author };
      const begun = await hub.jobs.start(job, async (report) => {
        const decided = await decideOpenings(hub.world, { ...choice, progress: (done) => report(done) });
        const refused = decided.refused.slice(0, 200).map(({ record, reason }) => ({
          record,
          // A sentence of the model quotes the value it refuses.
          reason: maskedText(reason, []),
        }));
        return { copies: decided.copies, values: decided.values, refused };
      });
      context.header('location', `/v1/jobs/${begun}`);
      return context.json(await jobOf(hub, begun), 202);
    },
  );

/** Taking over systems that already hold data. */
export const adoption = [pairs, writes];
