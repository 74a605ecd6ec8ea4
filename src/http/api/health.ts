import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { type FindingCode, findingTable } from '../../observe/findings.ts';
import type { Health } from '../../observe/health.ts';
import { redact } from '../../security/index.ts';
import { newApi, operation } from './operation.ts';
import { query } from './values.ts';

const condition = {
  state: z.enum(['green', 'amber', 'red']).openapi({
    description:
      'Green: nothing to do. Amber: somebody should look. Red: something does not go on without somebody.',
  }),
  since: z.string().nullable().openapi({ description: 'Since when, as far as it is known; UTC.' }),
  findings: z.array(
    z.object({
      code: z
        .enum(Object.keys(findingTable) as [FindingCode, ...FindingCode[]])
        .openapi({ description: 'Stable; docs/guides/monitoring.md lists them.' }),
      level: z.enum(['amber', 'red']),
      connection: z.string().nullable(),
      object: z.string().nullable(),
      what: z.string().openapi({ description: 'What is the matter.' }),
      action: z.string().openapi({ description: 'What to do.' }),
      values: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .openapi({ description: 'What the sentences were filled with.' }),
      since: z.string().nullable(),
    }),
  ),
};

const HealthSchema = z
  .object({
    at: z.string().openapi({ description: 'When it was looked at, at most five seconds ago; UTC.' }),
    ...condition,
    connections: z.array(z.object({ connection: z.string(), mode: z.string(), ...condition })),
    syncs: z.array(z.object({ sync: z.string(), ...condition })),
    budgets: z
      .array(
        z.object({
          connection: z.string(),
          unit: z
            .string()
            .openapi({ description: 'The account calls are counted of; empty: the connection.' }),
          share: z.string().openapi({ description: 'What they are kept for: poll, write …' }),
          limit: z.number(),
          used: z.number(),
        }),
      )
      .openapi({ description: 'Calls of the day, where a system allows so many only.' }),
    milestones: z
      .array(z.object({ milestone: z.string(), missed: z.int() }))
      .openapi({ description: 'Missed today and yesterday, UTC.' }),
  })
  .openapi('Health');

export const health = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/health',
    operationId: 'getHealth',
    tags: ['Status'],
    summary: 'How each connection and each sync is, why, since when, and what to do',
    scope: 'read',
    request: { query: query({}) },
    responses: {
      200: {
        description: 'Told whatever the state is.',
        content: { 'application/json': { schema: HealthSchema } },
      },
    },
  }),
  async (context) => {
    const found = await context.var.hub.health();
    // A reason may quote what a system answered.
    const told: unknown = JSON.parse(maskedText(JSON.stringify(redact(found)), []));
    return context.json(told as z.infer<typeof HealthSchema> & Health, 200);
  },
);
