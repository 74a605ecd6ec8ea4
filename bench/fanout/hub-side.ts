import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../src/config/index.ts';
import { packageRoot, startHub } from '../../src/hub.ts';
import { fanOutLane } from '../../src/lanes/events/consumer.ts';
import { insertEvents } from '../../src/ledger/events.ts';
import { createLogger } from '../../src/log.ts';
import { eventOf } from './events.ts';
import type { Setting, Side } from './side.ts';

/** Events written in one transaction, as a slice of records makes them. */
const batch = 100;

/** The real hub with a subscription for each receiver, every default as it ships. */
export async function startHubSide(setting: Setting): Promise<Side> {
  const text = JSON.stringify({
    connections: {},
    outbound: { allow: ['127.0.0.1'] },
    subscriptions: Object.fromEntries(
      setting.urls.map((url, at) => [
        `receiver-${at}`,
        { events: ['order.created'], url, secret: setting.secret },
      ]),
    ),
    server: { port: 0 },
  });
  const file = path.join(packageRoot, 'bench', 'hub.fanout.yaml');
  const read = readConfig({ file, text, env: {} });
  if (!read.ok) throw new Error(read.problems.map((one) => `${one.line}: ${one.message}`).join('\n'));
  const hub = await startHub({
    config: read.config,
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors: {},
    simulators: {},
    dataDir: setting.dataDir,
    databaseUrl: setting.databaseUrl,
    schema: setting.schema,
    log: createLogger({ level: 'error' }),
  });
  return {
    async tell({ first, count, perSecond }) {
      const startedAt = Date.now();
      const step = perSecond === undefined ? batch : 1;
      for (let at = 0; at < count; at += step) {
        if (perSecond !== undefined) {
          await delay(Math.max(0, startedAt + (at * 1000) / perSecond - Date.now()));
        }
        const events = Array.from({ length: Math.min(step, count - at) }, (_, n) => {
          const event = eventOf(first + at + n);
          return { ...event, occurredAt: new Date(event.occurredAt) };
        });
        await hub.database.transaction((sql) => insertEvents(sql, events));
        hub.world.ring([fanOutLane]);
      }
      return startedAt;
    },
    async quiet(urls) {
      const { rows } = await hub.database.query<{ busy: boolean }>(
        `select exists (select 1 from due_deliveries d join subscriptions s on s.id = d.subscription_id
           where s.url = any($1::text[])) as busy`,
        [urls],
      );
      return rows[0]?.busy === false;
    },
    stop: () => hub.stop(),
  };
}
