import { z } from '@hono/zod-openapi';
import { samplesSince } from '../../ledger/samples.ts';
import { sampleMs } from '../../observe/sampler.ts';
import { seriesOf } from '../../observe/series.ts';
import { newApi, operation } from './operation.ts';
import { answer, query, told, whole } from './values.ts';

const number = z.array(z.number());
const known = z.array(z.number().nullable());
const line = {
  backlog: known.openapi({ description: 'Copies and messages that are due; null: nobody looked.' }),
  freshness: known.openapi({
    description: 'How long the oldest of it has been due, seconds; 0: nothing is.',
  }),
  applied: number.openapi({ description: 'Messages applied since the moment before, by all processes.' }),
  pushed: number.openapi({ description: 'Copies written since the moment before, by all processes.' }),
  failed: number.openapi({ description: 'Messages that died and writes that were refused or unclear.' }),
};
const Series = z
  .object({
    stepSeconds: z.int(),
    moments: z.array(z.string()).openapi({ description: 'Of each number of each line; UTC.' }),
    processes: z
      .array(z.string())
      .openapi({ description: 'Whose samples these are; not only of whom answers.' }),
    connections: z.array(z.object({ connection: z.string(), ...line })),
    syncs: z.array(z.object({ sync: z.string(), ...line })),
  })
  .openapi('HealthSeries');

export const healthSeries = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/health/series',
    operationId: 'getHealthSeries',
    tags: ['Status'],
    summary: 'The last hour of each connection and sync in steps of 15 seconds, of all processes together',
    scope: 'read',
    request: { query: query({ minutes: whole(1, 60).default(60) }) },
    responses: { 200: answer('The lines.', Series) },
  }),
  async (context) => {
    const { database, landscape } = context.var.hub.world;
    const { minutes } = context.req.valid('query');
    const to = Math.floor(Date.now() / sampleMs) * sampleMs;
    const from = to - minutes * 60_000;
    const samples = await samplesSince(database, new Date(from));
    const series = seriesOf(samples, landscape.parties, { from, to, stepMs: sampleMs });
    return context.json(told(Series, { stepSeconds: sampleMs / 1_000, ...series }), 200);
  },
);
