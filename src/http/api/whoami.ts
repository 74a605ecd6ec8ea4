import { z } from '@hono/zod-openapi';
import { roles, scopes } from '../../security/index.ts';
import { newApi, operation } from './operation.ts';
import { query } from './values.ts';

const Caller = z
  .object({
    kind: z.enum(['token', 'user']),
    name: z.string().openapi({ description: 'Name of the token or user.' }),
    email: z.string().optional().openapi({ description: 'Of a user.' }),
    role: z.enum(roles),
    scopes: z.array(z.enum(scopes)),
    mustChangePassword: z
      .boolean()
      .optional()
      .openapi({ description: 'Of a user: nothing else works before POST /auth/change-password.' }),
  })
  .openapi('Caller');

export const whoami = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/whoami',
    operationId: 'getCaller',
    tags: ['Status'],
    summary: 'Who asks, and what they may do',
    scope: 'read',
    request: { query: query({}) },
    responses: {
      200: { description: 'The token or user.', content: { 'application/json': { schema: Caller } } },
    },
  }),
  (context) => {
    const { kind, name, email, role, scopes: held, mustChangePassword } = context.var.caller;
    const user = kind === 'user' ? { email, mustChangePassword } : {};
    return context.json({ kind, name, role, scopes: [...held], ...user }, 200);
  },
);
