import { z } from '@hono/zod-openapi';
import { fetchObjects, fetchRange } from '../../ingest/fetch.ts';
import { isObject } from '../../model/index.ts';
import { answered, connectionName, jsonBody, objectName, remoteName, why } from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { InvalidRequest } from './refusals.ts';
import { json, moment } from './values.ts';

const Fetch = z
  .object({
    connection: z.string(),
    object: z.string(),
    since: z.string().openapi({ description: 'When it was asked for; of a range, where that begins.' }),
    ids: z.array(z.string()).optional().openapi({ description: 'Of single objects: their ids there.' }),
    until: z.string().nullable().optional(),
    backfill: z
      .int()
      .nullable()
      .optional()
      .openapi({ description: 'Of a range: the reading that shows how far it is; null of a dry run.' }),
  })
  .openapi('Fetch');

const names = z.array(remoteName).min(1).max(500).optional();

export const fetches = newApi().openapi(
  operation({
    method: 'post',
    path: '/v1/fetches',
    operationId: 'fetchObjects',
    tags: ['Daily work'],
    summary: 'Read objects of a system again: some of them, or a range of time',
    description:
      'Say ids or numbers (of objects the hub knows), or since and until. What was missed is taken in like anything told, ' +
      'what is known changes nothing. The request does not wait for it.',
    scope: 'operate',
    request: {
      body: jsonBody(
        z.strictObject({
          ...why,
          connection: connectionName,
          object: objectName,
          ids: names,
          numbers: names,
          hint: json.optional().openapi({
            description: 'What the system needs beside the id, where it never told of the object.',
          }),
          since: moment.optional(),
          until: moment.optional(),
          perSecond: z.number().min(0.01).max(1_000).optional().openapi({ description: 'Of a range: rows.' }),
        }),
      ),
    },
    responses: answered('What is read.', Fetch),
  }),
  async (context) => {
    const { hub, caller } = context.var;
    const { reason, dryRun, connection, object, ids, numbers, hint, since, until, perSecond } =
      context.req.valid('json');
    if ((since === undefined) === (ids === undefined && numbers === undefined))
      throw new InvalidRequest([
        { in: 'body', pointer: '', detail: 'say ids or numbers, or since: one of the two' },
      ]);
    const by = { author: caller.author, reason };
    const reach = (one: string) => hub.world.session(one);
    if (since === undefined) {
      const given = isObject(hint) ? { hint } : {};
      const input = { connection, object, ids, numbers, dryRun, ...given };
      const done = await fetchObjects(hub.world, input, by, reach);
      return context.json({ ...done, ids: [...done.ids] }, 200);
    }
    const range = { since: new Date(since), until: until === undefined ? undefined : new Date(until) };
    const row = await fetchRange(
      hub.world,
      { connection, object, ...range, rate: perSecond, dryRun },
      by,
      reach,
    );
    const told = { since: range.since.toISOString(), until: range.until?.toISOString() ?? null };
    return context.json({ connection, object, ...told, backfill: row?.id ?? null }, 200);
  },
);
