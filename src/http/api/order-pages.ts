import { z } from '@hono/zod-openapi';
import { orderPage } from '../../explain/order-page.ts';
import { answered, ForeseenCopy } from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { query, text, told, uuid } from './values.ts';

const nothing = z.string().nullable();
const Copy = z
  .object({
    link: uuid,
    connection: z.string(),
    object: z.string(),
    remoteId: nothing,
    remoteNumber: nothing,
    remoteStatus: nothing,
    told: z.boolean().openapi({ description: 'The system told the document.' }),
    step: nothing.openapi({ description: 'Last step of its flow that the hub has done.' }),
    state: z.string(),
    since: nothing.openapi({ description: 'Since when it is not in step.' }),
    next: ForeseenCopy.shape.next,
    nextStep: nothing,
    waitsFor: z.array(z.string()),
    waits: z
      .array(
        z.object({
          kind: z.enum(['record', 'code', 'period']),
          target: z.string(),
          entity: nothing,
          since: z.string(),
        }),
      )
      .openapi({ description: 'What waitsFor says, for programs; target of a code: table/key.' }),
    problem: z.object({ code: z.string(), sentence: z.string() }).nullable(),
  })
  .openapi('CopyOnPage');
const Page = z
  .object({
    id: uuid,
    number: nothing,
    kind: nothing,
    stage: z.string(),
    payable: nothing,
    currency: nothing,
    placedAt: nothing,
    ageSeconds: z.int(),
    numbers: z
      .record(z.string(), z.array(z.object({ object: z.string(), number: z.string() })))
      .openapi({ description: 'Connection → every number the order and its documents have there.' }),
    next: z.array(z.string()).openapi({ description: 'What comes next, for people; empty: nothing.' }),
    documents: z.array(
      z.object({
        id: uuid,
        entity: z.string(),
        number: nothing,
        state: z.string(),
        stage: nothing,
        states: z.record(z.string(), z.string()).openapi({ description: 'Its independent states.' }),
        from: nothing.openapi({ description: 'The connection that told it, or the rule that made it.' }),
        rule: nothing.openapi({ description: 'The rule that made it.' }),
        madeAt: z.string(),
        after: z.array(uuid).openapi({ description: 'Documents of the page it was made for or of.' }),
        dates: z.record(z.string(), nothing).openapi({
          description: 'Days of it that can be moved (POST /v1/redates); null: none of its own.',
        }),
        copies: z.array(Copy),
      }),
    ),
    holds: z.array(
      z.object({
        recordId: uuid,
        connection: nothing,
        object: nothing,
        author: z.string(),
        reason: z.string(),
        since: z.string(),
      }),
    ),
    requests: z.array(z.object({ id: uuid, kind: z.string(), connection: z.string(), state: z.string() })),
    conflicts: z.array(z.object({ id: uuid, path: z.string() })),
  })
  .openapi('OrderPage');

export const orderPages = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/orders/{name}/page',
    operationId: 'getOrderPage',
    tags: ['Daily work'],
    summary:
      'One order on one page: documents, numbers in each system, where each stands and what comes next',
    scope: 'read',
    request: {
      params: z.object({
        name: text(200).openapi({ description: 'Its number, its number in any system, or its id.' }),
      }),
      query: query(personal),
    },
    responses: answered('The page.', Page),
  }),
  async (context) => {
    const shows = showsPersonal(context, context.req.valid('query').personal);
    const page = await orderPage(context.var.hub.world, context.req.valid('param').name, shows);
    await notePersonal(context, shows, [`record/${page.id}`]);
    return context.json(told(Page, page), 200);
  },
);
