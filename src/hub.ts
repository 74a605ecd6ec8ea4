import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Connector, ConnectorSession, VendorCall } from '../connectors/kit/types.ts';
import { type HubConfig, InvalidConfig } from './config/index.ts';
import { HubError } from './errors.ts';
import { hooks } from './http/hooks.ts';
import { problemOf } from './http/problem.ts';
import { status } from './http/status.ts';
import { backfillDrain } from './ingest/backfill.ts';
import { Door } from './ingest/door.ts';
import { pollDrain } from './ingest/poll.ts';
import { beginAdoption } from './lanes/adoption/begin.ts';
import { applyDrain } from './lanes/apply/drain.ts';
import { Turns } from './lanes/apply/turns.ts';
import { CodeTables } from './lanes/code-tables.ts';
import { fullDrain, passesOf } from './lanes/deletes/full-pass.ts';
import { deriveDrain } from './lanes/derive/drain.ts';
import { seedCodes } from './lanes/fill-crossref.ts';
import type { Landscape } from './lanes/landscape.ts';
import { SharedLimits } from './lanes/limits/shared.ts';
import { pushDrain } from './lanes/push/drain.ts';
import { LaneRunner } from './lanes/runner.ts';
import { Sweeper } from './lanes/sweeper.ts';
import type { World } from './lanes/world.ts';
import { saveConnection } from './ledger/connections.ts';
import { declareCursors } from './ledger/cursors.ts';
import { type Database, openDatabase } from './ledger/database.ts';
import { startEmbedded } from './ledger/embedded/index.ts';
import { declarePasses } from './ledger/full-passes.ts';
import { saveMappings } from './ledger/mappings.ts';
import { migrate } from './ledger/migrate.ts';
import { migrations } from './ledger/migrations/index.ts';
import { ensurePartitions } from './ledger/partitions.ts';
import { setReleasePace } from './ledger/waits.ts';
import type { Logger } from './log.ts';
import { openQueue, type Queue } from './queue/index.ts';
import { MappingWatch } from './rehearsal/watch.ts';
import { loadKeys, seal } from './security/index.ts';
import { inspect } from './setup/inspect.ts';
import { LiveMappings, sentenceOf } from './setup/live.ts';
import type { LoadedMappings } from './setup/mappings.ts';
import { openSessions } from './setup/sessions.ts';
import {
  type RunningSimulator,
  type SimulatorFactories,
  startSimulators,
  stopSimulators,
} from './setup/simulators.ts';
import { readTableSeeds } from './setup/tables.ts';

export interface HubOptions {
  readonly config: HubConfig;
  /** Folder of the vendors' API descriptions, for the mapping checker. */
  readonly openapiFolder: string;
  readonly connectors: Readonly<Record<string, Connector>>;
  readonly simulators: SimulatorFactories;
  /** Where the embedded database, its password and the secret key live. */
  readonly dataDir: string;
  /** PostgreSQL of your own; absent: an embedded one in `dataDir`. */
  readonly databaseUrl?: string | undefined;
  /** Schema of this hub's tables: a tenant. @default 'lianhub' */
  readonly schema?: string;
  /** Redis for the doorbell; absent: the same PostgreSQL. */
  readonly redisUrl?: string | undefined;
  readonly secretKey?: string | undefined;
  /** `api` takes webhooks in, `worker` drains lanes, `all` does both. @default 'all' */
  readonly role?: 'api' | 'worker' | 'all';
  readonly log: Logger;
  /** Told each vendor call as it ends. */
  readonly onCall?: (call: VendorCall) => void;
  /** False: database already fast and disposable (tests). @default true */
  readonly durable?: boolean;
}

export interface Hub {
  /** `http://host:port` of the API; undefined for a worker. */
  readonly url: string | undefined;
  readonly database: Database;
  readonly world: World;
  readonly queue: Queue;
  readonly simulators: ReadonlyMap<string, RunningSimulator>;
  /** Stops cleanly: no new work, lanes let go, connections closed, the embedded database stopped. */
  stop(): Promise<void>;
}

/** Undo steps, run in reverse when a start fails half way or the hub stops. */
class Teardown {
  readonly #steps: (() => Promise<void> | void)[] = [];
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }
  async run(log: Logger): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        // Everything else still has to be stopped.
        log.warn({ err: error }, 'a part did not stop cleanly');
      }
    }
  }
}

/** Starts a hub from a checked configuration. Throws HubError with one clear sentence when it cannot. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const teardown = new Teardown();
  try {
    return await compose(options, teardown);
  } catch (error) {
    await teardown.run(options.log);
    throw error;
  }
}

async function compose(options: HubOptions, teardown: Teardown): Promise<Hub> {
  const { config, log, role = 'all' } = options;
  const limits = new SharedLimits(log);
  const { landscape, mappings, sessions, simulators } = await connect(options, teardown, limits);
  const { database, databaseUrl } = await openLedger(options, teardown);
  limits.use(database, await loadKeys({ secretKey: options.secretKey, dataDir: options.dataDir }));
  teardown.add(() => limits.stop());
  await store(options, database, landscape, mappings);
  const { connectors, openapiFolder } = options;
  const live = await LiveMappings.open({ config, connectors, openapiFolder, files: mappings, database, log });
  for (const override of live.overrides) log.warn(sentenceOf(override));

  const queue = await openQueue({ redisUrl: options.redisUrl, databaseUrl, ...queuePlace(options) });
  teardown.add(() => queue.close());
  const tables = new CodeTables();
  await tables.load(database);

  let runner: LaneRunner | undefined;
  const ring = (lanes: Iterable<string>): void => {
    for (const lane of lanes) {
      if (runner) runner.wake(lane);
      else queue.ring(lane);
    }
  };
  const world: World = {
    database,
    get landscape() {
      return live.landscape;
    },
    tables,
    log,
    ring,
    keepUp: (activation) => live.keepUp(activation),
    now: Date.now,
    session: (connection) => sessionOf(sessions, connection),
  };
  if (role !== 'api') {
    await beginAdoption(world);
    const turns = new Turns();
    runner = new LaneRunner({
      database,
      log,
      drains: {
        apply: applyDrain(world, turns),
        push: pushDrain(world),
        derive: deriveDrain(world),
        poll: pollDrain(world),
        backfill: backfillDrain(world, turns),
        full: fullDrain(world),
      },
      slots: config.lanes.concurrency,
      slotsPerConnection: Math.max(2, Math.ceil(config.lanes.concurrency / 2)),
      leaseMs: config.lanes.lease,
      lingerMs: config.lanes.linger,
    });
    const draining = runner;
    teardown.add(() => draining.stop());
    await queue.listen((lane) => draining.wake(lane), config.lanes.concurrency);
    const sweeper = new Sweeper({
      database,
      log,
      everyMs: config.lanes.sweep,
      ring: (lanes) => {
        for (const lane of lanes) {
          // More than this process can hold goes to the others too.
          if (draining.load < config.lanes.concurrency) draining.wake(lane);
          else queue.ring(lane);
        }
      },
    });
    sweeper.start();
    teardown.add(() => sweeper.stop());
  }

  const watch = new MappingWatch(world, live, { everyMs: config.lanes.sweep, releases: role !== 'api' });
  watch.start();
  teardown.add(() => watch.stop());

  const door = new Door(database, ring);
  const url = role === 'worker' ? undefined : await listen(options, world, door, teardown);
  if (url !== undefined) {
    for (const one of simulators.values()) one.simulator.notifyAt(`${url}/hooks/${one.connection}`);
  }
  return { url, database, world, queue, simulators, stop: () => teardown.run(log) };
}

/** Compiles the configuration and opens sessions; every problem of every file is told at once. */
async function connect(
  options: HubOptions,
  teardown: Teardown,
  limits: SharedLimits,
): Promise<{
  landscape: Landscape;
  mappings: LoadedMappings['mappings'];
  sessions: ReadonlyMap<string, ConnectorSession>;
  simulators: ReadonlyMap<string, RunningSimulator>;
}> {
  const { config, connectors } = options;
  const { landscape, mappings, errors, warnings, textOf } = await inspect(options);
  if (errors.length > 0) throw new InvalidConfig(errors, textOf);
  for (const { file, line, code, message } of warnings) options.log.warn({ file, line, code }, message);
  const simulators = await startSimulators(Object.values(config.connections), options.simulators);
  teardown.add(() => stopSimulators(simulators.values()));
  const opened = openSessions(config, connectors, simulators, (call) => options.onCall?.(call), limits);
  teardown.add(async () => {
    for (const session of opened.sessions.values()) await session.close();
  });
  if (opened.problems.length > 0) throw new InvalidConfig(opened.problems, textOf);
  return { landscape, mappings, sessions: opened.sessions, simulators };
}

async function openLedger(
  options: HubOptions,
  teardown: Teardown,
): Promise<{ database: Database; databaseUrl: string }> {
  let databaseUrl = options.databaseUrl;
  if (databaseUrl === undefined) {
    const embedded = await startEmbedded({
      dataDir: options.dataDir,
      durable: options.durable ?? true,
      log: (line) => options.log.info(line),
    });
    teardown.add(() => embedded.stop());
    databaseUrl = embedded.url;
  }
  const database = await openDatabase({
    url: databaseUrl,
    max: 16,
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    onIdleError: (error) =>
      options.log.warn({ err: error }, 'a database connection broke; the pool replaces it'),
  });
  teardown.add(() => database.close());
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
  return { database, databaseUrl };
}

/** Puts what the configuration says beside the data: connections with sealed secrets, mappings, tables, polls. */
async function store(
  options: HubOptions,
  database: Database,
  landscape: Landscape,
  mappings: LoadedMappings['mappings'],
): Promise<void> {
  const { config } = options;
  const keys = await loadKeys({ secretKey: options.secretKey, dataDir: options.dataDir });
  for (const connection of Object.values(config.connections)) {
    const secrets = JSON.stringify(connection.secrets);
    await saveConnection(database, {
      id: connection.name,
      connector: connection.connector,
      config: connection.config,
      secrets: Buffer.from(seal(keys, secrets, `connections/${connection.name}`)),
      mode: connection.mode,
    });
  }
  await saveMappings(
    database,
    [...mappings.values()].map((one) => ({
      name: one.name,
      version: one.compiled.version,
      content: one.text,
      bases: one.bases,
    })),
  );
  const seeds = await readTableSeeds(config.tables);
  await seedCodes(database, seeds.rows, seeds.tables);
  await setReleasePace(database, config.lanes.releasePerSecond);
  const polled = new Map<string, { connection: string; object: string; interval_ms: number }>();
  for (const party of landscape.parties) {
    if (party.pollMs === undefined) continue;
    const { connection, object, pollMs } = party;
    polled.set(`${connection}/${object}`, { connection, object, interval_ms: pollMs });
  }
  await declareCursors(database, [...polled.values()]);
  await declarePasses(database, passesOf(landscape));
}

function queuePlace(options: HubOptions): { prefix?: string; schema?: string } {
  return options.schema === undefined ? {} : { prefix: options.schema, schema: `${options.schema}_queue` };
}

function sessionOf(sessions: ReadonlyMap<string, ConnectorSession>, connection: string): ConnectorSession {
  const session = sessions.get(connection);
  if (!session) throw new HubError('internal.unexpected', { what: `no session for ${connection}` });
  return session;
}

async function listen(options: HubOptions, world: World, door: Door, teardown: Teardown): Promise<string> {
  const { server: settings } = options.config;
  const app = new Hono();
  app.route(
    '/',
    hooks({ landscape: world.landscape, session: world.session, door, bodyLimit: settings.bodyLimit }),
  );
  app.route('/', status(world));
  app.notFound((context) =>
    problemOf(context, new HubError('request.not-found', { path: context.req.path.slice(0, 200) })),
  );
  app.onError((error, context) => {
    if (!(error instanceof HubError))
      options.log.error({ err: error, path: context.req.path }, 'request failed');
    return problemOf(context, error);
  });
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const { host, port } = settings;
      reject(
        cause.code === 'EADDRINUSE'
          ? new HubError('server.port-in-use', { port, host, purpose: 'the API' }, cause)
          : cause,
      );
    });
    server.listen(settings.port, settings.host, resolve);
  });
  teardown.add(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        (server as Server).closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const host = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host;
  return `http://${host}:${port}`;
}

/** Root of the installed package: where hub.yaml, mappings/ and openapi/ ship. The same for sources and for dist/. */
export const packageRoot = folderWith('package.json', import.meta.dirname);

function folderWith(file: string, from: string): string {
  if (existsSync(path.join(from, file))) return from;
  const above = path.dirname(from);
  if (above === from)
    throw new Error(`no ${file} above ${import.meta.dirname}: the installation is incomplete`);
  return folderWith(file, above);
}
