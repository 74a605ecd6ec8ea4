import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { statusOf } from '../status.ts';
import { newApi, operation } from './operation.ts';
import { query, told } from './values.ts';

const count = z.int();
const place = { connection: z.string(), object: z.string() };

const Status = z
  .looseObject({
    records: z
      .array(z.looseObject({ entity: z.string(), count }))
      .openapi({ description: 'Golden records.' }),
    links: z
      .array(z.looseObject({ ...place, entity: z.string(), state: z.string(), count }))
      .openapi({ description: 'Copies in systems; oldest is the one that has waited longest.' }),
    inbox: z
      .array(z.looseObject({ ...place, state: z.string(), count }))
      .openapi({ description: 'Messages of systems.' }),
    trouble: z
      .array(
        z.looseObject({ ...place, kind: z.string(), state: z.string(), code: z.string().nullable(), count }),
      )
      .openapi({ description: 'What cannot go on by itself, by cause; error is one example.' }),
    paused: z.array(z.looseObject({ id: z.string() })).openapi({ description: 'Connections held back.' }),
    outward: z
      .looseObject({
        subscriptions: z.array(z.looseObject({ name: z.string() })),
        rules: z.array(z.looseObject({ rule: z.string(), count })),
      })
      .openapi({
        description: 'Subscriptions that get nothing, and what rules could not do: code, reason, what to do.',
      }),
    waiting: z.array(z.looseObject({})).openapi({ description: 'Records others wait for.' }),
    holds: z
      .array(z.looseObject({ entity: z.string(), connection: z.string(), count }))
      .openapi({ description: 'Records that people hold; connection is empty where all systems are meant.' }),
    adoption: z.array(z.looseObject({})).openapi({ description: 'Copies paired at adoption, and not.' }),
    limits: z
      .array(z.looseObject({}))
      .openapi({ description: 'Call limits of connections, and what is used.' }),
    sessions: z.array(z.looseObject({})).openapi({ description: 'Sessions with vendors.' }),
  })
  .openapi('Status');

export const status = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/status',
    operationId: 'getStatus',
    tags: ['Status'],
    summary: 'What the hub knows, what waits and what is stuck',
    scope: 'read',
    request: { query: query({}) },
    responses: {
      200: { description: 'Everything, counted.', content: { 'application/json': { schema: Status } } },
    },
  }),
  async (context) => {
    const all = await statusOf(context.var.hub.world, context.var.hub.webhooks);
    // Error texts quote what was told; a telephone number is one everywhere.
    const masked: object = JSON.parse(maskedText(JSON.stringify(all), []));
    return context.json(told(Status, masked), 200);
  },
);
