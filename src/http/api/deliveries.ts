import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { typesOf } from '../../events/catalog.ts';
import { subscriptionNamed } from '../../lanes/subscriptions/manage.ts';
import {
  defaultReplayRate,
  replayDeliveries,
  replayDelivery,
  replaySince,
} from '../../lanes/subscriptions/replay.ts';
import { type Delivery, listDeliveries } from '../../ledger/deliveries.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal } from './personal.ts';
import { body, moment, query, text, uuid } from './values.ts';

const state = z.enum(['due', 'done', 'failed', 'cancelled']);

const DeliveryShown = z
  .object({
    id: uuid,
    subscriptionId: uuid,
    subscription: z.string(),
    eventId: uuid.openapi({ description: 'The webhook-id of every try.' }),
    type: z.string(),
    key: z.string().nullable(),
    state,
    attempts: z.int(),
    at: moment,
    dueAt: moment.openapi({ description: 'When it is tried next, while it is due.' }),
    finishedAt: moment.nullable(),
    status: z.int().nullable().openapi({ description: 'Of the last answer; null: there was none.' }),
    answer: z.string().nullable().openapi({
      description:
        'Its beginning, up to 4 kB. Null without the scope pii:read where personal values are sent: it may repeat them.',
    }),
    durationMs: z.int().nullable(),
    code: z.string().nullable(),
    error: z.string().nullable(),
    tries: z.unknown().openapi({ description: 'Each try: at, status, durationMs, code.' }),
    replay: z.boolean(),
  })
  .openapi('Delivery');

function shown(one: Delivery, seesPersonal: boolean): z.infer<typeof DeliveryShown> {
  const { at, dueAt, finishedAt, log, seq: _place, eventAt: _at, personal, answer, ...rest } = one;
  return {
    ...rest,
    answer: seesPersonal || personal === 'masked' ? answer : null,
    at: at.toISOString(),
    dueAt: dueAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    tries: log,
  };
}

const Replayed = z.object({
  count: z.int().openapi({ description: 'Deliveries written; they are posted at the rate.' }),
});
const ReplayedSince = Replayed.extend({
  types: z.record(z.string(), z.int()).openapi({ description: 'How many of each type.' }),
});
const rate = z
  .number()
  .positive()
  .max(1_000)
  .default(defaultReplayRate)
  .openapi({ description: 'Posts a second.' });
const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

/** The log of deliveries, and sending again. */
export const deliveryRoutes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/deliveries',
      operationId: 'listDeliveries',
      tags: ['Events'],
      summary: 'What was posted to whom, the newest first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          subscription: text(60).optional().openapi({ description: 'Name or id.' }),
          state: state.optional(),
          type: text(120).optional().openapi({ description: 'With wildcards.' }),
          event: uuid.optional(),
          since: moment.optional(),
          until: moment.optional(),
        }),
      },
      responses: { 200: json('A page of them.', pageOf(DeliveryShown)) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { limit, cursor, subscription, type, event, since, until, ...rest } = context.req.valid('query');
      const of = subscription === undefined ? undefined : await subscriptionNamed(database, subscription);
      const filter = {
        subscriptionId: of?.id,
        state: rest.state,
        types: type === undefined ? undefined : [type, ...typesOf([type]).map((one) => one.type)],
        eventId: event,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
        before: placeAt(cursor, z.int()),
      };
      const rows = await listDeliveries(database, filter, limit + 1);
      const seesPersonal = context.var.caller.scopes.has('pii:read');
      const unmasked = rows.slice(0, limit).filter((row) => row.personal === 'full' && row.answer !== null);
      await notePersonal(
        context,
        seesPersonal,
        unmasked.map((row) => `delivery/${row.id}`),
      );
      return context.json(
        pageFrom(
          rows,
          limit,
          (row) => shown(row, seesPersonal),
          (row) => row.seq,
        ),
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/deliveries/{id}',
      operationId: 'getDelivery',
      tags: ['Events'],
      summary: 'One delivery: what was answered, try by try',
      scope: 'read',
      request: { params: z.object({ id: uuid }), query: query({}) },
      responses: { 200: json('It.', DeliveryShown) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const [row] = await listDeliveries(context.var.hub.world.database, { id }, 1);
      if (!row) throw new HubError('deliveries.unknown', { id });
      const seesPersonal = context.var.caller.scopes.has('pii:read');
      const unmasked = row.personal === 'full' && row.answer !== null;
      await notePersonal(context, seesPersonal, unmasked ? [`delivery/${id}`] : []);
      return context.json(shown(row, seesPersonal), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deliveries/replay',
      operationId: 'replayDeliveries',
      tags: ['Events'],
      summary: 'Post the events of several deliveries again',
      scope: 'operate',
      request: { body: body(z.strictObject({ ids: z.array(uuid).min(1).max(500), rate })) },
      responses: {
        202: json(
          'They are posted at the rate.',
          Replayed.extend({
            gone: z.array(uuid).openapi({ description: 'Left out: their event is not kept any more.' }),
          }),
        ),
      },
    }),
    async (context) => {
      const { world } = context.var.hub;
      const { ids, rate: perSecond } = context.req.valid('json');
      const done = await replayDeliveries(world, ids, { perSecond }, context.var.caller.author);
      world.ring(done.lanes);
      return context.json({ count: done.count, gone: [...done.gone] }, 202);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deliveries/{id}/replay',
      operationId: 'replayDelivery',
      tags: ['Events'],
      summary: 'Post the event of one delivery again',
      scope: 'operate',
      request: { params: z.object({ id: uuid }) },
      responses: { 202: json('It is posted soon.', Replayed) },
    }),
    async (context) => {
      const { world } = context.var.hub;
      const { id } = context.req.valid('param');
      const { count, lanes } = await replayDelivery(world, id, context.var.caller.author);
      world.ring(lanes);
      return context.json({ count }, 202);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/subscriptions/{id}/replay',
      operationId: 'replaySubscription',
      tags: ['Events'],
      summary: 'Post what happened since a moment again',
      scope: 'operate',
      request: {
        params: z.object({ id: uuid }),
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                since: moment,
                until: moment.optional(),
                filter: text(2_000)
                  .optional()
                  .openapi({ description: 'CEL: only events for which it is true.' }),
                missing: z
                  .boolean()
                  .default(false)
                  .openapi({ description: 'Only what was not taken so far.' }),
                rate,
                dryRun: z.boolean().default(false).openapi({ description: 'Only counts them.' }),
              }),
            },
          },
        },
      },
      responses: {
        200: json('What would be posted (dryRun).', ReplayedSince),
        202: json('They are posted at the rate.', ReplayedSince),
      },
    }),
    async (context) => {
      const { world } = context.var.hub;
      const { since, until, filter, missing, rate, dryRun } = context.req.valid('json');
      const options = {
        since: new Date(since),
        until: until === undefined ? undefined : new Date(until),
        filter,
        missing,
        perSecond: rate,
        dryRun,
      };
      const { id } = context.req.valid('param');
      const { count, lanes, types } = await replaySince(world, id, options, context.var.caller.author);
      if (dryRun) return context.json({ count, types: { ...types } }, 200);
      world.ring(lanes);
      return context.json({ count, types: { ...types } }, 202);
    },
  );
