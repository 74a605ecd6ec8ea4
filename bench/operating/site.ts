/** A site as people run it: vendors, PostgreSQL, Redis, two `api` and two `worker` processes of the hub. */
import { type ChildProcess, fork } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { HubSetting } from '../../soak/hub.ts';
import { Inventor, seedVendors, type Vendors } from '../../src/demo/goods.ts';
import { type DemoSummary, summarise } from '../../src/demo/summary.ts';
import { packageRoot } from '../../src/hub.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { startTemporary } from '../../src/ledger/embedded/temporary.ts';
import { countRecords, workLeft } from '../../src/ledger/overview.ts';
import { hasRedis, startRedis } from '../../src/queue/fixture-redis.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { openVendors, stores } from './vendors.ts';

/** One process of the hub, and the one that follows it. */
export interface Process {
  readonly role: 'api' | 'worker';
  readonly child: ChildProcess;
  readonly port: number;
}

export interface Site extends Vendors {
  readonly database: Database;
  readonly apis: readonly Process[];
  readonly workers: readonly Process[];
  /** Where the vendors push to: a front that passes on to one of the `api` processes, as a proxy does. */
  sell(count: number): void;
  /** Waits until all that was sold is everywhere, once. */
  finished(withinMs: number): Promise<DemoSummary>;
  /** Stops a process as a supervisor does, and starts another in its place; answers how long the stop took, ms. */
  replace(one: Process): Promise<number>;
  stop(): Promise<void>;
}

export interface SiteOptions {
  /** Folder of the sources as JavaScript. */
  readonly code: string;
  readonly leaseMs: number;
  readonly apis: number;
}

export async function openSite({ code, leaseMs, apis }: SiteOptions): Promise<Site> {
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'lianhub-site-'));
    await chmod(folder, 0o711);
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const postgres = await startTemporary();
    stops.push(() => postgres.stop());
    const redis = hasRedis() ? await startRedis() : undefined;
    stops.push(() => redis?.stop());
    const ports = await Promise.all(Array.from({ length: apis }, freePort));
    const vendors = await openVendors(ports[0] ?? 0);
    stops.push(() => vendors.stop());
    const { connections } = vendors;
    const shipped = parse(await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8')) as object;
    await symlink(path.join(packageRoot, 'mappings'), path.join(folder, 'mappings'));
    const config = path.join(folder, 'hub.yaml');
    const settings = {
      lanes: { shards: 2, lease: `${leaseMs}ms` },
      server: { host: '127.0.0.1', port: ports[0], requestsPerSecond: 100_000 },
    };
    await writeFile(config, stringify({ ...shipped, connections, ...settings }));
    const inventor = new Inventor(618, 10);
    seedVendors(vendors, inventor, stores);
    const setting = { config, dataDir: folder, databaseUrl: postgres.url, redisUrl: redis?.url };
    const begin = async (role: 'api' | 'worker', port: number): Promise<Process> => {
      const told: HubSetting = { ...setting, role, port };
      const child = fork(path.join(code, 'soak/hub.js'), [], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, SOAK_HUB: JSON.stringify(told) },
      });
      stops.push(() => end(child, 'SIGKILL'));
      await new Promise<void>((resolve, reject) => {
        child.once('message', () => resolve());
        child.once('exit', (status) => reject(new Error(`a hub (${role}) ended with ${status}`)));
      });
      return { role, child, port };
    };
    // The first brings the tables up to date; the others find them so.
    const running = { apis: [await begin('api', ports[0] ?? 0)], workers: [] as Process[] };
    running.apis.push(...(await Promise.all(ports.slice(1).map((port) => begin('api', port)))));
    running.workers.push(...(await Promise.all([begin('worker', 0), begin('worker', 0)])));
    const database = await openDatabase({ url: postgres.url, max: 3, applicationName: 'bench' });
    stops.push(() => database.close());
    const sold: string[] = [];
    await until('goods are known', 120_000, async () => {
      const counts = await countRecords(database);
      const products = counts.find((one) => one.entity === 'product')?.count ?? 0;
      const stock = counts.find((one) => one.entity === 'inventory')?.count ?? 0;
      return products >= 12 && stock >= 40 && (await workLeft(database)) === 0;
    });
    const { pos, erp, wms } = vendors;
    return {
      ...{ pos, erp, wms },
      database,
      ...running,
      sell(count) {
        for (let n = 0; n < count; n += 1) sold.push(vendors.pos.placeOrder('WEB', inventor.order()));
      },
      async finished(withinMs) {
        const count = async (): Promise<DemoSummary> =>
          summarise(
            vendors,
            { orders: sold, tickets: 0, stores },
            new Map(),
            0,
            await countRecords(database),
          );
        await until('all is everywhere', withinMs, async () => (await count()).complete).catch(
          () => undefined,
        );
        return count();
      },
      async replace(one) {
        const began = performance.now();
        await end(one.child, 'SIGTERM');
        const took = performance.now() - began;
        const heir = await begin(one.role, one.port);
        const places = one.role === 'api' ? running.apis : running.workers;
        places[places.indexOf(one)] = heir;
        return took;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** Waits for a condition. */
export async function until(
  what: string,
  withinMs: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not true within ${withinMs} ms: ${what}`);
    await delay(50);
  }
}
