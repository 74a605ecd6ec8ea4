import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Database } from '../ledger/database.ts';
import type { Watcher } from '../observe/watcher.ts';
import type { ApiEnv } from './api/environment.ts';
import { gate } from './api/gate.ts';
import { requireScope } from './api/operation.ts';

/** Headers by which a proxy says that somebody else is asking. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;
/** Prometheus asks every few seconds. */
const requestsPerSecond = 5;

/**
 * `GET /metrics` beside the API: for programs on this machine, and for whoever has a token that may read. Through a
 * proxy everybody seems to be on this machine, so what a proxy passes on needs the token as well.
 */
export function metrics(watcher: Watcher, database: Database): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const pass = gate({ database, requestsPerSecond });
  app.get('/metrics', async (context, next) => (isLocal(context) ? next() : pass(context, next)));
  app.get('/metrics', async (context) => {
    if (!isLocal(context)) requireScope(context.var.caller.scopes, 'read');
    return answer(context, watcher);
  });
  return app;
}

/** The same for everybody: on a port of its own that only a Prometheus reaches. */
export function openMetrics(watcher: Watcher): Hono {
  const app = new Hono();
  app.get('/metrics', (context) => answer(context, watcher));
  return app;
}

async function answer(context: Context, watcher: Watcher): Promise<Response> {
  return context.body(await watcher.metrics(), 200, {
    'content-type': watcher.contentType,
    'cache-control': 'no-store',
  });
}

function isLocal(context: Context): boolean {
  const env = context.env as Partial<HttpBindings> | undefined;
  const address = env?.incoming?.socket?.remoteAddress ?? '';
  if (!/^(::1$|(::ffff:)?127\.)/.test(address)) return false;
  return forwarding.every((name) => context.req.header(name) === undefined);
}
