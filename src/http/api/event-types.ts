import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { type EventType, eventType, eventTypes, jsonSchemaOf } from '../../events/catalog.ts';
import { newApi, operation } from './operation.ts';
import { query } from './values.ts';

const EventTypeSummary = z
  .object({
    type: z.string().openapi({ example: 'order.created' }),
    version: z.int().openapi({ description: 'Of the schema of its data.' }),
    title: z.object({ en: z.string(), zh: z.string() }),
    entity: z
      .string()
      .nullable()
      .openapi({ description: 'Entity of data.record, where it is always the same.' }),
    schema: z.string().openapi({ description: 'Where the JSON Schema of its data is.' }),
  })
  .openapi('EventType');

const shown = (one: EventType): z.infer<typeof EventTypeSummary> => ({
  type: one.type,
  version: one.version,
  title: one.title,
  entity: one.entity ?? null,
  schema: `/v1/event-types/${one.type}/${one.version}`,
});

/** Every type of event, and the schema of each. */
export const eventTypeRoutes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/event-types',
      operationId: 'listEventTypes',
      tags: ['Events'],
      summary: 'Types of events that can be subscribed to',
      scope: 'read',
      request: { query: query({}) },
      responses: {
        200: {
          description: 'All of them.',
          content: { 'application/json': { schema: z.object({ items: z.array(EventTypeSummary) }) } },
        },
      },
    }),
    (context) => context.json({ items: eventTypes.map(shown) }, 200),
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/event-types/{type}/{version}',
      operationId: 'getEventType',
      tags: ['Events'],
      summary: 'The JSON Schema of the data of a type',
      scope: 'read',
      request: { params: z.object({ type: z.string(), version: z.coerce.number().int() }), query: query({}) },
      responses: {
        200: {
          description: 'JSON Schema, draft 2020-12. Masked values are ***, whatever the schema says.',
          content: { 'application/json': { schema: z.looseObject({}) } },
        },
      },
    }),
    (context) => {
      const { type, version } = context.req.valid('param');
      const found = eventType(type);
      if (found?.version !== version)
        throw new HubError('request.not-found', { path: context.req.path.slice(0, 200) });
      return context.json(jsonSchemaOf(found), 200);
    },
  );
