/** What is measured, in a process of its own: the hub that backfills, or the bare loop that copies the same pages. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Connector } from '../../connectors/kit/types.ts';
import { readConfig } from '../../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../../src/hub.ts';
import { cancelBackfill, insertBackfill, resumeBackfill, showBackfill } from '../../src/ledger/backfills.ts';
import { workLeft } from '../../src/ledger/overview.ts';
import { createLogger } from '../../src/log.ts';
import { benchConnector, parsePage } from '../connector/index.ts';
import { answer } from '../sync/remote.ts';
import { copyInto } from './copy.ts';

export interface Place {
  readonly databaseUrl: string;
  readonly schema: string;
  readonly vendor: string;
  readonly key: string;
  readonly dataDir: string;
}

/** A reading of everything, measured. */
export interface Reading {
  readonly seconds: number;
  readonly rows: number;
  /** Largest resident set, MB, while the first quarter was read and applied, and over the whole. */
  readonly rssQuarterMb: number;
  readonly rssMaxMb: number;
}

let hub: Hub | undefined;

const handlers = {
  async start({ databaseUrl, schema, vendor, key, dataDir }: Place): Promise<string> {
    const file = path.join(packageRoot, 'bench/backfill/hub.yaml');
    const env = { BENCH_TARGET: vendor, BENCH_KEY: key };
    const read = readConfig({ file, text: await readFile(file, 'utf8'), env });
    if (!read.ok) throw new Error(read.problems.map((one) => `${one.line}: ${one.message}`).join('\n'));
    hub = await startHub({
      config: read.config,
      openapiFolder: path.join(packageRoot, 'bench/openapi'),
      connectors: { bench: benchConnector as Connector },
      simulators: {},
      dataDir,
      databaseUrl,
      schema,
      log: createLogger({ level: 'warn' }),
    });
    return hub.url ?? '';
  },

  /** Starts a backfill of the orders; answers its number. */
  async begin(): Promise<number> {
    const { database, world } = running();
    const one = { connection: 'shop', object: 'order', since: undefined, rate: undefined, author: 'bench' };
    const made = await insertBackfill(database, one);
    if (!made) throw new Error('a backfill runs already');
    world.ring(['backfill/shop/order']);
    return made.id;
  },

  /** Waits until everything is read and applied. */
  async complete({ id, rows }: { readonly id: number; readonly rows: number }): Promise<Reading> {
    const { database } = running();
    const meter = rssMeter();
    const started = performance.now();
    for (;;) {
      const shown = await showBackfill(database, id);
      if (!shown || shown.error) throw new Error(`the backfill stopped: ${shown?.error}`);
      const applied = shown.done - shown.unapplied;
      meter.note(applied <= rows / 4);
      if (shown.state === 'done' && shown.unapplied === 0) break;
      await delay(200);
    }
    const seconds = (performance.now() - started) / 1000;
    const found = await database.query<{ n: number }>(
      `select count(*)::int as n from records r join links l on l.record_id = r.id
       where r.entity = 'order' and r.state = 'live' and l.remote_id is not null`,
    );
    if (found.rows[0]?.n !== rows) throw new Error(`${found.rows[0]?.n} orders are there, not ${rows}`);
    return { seconds, rows, ...meter.told() };
  },

  /** Lets it go on where it was stopped. */
  async resume({ id }: { readonly id: number }): Promise<number> {
    const { database, world } = running();
    if (!(await resumeBackfill(database, id))) throw new Error('there is nothing to resume');
    world.ring(['backfill/shop/order']);
    return id;
  },

  /** Waits until everything that was read is applied. */
  async settle(): Promise<void> {
    while ((await workLeft(running().database)) > 0) await delay(20);
  },

  /** Stops it; answers the rows it has read. */
  async cancel({ id }: { readonly id: number }): Promise<number> {
    return (await cancelBackfill(running().database, id))?.done ?? 0;
  },

  /** The same pages into a plain table: read, copied, committed, and nothing else. */
  async bare({
    databaseUrl,
    vendor,
    rows,
  }: {
    databaseUrl: string;
    vendor: string;
    rows: number;
  }): Promise<Reading> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query(
        'drop table if exists bare; create table bare (id text primary key, body jsonb not null)',
      );
      const meter = rssMeter();
      const started = performance.now();
      let after = 0;
      let copied = 0;
      for (let more = true; more; ) {
        const page = parsePage(await (await fetch(`${vendor}/order?after=${after}`)).text());
        await copyInto(
          client,
          'bare',
          page.items.map(({ id, data }) => [id, JSON.stringify(data)]),
        );
        copied += page.items.length;
        meter.note(copied <= rows / 4);
        ({ after, more } = page);
      }
      return { seconds: (performance.now() - started) / 1000, rows: copied, ...meter.told() };
    } finally {
      await client.end();
    }
  },

  async stop(): Promise<void> {
    await hub?.stop();
    hub = undefined;
  },
};
export type BackfillSide = typeof handlers;

function rssMeter() {
  let quarter = 0;
  let largest = 0;
  return {
    note(first: boolean): void {
      const now = process.memoryUsage.rss() / 1024 / 1024;
      largest = Math.max(largest, now);
      if (first) quarter = largest;
    },
    told: () => ({ rssQuarterMb: quarter, rssMaxMb: largest }),
  };
}

function running(): Hub {
  if (!hub) throw new Error('not started');
  return hub;
}

answer(handlers);
