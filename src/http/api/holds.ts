import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { holdRecord, releaseRecord } from '../../lanes/daily/hold.ts';
import { listHolds } from '../../ledger/holds.ts';
import { answered, connectionName, jsonBody, objectName, ofRecord, why } from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { query, told, uuid } from './values.ts';

const tags = ['Daily work'];

const Hold = z
  .object({
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable(),
    connection: z.string().nullable().openapi({ description: 'Null: all systems.' }),
    object: z.string().nullable(),
    author: z.string(),
    reason: z.string(),
    since: z.string(),
  })
  .openapi('Hold');
const Held = z
  .object({
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable(),
    holds: z.int().openapi({ description: 'New, or taken away; 0: it was so already.' }),
    copies: z.array(z.object({ connection: z.string(), object: z.string(), state: z.string() })),
  })
  .openapi('Held');
const Place = z.object({
  at: z.iso.datetime(),
  record_id: uuid,
  connection: z.string().max(80),
  object: z.string().max(200),
});
const body = jsonBody(
  z.strictObject({ ...why, connection: connectionName.optional(), object: objectName.optional() }),
);

export const holds = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/holds',
      operationId: 'listHolds',
      tags,
      summary: 'What people hold, the oldest first',
      scope: 'read',
      request: { query: query(paging) },
      responses: answered('A page of them.', pageOf(Hold)),
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query');
      const place = placeAt(cursor, Place);
      const after = place && { ...place, at: new Date(place.at) };
      const rows = await listHolds(context.var.hub.world.database, limit + 1, after);
      const page = pageFrom(
        rows,
        limit,
        (row) => ({
          ...{ recordId: row.record_id, entity: row.entity, number: row.number, author: row.author },
          connection: row.connection === '' ? null : row.connection,
          object: row.object === '' ? null : row.object,
          reason: maskedText(row.reason, []),
          since: row.at.toISOString(),
        }),
        ({ at, record_id, connection, object }) => ({ at, record_id, connection, object }),
      );
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/records/{id}/hold',
      operationId: 'holdRecord',
      tags,
      summary: 'Hold a record: nothing of it is written until it is released',
      description:
        'Whatever is told of it is taken in. Documents that rules make of it alone are held with it, unless a connection is named.',
      scope: 'operate',
      request: { ...ofRecord, body },
      responses: answered('What stands still from now on.', Held),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const recordId = context.req.valid('param').id.toLowerCase();
      const done = await holdRecord(hub.world, { recordId, ...input }, { author: caller.author, reason });
      return context.json(told(Held, done), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/records/{id}/release',
      operationId: 'releaseRecord',
      tags,
      summary: 'Let a held record go on at once',
      description: 'Every hold of it, or those of one connection. One that is not held stays as it is.',
      scope: 'operate',
      request: { ...ofRecord, body },
      responses: answered('What goes on.', Held),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const recordId = context.req.valid('param').id.toLowerCase();
      const done = await releaseRecord(hub.world, { recordId, ...input }, { author: caller.author, reason });
      return context.json(told(Held, done), 200);
    },
  );
