import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import {
  backfillNamed,
  continueBackfill,
  progressOf,
  startBackfill,
  stopBackfill,
} from '../../lanes/backfills.ts';
import { type BackfillRow, listBackfills } from '../../ledger/backfills.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { about } from './refusals.ts';
import { answer, body, iso, moment, query, text } from './values.ts';

const tags = ['Backfills'];
const states = ['running', 'done', 'cancelled', 'failed'] as const;

const Backfill = z
  .object({
    id: z.int(),
    connection: z.string(),
    object: z.string(),
    since: z.string().nullable().openapi({ description: 'Nothing older is read; null: all there is.' }),
    rate: z.number().nullable().openapi({ description: 'Rows a second at the most.' }),
    state: z.enum(states),
    done: z.int().openapi({ description: 'Rows read.' }),
    kept: z.int().openapi({ description: 'Of those, the ones that told something new.' }),
    total: z.int().nullable().openapi({ description: 'Rows there are, where the system tells.' }),
    rowsPerSecond: z.number(),
    secondsLeft: z.number().nullable(),
    author: z.string(),
    startedAt: z.string(),
    finishedAt: z.string().nullable(),
    attempts: z.int(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
  })
  .openapi('Backfill');
const InFull = Backfill.extend({
  unapplied: z.int().openapi({ description: 'Rows it has read that are not applied yet.' }),
}).openapi('BackfillInFull');

const byId = { params: z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }) };
const why = { note: text(500).optional().openapi({ description: 'Why; kept in the audit log.' }) };

/** Complete readings of an object of a system, beside what is live. */
export const backfills = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/backfills',
      operationId: 'listBackfills',
      tags,
      summary: 'Complete readings there were, the latest first',
      scope: 'read',
      request: { query: query({ ...paging, state: z.enum(states).optional() }) },
      responses: { 200: answer('A page of them.', pageOf(Backfill)) },
    }),
    async (context) => {
      const { limit, cursor, state } = context.req.valid('query');
      const before = placeAt(cursor, z.int().positive());
      const rows = await listBackfills(context.var.hub.world.database, limit + 1, { state, before });
      return context.json(
        pageFrom(rows, limit, shown, (row) => row.id),
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/backfills',
      operationId: 'startBackfill',
      tags,
      summary: 'Read all a system has of an object, beside and behind what is live',
      scope: 'operate',
      request: {
        body: body(
          z.strictObject({
            connection: text(80),
            object: text(200),
            since: moment.optional(),
            rate: z.number().min(0.01).max(100_000).optional().openapi({ description: 'Rows a second.' }),
            ...why,
          }),
        ),
      },
      responses: { 202: answer('It has begun; Location is where to look how far it is.', Backfill) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { connection, object, since, rate, note } = context.req.valid('json');
      const wanted = { connection, object, rate, since: since === undefined ? undefined : new Date(since) };
      const { database, landscape } = hub.world;
      const by = { author: caller.author, note };
      const at = { in: 'body', pointer: '/object' } as const;
      const row = await about(at, startBackfill(database, landscape, wanted, by));
      hub.world.ring([`backfill/${connection}/${object}`]);
      context.header('location', `/v1/backfills/${row.id}`);
      return context.json(shown(row), 202);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/backfills/{id}',
      operationId: 'getBackfill',
      tags,
      summary: 'How far one is',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('The backfill.', InFull) },
    }),
    async (context) => {
      const row = await backfillNamed(context.var.hub.world.database, context.req.valid('param').id);
      return context.json({ ...shown(row), unapplied: row.unapplied }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/backfills/{id}/cancel',
      operationId: 'cancelBackfill',
      tags,
      summary: 'Stop one. What it has read stays and is applied; resume lets it go on',
      scope: 'operate',
      request: { ...byId, body: body(z.strictObject(why)) },
      responses: { 200: answer('As it is now.', Backfill) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const by = { author: caller.author, note: context.req.valid('json').note };
      const row = await stopBackfill(hub.world.database, context.req.valid('param').id, by);
      return context.json(shown(row), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/backfills/{id}/resume',
      operationId: 'resumeBackfill',
      tags,
      summary: 'Let one that was stopped or has failed go on where it was',
      scope: 'operate',
      request: { ...byId, body: body(z.strictObject(why)) },
      responses: { 200: answer('As it is now.', Backfill) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const by = { author: caller.author, note: context.req.valid('json').note };
      const row = await continueBackfill(hub.world.database, context.req.valid('param').id, by);
      hub.world.ring([`backfill/${row.connection}/${row.object}`]);
      return context.json(shown(row), 200);
    },
  );

function shown(row: BackfillRow): z.infer<typeof Backfill> {
  const { id, connection, object, rate, state, done, kept, total, author, attempts } = row;
  const { rate: perSecond, secondsLeft } = progressOf(row);
  return {
    ...{ id, connection, object, rate, state, done, kept, total, author, attempts, secondsLeft },
    since: iso(row.since),
    rowsPerSecond: Math.round(perSecond),
    startedAt: row.started_at.toISOString(),
    finishedAt: iso(row.finished_at),
    code: row.error_code,
    sentence: row.error === null ? null : maskedText(row.error, []),
  };
}
