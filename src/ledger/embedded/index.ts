/**
 * A real PostgreSQL inside the hub: nothing to install but the npm package. It listens on the loopback
 * address only, keeps its data in the hub's data folder, and is stopped with the hub. A hub that is killed
 * leaves it running; the next start ends it, starts it anew and PostgreSQL recovers by itself.
 */
import path from 'node:path';
import { HubError } from '../../errors.ts';
import { redacted } from '../../security/redact.ts';
import { type Binaries, readyBinaries } from './binaries.ts';
import { databaseName, readyCluster, roleName } from './cluster.ts';
import { connect, type HubLock, holdHubLock } from './hub-lock.ts';
import { clearLeftover, endServer, send } from './leftover.ts';
import { choosePlace, type Place } from './place.ts';
import { type RunAs, serverUser } from './run-as.ts';
import { type Server, startServer } from './server.ts';
import { oneStartAtATime } from './start-lock.ts';

export { attachEmbedded } from './attach.ts';
export { HUB_LOCK } from './hub-lock.ts';

export interface EmbeddedOptions {
  /** The hub's data folder; made if missing. The database goes into `postgres/` below it. */
  readonly dataDir: string;
  /** Port on 127.0.0.1. @default any free one */
  readonly port?: number;
  /** false: do not wait for the disk. Only for tests: a power failure may destroy the database. @default true */
  readonly durable?: boolean;
  /** Told, in one line each, what is unusual about this start. @default nobody */
  readonly log?: (line: string) => void;
  /** Told when the server ended without `stop`. The hub should end too; its next start recovers. */
  readonly onLost?: () => void;
}

export interface Embedded {
  /** Address with password: never log it (it is known to the redactor). */
  readonly url: string;
  /** Where the database really is; not below the wanted folder when PostgreSQL's user cannot enter that. */
  readonly dataDir: string;
  /** Ends the server after a checkpoint. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts the database of a data folder. Errors (HubError): `data.unusable`, `data.in-use`,
 * `data.other-version`, `data.password-lost`, `server.port-in-use`, `postgres.*`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => undefined);
  const as = await serverUser();
  const binaries = await readyBinaries(as, log);
  const place = await choosePlace(options.dataDir, as, log);
  const lockFile = path.join(place.folder, 'postgres.starting');
  return await oneStartAtATime(lockFile, () => start(place, binaries, as, options, log));
}

async function start(
  place: Place,
  binaries: Binaries,
  as: RunAs | undefined,
  options: EmbeddedOptions,
  log: (line: string) => void,
): Promise<Embedded> {
  const durable = options.durable ?? true;
  const password = await readyCluster(place, binaries, as, durable);
  redacted.add(password);
  const urlFor = (port: number, database: string) =>
    `postgres://${roleName}:${password}@127.0.0.1:${port}/${database}`;
  await clearLeftover(place, async (port) => urlFor(port, 'postgres'), log);
  const server = await startServer(place, binaries, as, options.port, durable);
  const url = urlFor(server.port, databaseName);
  let lock: HubLock | undefined;
  try {
    await ensureDatabase(urlFor(server.port, 'postgres'));
    lock = await holdHubLock(urlFor(server.port, 'postgres'));
    if (lock === undefined) throw new HubError('data.in-use', { dir: place.wanted });
  } catch (thrown) {
    await endServer(server.pid, place.wanted);
    if (thrown instanceof Error && 'code' in thrown && thrown.code === '28P01') {
      throw new HubError('data.password-lost', { dir: place.folder, file: place.passwordFile }, thrown);
    }
    throw thrown;
  }
  return supervise(place, server, url, lock, options.onLost);
}

async function ensureDatabase(url: string): Promise<void> {
  const client = await connect(url);
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

function supervise(
  place: Place,
  server: Server,
  url: string,
  lock: HubLock,
  onLost: (() => void) | undefined,
): Embedded {
  let stopping: Promise<void> | undefined;
  const forget = endWithProcess(server.pid, () => stop());
  void server.ended.then(() => {
    forget();
    if (stopping !== undefined) return;
    void lock.release();
    onLost?.();
  });

  function stop(): Promise<void> {
    stopping ??= (async () => {
      await lock.release();
      await endServer(server.pid, place.wanted);
      await server.ended;
      forget();
    })();
    return stopping;
  }

  return { url, dataDir: place.cluster, stop };
}

/**
 * Ends the server when this process ends without calling `stop`: at `exit` a signal is all there is time for;
 * at a signal that nobody else listens to, the server is stopped first and the signal then has its effect.
 */
function endWithProcess(pid: number, stop: () => Promise<void>): () => void {
  const atExit = () => {
    send(pid, 'SIGINT');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const atSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    void stop().finally(() => process.kill(process.pid, signal));
  };
  const forget = () => {
    process.off('exit', atExit);
    for (const signal of signals) process.off(signal, atSignal);
  };
  process.on('exit', atExit);
  for (const signal of signals) process.on(signal, atSignal);
  return forget;
}
