import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { withoutSecrets } from '../../config/index.ts';
import { exportConfiguration } from '../../rollout/export.ts';
import {
  allow,
  Changed,
  checking,
  InUse,
  PlannedChange,
  shownChange,
  shownPlan,
  shownProblem,
} from './configuration-values.ts';
import type { ApiEnv } from './environment.ts';
import { newApi, operation, requireScope } from './operation.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { answer, body, query, text, told } from './values.ts';

const tags = ['Configuration'];

const Configuration = z
  .object({
    file: z.string(),
    text: z
      .string()
      .openapi({ description: 'hub.yaml as it stands in the file; secrets are hidden as ***.' }),
    readOnly: z.string().nullable().openapi({ description: 'Why it cannot be changed here; null: it can.' }),
    inUse: InUse,
    restart: z.boolean().openapi({
      description: 'The file says something this process was not started with: start the hub anew.',
    }),
    connections: z
      .array(z.object({ id: z.string(), connector: z.string(), mode: z.string(), running: z.boolean() }))
      .openapi({ description: 'Of the file; running: this process was started with it.' }),
    variables: z
      .array(z.object({ name: z.string(), from: z.enum(['environment', 'told', 'default', 'nowhere']) }))
      .openapi({ description: 'Variables the text names, and what sets them; told: sealed, by this API.' }),
  })
  .openapi('Configuration');
const Exported = z
  .object({
    at: z.string(),
    author: z.string(),
    files: z.record(z.string(), z.string()).openapi({ description: 'Path → content.' }),
    variables: z.array(z.string()).openapi({ description: 'Names the environment has to set for them.' }),
  })
  .openapi('ConfigurationExport');

const configurationText = z
  .string()
  .min(1)
  .max(200_000)
  .openapi({ description: 'The text of hub.yaml. A secret given as *** stays what it is.' });

/** ETag of the file; a secret in it counts as well. */
export const configurationTag = (written: string): string => etagOf(['configuration', written]);

/** What the machine of the hub does is changed by its admins. Errors: `auth.scope`. */
async function mayChange({ var: { hub, caller } }: Context<ApiEnv>, written: string): Promise<void> {
  const sections = await hub.configuration.machineSections(written);
  if (sections.length > 0) requireScope(caller.scopes, 'admin');
}

/** hub.yaml as a resource: the file is the one source of the configuration, here as for the commands. */
export const configuration = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/configuration',
      operationId: 'getConfiguration',
      tags,
      summary: 'hub.yaml, where it stands, and what is in use',
      scope: 'configure',
      request: { query: query({}) },
      responses: { 200: answer('The file, with its ETag.', Configuration) },
    }),
    async (context) => {
      const current = await context.var.hub.configuration.current();
      context.header('etag', configurationTag(current.text));
      const { variables, text: written, ...rest } = current;
      const shown = {
        text: withoutSecrets(written),
        variables: variables.map((one) => ({ ...one })),
        connections: rest.connections.map((one) => ({ ...one })),
      };
      return context.json({ ...rest, ...shown, inUse: rest.inUse && { ...rest.inUse } }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/configuration/plan',
      operationId: 'planConfiguration',
      tags,
      summary: 'What a text of hub.yaml would change of what is in use, or what is wrong with it',
      description:
        'Writes nothing. Mappings and code tables are those on disk. Changes of server, outbound, database, retention and the ' +
        'folders need the scope admin, here and to apply.',
      scope: 'configure',
      request: { body: body(z.strictObject({ text: configurationText })) },
      responses: { 200: answer('The changes, or the problems.', PlannedChange) },
    }),
    async (context) => {
      const { configuration: desk } = context.var.hub;
      const { file } = await desk.current();
      const written = await desk.complete(context.req.valid('json').text);
      await mayChange(context, written);
      const planned = await desk.plan(written);
      const problems = planned.problems.map((one) => shownProblem(written, file, one));
      const found = { ok: problems.length === 0, ...shownPlan(planned), problems };
      return context.json(told(PlannedChange, found), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/configuration/apply',
      operationId: 'applyConfiguration',
      tags,
      summary: 'Write a text of hub.yaml to the file and put it in use, all of it or nothing',
      description:
        'As lianhub apply: mappings, code tables and subscriptions count at once, the rest for processes that start from ' +
        'then on (restart). A file that cannot be written is refused as configuration.read-only with the text to put there.',
      scope: 'configure',
      conditional: true,
      request: {
        body: body(
          z.strictObject({
            text: configurationText,
            reason: text(500).openapi({ description: 'Why; kept in the audit log.' }),
            allow,
            perSecond: z
              .number()
              .min(0.01)
              .max(10_000)
              .default(20)
              .openapi({ description: 'Copies of changed mappings made due.' }),
          }),
        ),
      },
      responses: { 200: answer('What was changed.', Changed) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { text: given, reason, allow: allowed, perSecond } = context.req.valid('json');
      const { text: of, file } = await hub.configuration.current();
      expectMatch(context, configurationTag(of));
      const written = await hub.configuration.complete(given);
      await mayChange(context, written);
      const change = { text: written, of, allowOrphans: allowed.includes('orphans'), perSecond };
      const done = await checking(
        written,
        file,
        () => '/text',
        hub.configuration.apply(change, { author: caller.author, reason }),
      );
      context.header('etag', configurationTag(written));
      return context.json(shownChange(done, written), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/configuration/export',
      operationId: 'exportConfiguration',
      tags,
      summary:
        'The configuration in use as files: hub.yaml with a variable for each secret, and the mappings',
      scope: 'configure',
      request: { query: query({}) },
      responses: { 200: answer('The files.', Exported) },
    }),
    async (context) => {
      const { files, variables, ...rest } = await exportConfiguration(context.var.hub.world.database);
      return context.json({ ...rest, files: { ...files }, variables: [...variables] }, 200);
    },
  );
