import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HubError } from '../../errors.ts';
import type { Scope } from '../../security/index.ts';
import type { ApiEnv } from './environment.ts';
import { refuseInvalid } from './refusals.ts';
import { repeatable } from './repeatable.ts';

/** RFC 9457, with our stable code. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable; docs/reference/errors.md lists them.' }),
    detail: z.string(),
    hint: z.string().optional().openapi({ description: 'What to do.' }),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .openapi({
        description:
          'What detail and hint were filled with, to say them in another language; their sentences are in docs/reference/errors.md.',
      }),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'header', 'path']),
          pointer: z.string().openapi({ description: 'JSON pointer into that part.' }),
          detail: z.string(),
        }),
      )
      .optional(),
    text: z
      .string()
      .optional()
      .openapi({ description: 'With configuration.read-only: the text to put in its place.' }),
  })
  .openapi('Problem');

const refused = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** Answers every operation below /v1 may give beside its own. */
const refusals = {
  401: refused('No token and no session, or one that does not hold.'),
  403: refused('The scope is lacking, or a change with a session does not come from the console.'),
  422: refused('Something in the request is wrong; errors points at it.'),
  429: refused('Too many requests; Retry-After says when to go on.'),
};
const noSuch = { 404: refused('There is no such thing.') };
const bodyRefusals = {
  400: refused('The request cannot be read.'),
  413: refused('The body is too large.'),
  415: refused('The body is not JSON.'),
};
const conflict = { 409: refused('It cannot be done as things are now.') };
const precondition = {
  412: refused('Somebody has changed it meanwhile.'),
  428: refused('If-Match is missing.'),
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the request repeatable: for a day the same key with the same request is answered as the first time, ' +
    'and nothing is done twice.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
} as const;
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'ETag of what the change was made for; * for whatever is there.',
  schema: { type: 'string' },
} as const;

/** Largest body of a request to the API. Webhooks have their own limit in hub.yaml. */
export const largestBody = 262_144;

const limited: MiddlewareHandler<ApiEnv> = bodyLimit({
  maxSize: largestBody,
  onError: (context) => {
    context.header('connection', 'close');
    throw new HubError('request.too-large', { limit: largestBody });
  },
});

/** Refuses whoever lacks a scope: `auth.scope`. */
export function requireScope(held: ReadonlySet<Scope>, scope: Scope): void {
  if (!held.has(scope)) throw new HubError('auth.scope', { scope });
}

type Operation = Omit<RouteConfig, 'security' | 'middleware'> & {
  /** What a token needs; declared in the document as well. */
  readonly scope: Scope;
  /** It changes configuration: the header If-Match is asked for; see `expectMatch`. @default false */
  readonly conditional?: boolean;
};

/**
 * A route below /v1: its scope is checked before anything else is looked at, its body is bounded, a POST may be
 * repeated with an Idempotency-Key, and the problems it may answer are in the document.
 *
 * @example
 * export const things = newApi().openapi(
 *   operation({ method: 'get', path: '/v1/things', operationId: 'listThings', tags: ['Things'], scope: 'read',
 *     summary: 'Things', request: { query: query({ ...paging }) },
 *     responses: { 200: { description: 'A page of them.', content: { 'application/json': { schema: pageOf(Thing) } } } } }),
 *   async (context) => context.json(…, 200),
 * );
 */
export function operation<P extends string, R extends Omit<Operation, 'path'> & { path: P }>(
  route: R,
): ReturnType<typeof createRoute<P, R>> {
  const { scope, conditional = false, ...described } = route;
  const hasBody = route.request?.body !== undefined;
  const posts = route.method === 'post';
  const checks: MiddlewareHandler<ApiEnv>[] = [
    async (context, next) => {
      requireScope(context.var.caller.scopes, scope);
      await next();
    },
  ];
  // A body that nobody asked for is bounded as well: Idempotency-Key reads it.
  if (hasBody || posts) checks.push(limited);
  if (posts) checks.push(repeatable);
  const parameters = [...(posts ? [idempotencyKey] : []), ...(conditional ? [ifMatch] : [])];
  const full = createRoute({
    ...described,
    security: [{ token: [scope] }, { session: [scope] }],
    middleware: checks,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      ...(route.path.includes('{') ? noSuch : {}),
      ...(hasBody ? bodyRefusals : {}),
      ...(posts ? conflict : {}),
      ...(conditional ? precondition : {}),
      ...refusals,
      ...route.responses,
    },
  } as RouteConfig & { path: P });
  // Handlers are held to what the route itself answers; problems are thrown.
  return full as unknown as ReturnType<typeof createRoute<P, R>>;
}

/** An empty set of routes; every file of a resource begins with one. */
export function newApi(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
}
