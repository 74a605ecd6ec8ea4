/** Tokens programs use the API with. */
import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { issueToken, listTokens, revokeToken, type TokenRow } from '../../ledger/tokens.ts';
import { roles, scopes, scopesOf } from '../../security/index.ts';
import { newApi, operation } from './operation.ts';
import { InvalidRequest } from './refusals.ts';
import { answer, body, iso, moment, query, uuid } from './values.ts';

const tags = ['Tokens'];

const Token = z
  .object({
    id: uuid,
    name: z.string(),
    role: z.enum(roles),
    scopes: z.array(z.enum(scopes)).openapi({ description: 'Beside those of the role.' }),
    holds: z.array(z.enum(scopes)).openapi({ description: 'All scopes, those of the role as well.' }),
    createdAt: moment,
    createdBy: z.string(),
    expiresAt: moment.nullable(),
    lastUsedAt: moment.nullable().openapi({ description: 'Within five minutes.' }),
    revokedAt: moment.nullable(),
    revokedBy: z.string().nullable(),
  })
  .openapi('Token');

const Wish = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.@-]{1,80}$/, { error: 'expected letters, digits and . _ @ -, up to 80' })
      .openapi({ description: 'What it is for; unique among the tokens in use.' }),
    role: z.enum(roles),
    scopes: z.array(z.enum(scopes)).max(scopes.length).default([]),
    expiresAt: moment.nullable().default(null).openapi({ description: 'null: never.' }),
  })
  .openapi('TokenWish');
const Issued = z
  .object({
    token: Token,
    secret: z.string().openapi({ description: 'Shown this once, and kept nowhere.' }),
  })
  .openapi('IssuedToken');

function shown(one: TokenRow): z.infer<typeof Token> {
  return {
    id: one.id,
    name: one.name,
    role: one.role,
    scopes: [...one.scopes],
    holds: [...scopesOf(one.role, one.scopes)],
    createdAt: one.created_at.toISOString(),
    createdBy: one.created_by,
    expiresAt: iso(one.expires_at),
    lastUsedAt: iso(one.last_used_at),
    revokedAt: iso(one.revoked_at),
    revokedBy: one.revoked_by,
  };
}

export const tokenRoutes = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/tokens',
      operationId: 'listTokens',
      tags,
      summary: 'Tokens and what they may do, the latest first; those that are revoked as well',
      scope: 'admin',
      request: { query: query({}) },
      responses: { 200: answer('All of them.', z.object({ items: z.array(Token) })) },
    }),
    async (context) => {
      const items = (await listTokens(context.var.hub.world.database)).map(shown);
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/tokens',
      operationId: 'issueToken',
      tags,
      summary: 'Make a token',
      scope: 'admin',
      request: { body: body(Wish) },
      responses: { 201: answer('With its secret.', Issued) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { name, role, scopes: more, expiresAt: when } = context.req.valid('json');
      const expiresAt = when === null ? undefined : new Date(when);
      if (expiresAt && expiresAt.getTime() <= Date.now())
        throw new InvalidRequest([{ in: 'body', pointer: '/expiresAt', detail: 'it is over already' }]);
      const { author } = context.var.caller;
      const made = await database.transaction((sql) =>
        issueToken(sql, { name, role, scopes: more, expiresAt, author }),
      );
      if (!made) throw new HubError('tokens.exists', { name });
      const token = (await listTokens(database)).find((one) => one.id === made.id);
      if (!token) throw new HubError('tokens.unknown', { name });
      return context.json({ token: shown(token), secret: made.secret }, 201);
    },
  )
  .openapi(
    operation({
      method: 'delete',
      path: '/v1/tokens/{id}',
      operationId: 'revokeToken',
      tags,
      summary: 'End a token, at once and for good',
      scope: 'admin',
      request: { params: z.object({ id: uuid }), query: query({}) },
      responses: { 200: answer('As it is now.', Token) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { author } = context.var.caller;
      const gone = await context.var.hub.world.database.transaction((sql) => revokeToken(sql, id, author));
      if (!gone) throw new HubError('tokens.unknown', { name: id });
      return context.json(shown(gone), 200);
    },
  );
