import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import type { KingdeeSimulator } from '../connectors/kingdee/simulator/index.ts';
import type { PospalSimulator } from '../connectors/pospal/simulator/index.ts';
import type { QimenSimulator } from '../connectors/qimen/simulator/index.ts';
import { connectors, simulators } from '../connectors/registry.ts';
import { type HubConfig, readConfig } from '../src/config/index.ts';
import { Inventor, seedVendors, type Vendors } from '../src/demo/goods.ts';
import { type Hub, type HubOptions, packageRoot, startHub } from '../src/hub.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { countRecords, workLeft } from '../src/ledger/overview.ts';
import { issueToken } from '../src/ledger/tokens.ts';
import { silentLogger } from '../src/log.ts';
import { hasRedis, startRedis } from '../src/queue/fixture-redis.ts';
import { ownDatabase } from './support/own-database.ts';

export type TestRedis = Awaited<ReturnType<typeof startRedis>>;

/**
 * What carries the doorbell; every promise holds with either. Redis is left out where there is none to start, and where
 * HUB_TEST_BACKENDS says `postgres`: in a run that is about the database server.
 */
export const backends: readonly ('postgres' | 'redis')[] =
  process.env.HUB_TEST_BACKENDS !== 'postgres' && hasRedis() ? ['postgres', 'redis'] : ['postgres'];

export interface TestHub extends Vendors {
  readonly hub: Hub;
  readonly database: Database;
  readonly url: string;
  readonly inventor: Inventor;
  readonly stores: readonly string[];
  /** Members per store account, ids in that account. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** The Redis behind this hub, when there is one. */
  readonly redis: TestRedis | undefined;
  readonly options: HubOptions;
  stop(): Promise<void>;
}

export interface TestHubOptions {
  readonly backend?: 'postgres' | 'redis';
  /** Changes to the text of the shipped hub.yaml. */
  readonly yaml?: (text: string) => string;
  /** Changes to the read configuration. */
  readonly config?: (config: HubConfig) => HubConfig;
  readonly role?: 'api' | 'worker' | 'all';
  readonly tracing?: HubOptions['tracing'];
  /** The file the configuration is changed in. */
  readonly configuration?: HubOptions['configuration'];
  /** Instead of the registered ones, e.g. with deadlines a test can wait for. */
  readonly connectors?: HubOptions['connectors'];
  /** False: the vendors are empty and nothing is read at the start. @default true */
  readonly seed?: boolean;
}

/** A hub with the shipped configuration and simulators, in a database of its own, master data read. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'lianhub-test-'));
  const redis = options.backend === 'redis' ? await startRedis() : undefined;
  const own = await ownDatabase(inject('databaseUrl'), inject('hubTemplate'));
  const config = await testConfig(options.yaml);
  const hubOptions: HubOptions = {
    config: options.config?.(config) ?? config,
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors: options.connectors ?? connectors,
    simulators,
    dataDir,
    databaseUrl: own.url,
    redisUrl: redis?.url,
    schema: 'lianhub',
    role: options.role ?? 'all',
    tracing: options.tracing,
    ...(options.configuration ? { configuration: options.configuration } : {}),
    log: silentLogger(),
  };
  const hub = await startHub(hubOptions);
  const simulator = (name: string): unknown => hub.simulators.get(name)?.simulator;
  const vendors = {
    pos: simulator('pos') as PospalSimulator,
    erp: simulator('erp') as KingdeeSimulator,
    wms: simulator('wms') as QimenSimulator,
  };
  const stores = ['S01', 'S02', 'S03'];
  const inventor = new Inventor(618, 10);
  const seeded = options.seed === false ? undefined : seedVendors(vendors, inventor, stores);
  const testHub: TestHub = {
    ...vendors,
    hub,
    database: hub.database,
    url: hub.url ?? '',
    inventor,
    stores,
    members: seeded?.members ?? new Map(),
    redis,
    options: hubOptions,
    async stop() {
      await hub.stop();
      await own.drop();
      await redis?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  if (seeded) await readMasterData(testHub);
  return testHub;
}

const adminTokens = new WeakMap<Database, Promise<string>>();

/** Secret of an API token for a hub, of an admin; made when it is asked for first. */
export function tokenOf({ database }: { readonly database: Database }): Promise<string> {
  let token = adminTokens.get(database);
  if (!token) {
    const name = `test-${randomBytes(4).toString('hex')}`;
    token = issueToken(database, { name, role: 'admin', author: 'test' }).then((made) => made?.secret ?? '');
    adminTokens.set(database, token);
  }
  return token;
}

/** What `/v1/status` of a hub says. */
export async function statusOf(hub: Pick<Hub, 'url' | 'database'>): Promise<unknown> {
  const authorization = `Bearer ${await tokenOf(hub)}`;
  const answer = await fetch(`${hub.url}/v1/status`, { headers: { authorization } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Takes a test's tables away once nothing uses them any more. */
export async function dropSchemas(schema: string): Promise<void> {
  const database = await openDatabase({ url: inject('databaseUrl'), max: 1 });
  await database.query(`drop schema if exists ${schema} cascade`);
  await database.query(`drop schema if exists ${schema}_queue cascade`);
  await database.close();
}

/** The shipped configuration on a free port. */
export async function testConfig(change: (text: string) => string = (text) => text): Promise<HubConfig> {
  const file = path.join(packageRoot, 'hub.yaml');
  const text = change((await readFile(file, 'utf8')).replace('port: 8080', 'port: 0'));
  const result = readConfig({ file, text, env: {} });
  if (!result.ok)
    throw new Error(result.problems.map((one) => `${one.line}:${one.column} ${one.message}`).join('\n'));
  return result.config;
}

/** Reads goods, members and stock once, as a fresh hub does within its poll intervals. */
export async function readMasterData({ hub, database }: Pick<TestHub, 'hub' | 'database'>): Promise<void> {
  const first = [
    ['erp', 'BD_MATERIAL'],
    ['pos', 'product'],
    ['pos', 'customer'],
  ] as const;
  for (const [connection, object] of first) await pollNow(database, connection, object);
  hub.world.ring(first.map(([connection, object]) => `poll/${connection}/${object}`));
  await until('master data is read', async () => {
    const counts = await countRecords(database);
    const of = (entity: string): number => counts.find((one) => one.entity === entity)?.count ?? 0;
    return of('product') >= 12 && of('customer') >= 60 && (await workLeft(database)) === 0;
  });
  await pollNow(database, 'erp', 'STK_Inventory');
  hub.world.ring(['poll/erp/STK_Inventory']);
  await until('stock is read', async () => {
    const counts = await countRecords(database);
    return (
      (counts.find((one) => one.entity === 'inventory')?.count ?? 0) >= 40 && (await workLeft(database)) === 0
    );
  });
}

/** Waits for a condition; fails with its name when it does not come true in time. Never used to wait a fixed time. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const askedAt = performance.now();
    if (await condition()) return;
    if (Date.now() > deadline) throw new Error(`not true within ${timeoutMs} ms: ${what}`);
    // Asking takes its time from the work that is waited for: what takes long to answer is asked less often.
    await delay(Math.min(250, Math.max(20, 3 * (performance.now() - askedAt))));
  }
}

/** Nothing is due any more, anywhere. */
export function quiet(database: Database, timeoutMs = 30_000): Promise<void> {
  return until('all work is done', async () => (await workLeft(database)) === 0, timeoutMs);
}
