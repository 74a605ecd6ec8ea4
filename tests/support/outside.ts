import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { parse, stringify } from 'yaml';
import { createSimulator as createKingdee } from '../../connectors/kingdee/simulator/index.ts';
import { type Served, type Simulator, serve } from '../../connectors/kit/index.ts';
import { createSimulator as createPospal } from '../../connectors/pospal/simulator/index.ts';
import { createSimulator as createQimen } from '../../connectors/qimen/simulator/index.ts';
import { connectors } from '../../connectors/registry.ts';
import { readConfig } from '../../src/config/index.ts';
import { Inventor, seedVendors, type Vendors } from '../../src/demo/goods.ts';
import { type Hub, packageRoot, startHub } from '../../src/hub.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { countRecords, workLeft } from '../../src/ledger/overview.ts';
import { silentLogger } from '../../src/log.ts';
import { startRedis } from '../../src/queue/fixture-redis.ts';
import { type TestRedis, until } from '../harness.ts';
import { freePort } from './free-port.ts';
import { type HubProcess, startHubProcess } from './hub-process.ts';
import { ownDatabase } from './own-database.ts';

export interface OutsideOptions {
  readonly backend: 'postgres' | 'redis';
  /** Settings laid over the shipped hub.yaml, e.g. `{ lanes: { lease: '3s' } }`. */
  readonly settings?: Settings;
  /** More variables of the hubs' environment, e.g. `{ HUB_LOG_LEVEL: 'trace' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings laid over those of single connections, beside where the simulators are. */
  readonly connections?: Readonly<Record<string, Settings>>;
}

export type Settings = { readonly [name: string]: unknown };

/**
 * Everything around hubs that must outlive them: the vendors, a database of its own, Redis where wanted, and a
 * hub.yaml that names them. Hubs come and go as processes.
 */
export interface Outside extends Vendors {
  readonly database: Database;
  readonly redis: TestRedis | undefined;
  readonly inventor: Inventor;
  readonly stores: readonly string[];
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Where the vendors push to, whichever hub answers there. */
  readonly url: string;
  /** Starts a hub on these, in a process of its own. */
  start(role: 'api' | 'worker' | 'all'): Promise<HubProcess>;
  /** Starts an `api` hub in this process: for tests that do not mean to end it. */
  openDoor(): Promise<Hub>;
  /** Waits until goods, members and stock have been read, as a fresh hub does by itself. */
  masterDataRead(): Promise<void>;
  /** What the hubs have said so far: warnings and worse. */
  said(): string;
  stop(): Promise<void>;
}

const stores = ['S01', 'S02', 'S03'] as const;

export async function startOutside(options: OutsideOptions): Promise<Outside> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-outside-'));
  // Hubs started through the command line use the schema `lianhub`, so each test takes a database of its own, an empty one.
  const own = await ownDatabase(inject('databaseUrl'));
  const databaseUrl = own.url;
  const redis = options.backend === 'redis' ? await startRedis() : undefined;
  const port = await freePort();
  // A vendor that finds the door closed knocks again; hubs that are killed take a few seconds to come back.
  const resendAfterMs = [50, 200, 500, ...Array.from({ length: 30 }, () => 1000)];
  const vendors = {
    pos: createPospal({
      dailyQuota: 1_000_000,
      accounts: [
        { name: 'WEB', online: true, storeCode: 'WEB' },
        ...stores.map((store) => ({ name: store, storeCode: store })),
      ],
      resendAfterMs,
    }),
    erp: createKingdee({}),
    wms: createQimen({ resendAfterMs }),
  };
  const served: Served[] = [];
  const connections: Record<string, unknown> = {};
  for (const [id, connector] of [
    ['pos', 'pospal'],
    ['erp', 'kingdee'],
    ['wms', 'qimen'],
  ] as const) {
    const simulator: Simulator = vendors[id];
    const one = await serve(simulator.app);
    served.push(one);
    connections[id] = { connector, ...simulator.connectionFor(one.url), ...options.connections?.[id] };
    simulator.notifyAt(`http://127.0.0.1:${port}/hooks/${id}`);
  }
  const config = await writeConfig(folder, connections, options.settings ?? {});
  const inventor = new Inventor(618, 10);
  const { members } = seedVendors(vendors, inventor, stores);
  const database = await openDatabase({ url: databaseUrl, max: 4 });
  const hubs: Promise<HubProcess>[] = [];
  const said: (() => string)[] = [];
  const doors: Hub[] = [];
  const url = `http://127.0.0.1:${port}`;
  return {
    ...vendors,
    database,
    redis,
    inventor,
    stores,
    members,
    url,
    async openDoor() {
      const text = await readFile(config, 'utf8');
      const read = readConfig({ file: config, text, env: {} });
      if (!read.ok) throw new Error(read.problems.map((problem) => problem.message).join('; '));
      const hub = await startHub({
        config: { ...read.config, server: { ...read.config.server, port } },
        openapiFolder: path.join(packageRoot, 'openapi'),
        connectors,
        simulators: {},
        dataDir: folder,
        databaseUrl,
        redisUrl: redis?.url,
        role: 'api',
        log: silentLogger(),
      });
      doors.push(hub);
      return hub;
    },
    async start(role) {
      const starting = startHubProcess({
        role,
        config,
        env: {
          HUB_DATABASE_URL: databaseUrl,
          HUB_REDIS_URL: redis?.url,
          HUB_DATA_DIR: folder,
          PORT: String(port),
          ...options.env,
        },
      });
      hubs.push(starting);
      const hub = await starting;
      said.push(hub.output);
      return hub;
    },
    masterDataRead: () =>
      until('goods, members and stock are read', async () => {
        const counts = new Map((await countRecords(database)).map((one) => [one.entity, one.count]));
        const enough =
          (counts.get('product') ?? 0) >= 12 &&
          (counts.get('customer') ?? 0) >= 60 &&
          (counts.get('inventory') ?? 0) >= 40;
        return enough && (await workLeft(database)) === 0;
      }),
    said: () => said.map((output) => output()).join('\n'),
    async stop() {
      // Also those a failed test no longer waited for.
      for (const started of await Promise.allSettled(hubs)) {
        if (started.status === 'fulfilled') await started.value.kill();
      }
      for (const door of doors) await door.stop();
      for (const vendor of Object.values(vendors)) await vendor.stop();
      for (const one of served) await one.close();
      await database.close();
      await own.drop();
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The shipped configuration with other vendors in it, as a user would write it. */
async function writeConfig(
  folder: string,
  connections: Readonly<Record<string, unknown>>,
  settings: Settings,
): Promise<string> {
  const shipped = parse(await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8')) as Settings;
  const file = path.join(folder, 'hub.yaml');
  await symlink(path.join(packageRoot, 'mappings'), path.join(folder, 'mappings'));
  await writeFile(file, stringify({ ...shipped, connections, ...settings }));
  return file;
}
