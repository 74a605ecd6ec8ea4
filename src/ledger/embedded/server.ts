/** Starting one PostgreSQL server process and waiting until it answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../../errors.ts';
import type { Binaries } from './binaries.ts';
import { lastLines } from './cluster.ts';
import { readPidFile } from './leftover.ts';
import type { Place } from './place.ts';
import { plainEnvironment, type RunAs } from './run-as.ts';

const host = '127.0.0.1';
const largestLogBytes = 5 * 1024 * 1024;
/** Recovery after a crash can take a while on a large database. */
const startDeadlineMs = 120_000;

export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/**
 * Starts the server on the loopback address and resolves when it accepts connections.
 * @param port fixed port, or undefined for any free one
 * @param durable false lets a test run without waiting for the disk; a power failure may then destroy it
 */
export async function startServer(
  place: Place,
  binaries: Binaries,
  as: RunAs | undefined,
  port: number | undefined,
  durable: boolean,
): Promise<Server> {
  if (port !== undefined && !(await isFree(port))) throw portInUse(port);
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await freePort());
    const outcome = await tryStart(place, binaries, as, chosen, durable);
    if ('server' in outcome) return outcome.server;
    const taken = /could not bind|Address already in use/.test(outcome.output);
    if (taken && port !== undefined) throw portInUse(port);
    // Backends of a killed server may need a moment to notice; a free port may have been taken meanwhile.
    const passing = taken || /shared memory block .* is still in use/.test(outcome.output);
    if (!passing || attempt >= 20) {
      throw new HubError('postgres.start-failed', { dir: place.folder, output: lastLines(outcome.output) });
    }
    await wait(attempt * 25);
  }
}

function portInUse(port: number): HubError {
  return new HubError('server.port-in-use', { port, host, purpose: 'for the embedded database' });
}

/** Settings of the embedded server; everything else is PostgreSQL's default. */
function settings(port: number, durable: boolean): readonly string[] {
  const values = {
    listen_addresses: host,
    port: String(port),
    // No socket file: other users of the machine have no way in, and long folder names do no harm.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    synchronous_commit: 'on',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_checkpoints: 'off',
    // The hub's statements are short; compiling them costs more than it saves.
    jit: 'off',
    autovacuum_naptime: '15s',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

type Outcome = { readonly server: Server } | { readonly output: string };

async function tryStart(
  place: Place,
  binaries: Binaries,
  as: RunAs | undefined,
  port: number,
  durable: boolean,
): Promise<Outcome> {
  const logStart = await turnLog(place.logFile);
  // Written to a file, not a pipe: the server outlives a hub that is killed.
  const output = openSync(place.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(binaries.postgres, ['-D', place.cluster, ...settings(port, durable)], {
      ...as,
      cwd: '/',
      env: plainEnvironment(),
      // A process group of its own: Ctrl-C in the terminal reaches the hub, and the hub stops the server.
      detached: true,
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
  child.unref();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + startDeadlineMs;
  while (!over && Date.now() < deadline) {
    const told = await readPidFile(place.cluster);
    if (told?.pid === child.pid && told?.status === 'ready' && child.pid !== undefined) {
      return { server: { pid: child.pid, port, ended } };
    }
    await Promise.race([wait(15), ended]);
  }
  if (!over) child.kill('SIGQUIT');
  await ended;
  return { output: await readFrom(place.logFile, logStart) };
}

/** Starts a new log when the old one is large; returns where this start's lines begin. */
async function turnLog(file: string): Promise<number> {
  try {
    const { size } = await stat(file);
    if (size < largestLogBytes) return size;
    await rename(file, `${file}.1`);
  } catch {
    // No log yet.
  }
  return 0;
}

async function readFrom(file: string, start: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(Math.max(size - start, 0), 64 * 1024));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

function freePort(): Promise<number> {
  return listenOnce(0);
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
