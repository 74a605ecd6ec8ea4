import { Hono } from 'hono';
import { HubError } from '../errors.ts';
import type { World } from '../lanes/world.ts';
import { problemOf } from './problem.ts';

/** Whether the hub lives and whether it can work: for whoever has no token. */
export function probes(world: World): Hono {
  const app = new Hono();
  app.get('/', (context) =>
    context.json({
      name: 'LianHub',
      try: ['/healthz', '/readyz', '/docs', '/v1/status'],
      hooks: [...world.landscape.connections.keys()].map((id) => `/hooks/${id}`),
    }),
  );
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    try {
      await world.database.query('select 1');
      return context.json({ ok: true });
    } catch {
      // The cause is in the log of the pool; a probe only needs to know that it is not ready.
      return problemOf(context, new HubError('hub.not-ready', { reason: 'the database does not answer' }));
    }
  });
  return app;
}
