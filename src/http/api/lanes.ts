import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { listLanes } from '../../ledger/lane-desk.ts';
import { awaitedRecords, countWaiting, listWaits } from '../../ledger/waiting.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { answer, iso, query, text, uuid, whole } from './values.ts';

const Lane = z
  .object({
    lane: z.string(),
    kind: z.string(),
    held: z.boolean().openapi({ description: 'Somebody drains it just now.' }),
    leaseUntil: z.string().nullable(),
    epoch: z.int().openapi({ description: 'Times it changed hands.' }),
    due: z.int().openapi({ description: 'Due now; of each kind counted up to 1000.' }),
    oldest: z.string().nullable().openapi({ description: 'Since when the oldest of it is due.' }),
  })
  .openapi('Lane');
const waitKinds = ['ref', 'table', 'period'] as const;
const Wait = z
  .object({
    subject: z.enum(['link', 'inbox']),
    id: z.string().openapi({ description: 'Of the copy or message that waits.' }),
    kind: z.enum(waitKinds),
    target: z
      .string()
      .openapi({ description: '<connection>/<record id>, <table>/<key>, or <connection>/<book>/<period>.' }),
    since: z.string(),
    filledAt: z
      .string()
      .nullable()
      .openapi({ description: 'It is there since; what waits goes on at its turn.' }),
    connection: z.string().nullable(),
    object: z.string().nullable(),
    entity: z.string().nullable(),
    number: z.string().nullable(),
  })
  .openapi('Wait');
const WaitSummary = z
  .object({
    kinds: z.array(
      z.object({
        kind: z.enum(waitKinds),
        count: z.int(),
        targets: z.int(),
        filled: z.int(),
        oldest: z.string(),
      }),
    ),
    records: z
      .array(
        z.object({
          connection: z.string(),
          recordId: uuid,
          entity: z.string().nullable(),
          number: z.string().nullable(),
          count: z.int(),
          oldest: z.string(),
          filled: z.int(),
          codes: z.array(z.string().nullable()),
          says: z.string().nullable(),
        }),
      )
      .openapi({ description: 'Records that copies wait for, the longest awaited first.' }),
  })
  .openapi('WaitSummary');

const Place = z.object({
  target: z.string().max(600),
  since: z.iso.datetime(),
  subject: z.enum(['link', 'inbox']),
  id: z.string().max(100),
});

/** Lanes, and what waits for what. */
export const lanes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/lanes',
      operationId: 'listLanes',
      tags: ['Lanes'],
      summary: 'Lanes of work: who is at them, and how much is due in each',
      scope: 'read',
      request: {
        query: query({ ...paging, kind: text(40).optional().openapi({ example: 'push' }) }),
      },
      responses: { 200: answer('A page of them, by name.', pageOf(Lane)) },
    }),
    async (context) => {
      const { limit, cursor, kind } = context.req.valid('query');
      const after = placeAt(cursor, z.string().max(600));
      const rows = await listLanes(context.var.hub.world.database, { kind, after }, limit + 1);
      const page = pageFrom(
        rows,
        limit,
        ({ lease_until, oldest, ...row }) => ({
          ...row,
          leaseUntil: iso(lease_until),
          oldest: iso(oldest),
        }),
        (row) => row.lane,
      );
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/waits/summary',
      operationId: 'summarizeWaits',
      tags: ['Lanes'],
      summary: 'How much waits, by kind, and for which records',
      description: 'For which codes GET /v1/missing-codes tells, for which periods GET /v1/periods.',
      scope: 'read',
      request: {
        query: query({ records: whole(0, 500).default(100).openapi({ type: 'integer' }) }),
      },
      responses: { 200: answer('Counted now.', WaitSummary) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const kinds = await countWaiting(database);
      const records = await awaitedRecords(database, context.req.valid('query').records);
      return context.json(
        {
          kinds: kinds.map((one) => ({ ...one, oldest: one.oldest.toISOString() })),
          records: records.map((one) => ({
            ...one,
            codes: [...one.codes],
            oldest: one.oldest.toISOString(),
            says: one.says === null ? null : maskedText(one.says, []),
          })),
        },
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/waits',
      operationId: 'listWaits',
      tags: ['Lanes'],
      summary: 'Copies and messages that wait for a record (ref), a code (table) or an accounting period',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          kind: z.enum(waitKinds),
          target: text(600).optional(),
        }),
      },
      responses: { 200: answer('A page of them, target by target, the longest first.', pageOf(Wait)) },
    }),
    async (context) => {
      const { limit, cursor, kind, target } = context.req.valid('query');
      const place = placeAt(cursor, Place);
      const after = place && { ...place, since: new Date(place.since) };
      const rows = await listWaits(context.var.hub.world.database, { kind, target }, limit + 1, after);
      const page = pageFrom(
        rows,
        limit,
        ({ filled_at, since, ...row }) => ({
          ...row,
          since: since.toISOString(),
          filledAt: iso(filled_at),
        }),
        ({ target: of, since, subject, id }) => ({ target: of, since: since.toISOString(), subject, id }),
      );
      return context.json(page, 200);
    },
  );
