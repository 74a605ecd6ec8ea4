import { z } from '@hono/zod-openapi';
import { spendAs } from '../../../connectors/kit/shared.ts';
import { HubError, reasonOf } from '../../errors.ts';
import { maskedText } from '../../explain/personal.ts';
import { reportLimits } from '../../lanes/limits/report.ts';
import { insertAudit } from '../../ledger/audit.ts';
import {
  type ConnectionRow,
  listConnections,
  pauseConnection,
  resumeConnection,
} from '../../ledger/connections.ts';
import { isObject } from '../../model/index.ts';
import { writtenConnections } from '../../rollout/connection.ts';
import { redacted } from '../../security/index.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { answer, query, text, told } from './values.ts';

const tags = ['Connections'];

const Connection = z
  .object({
    id: z.string(),
    connector: z.string(),
    title: z.object({ en: z.string(), zh: z.string() }),
    mode: z.enum(['observe', 'shadow', 'live']),
    objects: z.array(z.string()).openapi({ description: 'Objects that take part in a sync.' }),
    takesWebhooks: z.boolean(),
    pausedUntil: z.string().nullable().openapi({ description: 'Null: it is not held back.' }),
    pausedReason: z.string().nullable(),
  })
  .openapi('Connection');

const Waiting = z
  .object({
    id: z.string(),
    connector: z.string(),
    title: z.object({ en: z.string(), zh: z.string() }).nullable(),
    change: z.enum(['added', 'removed']),
  })
  .openapi('WaitingConnection');

const Limits = z
  .object({
    items: z.array(
      z
        .looseObject({
          unit: z
            .string()
            .openapi({ description: 'What the system counts calls of; empty: the connection.' }),
          waiting: z.int().openapi({ description: 'Calls that wait for a turn.' }),
        })
        .openapi({
          description:
            'perSecond, perMinute, perHour and concurrent with limit and used; day with its shares; breaker.',
        }),
    ),
    sessions: z.array(z.looseObject({ credential: z.string() })),
  })
  .openapi('ConnectionLimits');

const byId = { params: z.object({ id: z.string().min(1).max(80) }) };
const one = (description: string) => ({
  200: { description, content: { 'application/json': { schema: Connection } } },
});

/** A test that has not answered by then has failed. */
const testDeadlineMs = 20_000;
const longestPause = 30 * 86_400;

export const connections = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections',
      operationId: 'listConnections',
      tags,
      summary: 'Every connection of hub.yaml',
      scope: 'read',
      request: { query: query({}) },
      responses: {
        200: {
          description: 'All of them, by name.',
          content: {
            'application/json': {
              schema: z.object({
                items: z.array(Connection),
                waiting: z.array(Waiting).openapi({
                  description:
                    'Of the file, but not of this process: added or removed once the hub is started anew.',
                }),
              }),
            },
          },
        },
      },
    }),
    async (context) => {
      const { hub } = context.var;
      const rows = await listConnections(hub.world.database);
      const items = [...hub.world.landscape.connections.keys()].sort().map((id) => shown(hub, id, rows));
      return context.json({ items, waiting: await waitingOf(hub) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}',
      operationId: 'getConnection',
      tags,
      summary: 'One connection',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: one('The connection.'),
    }),
    async (context) => context.json(await connectionOf(context.var.hub, context.req.valid('param').id), 200),
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/test',
      operationId: 'testConnection',
      tags,
      summary: 'Ask the system whether address and credentials work',
      description: 'Costs a call or two of the operator’s share of the day. Changes nothing.',
      scope: 'operate',
      request: byId,
      responses: {
        200: {
          description: 'What came of it, good or bad.',
          content: {
            'application/json': {
              schema: z.object({ ok: z.boolean(), message: z.string(), durationMs: z.int() }),
            },
          },
        },
      },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const started = performance.now();
      const signal = spendAs('operator', AbortSignal.timeout(testDeadlineMs));
      const result = await hub.world
        .session(id)
        .test(signal)
        // That it fails is what is asked for.
        .catch((error: unknown) => ({ ok: false, message: reasonOf(error) }));
      const message = redacted.text(result.message).slice(0, 1_000);
      return context.json(
        { ok: result.ok, message, durationMs: Math.round(performance.now() - started) },
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/pause',
      operationId: 'pauseConnection',
      tags,
      summary: 'Hold a connection back: nothing is read from it or written to it',
      description: 'Webhooks are still taken in and kept. A pause that ends later stands.',
      scope: 'operate',
      request: {
        ...byId,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                seconds: z.int().min(1).max(longestPause).openapi({ description: 'For how long.' }),
                reason: text(200).openapi({ description: 'Why; kept in the audit log, and shown.' }),
              }),
            },
          },
        },
      },
      responses: one('The connection, held back.'),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const { seconds, reason } = context.req.valid('json');
      await hub.world.database.transaction(async (sql) => {
        await pauseConnection(sql, id, seconds * 1_000, `${reason} (${caller.author})`);
        const details = { seconds, reason };
        await insertAudit(sql, [
          { author: caller.author, action: 'connections.pause', subject: `connection/${id}`, details },
        ]);
      });
      return context.json(await connectionOf(hub, id), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/resume',
      operationId: 'resumeConnection',
      tags,
      summary: 'Let a connection go on at once',
      description:
        'Also when the hub itself has held it back. A connection that is not held back stays as it is.',
      scope: 'operate',
      request: {
        ...byId,
        body: {
          required: false,
          content: {
            'application/json': {
              schema: z.strictObject({
                reason: text(200).optional().openapi({ description: 'Why; kept in the audit log.' }),
              }),
            },
          },
        },
      },
      responses: one('The connection, going on.'),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = await connectionOf(hub, context.req.valid('param').id);
      const { reason } = context.req.valid('json');
      await hub.world.database.transaction(async (sql) => {
        const before = await resumeConnection(sql, id);
        if (before === undefined) return;
        await insertAudit(sql, [
          {
            author: caller.author,
            action: 'connections.resume',
            subject: `connection/${id}`,
            details: reason === undefined ? { before } : { before, reason },
          },
        ]);
      });
      return context.json(await connectionOf(hub, id), 200);
    },
  );

export const connectionLimits = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/connections/{id}/limits',
    operationId: 'getConnectionLimits',
    tags,
    summary: 'Calls a system allows, what is used of them, and whether its breaker is open',
    scope: 'read',
    request: { ...byId, query: query({}) },
    responses: { 200: answer('By unit; empty until the first call.', Limits) },
  }),
  async (context) => {
    const { world } = context.var.hub;
    const { id } = await connectionOf(context.var.hub, context.req.valid('param').id);
    const { limits, tokens } = await reportLimits(world.database);
    const own = <Row extends { readonly connection: string }>(rows: readonly Row[]) =>
      rows.flatMap(({ connection, ...rest }) => (connection === id ? [rest] : []));
    return context.json(told(Limits, { items: own(limits), sessions: own(tokens) }), 200);
  },
);

/** A connection as the API shows it. Errors: `connections.unknown`. */
export async function connectionOf(hub: ApiHub, id: string): Promise<z.infer<typeof Connection>> {
  if (!hub.world.landscape.connections.has(id)) throw new HubError('connections.unknown', { connection: id });
  return shown(hub, id, await listConnections(hub.world.database));
}

/** Connections the file has and this process has not, and the other way round. */
async function waitingOf({ world, configuration, connectors }: ApiHub): Promise<z.infer<typeof Waiting>[]> {
  const running = world.landscape.connections;
  const { text: written } = await configuration.current();
  const inFile = writtenConnections(written);
  // A file that cannot be read says nothing about its connections.
  if (!inFile) return [];
  const entry = (id: string, connector: string, change: 'added' | 'removed'): z.infer<typeof Waiting> => {
    const { title } = (Object.hasOwn(connectors, connector) ? connectors[connector] : undefined) ?? {};
    return { id, connector, title: title ? { ...title } : null, change };
  };
  const added = Object.entries(inFile)
    .filter(([id]) => !running.has(id))
    .map(([id, one]) => entry(id, isObject(one) ? String(one.connector) : '', 'added'));
  const removed = [...running.values()]
    .filter(({ id }) => !Object.hasOwn(inFile, id))
    .map(({ id, connector }) => entry(id, connector.name, 'removed'));
  return [...added, ...removed].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function shown({ world }: ApiHub, id: string, rows: readonly ConnectionRow[]): z.infer<typeof Connection> {
  const connection = world.landscape.connections.get(id);
  if (!connection) throw new HubError('connections.unknown', { connection: id });
  const row = rows.find((candidate) => candidate.id === id);
  const objects = world.landscape.parties.filter((party) => party.connection === id).map((one) => one.object);
  // Vendors say back what they were told.
  const reason = row?.paused_reason ?? null;
  return {
    id,
    connector: connection.connector.name,
    title: { ...connection.connector.title },
    mode: connection.mode,
    objects: [...new Set(objects)].sort(),
    takesWebhooks: world.session(id).webhook !== undefined,
    pausedUntil: row?.paused_until?.toISOString() ?? null,
    pausedReason: reason === null ? null : redacted.text(maskedText(reason, [])),
  };
}
