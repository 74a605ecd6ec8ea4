import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { messageInFull, shownMessage } from '../../explain/messages.ts';
import { listMessages } from '../../ledger/inbox-desk.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { answer, anyJson, moment, query, text, told, uuid } from './values.ts';

const tags = ['Inbox'];

const Message = z
  .object({
    id: z.int(),
    receivedAt: z.string(),
    connection: z.string(),
    object: z.string(),
    remoteId: z.string(),
    via: z.enum(['webhook', 'poll', 'answer']),
    revision: z.string().nullable(),
    state: z.enum(['due', 'waiting', 'done', 'dropped', 'dead']),
    attempts: z.int(),
    dueAt: z.string().nullable(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
    recordId: uuid.nullable().openapi({ description: 'The record it became part of.' }),
    finishedAt: z.string().nullable(),
    carries: z.boolean().openapi({ description: 'It carries the object itself; else it only names it.' }),
  })
  .openapi('InboxMessage');
const InFull = Message.extend({
  body: anyJson.openapi({ description: 'What was told; null: it only names the object.' }),
  hint: anyJson,
  replacedBy: z
    .int()
    .nullable()
    .openapi({ description: 'The message a person has put in its place, with another body.' }),
}).openapi('InboxMessageInFull');

const Messages = pageOf(Message);
const Place = z.object({ receivedAt: z.iso.datetime(), id: z.int() });

/** What systems have told, message by message. */
export const inbox = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/inbox',
      operationId: 'listMessages',
      tags,
      summary: 'What systems have told, the last received first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          connection: text(80).optional(),
          object: text(200).optional(),
          remote: text(200).optional().openapi({ description: 'Id in the system.' }),
          state: Message.shape.state.optional(),
          since: moment.optional(),
        }),
      },
      responses: { 200: answer('A page of messages, without what they carry.', Messages) },
    }),
    async (context) => {
      const { limit, cursor, connection, object, remote, state, since } = context.req.valid('query');
      const place = placeAt(cursor, Place);
      const filter = {
        ...{ connection, object, remoteId: remote, state },
        since: since === undefined ? undefined : new Date(since),
        before: place && { id: place.id, receivedAt: new Date(place.receivedAt) },
      };
      const rows = await listMessages(context.var.hub.world.database, filter, limit + 1);
      const page = pageFrom(rows, limit, shownMessage, (row) => ({
        receivedAt: row.received_at.toISOString(),
        id: row.id,
      }));
      return context.json(told(Messages, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/inbox/{id}',
      operationId: 'getMessage',
      tags,
      summary: 'One message with what it says',
      scope: 'read',
      request: { params: z.object({ id: z.string().regex(/^\d{1,15}$/) }), query: query(personal) },
      responses: { 200: answer('The message.', InFull) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = context.req.valid('param');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const message = await messageInFull(hub.setting, Number(id), shows);
      if (!message) throw new HubError('inbox.unknown', { id });
      await notePersonal(context, shows, [`inbox/${id}`]);
      return context.json(told(InFull, message), 200);
    },
  );
