/** A real MariaDB for tests: in a folder of its own, on a free port, gone afterwards. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { freePort } from './free-port.ts';

export interface MariaDb {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  stop(): Promise<void>;
}

/** Debian keeps servers where only root's path leads. */
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` };
const user = 'hub';
const password = 'mariadb-password-1';
const database = 'trade';

/** Whether a mariadbd is at hand. In CI it must be: there it throws instead of letting tests be left out. */
export function hasMariaDb(): boolean {
  const found = spawnSync('mariadbd', ['--version'], { env }).status === 0;
  if (!found && process.env.CI !== undefined) throw new Error('CI needs a mariadbd');
  return found;
}

/** Starts one with an empty database and waits until it answers. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-mariadb-'));
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = path.join(folder, 'data');
  const made = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...asRoot,
    ],
    { env, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stderr}`);
  const port = await freePort();
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${path.join(folder, 'socket')}`,
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=16M',
      '--character-set-server=utf8mb4',
      ...asRoot,
    ],
    { env, stdio: 'ignore' },
  );
  const root = await connected(server, port);
  await root.query(`create database ${database}`);
  await root.query(`create user '${user}'@'%' identified by '${password}'`);
  await root.query(`grant all on ${database}.* to '${user}'@'%'`);
  await root.end();
  return {
    port,
    user,
    password,
    database,
    async stop() {
      const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connected(server: ChildProcess, port: number): Promise<mysql.Connection> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
    } catch (error) {
      // Not listening yet.
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}
