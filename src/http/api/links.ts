import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { linkNamed, shownLink, shownTries } from '../../explain/links.ts';
import { listLinks } from '../../ledger/link-desk.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { answer, anyJson, entityName, query, text, told, uuid } from './values.ts';

const tags = ['Links'];

const Link = z
  .object({
    id: uuid,
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable().openapi({ description: 'Number or code of the record.' }),
    connection: z.string(),
    object: z.string(),
    origin: z.boolean().openapi({ description: 'The system told of it: the record came from there.' }),
    remoteId: z.string().nullable(),
    remoteNumber: z.string().nullable(),
    remoteStatus: z.string().nullable(),
    step: z.string().nullable().openapi({ description: 'The last step of its flow that is done.' }),
    state: z.enum(['idle', 'due', 'waiting', 'unknown', 'parked']),
    dueAt: z.string().nullable().openapi({ description: 'When it is looked at next, while it is due.' }),
    attempts: z.int(),
    dirtySince: z.string().nullable().openapi({ description: 'Since when it lacks something.' }),
    writtenVersion: z.int().nullable().openapi({ description: 'Version of the record it was written with.' }),
    code: z.string().nullable(),
    sentence: z.string().nullable().openapi({ description: 'What is the matter with it.' }),
  })
  .openapi('Link');
const Wait = z.object({
  kind: z
    .enum(['ref', 'table', 'period'])
    .openapi({ description: 'A record, a code, or an accounting period.' }),
  target: z.string(),
  since: z.string(),
  entity: z.string().nullable(),
  number: z.string().nullable(),
  state: z.string().nullable(),
});
const LinkInFull = Link.extend({
  waitsFor: z.array(Wait).openapi({ description: 'Records, codes and periods it waits for.' }),
}).openapi('LinkInFull');
const Try = z
  .object({
    id: uuid,
    step: z.string(),
    key: z
      .string()
      .openapi({ description: 'What makes it one and the same write, however often it is sent.' }),
    recordVersion: z.int(),
    startedAt: z.string(),
    finishedAt: z.string().nullable(),
    durationMs: z.int().nullable(),
    outcome: z.string().nullable().openapi({
      description: 'done, failed, unknown, absent or abandoned; null while it is open.',
    }),
    lookups: z.int().openapi({ description: 'How often it was looked for since.' }),
    sent: anyJson,
    answer: anyJson,
  })
  .openapi('Try');

const Links = pageOf(Link);
const Tries = pageOf(Try);
const byId = { params: z.object({ id: uuid }) };
const TryPlace = z.object({ startedAt: z.iso.datetime(), id: uuid });

/** Copies of records in systems, and what was written to them. */
export const links = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/links',
      operationId: 'listLinks',
      tags,
      summary: 'Copies of records in systems',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          record: uuid.optional(),
          connection: text(80).optional(),
          object: text(200).optional(),
          entity: entityName.optional(),
          state: Link.shape.state.optional(),
          remote: text(200).optional().openapi({ description: 'Id or number in the system.' }),
        }),
      },
      responses: { 200: answer('A page of them, by id.', Links) },
    }),
    async (context) => {
      const { limit, cursor, record, pretty: _pretty, ...filter } = context.req.valid('query');
      const after = placeAt(cursor, uuid);
      const { database } = context.var.hub.world;
      const rows = await listLinks(database, { ...filter, recordId: record, after }, limit + 1);
      const page = pageFrom(
        rows,
        limit,
        (row) => shownLink(row, false),
        (row) => row.id,
      );
      return context.json(told(Links, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/links/{id}',
      operationId: 'getLink',
      tags,
      summary: 'One copy, and what it waits for',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('The copy.', LinkInFull) },
    }),
    async (context) => {
      const link = await linkNamed(context.var.hub.setting, context.req.valid('param').id);
      if (!link) throw new HubError('links.unknown', { id: context.req.valid('param').id });
      return context.json(told(LinkInFull, link), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/links/{id}/tries',
      operationId: 'listTries',
      tags,
      summary: 'What was written to one copy and what came back, the last write first',
      scope: 'read',
      request: { ...byId, query: query({ ...paging, ...personal }) },
      responses: { 200: answer('A page of writes.', Tries) },
    }),
    async (context) => {
      const { limit, cursor, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const { id } = context.req.valid('param');
      const place = placeAt(cursor, TryPlace);
      const before = place && { ...place, startedAt: new Date(place.startedAt) };
      const found = await shownTries(context.var.hub.setting, id, { limit, before, showPersonal: shows });
      if (!found) throw new HubError('links.unknown', { id });
      await notePersonal(context, shows, found.tries.length === 0 ? [] : [`link/${id}`]);
      const page = pageFrom(
        found.tries,
        limit,
        (one) => one,
        ({ startedAt, id: last }) => ({ startedAt, id: last }),
      );
      return context.json(told(Tries, page), 200);
    },
  );
