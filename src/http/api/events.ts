import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { typesOf } from '../../events/catalog.ts';
import type { HubEvent } from '../../events/event.ts';
import { masked } from '../../events/mask.ts';
import { withoutSecrets } from '../../explain/personal.ts';
import { pageOfEvents, readEvent, type StoredEvent } from '../../ledger/events.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { answer, json, moment, query, text, told, uuid } from './values.ts';

const members = {
  id: uuid,
  type: z.string(),
  version: z.int(),
  occurredAt: z.string(),
  subject: z.string().nullable().openapi({ description: 'Id of the record it is about.' }),
  key: z.string().nullable(),
};
const EventShown = z
  .object({
    ...members,
    data: json.openapi({ description: 'Personal values of the record are hidden as ***.' }),
  })
  .openapi('Event');
const Events = pageOf(z.object(members).openapi('EventSummary'));
const Place = z.object({ at: z.iso.datetime(), seq: z.int() });

/** What has happened, as long as it is kept. Only types somebody follows are written. */
export const eventRoutes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/events',
      operationId: 'listEvents',
      tags: ['Events'],
      summary: 'What has happened, the last first; without data',
      description: 'Only events that a subscription or rule listens for are kept.',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          type: text(120).optional().openapi({ description: 'With wildcards: order.*' }),
          subject: text(100).optional().openapi({ description: 'Id of the record it is about.' }),
          since: moment.optional(),
          until: moment.optional(),
        }),
      },
      responses: { 200: answer('A page of them.', Events) },
    }),
    async (context) => {
      const { limit, cursor, type, subject, since, until } = context.req.valid('query');
      const place = placeAt(cursor, Place);
      const filter = {
        types: type === undefined ? undefined : [type, ...typesOf([type]).map((one) => one.type)],
        subject,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
        before: place && { at: new Date(place.at), seq: place.seq },
      };
      const rows = await pageOfEvents(context.var.hub.world.database, filter, limit + 1);
      const page = pageFrom(rows, limit, summaryOf, ({ at, seq }) => ({ at: at.toISOString(), seq }));
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/events/{id}',
      operationId: 'getEvent',
      tags: ['Events'],
      summary: 'One event with its data',
      scope: 'read',
      request: { params: z.object({ id: uuid }), query: query(personal) },
      responses: { 200: answer('The event.', EventShown) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const event = await readEvent(context.var.hub.world.database, id);
      if (!event) throw new HubError('events.unknown', { id });
      await notePersonal(context, shows, [`event/${id}`]);
      const data = shows ? withoutSecrets(event.data) : masked(event).data;
      return context.json(told(EventShown, { ...summaryOf(event), data }), 200);
    },
  );

function summaryOf(event: StoredEvent): Omit<HubEvent, 'data'> {
  const { id, type, version, occurredAt, subject, key } = event;
  return { id, type, version, occurredAt, subject, key };
}
