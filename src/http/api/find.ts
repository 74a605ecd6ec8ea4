import { z } from '@hono/zod-openapi';
import { findInBox } from '../../explain/find.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { newApi, operation } from './operation.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { copyPlacesOf } from './records.ts';
import { answer, query, text, told, uuid, whole } from './values.ts';

const Item = z
  .object({
    id: uuid,
    entity: z.string(),
    state: z.string(),
    number: z.string().nullable(),
    name: z.string().nullable().openapi({ description: 'Of a person *** unless the token may see it.' }),
    by: z.enum(['number', 'copy', 'identity', 'phone', 'name', 'begins']).openapi({
      description:
        'By what it was found; copy: id or number in a system; begins: a number or name begins so.',
    }),
    what: z
      .string()
      .nullable()
      .openapi({ description: 'The connection of the copy, or the kind of identity.' }),
    stage: z.string().nullable().openapi({ description: 'Of an order.' }),
    placedAt: z.string().nullable(),
    updatedAt: z.string(),
    copies: z.array(
      z.object({ connection: z.string(), object: z.string(), remoteNumber: z.string().nullable() }),
    ),
  })
  .openapi('Found');

export const find = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/find',
    operationId: 'find',
    tags: ['Records'],
    summary: 'Whatever somebody has in hand: any number, a telephone number, a name, a unionid',
    description:
      'The surest first: numbers of records, of copies, identities, telephone numbers (of customers and of receivers of ' +
      'orders), names, and what begins so (from three characters on). People are found by a whole number, id or name, by ' +
      'everybody, shown masked, and noted in the audit log; by how their name begins only with the scope pii:read.',
    scope: 'read',
    request: {
      query: query({
        ...personal,
        q: text(100, 2).openapi({ example: '13800138000' }),
        limit: whole(1, 50).default(20),
      }),
    },
    responses: { 200: answer('What was found, the surest first.', z.object({ items: z.array(Item) })) },
  }),
  async (context) => {
    const { hub, caller } = context.var;
    const { q, limit, personal: asked } = context.req.valid('query');
    const shows = showsPersonal(context, asked);
    const { items, people } = await findInBox(hub.world.database, q, copyPlacesOf(hub), limit, shows);
    const named = items.filter((one) => one.name !== null).map((one) => `record/${one.id}`);
    await notePersonal(context, shows, [...new Set([...named, ...people])]);
    if (!shows && people.length > 0)
      await insertAudit(hub.world.database, [
        {
          author: caller.author,
          action: 'personal.find',
          subject: '/v1/find',
          details: { found: [...people] },
        },
      ]);
    return context.json(told(z.object({ items: z.array(Item) }), { items }), 200);
  },
);
