import { Hono } from 'hono';
import { prettyJSON } from 'hono/pretty-json';
import { HubError } from '../errors.ts';
import { states } from '../lanes/adoption/begin.ts';
import { reportLimits } from '../lanes/limits/report.ts';
import type { World } from '../lanes/world.ts';
import { countAdoption } from '../ledger/adoption.ts';
import { countConflicts } from '../ledger/conflicts.ts';
import { pausedConnections } from '../ledger/connections.ts';
import { countWaitingDeletions } from '../ledger/deletions.ts';
import { listPasses } from '../ledger/full-passes.ts';
import { countMatches } from '../ledger/matches.ts';
import { countInbox, countLinks, countRecords, listTrouble } from '../ledger/overview.ts';
import { countRequests } from '../ledger/requests.ts';
import { awaitedRecords } from '../ledger/waiting.ts';
import { redact } from '../security/index.ts';
import { problemOf } from './problem.ts';

/** Whether the hub lives, whether it can work, and what it has done: for people and monitoring. */
export function status(world: World): Hono {
  const app = new Hono();
  // For people at a terminal: ?pretty
  app.use(prettyJSON());
  app.get('/', (context) =>
    context.json({
      name: 'LianHub',
      try: ['/healthz', '/readyz', '/v1/status'],
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
  app.get('/v1/status', async (context) => {
    const { database } = world;
    const [
      records,
      links,
      inbox,
      trouble,
      paused,
      shared,
      conflicts,
      waiting,
      matches,
      deletes,
      passes,
      adoption,
      requests,
    ] = await Promise.all([
      countRecords(database),
      countLinks(database),
      countInbox(database),
      listTrouble(database),
      pausedConnections(database),
      reportLimits(database),
      countConflicts(database),
      awaitedRecords(database, 100),
      countMatches(database),
      countWaitingDeletions(database),
      listPasses(database),
      countAdoption(database, states),
      countRequests(database),
    ]);
    const { limits, tokens: sessions } = shared;
    const all = {
      ...{ records, links, inbox, trouble, paused },
      ...{ conflicts, waiting, matches, adoption, requests, limits, sessions },
      ...{ deletes: { waiting: deletes, passes } },
    };
    // Error texts are what vendors answered, and some say back what they were told.
    const told = JSON.stringify(redact(all));
    return context.body(told, 200, { 'content-type': 'application/json' });
  });
  return app;
}
