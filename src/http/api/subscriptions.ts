import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HubError } from '../../errors.ts';
import { problemsOf, type SubscriptionInput } from '../../lanes/subscriptions/check.ts';
import {
  addSubscription,
  changeSubscription,
  removeSubscription,
  rotateSecret,
  subscriptionNamed,
  switchSubscription,
} from '../../lanes/subscriptions/manage.ts';
import { pingSubscription } from '../../lanes/subscriptions/ping.ts';
import { listSubscriptions, type SubscriptionRow } from '../../ledger/subscriptions.ts';
import type { AddressGuard } from '../../security/address-guard.ts';
import type { ApiEnv } from './environment.ts';
import { newApi, operation, requireScope } from './operation.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { InvalidRequest } from './refusals.ts';
import { moment, query, text, uuid } from './values.ts';

const fields = {
  events: z
    .array(text(120))
    .min(1)
    .max(100)
    .openapi({ description: 'Types, with wildcards.', example: ['order.*', 'deadletter.opened'] }),
  filter: text(2_000)
    .nullable()
    .default(null)
    .openapi({ description: 'CEL over record and event.', example: 'record.states.payment == "paid"' }),
  url: text(2_048).openapi({ example: 'https://board.example.com/hooks/lianhub' }),
  ordered: z
    .boolean()
    .default(false)
    .openapi({ description: 'Events about one record one after the other.' }),
  rate: z
    .number()
    .positive()
    .max(100_000)
    .nullable()
    .default(null)
    .openapi({ description: 'Posts a second.' }),
  personal: z
    .enum(['masked', 'full'])
    .default('masked')
    .openapi({ description: 'full needs the scope pii:read.' }),
  shards: z.int().min(1).max(16).default(1).openapi({ description: 'Lanes it is delivered by at once.' }),
};
const headers = z
  .record(text(100), text(4_096))
  .openapi({ description: 'Sent along with every post. Kept sealed, never shown again.' });

const Subscription = z
  .object({
    id: uuid,
    name: z.string(),
    declared: z.boolean().openapi({ description: 'Written in hub.yaml, and changed there alone.' }),
    events: z.array(z.string()),
    filter: z.string().nullable(),
    url: z.string(),
    ordered: z.boolean(),
    rate: z.number().nullable(),
    personal: z.enum(['masked', 'full']),
    shards: z.int(),
    state: z
      .enum(['enabled', 'disabled', 'parked'])
      .openapi({ description: 'parked: its filter could not be told of an event.' }),
    code: z.string().nullable().openapi({ description: 'Why it is not enabled.' }),
    reason: z.string().nullable(),
    failingSince: moment.nullable(),
    deliveredAt: moment.nullable(),
    createdAt: moment,
    createdBy: z.string(),
  })
  .openapi('Subscription');

const WithSecret = Subscription.extend({
  secret: z.string().openapi({ description: 'Signs what is posted (Standard Webhooks). Shown this once.' }),
}).openapi('SubscriptionWithSecret');

function shown(one: SubscriptionRow): z.infer<typeof Subscription> {
  return {
    id: one.id,
    name: one.name,
    declared: one.declared,
    events: [...one.types],
    filter: one.filter,
    url: one.url,
    ordered: one.ordered,
    rate: one.per_second,
    personal: one.personal,
    shards: one.shards,
    state: one.state,
    code: one.code,
    reason: one.reason,
    failingSince: one.failing_since?.toISOString() ?? null,
    deliveredAt: one.delivered_at?.toISOString() ?? null,
    createdAt: one.created_at.toISOString(),
    createdBy: one.created_by,
  };
}

const tag = (one: SubscriptionRow): string => etagOf([one.id, one.version]);

/** Refuses what cannot be, each thing with a pointer; personal values only for those who may see them. */
function demand(context: Context<ApiEnv>, guard: AddressGuard, input: SubscriptionInput): void {
  if (input.personal === 'full') requireScope(context.var.caller.scopes, 'pii:read');
  const problems = problemsOf(input, guard);
  if (problems.length === 0) return;
  throw new InvalidRequest(
    problems.map(({ field, index, error }) => ({
      in: 'body',
      pointer: index === undefined ? `/${field}` : `/${field}/${index}`,
      detail: `${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`,
    })),
  );
}

type Fields = Omit<z.output<ReturnType<typeof bodyOf>>, 'secret'>;

function bodyOf() {
  return z.strictObject({
    name: text(60),
    ...fields,
    headers: headers.default({}),
    secret: text(200).optional(),
  });
}

function inputOf({ filter, rate, ...body }: Fields): SubscriptionInput {
  return { ...body, filter: filter ?? undefined, rate: rate ?? undefined };
}

const params = z.object({ id: uuid });
const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

const reading = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/subscriptions',
      operationId: 'listSubscriptions',
      tags: ['Events'],
      summary: 'Who gets which events',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: json('All of them, by name.', z.object({ items: z.array(Subscription) })) },
    }),
    async (context) => {
      const all = await listSubscriptions(context.var.hub.world.database);
      return context.json({ items: all.map(shown) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/subscriptions/{id}',
      operationId: 'getSubscription',
      tags: ['Events'],
      summary: 'One subscription',
      scope: 'read',
      request: { params, query: query({}) },
      responses: { 200: json('With its ETag, which changes are made with.', Subscription) },
    }),
    async (context) => {
      const found = await subscriptionNamed(context.var.hub.world.database, context.req.valid('param').id);
      context.header('etag', tag(found));
      return context.json(shown(found), 200);
    },
  );

const changing = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/subscriptions',
      operationId: 'createSubscription',
      tags: ['Events'],
      summary: 'Subscribe: what happens from now on is posted',
      scope: 'configure',
      request: { body: { required: true, content: { 'application/json': { schema: bodyOf() } } } },
      responses: { 201: json('With its secret.', WithSecret) },
    }),
    async (context) => {
      const { outward } = context.var.hub;
      const { secret: given, ...body } = context.req.valid('json');
      const input = { ...inputOf(body), secret: given };
      demand(context, outward.guard, input);
      const { subscription, secret } = await addSubscription(outward, input, context.var.caller.author);
      context.header('location', `/v1/subscriptions/${subscription.id}`);
      context.header('etag', tag(subscription));
      return context.json({ ...shown(subscription), secret }, 201);
    },
  )
  .openapi(
    operation({
      method: 'put',
      path: '/v1/subscriptions/{id}',
      operationId: 'replaceSubscription',
      tags: ['Events'],
      summary: 'Change a subscription; its secret stays, and headers that are not given stay',
      scope: 'configure',
      conditional: true,
      request: {
        params,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({ name: text(60), ...fields, headers: headers.optional() }),
            },
          },
        },
      },
      responses: { 200: json('As it is now.', Subscription) },
    }),
    async (context) => {
      const { outward } = context.var.hub;
      const { id } = context.req.valid('param');
      const before = await subscriptionNamed(outward.database, id);
      expectMatch(context, tag(before));
      const { headers: given, ...body } = context.req.valid('json');
      const input = inputOf({ ...body, headers: given ?? {} });
      demand(context, outward.guard, input);
      const { headers: _headers, ...rest } = input;
      const change = given === undefined ? rest : input;
      const { author } = context.var.caller;
      const after = await changeSubscription(outward, id, change, author, before.version);
      context.header('etag', tag(after));
      return context.json(shown(after), 200);
    },
  )
  .openapi(
    operation({
      method: 'delete',
      path: '/v1/subscriptions/{id}',
      operationId: 'deleteSubscription',
      tags: ['Events'],
      summary: 'Remove a subscription and its log',
      scope: 'configure',
      conditional: true,
      request: { params },
      responses: { 204: { description: 'It is gone.' } },
    }),
    async (context) => {
      const { outward } = context.var.hub;
      const found = await subscriptionNamed(outward.database, context.req.valid('param').id);
      expectMatch(context, tag(found));
      await removeSubscription(outward, found.id, context.var.caller.author);
      return context.body(null, 204);
    },
  );

const acting = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/subscriptions/{id}/ping',
      operationId: 'pingSubscription',
      tags: ['Events'],
      summary: 'Post a test now, and see what is answered',
      scope: 'operate',
      request: { params },
      responses: {
        200: json(
          'What came of it.',
          z.object({
            event: uuid,
            ok: z.boolean(),
            status: z.int().nullable(),
            answer: z.string(),
            durationMs: z.int(),
            code: z.string().nullable(),
            error: z.string().nullable(),
          }),
        ),
      },
    }),
    async (context) => {
      const { outward } = context.var.hub;
      const { id } = context.req.valid('param');
      const { event, result } = await pingSubscription(outward, outward.send, id, context.req.raw.signal);
      const { ok, status, answer, durationMs, error } = result;
      const told = { code: error?.code ?? null, error: error?.message ?? null };
      return context.json({ event, ok, status, answer, durationMs, ...told }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/subscriptions/{id}/rotate',
      operationId: 'rotateSubscriptionSecret',
      tags: ['Events'],
      summary: 'A new secret; the one before signs beside it for a while',
      scope: 'configure',
      request: {
        params,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                keepSeconds: z
                  .int()
                  .min(0)
                  .max(30 * 86_400)
                  .default(86_400)
                  .openapi({ description: 'How long the secret before signs as well.' }),
              }),
            },
          },
        },
      },
      responses: {
        200: json('Shown this once.', z.object({ secret: z.string(), secretBeforeUntil: moment })),
      },
    }),
    async (context) => {
      const { outward } = context.var.hub;
      const { keepSeconds } = context.req.valid('json');
      const { id } = context.req.valid('param');
      const options = { keepMs: keepSeconds * 1_000 };
      const { secret, until } = await rotateSecret(outward, id, context.var.caller.author, options);
      return context.json({ secret, secretBeforeUntil: until.toISOString() }, 200);
    },
  );

function switching(word: 'enable' | 'disable') {
  return newApi().openapi(
    operation({
      method: 'post',
      path: `/v1/subscriptions/{id}/${word}`,
      operationId: `${word}Subscription`,
      tags: ['Events'],
      summary: word === 'enable' ? 'Post to it again' : 'Post nothing to it until it is enabled',
      scope: 'operate',
      request: { params },
      responses: { 200: json('As it is now.', Subscription) },
    }),
    async (context) => {
      const { outward, world } = context.var.hub;
      const { id } = context.req.valid('param');
      if (!/^[0-9a-f-]{36}$/i.test(id)) throw new HubError('subscriptions.unknown', { name: id });
      const { author } = context.var.caller;
      const { subscription, lanes } = await switchSubscription(outward, id, word === 'enable', author);
      world.ring(lanes);
      return context.json(shown(subscription), 200);
    },
  );
}

/** Subscriptions: reading, changing, and what is done with them every day. */
export const subscriptionRoutes = [reading, changing, acting, switching('enable'), switching('disable')];
