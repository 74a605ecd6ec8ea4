import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { changeCredential } from '../../lanes/daily/credential.ts';
import { sealedSecrets } from '../../ledger/connections.ts';
import { rerunMapping } from '../../rehearsal/rerun.ts';
import { unseal } from '../../security/index.ts';
import { answered, connectionName, jsonBody, objectName, why } from './daily-values.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { text, told, uuid } from './values.ts';

const tags = ['Daily work'];

const Rerun = z
  .object({
    name: z.string(),
    from: z.string(),
    to: z.string(),
    perSecond: z.number(),
    copies: z.looseObject({ looked: z.int() }).optional().openapi({ description: 'Of a dry run.' }),
    activation: z.int().optional(),
  })
  .openapi('Rerun');
const Exchange = z
  .object({
    connection: z.string(),
    insteadOf: z.string(),
    credential: z.string(),
    copies: z.int().openapi({ description: 'They are tried again at once.' }),
    examples: z.array(z.object({ object: z.string(), number: z.string().nullable(), step: z.string() })),
  })
  .openapi('CredentialExchange');

export const reruns = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/reruns',
      operationId: 'rerunMapping',
      tags,
      summary: 'Compute once more what a change of a mapping touches',
      description:
        'Every copy that the version in use writes otherwise than the one before becomes due, at a rate. For when the file ' +
        'of a mapping was changed and the hub started anew; putting a version in use does this by itself.',
      scope: 'configure',
      request: {
        body: jsonBody(
          z.strictObject({
            ...why,
            mapping: text(200).openapi({ example: 'kingdee/order' }),
            from: text(100).optional().openapi({
              description: 'Version the copies were written with; default: the one in use before.',
            }),
            perSecond: z.number().min(0.01).max(1_000).default(20),
          }),
        ),
      },
      responses: answered('What becomes due.', Rerun),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, mapping: name, ...input } = context.req.valid('json');
      const by = { author: caller.author, reason };
      const done = await rerunMapping(hub.world, hub.setting.live, { name, ...input }, by);
      return context.json(told(Rerun, done), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/connections/{id}/credential',
      operationId: 'exchangeCredential',
      tags,
      summary: 'Let copies that stand before a step use another credential for it',
      description:
        'For when an auditor is away or lacks the right. Only copies whose next step runs under it, and only until they are ' +
        'past it; the same name ends the exchange.',
      scope: 'operate',
      request: {
        params: z.object({ id: connectionName }),
        body: jsonBody(
          z.strictObject({
            ...why,
            insteadOf: text(80).openapi({ description: 'The credential steps name.', example: 'auditor' }),
            credential: text(80).openapi({ description: 'The one that is used.' }),
            object: objectName.optional(),
            records: z.array(uuid).min(1).max(500).optional().openapi({ description: 'Ids; default: all.' }),
          }),
        ),
      },
      responses: answered('What is tried again.', Exchange),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const connection = context.req.valid('param').id;
      if (!hub.world.landscape.connections.has(connection))
        throw new HubError('connections.unknown', { connection });
      const known = await credentialNames(hub, connection);
      const by = { author: caller.author, reason };
      const done = await changeCredential(hub.world, { ...input, connection, known }, by);
      return context.json(told(Exchange, done), 200);
    },
  );

/** Names of the credentials of a connection; undefined for one that is simulated, whose simulator brings them. */
async function credentialNames(hub: ApiHub, connection: string): Promise<readonly string[] | undefined> {
  const sealed = await sealedSecrets(hub.world.database, connection);
  if (sealed === null) return undefined;
  const names = Object.keys(
    JSON.parse(unseal(hub.keys, sealed.toString('utf8'), `connections/${connection}`)),
  );
  return names.length === 0 ? undefined : names;
}
