import path from 'node:path';
import { z } from '@hono/zod-openapi';
import { withConnection, withoutConnection } from '../../config/index.ts';
import { HubError } from '../../errors.ts';
import { countDifferences, countIntents } from '../../ledger/adoption.ts';
import { changedConnection, forgotten, writtenConnection } from '../../rollout/connection.ts';
import { configurationTag } from './configuration.ts';
import { Changed, setting, settings, whyChanged } from './configuration-values.ts';
import {
  changed,
  connectorNamed,
  filledConnection,
  found,
  given,
  goesElsewhere,
  hiddenSecrets,
  leavesOf,
  objectIn,
  testSettings,
  unhidden,
} from './connection-change.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { expectMatch } from './preconditions.ts';
import { InvalidRequest } from './refusals.ts';
import { answer, body, query, text } from './values.ts';

const tags = ['Connections'];

const mode = z.enum(['observe', 'shadow', 'live']).openapi({
  description: 'observe: read and pair. shadow: also work out what would be written. live: write.',
});
const name = text(60).regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, { message: 'expected letters, digits, - and _' });
const byId = { params: z.object({ id: z.string().min(1).max(80) }) };

/** Members of a connection of hub.yaml beside connector, config, secrets and mode. */
const others = {
  simulator: setting.optional().openapi({ description: 'true, or options: play the system.' }),
  limits: setting.optional(),
  budget: setting.optional(),
  deadlines: setting.optional(),
  webhook: setting.optional(),
  gather: setting.optional(),
  authorisedUntil: setting.optional(),
  closing: setting.optional(),
};
const secrets = settings.openapi({
  description: 'Write-only: sealed, and never shown again. Those not given stay; null takes one away.',
});
const config = settings.openapi({
  description: 'As GET /v1/connectors/{name} describes it. Variables as in hub.yaml.',
});

const Settings = z
  .object({
    id: z.string(),
    connector: z.string(),
    mode,
    config: z.record(z.string(), z.unknown()).openapi({ description: 'As written; variables as variables.' }),
    others: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'limits, budget, webhook … as written.' }),
    secrets: z
      .array(
        z.object({
          path: z.string().openapi({ example: 'default.appSecret' }),
          variable: z.string().nullable().openapi({ description: 'Null: it stands in the file itself.' }),
          from: z.enum(['environment', 'told', 'default', 'nowhere', 'file']),
        }),
      )
      .openapi({ description: 'Which there are; never their values.' }),
    running: z.boolean().openapi({ description: 'False: this process was started without it.' }),
  })
  .openapi('ConnectionSettings');

const ModeChange = z
  .object({
    connection: z.string(),
    from: mode,
    to: mode,
    undecided: z
      .array(z.object({ object: z.string(), entity: z.string(), field: z.string(), count: z.int() }))
      .openapi({
        description: 'Differences of paired copies nobody has decided on; live leaves them alone.',
      }),
    wouldWrite: z
      .array(z.object({ object: z.string(), entity: z.string(), step: z.string(), count: z.int() }))
      .openapi({ description: 'Writes that are held back, and made once it is live.' }),
    heldBack: z
      .array(z.object({ sync: z.string(), object: z.string(), mode }))
      .openapi({ description: 'Parties whose own mode holds them back all the same.' }),
    change: Changed,
  })
  .openapi('ConnectionModeChange');

const Tested = z.object({
  ok: z.boolean(),
  message: z
    .string()
    .openapi({ description: 'What came of it, in the words of the system where it has any.' }),
  durationMs: z.int(),
});

/** Connections are made and changed by changing hub.yaml; see configuration.ts. */
export const connectionSettings = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections',
      operationId: 'createConnection',
      tags,
      summary: 'Add a connection to hub.yaml',
      description:
        'It is used by processes that start from then on. What is wrong is told with a pointer per setting.',
      scope: 'configure',
      request: {
        body: body(
          z.strictObject({
            ...whyChanged,
            id: name,
            connector: text(60),
            mode: mode.default('observe'),
            config: config.default({}),
            secrets: secrets.default({}),
            ...others,
          }),
        ),
      },
      responses: { 200: answer('What a dry run found.', Changed), 201: answer('It is there.', Changed) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id, reason, dryRun, allow, secrets: told, ...rest } = context.req.valid('json');
      connectorNamed(hub, rest.connector);
      const { text: of } = await hub.configuration.current();
      if (writtenConnection(of, id)) throw new HubError('connections.exists', { connection: id });
      const made = changedConnection(
        of,
        { name: id, settings: given(rest), secrets: objectIn(told) },
        isSet(hub),
      );
      const done = await changed(context, { id, of, made, reason, dryRun, allow });
      context.header('location', `/v1/connections/${id}/settings`);
      return context.json(done, dryRun ? 200 : 201);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/connections/{id}/settings',
      operationId: 'getConnectionSettings',
      tags,
      summary: 'A connection as hub.yaml says it; which secrets are set, never their values',
      scope: 'configure',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('With the ETag of hub.yaml.', Settings) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = context.req.valid('param');
      const { text: written, variables } = await hub.configuration.current();
      const { connector, mode: was, config: own, secrets: secret, ...rest } = found(written, id);
      context.header('etag', configurationTag(written));
      return context.json(
        {
          id,
          connector: String(connector),
          mode: mode.catch('live').parse(was ?? 'live'),
          config: hiddenSecrets(objectIn(own)),
          others: hiddenSecrets(rest),
          secrets: leavesOf(secret).map(({ path: at, value }) => {
            const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-.*)?\}$/.exec(value)?.[1] ?? null;
            const from = variables.find((one) => one.name === variable)?.from ?? ('file' as const);
            return { path: at.join('.'), variable, from };
          }),
          running: hub.world.landscape.connections.has(id),
        },
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'put',
      path: '/v1/connections/{id}/settings',
      operationId: 'replaceConnectionSettings',
      tags,
      summary: 'Change what hub.yaml says of a connection',
      description:
        'config is replaced as a whole where it is given; of secrets only those that are given. Comments and everything ' +
        'else in the file stay.',
      scope: 'configure',
      conditional: true,
      request: {
        ...byId,
        body: body(
          z.strictObject({
            ...whyChanged,
            config: config.optional(),
            secrets: secrets.default({}),
            rotation: z.enum(['replace', 'begin', 'end']).default('replace').openapi({
              description:
                'begin: a secret given anew stands before the old one, and both hold. end: the old ones go.',
            }),
            ...others,
          }),
        ),
      },
      responses: { 200: answer('What was changed.', Changed) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = context.req.valid('param');
      const { reason, dryRun, allow, secrets: told, rotation, ...rest } = context.req.valid('json');
      const { text: of } = await hub.configuration.current();
      const { secrets: _secrets, ...before } = found(of, id);
      expectMatch(context, configurationTag(of));
      const after = objectIn(unhidden(given({ ...before, ...given(rest) }), before));
      const made = changedConnection(
        of,
        { name: id, settings: after, secrets: objectIn(told), rotation },
        isSet(hub),
      );
      return context.json(await changed(context, { id, of, made, reason, dryRun, allow }), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/remove',
      operationId: 'removeConnection',
      tags,
      summary: 'Take a connection out of hub.yaml',
      description:
        'Refused while syncs and rules name it, and while it holds copies unless allow says orphans. Records stay.',
      scope: 'configure',
      conditional: true,
      request: { ...byId, body: body(z.strictObject(whyChanged)) },
      responses: { 200: answer('What was changed.', Changed) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = context.req.valid('param');
      const { text: of } = await hub.configuration.current();
      found(of, id);
      expectMatch(context, configurationTag(of));
      const without = withoutConnection(of, id);
      const made = { text: without, variables: forgotten(of, without) };
      return context.json(await changed(context, { id, of, made, ...context.req.valid('json') }), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/mode',
      operationId: 'setConnectionMode',
      tags,
      summary: 'Observe, shadow or live, with what that would set in motion',
      description:
        'dryRun tells what nobody has decided on yet and what would be written; then decide, then go live.',
      scope: 'configure',
      request: { ...byId, body: body(z.strictObject({ ...whyChanged, mode })) },
      responses: { 200: answer('What it means, and what was changed.', ModeChange) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id } = context.req.valid('param');
      const { mode: to, ...why } = context.req.valid('json');
      const { text: of } = await hub.configuration.current();
      const before = found(of, id);
      const made = { text: withConnection(of, id, { mode: to }), variables: {} };
      const change = await changed(context, { id, of, made, ...why });
      const { database, landscape } = hub.world;
      const [undecided, held] = [
        await countDifferences(database, id),
        await countIntents(database, { connection: id }),
      ];
      return context.json(
        {
          connection: id,
          from: mode.catch('live').parse(before.mode ?? 'live'),
          to,
          undecided: undecided.map(({ path, ...one }) => ({ ...one, field: path })),
          wouldWrite: held.map(({ connection: _connection, ...one }) => one),
          heldBack: landscape.parties
            .filter((party) => party.connection === id && rank(party.mode) < rank(before.mode ?? 'live'))
            .filter((party) => rank(party.mode) < rank(to))
            .map(({ sync, object, mode: own }) => ({ sync, object, mode: own })),
          change,
        },
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/test',
      operationId: 'testConnectionSettings',
      tags,
      summary: 'Ask a system whether these settings work, before they are kept',
      description:
        'With id and without secrets those the connection has are used, for the address it has. Keeps nothing; costs the system a call or two.',
      scope: 'configure',
      request: {
        body: body(
          z.strictObject({
            id: name.optional(),
            connector: text(60),
            config: config.default({}),
            secrets: secrets.default({}),
            limits: setting.optional(),
          }),
        ),
      },
      responses: { 200: answer('What came of it, good or bad.', Tested) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { id = 'test', connector: wanted, secrets: told, ...rest } = context.req.valid('json');
      const connector = connectorNamed(hub, wanted);
      const { text: of } = await hub.configuration.current();
      const known = writtenConnection(of, id);
      const keeps = known?.connector === wanted && known.secrets !== undefined;
      const isElsewhere = goesElsewhere(known?.config, objectIn(rest.config));
      if (keeps && Object.keys(told).length === 0 && isElsewhere)
        throw new InvalidRequest([
          { in: 'body', pointer: '/secrets', detail: 'the address is another one: give the secrets for it' },
        ]);
      const kept = keeps && Object.keys(told).length === 0 ? { secrets: known.secrets ?? {} } : {};
      const base = withConnection(withoutConnection(of, id), id, { connector: wanted, ...kept });
      // What is hidden goes nowhere else either.
      const settingsOf = objectIn(
        unhidden(given({ connector: wanted, ...rest }), keeps && !isElsewhere ? known : undefined),
      );
      const made = changedConnection(
        base,
        { name: id, settings: settingsOf, secrets: objectIn(told) },
        () => false,
      );
      const filled = await filledConnection(hub, id, made, connector);
      const folder = path.dirname(path.resolve(hub.configuration.file));
      return context.json(await testSettings(connector, filled, folder), 200);
    },
  );

function isSet(hub: ApiHub): (variable: string) => boolean {
  return (variable) => hub.configuration.isSet(variable);
}

const ranks = ['observe', 'shadow', 'live'];

function rank(of: unknown): number {
  return ranks.indexOf(String(of));
}
