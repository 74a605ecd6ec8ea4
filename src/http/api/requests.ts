import { z } from '@hono/zod-openapi';
import { requestKinds } from '../../../connectors/kit/types.ts';
import { HubError } from '../../errors.ts';
import { maskedText, maskedVendor, withoutSecrets } from '../../explain/personal.ts';
import { ask, closeDealtWith, withdrawRequest } from '../../lanes/requests/ask.ts';
import { type ListedRequest, listRequests } from '../../ledger/requests.ts';
import type { JsonObject } from '../../model/index.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { about } from './refusals.ts';
import { answer, anyJson, body, entityName, iso, json, query, text, told, uuid, yesOrNo } from './values.ts';

const tags = ['Requests'];
const states = ['asked', 'unknown', 'accepted', 'refused', 'overtaken', 'withdrawn'] as const;

const Request = z
  .object({
    id: uuid,
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable(),
    connection: z.string(),
    object: z.string(),
    kind: z.enum(requestKinds),
    payload: anyJson,
    askedBy: z.string(),
    askedAt: z.string(),
    deadline: z.string().openapi({ description: 'When an answer is expected.' }),
    overdueMs: z.number().nullable(),
    state: z.enum(states),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    answeredAt: z.string().nullable(),
    closedAt: z.string().nullable(),
    closedBy: z.string().nullable(),
    note: z.string().nullable(),
  })
  .openapi('Request');

const Requests = pageOf(Request);
const byId = { params: z.object({ id: uuid }) };
const longestDeadline = 30 * 86_400;

/** What systems are asked for and may refuse. */
export const requests = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/requests',
      operationId: 'listRequests',
      tags,
      summary: 'What systems are asked for and may refuse, the oldest first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          ...personal,
          state: z.enum(states).optional(),
          connection: text(80).optional(),
          entity: entityName.optional(),
          closed: yesOrNo
            .optional()
            .openapi({ type: 'string', description: 'true: also those a person has closed.' }),
        }),
      },
      responses: { 200: answer('A page of them.', Requests) },
    }),
    async (context) => {
      const {
        limit,
        cursor,
        state,
        connection,
        entity,
        closed,
        personal: asked,
      } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const filter = { connection, entity, closed, limit: limit + 1, after: placeAt(cursor, uuid) };
      const rows = await listRequests(context.var.hub.world.database, {
        ...filter,
        ...(state === undefined ? {} : { states: [state] }),
      });
      await notePersonal(
        context,
        shows,
        rows.slice(0, limit).map((row) => `request/${row.id}`),
      );
      const page = pageFrom(
        rows,
        limit,
        (row) => shown(row, shows),
        (row) => row.id,
      );
      return context.json(told(Requests, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/requests',
      operationId: 'createRequest',
      tags,
      summary: 'Ask a system for something; it is sent before anything else about that copy',
      scope: 'operate',
      request: {
        body: body(
          z.strictObject({
            record: uuid,
            connection: text(80),
            kind: z.enum(requestKinds),
            payload: json.default({}).openapi({ description: 'What belongs to it: a reason, a receiver.' }),
            deadlineSeconds: z.int().min(1).max(longestDeadline).default(1_800).openapi({
              description: 'When an answer is expected.',
            }),
          }),
        ),
      },
      responses: { 201: answer('The request. What was never sent there is accepted at once.', Request) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { record, connection, kind, payload, deadlineSeconds } = context.req.valid('json');
      const question = {
        recordId: record,
        ...{ connection, kind, payload: payload as JsonObject },
        deadlineMs: deadlineSeconds * 1_000,
        author: caller.author,
      };
      const made = await about({ in: 'body', pointer: '/payload' }, ask(hub.world, question));
      context.header('location', `/v1/requests/${made.id}`);
      return context.json(told(Request, await requestOf(context.var.hub, made.id)), 201);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/requests/{id}',
      operationId: 'getRequest',
      tags,
      summary: 'One request: who asked for what, and what became of it',
      scope: 'read',
      request: { ...byId, query: query(personal) },
      responses: { 200: answer('The request.', Request) },
    }),
    async (context) => {
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const request = await requestOf(context.var.hub, context.req.valid('param').id, shows);
      await notePersonal(context, shows, [`request/${request.id}`]);
      return context.json(told(Request, request), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/requests/{id}/withdraw',
      operationId: 'withdrawRequest',
      tags,
      summary: 'Take a request back that was not sent yet',
      scope: 'operate',
      request: byId,
      responses: { 200: answer('As it is now.', Request) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = context.req.valid('param');
      await withdrawRequest(hub.world, id, caller.author);
      return context.json(told(Request, await requestOf(hub, id)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/requests/{id}/close',
      operationId: 'closeRequest',
      tags,
      summary: 'You have dealt with what came out: it is not listed any more',
      scope: 'operate',
      request: { ...byId, body: body(z.strictObject({ note: text(500) })) },
      responses: { 200: answer('As it is now.', Request) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = context.req.valid('param');
      await closeDealtWith(hub.world, id, caller.author, context.req.valid('json').note);
      return context.json(told(Request, await requestOf(hub, id)), 200);
    },
  );

async function requestOf({ world }: ApiHub, id: string, showPersonal = false) {
  const [row] = await listRequests(world.database, { id, closed: true });
  if (!row) throw new HubError('requests.unknown', { id });
  return shown(row, showPersonal);
}

function shown(row: ListedRequest, showPersonal: boolean): z.infer<typeof Request> {
  const { id, entity, number, connection, object, state, code } = row;
  // A receiver, a reason: what a person wrote may be personal, all of it.
  const payload = showPersonal ? withoutSecrets(row.payload) : maskedVendor(row.payload, undefined);
  const words = (sentence: string | null): string | null =>
    sentence === null || showPersonal ? sentence : maskedText(sentence, []);
  return {
    ...{ id, entity, number, connection, object, state, code, payload },
    recordId: row.record_id,
    kind: row.kind as z.infer<typeof Request>['kind'],
    askedBy: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    deadline: row.deadline.toISOString(),
    overdueMs: row.overdue_ms,
    reason: words(row.reason),
    answeredAt: iso(row.answered_at),
    closedAt: iso(row.closed_at),
    closedBy: row.closed_by,
    note: words(row.note),
  };
}
