import { existsSync } from 'node:fs';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Connector, ConnectorSession, VendorCall } from '../connectors/kit/types.ts';
import { type HubConfig, InvalidConfig } from './config/index.ts';
import { HubError } from './errors.ts';
import { api } from './http/api/app.ts';
import type { ApiHub } from './http/api/environment.ts';
import { notFound, refusal } from './http/api/refusals.ts';
import { openSignInKey, signIn } from './http/auth/routes.ts';
import { consoleFiles } from './http/console.ts';
import { graceful } from './http/graceful.ts';
import { hooks } from './http/hooks.ts';
import { LiveFeed } from './http/live-feed.ts';
import { metrics, openMetrics } from './http/metrics.ts';
import { probes } from './http/probes.ts';
import { problemOf } from './http/problem.ts';
import { serve } from './http/serve.ts';
import { backfillDrain } from './ingest/backfill.ts';
import { Door } from './ingest/door.ts';
import { pollDrain } from './ingest/poll.ts';
import { WebhookCounter } from './ingest/webhook-counts.ts';
import { beginAdoption } from './lanes/adoption/begin.ts';
import { applyDrain } from './lanes/apply/drain.ts';
import { Turns } from './lanes/apply/turns.ts';
import { CodeTables } from './lanes/code-tables.ts';
import { fullDrain } from './lanes/deletes/full-pass.ts';
import { deliverDrain } from './lanes/deliver/drain.ts';
import { openOutward } from './lanes/deliver/outward.ts';
import { EventShelf } from './lanes/deliver/shelf.ts';
import { deriveDrain } from './lanes/derive/drain.ts';
import { rememberErased } from './lanes/erasure/tombstones.ts';
import { fanOutDrain } from './lanes/events/drain.ts';
import { JobDesk } from './lanes/jobs.ts';
import type { Landscape } from './lanes/landscape.ts';
import { SharedLimits } from './lanes/limits/shared.ts';
import { ClosedPeriods } from './lanes/periods/closed-periods.ts';
import { pushDrain } from './lanes/push/drain.ts';
import { ruleConsumer } from './lanes/rules/consume.ts';
import { ruleDrain } from './lanes/rules/drain.ts';
import type { RuleBook } from './lanes/rules/rule.ts';
import { LaneRunner } from './lanes/runner.ts';
import { Runners } from './lanes/runners.ts';
import { Sweeper } from './lanes/sweeper.ts';
import type { World } from './lanes/world.ts';
import { checkConnections, connectionsPerProcess } from './ledger/connection-budget.ts';
import { type Database, openDatabase } from './ledger/database.ts';
import { startEmbedded } from './ledger/embedded/index.ts';
import { migrate } from './ledger/migrate.ts';
import { migrations } from './ledger/migrations/index.ts';
import { dropOldEvents, ensurePartitions } from './ledger/partitions.ts';
import { dropFinishedWeeks, forgetMessageIds } from './ledger/retention.ts';
import { dropEndedSessions } from './ledger/sessions.ts';
import { issueFirstToken } from './ledger/tokens.ts';
import { dropTraffic } from './ledger/traffic.ts';
import { addFirstUser, type NewUser } from './ledger/users.ts';
import { dropMessagesBefore } from './ledger/webhook-messages.ts';
import type { Logger } from './log.ts';
import { watchProcess } from './observe/counters.ts';
import { Follower } from './observe/follower.ts';
import { openTracing, type TracingTarget } from './observe/tracing.ts';
import { Traffic } from './observe/traffic.ts';
import { Watcher } from './observe/watcher.ts';
import { openQueue, type Queue, throttleMs } from './queue/index.ts';
import { MappingWatch } from './rehearsal/watch.ts';
import { startConfiguration } from './rollout/configuration.ts';
import { ConfigurationDesk, type ConfigurationSource } from './rollout/desk.ts';
import { ModeWatch } from './rollout/mode-watch.ts';
import { loadKeys } from './security/index.ts';
import { Networks } from './security/networks.ts';
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

/** What Redis says about itself: for whoever examines what a hub stands on. */
export { examineRedis } from './queue/examine.ts';

export interface HubOptions {
  readonly config: HubConfig;
  /** The file it was read from, where it may be changed while the hub runs. */
  readonly configuration?: ConfigurationSource;
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
  /**
   * How long a stop still takes requests, while it says that it goes: whoever shares them out learns of it before
   * connections are refused. Milliseconds. @default 0
   */
  readonly noticeMs?: number;
  readonly log: Logger;
  /** False: nothing is counted; for measuring what counting costs. @default true */
  readonly metrics?: boolean;
  /** Where traces go; absent: to the SDK in this process, if there is one. */
  readonly tracing?: TracingTarget | undefined;
  /** Told each vendor call as it ends. */
  readonly onCall?: (call: VendorCall) => void;
  /** False: database already fast and disposable (tests). @default true */
  readonly durable?: boolean;
}

export interface Hub {
  /** `http://host:port` of the API; undefined for a worker. */
  readonly url: string | undefined;
  /** `http://host:port` where metrics alone are read; undefined without `server.metricsPort`. */
  readonly metricsUrl: string | undefined;
  readonly database: Database;
  readonly world: World;
  readonly queue: Queue;
  readonly simulators: ReadonlyMap<string, RunningSimulator>;
  /** Secret of the admin token this start has made, because there was none; nobody else is ever told. */
  readonly firstToken: string | undefined;
  /** The admin this start has made, because there was no user; their password is told to nobody else. */
  readonly firstUser: NewUser | undefined;
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
  const watcher = new Watcher(options.metrics);
  const { landscape, mappings, book, sessions, simulators } = await connect(
    options,
    teardown,
    limits,
    watcher,
  );
  const { database, databaseUrl } = await openLedger(options, teardown);
  const keys = await loadKeys({ secretKey: options.secretKey, dataDir: options.dataDir });
  limits.use(database, keys);
  rememberErased(database, keys);
  teardown.add(() => limits.stop());
  const seeds = await readTableSeeds(config.tables);
  await startConfiguration(database, { config, landscape, mappings, book, seeds, keys });
  const { publicUrl = `http://${config.server.host}:${config.server.port}` } = config.server;
  const outward = openOutward(database, keys, { publicUrl, allow: config.outbound.allow });
  teardown.add(() => outward.close());
  const { connectors, openapiFolder } = options;
  const live = await LiveMappings.open({ config, connectors, openapiFolder, files: mappings, database, log });
  for (const override of live.overrides) log.warn(sentenceOf(override));

  const queue = await openQueue({ redisUrl: options.redisUrl, databaseUrl, ...queuePlace(options) });
  teardown.add(() => queue.close());
  const tracing = await openTracing(options.tracing);
  if (tracing) teardown.add(() => tracing.stop());
  const trail = Follower.open(database, log, tracing);
  watcher.follow(trail);
  const traffic = new Traffic(watcher.counters, database, log);
  traffic.start();
  teardown.add(() => traffic.stop());
  const tables = new CodeTables();
  await tables.load(database);

  let runner: Runners | undefined;
  const ring = (lanes: Iterable<string>): void => {
    for (const lane of lanes) {
      if (!runner?.wake(lane)) queue.ring(lane);
    }
  };
  const world: World = {
    database,
    get landscape() {
      return live.landscape;
    },
    tables,
    periods: new ClosedPeriods(),
    log,
    ring,
    keepUp: (activation) => live.keepUp(activation),
    now: Date.now,
    session: (connection) => sessionOf(sessions, connection),
    meter: watcher.meter,
    trail,
  };
  if (role !== 'api') {
    await beginAdoption(world);
    const turns = new Turns();
    const shared = { database, log, leaseMs: config.lanes.lease, lingerMs: config.lanes.linger };
    const inner = new LaneRunner({
      ...shared,
      drains: watcher.counted({
        apply: applyDrain(world, turns),
        push: pushDrain(world),
        derive: deriveDrain(world),
        poll: pollDrain(world),
        backfill: backfillDrain(world, turns),
        full: fullDrain(world),
      }),
      slots: config.lanes.concurrency,
      slotsPerConnection: Math.max(2, Math.ceil(config.lanes.concurrency / 2)),
      throttleMs,
    });
    const shelf = new EventShelf();
    const outwardDrains = watcher.counted({
      'fan-out': fanOutDrain(world, [ruleConsumer(world, book, config.lanes.shards)], shelf),
      deliver: deliverDrain(world, outward.send, shelf),
      rule: ruleDrain(world, book),
    });
    // Hanging receivers hold lanes, so there are many, and none of those that keep systems in step.
    const following = new LaneRunner({ ...shared, drains: outwardDrains, slots: 64, slotsPerConnection: 16 });
    runner = new Runners(inner, following, Object.keys(outwardDrains));
    const draining = runner;
    teardown.add(() => draining.stop());
    await queue.listen((lane) => void draining.wake(lane, true), config.lanes.concurrency);
    const sweeper = new Sweeper({
      database,
      log,
      everyMs: config.lanes.sweep,
      tidy: async (sql) => {
        await dropMessagesBefore(sql, new Date(Date.now() - config.retention.webhooks));
        await dropOldEvents(sql, new Date(), config.outbound.keep);
        await dropEndedSessions(sql);
        await dropTraffic(sql);
      },
      retire: async () => {
        await dropFinishedWeeks(database, new Date(), config.retention);
        await forgetMessageIds(database, config.retention.messageIds);
      },
      ring: (lanes) => {
        for (const lane of lanes) {
          // More than this process can hold, or what has just failed here, goes to the others.
          if (draining.load >= config.lanes.concurrency || !draining.wake(lane)) queue.ring(lane);
        }
      },
    });
    sweeper.start();
    teardown.add(() => sweeper.stop());
  }

  const watch = new MappingWatch(world, live, { everyMs: config.lanes.sweep, releases: role !== 'api' });
  watch.start();
  teardown.add(() => watch.stop());
  const follow = (modes: Parameters<LiveMappings['followModes']>[0]): boolean => live.followModes(modes);
  const modeWatch = new ModeWatch(world, { everyMs: config.lanes.sweep, releases: role !== 'api', follow });
  modeWatch.start();
  teardown.add(() => modeWatch.stop());

  watcher.watch(() => ({ database, landscape: live.landscape }));
  watchProcess(watcher.registry, { role, pool: () => database.pool, lanes: () => runner?.load ?? 0 });
  const metricsUrl = await listenForMetrics(options, watcher, teardown);
  const door = new Door(database, ring, watcher.meter);
  teardown.add(() => door.stop());
  const counter = new WebhookCounter();
  const setting = { database, live, tables };
  const setup = { ...setting, files: mappings };
  const jobs = new JobDesk(database, log);
  teardown.add(() => jobs.stop());
  const feed = new LiveFeed(database, log);
  teardown.add(() => feed.stop());
  const { configuration: source, secretKey, dataDir } = options;
  const desk = { source, secretKey, dataDir, running: config, connectors, openapiFolder, keys, database };
  const hub: ApiHub = {
    ...{ connectors, configuration: new ConfigurationDesk(desk) },
    ...{ world, setting, setup, book, jobs, feed, keys, log, outward, webhooks: counter },
    health: () => watcher.health(),
    facts: () => watcher.facts(),
  };
  const url = role === 'worker' ? undefined : await listen(options, hub, door, watcher, teardown);
  const first = role === 'worker' ? undefined : await issueFirstToken(database, 'first start');
  if (url !== undefined) {
    for (const one of simulators.values()) one.simulator.notifyAt(`${url}/hooks/${one.connection}`);
  }
  const firstToken = first?.secret;
  const firstUser = role === 'worker' ? undefined : await addFirstUser(database, 'first start');
  const stop = async (): Promise<void> => {
    // Beside the last answers: a process has ten seconds for both.
    void runner?.stop();
    await teardown.run(log);
  };
  return { url, metricsUrl, database, world, queue, simulators, firstToken, firstUser, stop };
}

/** Compiles the configuration and opens sessions; every problem of every file is told at once. */
async function connect(
  options: HubOptions,
  teardown: Teardown,
  limits: SharedLimits,
  watcher: Watcher,
): Promise<{
  landscape: Landscape;
  mappings: LoadedMappings['mappings'];
  book: RuleBook;
  sessions: ReadonlyMap<string, ConnectorSession>;
  simulators: ReadonlyMap<string, RunningSimulator>;
}> {
  const { config, connectors } = options;
  const { landscape, mappings, book, errors, warnings, textOf } = await inspect(options);
  if (errors.length > 0) throw new InvalidConfig(errors, textOf);
  for (const { file, line, code, message } of warnings) options.log.warn({ file, line, code }, message);
  const simulators = await startSimulators(Object.values(config.connections), options.simulators);
  teardown.add(() => stopSimulators(simulators.values()));
  const onCall = (call: VendorCall): void => {
    watcher.called(call);
    options.onCall?.(call);
  };
  const opened = openSessions(config, connectors, simulators, onCall, limits);
  teardown.add(async () => {
    for (const session of opened.sessions.values()) await session.close();
  });
  if (opened.problems.length > 0) throw new InvalidConfig(opened.problems, textOf);
  return { landscape, mappings, book, sessions: opened.sessions, simulators };
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
    max: options.config.database.connections,
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    onIdleError: (error) =>
      options.log.warn({ err: error }, 'a database connection broke; the pool replaces it'),
  });
  teardown.add(() => database.close());
  const wanted = connectionsPerProcess(options.config.database.connections, options.redisUrl);
  const missing = await checkConnections(database, wanted);
  if (missing > 0)
    options.log.warn({ wanted, missing }, 'PostgreSQL has too few free connections; see lianhub doctor');
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
  return { database, databaseUrl };
}

function queuePlace(options: HubOptions): { prefix?: string; schema?: string } {
  return options.schema === undefined ? {} : { prefix: options.schema, schema: `${options.schema}_queue` };
}

function sessionOf(sessions: ReadonlyMap<string, ConnectorSession>, connection: string): ConnectorSession {
  const session = sessions.get(connection);
  if (!session) throw new HubError('internal.unexpected', { what: `no session for ${connection}` });
  return session;
}

async function listen(
  options: HubOptions,
  hub: ApiHub,
  door: Door,
  watcher: Watcher,
  teardown: Teardown,
): Promise<string> {
  const { server: settings } = options.config;
  const { world, webhooks: counter } = hub;
  const { proxy } = settings;
  const app = new Hono();
  app.route('/', probes(world));
  const proxies = proxy && { networks: new Networks(proxy.addresses), header: proxy.header.toLowerCase() };
  app.route('/', metrics(watcher, world.database));
  const { idle, longest, oidc: provider } = options.config.console;
  const { publicUrl } = settings;
  const reached =
    publicUrl ??
    `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;
  const [key, times] = [await openSignInKey(world.database, hub.keys, options.log), { idle, longest }];
  const people = { database: world.database, key, times, provider, log: options.log, proxies };
  app.route('/', signIn({ ...people, publicUrl: reached, toldUrl: publicUrl }));
  app.route('/', consoleFiles(path.join(packageRoot, 'dist/console')));
  const sessions = { key, times, publicUrl };
  app.route('/', api({ ...hub, requestsPerSecond: settings.requestsPerSecond, proxies, sessions }));
  app.notFound((context) => problemOf(context, notFound(context)));
  app.onError(refusal(options.log));
  const rest = getRequestListener((request, env) => app.fetch(request, env));
  const take = hooks(
    {
      landscape: () => world.landscape,
      session: world.session,
      keep: (delivery) => door.keep(delivery),
      settings: Object.fromEntries(
        Object.values(options.config.connections).map(({ name, webhook }) => [name, webhook]),
      ),
      proxies,
      bodyLimit: settings.bodyLimit,
      keepsMessages: options.config.retention.webhooks > 0,
      counter,
      hooked: (...how) => watcher.meter?.hooked(...how),
      log: options.log,
    },
    (incoming, outgoing) => void rest(incoming, outgoing),
  );
  const { port, host } = settings;
  const ending = graceful(take);
  const served = await serve(ending.handler, { port, host, purpose: 'the API' });
  teardown.add(() => ending.close(served.server, options.noticeMs ?? 0));
  return served.url;
}

/** Metrics on a port of their own, for whoever reaches it. */
async function listenForMetrics(
  { config, log }: HubOptions,
  watcher: Watcher,
  teardown: Teardown,
): Promise<string | undefined> {
  const { metricsPort: port, host } = config.server;
  if (port === undefined) return undefined;
  const app = openMetrics(watcher);
  app.onError(refusal(log));
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  const served = await serve((incoming, outgoing) => void listener(incoming, outgoing), {
    port,
    host,
    purpose: 'metrics',
  });
  teardown.add(served.close);
  return served.url;
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
