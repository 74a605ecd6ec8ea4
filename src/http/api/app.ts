import { Hono } from 'hono';
import { prettyJSON } from 'hono/pretty-json';
import { secureHeaders } from 'hono/secure-headers';
import type { TrustedProxies } from '../client-address.ts';
import { docs } from './docs.ts';
import type { ApiEnv, ApiHub } from './environment.ts';
import { eventData } from './event-data.ts';
import { gate, type SessionGate } from './gate.ts';
import { apiRoutes, documentOf } from './routes.ts';

export interface ApiOptions extends ApiHub {
  /** Requests a second each token may make, per process. */
  readonly requestsPerSecond: number;
  /** Whose word about the address of a caller is taken. */
  readonly proxies?: TrustedProxies | undefined;
  /** Lets those pass as well who have signed in. */
  readonly sessions?: SessionGate | undefined;
}

/**
 * The API: `/v1/…` behind tokens; `/openapi.json` and `/docs` for everybody. Errors go to whoever mounts it; see
 * `refusal`.
 */
export function api({ requestsPerSecond, proxies, sessions, ...hub }: ApiOptions): Hono<ApiEnv> {
  const routes = apiRoutes();
  let document: ReturnType<typeof documentOf> | undefined;
  const app = new Hono<ApiEnv>();
  const headers = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    xFrameOptions: 'DENY',
  });
  app.use('/v1/*', headers);
  app.use('/openapi.json', headers);
  // For people at a terminal: ?pretty
  app.use('/v1/*', prettyJSON());
  app.route('/', eventData(hub));
  app.use('/v1/*', gate({ database: hub.world.database, requestsPerSecond, proxies, sessions }));
  app.use('/v1/*', async (context, next) => {
    context.set('hub', hub);
    // What it says depends on who asks.
    context.header('cache-control', 'no-store');
    await next();
  });
  app.route('/', routes);
  // Written when somebody asks for it first: describing every operation is a good part of a start.
  app.get('/openapi.json', (context) => {
    document ??= documentOf(routes);
    return context.json(document);
  });
  app.route('/', docs());
  return app;
}
