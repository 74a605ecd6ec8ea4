/** People who may sign in to the console, and where they are signed in. */
import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import { endSessions, listSessions, type SessionRow } from '../../ledger/sessions.ts';
import {
  addUser,
  changeUser,
  listUsers,
  resetPassword,
  switchUser,
  type UserRow,
  userNamed,
} from '../../ledger/users.ts';
import { roles, scopes, scopesOf } from '../../security/index.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { answer, body, iso, moment, query, text, uuid } from './values.ts';

const tags = ['Users'];
const params = z.object({ id: uuid });
const email = z
  .email()
  .max(254)
  .openapi({ description: 'To sign in with; upper and lower case are the same.' });
const rights = {
  role: z.enum(roles),
  scopes: z
    .array(z.enum(scopes))
    .max(scopes.length)
    .default([])
    .openapi({ description: 'Beside those of the role: pii:read shows personal values.' }),
};

const User = z
  .object({
    id: uuid,
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    scopes: z.array(z.enum(scopes)).openapi({ description: 'Beside those of the role.' }),
    holds: z.array(z.enum(scopes)).openapi({ description: 'All scopes, those of the role as well.' }),
    rightsFrom: z.enum(['hub', 'provider']).openapi({
      description: 'provider: role and scopes are said by the identity provider at each sign-in.',
    }),
    disabled: z.boolean(),
    disabledAt: moment.nullable(),
    disabledBy: z.string().nullable(),
    mustChangePassword: z.boolean(),
    hasPassword: z.boolean().openapi({ description: 'false: signs in with the identity provider alone.' }),
    sessions: z.int().openapi({ description: 'Browsers that are signed in.' }),
    lastSeenAt: moment.nullable(),
    createdAt: moment,
    createdBy: z.string(),
  })
  .openapi('User');

const OneTime = z
  .object({
    user: User,
    password: z.string().openapi({
      description: 'Shown this once. To be changed at the first sign-in, within three days.',
    }),
  })
  .openapi('OneTimePassword');

const Session = z
  .object({
    id: uuid,
    current: z.boolean().openapi({ description: 'This request came with it.' }),
    createdAt: moment,
    lastUsedAt: moment,
    expiresAt: moment.openapi({ description: 'Unless it is used before.' }),
    address: z.string().nullable(),
    browser: z.string().nullable().openapi({ description: 'What it calls itself.' }),
  })
  .openapi('Session');
const Sessions = z.object({ items: z.array(Session) });
const Ended = z.object({ ended: z.int() }).openapi('EndedSessions');

function shown(one: UserRow): z.infer<typeof User> {
  return {
    id: one.id,
    email: one.email,
    name: one.name,
    role: one.role,
    scopes: [...one.scopes],
    holds: [...scopesOf(one.role, one.scopes)],
    rightsFrom: one.rights_from,
    disabled: one.disabled_at !== null,
    disabledAt: iso(one.disabled_at),
    disabledBy: one.disabled_by,
    mustChangePassword: one.must_change_password,
    hasPassword: one.has_password,
    sessions: one.sessions,
    lastSeenAt: iso(one.last_seen_at),
    createdAt: one.created_at.toISOString(),
    createdBy: one.created_by,
  };
}

function shownSession(current: string | undefined) {
  return (one: SessionRow): z.infer<typeof Session> => ({
    id: one.id,
    current: one.id === current,
    createdAt: one.created_at.toISOString(),
    lastUsedAt: one.updated_at.toISOString(),
    expiresAt: one.expires_at.toISOString(),
    address: one.ip_address || null,
    browser: one.user_agent || null,
  });
}

const tag = (one: UserRow): string => etagOf([one.id, one.version]);

/** Ends a session, or all, and notes who did. Throws `sessions.unknown`. */
async function end(database: Database, author: string, user: string, session?: string): Promise<number> {
  return database.transaction(async (sql) => {
    const ended = await endSessions(sql, user, session);
    if (session !== undefined && ended === 0) throw new HubError('sessions.unknown', { id: session });
    const details = session === undefined ? { ended } : { session };
    await insertAudit(sql, [{ author, action: 'users.end-session', subject: `user/${user}`, details }]);
    return ended;
  });
}

const reading = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/users',
      operationId: 'listUsers',
      tags,
      summary: 'Who may sign in to the console, by e-mail address',
      scope: 'admin',
      request: { query: query({ ...paging }) },
      responses: { 200: answer('A page of them.', pageOf(User)) },
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query');
      const after = placeAt(cursor, z.string().max(300));
      const found = await listUsers(context.var.hub.world.database, after, limit + 1);
      return context.json(
        pageFrom(found, limit, shown, (row) => row.email),
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/users/{id}',
      operationId: 'getUser',
      tags,
      summary: 'One user',
      scope: 'admin',
      request: { params, query: query({}) },
      responses: { 200: answer('With the ETag changes are made with.', User) },
    }),
    async (context) => {
      const found = await userNamed(context.var.hub.world.database, context.req.valid('param').id);
      context.header('etag', tag(found));
      return context.json(shown(found), 200);
    },
  );

const changing = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/users',
      operationId: 'createUser',
      tags,
      summary: 'Let somebody sign in, with a password for the first time',
      scope: 'admin',
      request: { body: body(z.strictObject({ email, name: text(120), ...rights })) },
      responses: { 201: answer('With the password.', OneTime) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { author } = context.var.caller;
      const { id, password } = await addUser(database, { ...context.req.valid('json'), author });
      const user = await userNamed(database, id);
      context.header('location', `/v1/users/${id}`);
      context.header('etag', tag(user));
      return context.json({ user: shown(user), password }, 201);
    },
  )
  .openapi(
    operation({
      method: 'put',
      path: '/v1/users/{id}',
      operationId: 'changeUser',
      tags,
      summary: 'Change what a user is called and may do; takes effect at once',
      scope: 'admin',
      conditional: true,
      request: { params, body: body(z.strictObject({ name: text(120), ...rights })) },
      responses: { 200: answer('As it is now.', User) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { author } = context.var.caller;
      const change = context.req.valid('json');
      const user = await changeUser(context.var.hub.world.database, id, change, author, (before) =>
        expectMatch(context, tag(before)),
      );
      context.header('etag', tag(user));
      return context.json(shown(user), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/users/{id}/disable',
      operationId: 'disableUser',
      tags,
      summary: 'Let a user sign in no more; their sessions end at once',
      scope: 'admin',
      request: { params },
      responses: { 200: answer('As it is now.', User) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const user = await switchUser(context.var.hub.world.database, id, false, context.var.caller.author);
      return context.json(shown(user), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/users/{id}/enable',
      operationId: 'enableUser',
      tags,
      summary: 'Let a user sign in again',
      scope: 'admin',
      request: { params },
      responses: { 200: answer('As it is now.', User) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const user = await switchUser(context.var.hub.world.database, id, true, context.var.caller.author);
      return context.json(shown(user), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/users/{id}/reset-password',
      operationId: 'resetUserPassword',
      tags,
      summary: 'A new password for the next sign-in; their sessions end at once',
      scope: 'admin',
      request: { params },
      responses: { 200: answer('With the password.', OneTime) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { id } = context.req.valid('param');
      const { password } = await resetPassword(database, id, context.var.caller.author);
      return context.json({ user: shown(await userNamed(database, id)), password }, 200);
    },
  );

const sessions = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/users/{id}/sessions',
      operationId: 'listUserSessions',
      tags,
      summary: 'Where a user is signed in',
      scope: 'admin',
      request: { params, query: query({}) },
      responses: { 200: answer('Sessions that hold, the latest first.', Sessions) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { id } = await userNamed(database, context.req.valid('param').id);
      const items = (await listSessions(database, id)).map(shownSession(context.var.caller.sessionId));
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'delete',
      path: '/v1/users/{id}/sessions',
      operationId: 'endUserSessions',
      tags,
      summary: 'Sign a user out everywhere',
      scope: 'admin',
      request: { params, query: query({}) },
      responses: { 200: answer('How many there were.', Ended) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const { id } = await userNamed(database, context.req.valid('param').id);
      return context.json({ ended: await end(database, context.var.caller.author, id) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'delete',
      path: '/v1/users/{id}/sessions/{session}',
      operationId: 'endUserSession',
      tags,
      summary: 'End one session of a user',
      scope: 'admin',
      request: { params: params.extend({ session: uuid }), query: query({}) },
      responses: { 200: answer('It has ended.', Ended) },
    }),
    async (context) => {
      const { id, session } = context.req.valid('param');
      const { author } = context.var.caller;
      return context.json({ ended: await end(context.var.hub.world.database, author, id, session) }, 200);
    },
  );

const own = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/me/sessions',
      operationId: 'listOwnSessions',
      tags,
      summary: 'Where you are signed in; nowhere, for a token',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('Sessions that hold, the latest first.', Sessions) },
    }),
    async (context) => {
      const { id, sessionId } = context.var.caller;
      const items = (await listSessions(context.var.hub.world.database, id)).map(shownSession(sessionId));
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'delete',
      path: '/v1/me/sessions/{session}',
      operationId: 'endOwnSession',
      tags,
      summary: 'Sign yourself out somewhere',
      scope: 'read',
      request: { params: z.object({ session: uuid }), query: query({}) },
      responses: { 200: answer('It has ended.', Ended) },
    }),
    async (context) => {
      const { id, author } = context.var.caller;
      const { session } = context.req.valid('param');
      return context.json({ ended: await end(context.var.hub.world.database, author, id, session) }, 200);
    },
  );

export const userRoutes = [reading, changing, sessions, own];
