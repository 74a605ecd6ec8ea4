import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { z } from 'zod';
import { isHubError } from '../../errors.ts';
import { binariesFrom, readyBinaries } from './binaries.ts';
import { readyCluster } from './cluster.ts';
import { systemFolder } from './folders.ts';
import { attachEmbedded, type Embedded, type EmbeddedOptions, startEmbedded } from './index.ts';
import { endServer, readPidFile } from './leftover.ts';
import { choosePlace, elsewhereName } from './place.ts';
import { run, serverUser } from './run-as.ts';
import { isAlive } from './start-lock.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
/** A data folder that a hub has made and left. */
let earlier: string;
const running: Embedded[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  earlier = await passable();
  await (await startEmbedded({ dataDir: earlier, durable: false })).stop();
});
afterAll(() => rm(earlier, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await passable();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const orphan = await readPidFile(path.join(folder, 'postgres'));
  if (orphan !== undefined && running.length === 0) await endServer(orphan.pid, folder);
  await Promise.allSettled(running.splice(0).map((embedded) => embedded.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** A folder PostgreSQL's user can enter. */
async function passable(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'lianhub-test-'));
  await chmod(made, 0o711);
  return made;
}

/** Makes the test's folder one that has been used: for tests that are not about how it is made, which takes a second. */
function useEarlier(): void {
  // Owners and rights are part of it.
  execFileSync('cp', ['-a', `${earlier}/.`, folder]);
}

async function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir: folder, durable: false, ...options });
  running.push(embedded);
  return embedded;
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A hub in a process of its own, for killing. */
async function hubProcess(): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const script = path.join(inject('code'), 'src/ledger/embedded/fixture-hub.js');
  const child = spawn(process.execPath, [script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
  });
  return { child, ...z.object({ url: z.string(), pid: z.number() }).parse(JSON.parse(line)) };
}

const gone = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

describe('the embedded database', () => {
  test('starts from nothing, and a second start finds its data', async () => {
    const first = await start();
    await ask(first.url, "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('Überall 单据')");
    await first.stop();
    await first.stop();
    const second = await start();
    expect(await ask(second.url, 'SELECT note, upper(note) AS loud FROM kept')).toEqual([
      { note: 'Überall 单据', loud: 'ÜBERALL 单据' },
    ]);
    expect(await ask(second.url, "SELECT current_setting('listen_addresses') AS listens")).toEqual([
      { listens: '127.0.0.1' },
    ]);
    expect((await stat(path.join(folder, 'postgres.password'))).mode & 0o777).toBe(0o600);
  });

  test('asks every connection for its password', async () => {
    useEarlier();
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/authentication failed/);
  });

  test('survives kill -9 of its hub: the next start ends the old server and finds every committed row', async () => {
    useEarlier();
    const killed = await hubProcess();
    await ask(killed.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)');
    killed.child.kill('SIGKILL');
    await gone(killed.child);
    expect(isAlive(killed.pid)).toBe(true);
    const said: string[] = [];
    const next = await start({ log: (line) => said.push(line) });
    expect(isAlive(killed.pid)).toBe(false);
    expect(said.join()).toContain('an earlier hub left running');
    expect(await ask(next.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 2 }]);
  });

  test('is not taken from a hub that is alive, even a frozen one', async () => {
    useEarlier();
    const frozen = await hubProcess();
    frozen.child.kill('SIGSTOP');
    const refused = await startEmbedded({ dataDir: folder }).catch((error: unknown) => error);
    expect(isHubError(refused, 'data.in-use')).toBe(true);
    expect(String(refused)).toContain(folder);
    frozen.child.kill('SIGCONT');
    expect(await ask(frozen.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('ends with its hub when that is told to end and listens to no signal itself', async () => {
    useEarlier();
    const { child, pid } = await hubProcess();
    child.kill('SIGTERM');
    await gone(child);
    expect(child.signalCode).toBe('SIGTERM');
    expect(isAlive(pid)).toBe(false);
  });

  test('tells when its server is killed, and the next start recovers', async () => {
    useEarlier();
    let told: () => void = () => undefined;
    const lost = new Promise<void>((resolve) => {
      told = resolve;
    });
    const first = await start({ onLost: () => told() });
    await ask(first.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    process.kill((await readPidFile(first.dataDir))?.pid ?? 0, 'SIGKILL');
    await lost;
    const second = await start();
    expect(await ask(second.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });

  test('of two starts at the same moment on one folder, one wins and one is told', async () => {
    const outcomes = await Promise.allSettled([start(), start()]);
    const [lost] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(lost?.reason).toMatchObject({ code: 'data.in-use' });
  });

  test('many starts at the same moment all find the folder usable', async () => {
    const as = await serverUser();
    const places: ReturnType<typeof choosePlace>[] = [];
    for (let i = 0; i < 40; i++) {
      places.push(choosePlace(folder, as, () => undefined));
      // One turn apart, so that each is at another step when the next begins.
      await nextTurn();
    }
    expect(new Set((await Promise.all(places)).map((place) => place.folder))).toEqual(new Set([folder]));
  });

  test('starts although its stale lock file names a process that lives but is another program', async () => {
    useEarlier();
    const first = await start();
    const { dataDir } = first;
    const lines = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
    await first.stop();
    const other = spawn('sleep', ['60']);
    children.push(other);
    await writeFile(path.join(dataDir, 'postmaster.pid'), [String(other.pid), ...lines.slice(1)].join('\n'));
    const second = await start();
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
  });

  test('ignores the start lock of a killed start', async () => {
    await writeFile(path.join(folder, 'postgres.starting'), '999999999 dead');
    await start();
    expect(existsSync(path.join(folder, 'postgres.starting'))).toBe(false);
  });
});

describe('a command beside the hub', () => {
  test('finds the database of a running hub, and only of a running one', async () => {
    expect(await attachEmbedded(path.join(folder, 'none'))).toBeUndefined();
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
    useEarlier();
    const embedded = await start();
    const url = await attachEmbedded(folder);
    expect(url).toBe(embedded.url);
    expect(await ask(url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    expect(await attachEmbedded(folder)).toBeUndefined();
  });
});

describe('a start that cannot work says so in one sentence', () => {
  const refusal = async (options: Partial<EmbeddedOptions>) => {
    const error = await start(options).catch((thrown: unknown) => thrown);
    if (!isHubError(error)) throw error;
    return error;
  };

  test('when the data folder is a file', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    expect((await refusal({ dataDir: file })).code).toBe('data.unusable');
    expect((await refusal({ dataDir: path.join(file, 'below') })).message).toMatch(/cannot be used: ENOTDIR/);
  });

  test('when the port is taken', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    try {
      expect((await refusal({ port })).message).toContain(`Port ${port} on 127.0.0.1 is already in use`);
    } finally {
      taken.close();
    }
  });

  test('when another PostgreSQL made the data', async () => {
    await mkdir(path.join(folder, 'postgres'));
    await writeFile(path.join(folder, 'postgres', 'PG_VERSION'), '12\n');
    const error = await refusal({});
    expect(error.code).toBe('data.other-version');
    expect(error.message).toMatch(/made by PostgreSQL 12/);
  });

  test('when the password file is gone', async () => {
    useEarlier();
    await (await start()).stop();
    await unlink(path.join(folder, 'postgres.password'));
    expect((await refusal({})).code).toBe('data.password-lost');
    await writeFile(path.join(folder, 'postgres.password'), 'another-password\n');
    expect((await refusal({})).code).toBe('data.password-lost');
  });

  test('when initdb fails: with what it said, and nothing half-made stays', async () => {
    const as = await serverUser();
    const place = await choosePlace(folder, as, () => undefined);
    const binaries = { initdb: '/bin/ls', postgres: '/bin/false', version: '18.4.0', major: 18 };
    const failed = readyCluster(place, binaries, as, false);
    await expect(failed).rejects.toThrow(/could not be created in .*unrecognized option/s);
    expect((await readdir(folder)).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
  });

  test('when the server does not start: with the last lines of its log', async () => {
    useEarlier();
    const first = await start();
    await first.stop();
    await writeFile(path.join(first.dataDir, 'postgresql.conf'), 'nonsense_setting = 1\n');
    const error = await refusal({});
    expect(error.code).toBe('postgres.start-failed');
    expect(error.message).toContain('nonsense_setting');
  });
});

describe('as root, with a project below a private folder', () => {
  const asRoot = process.getuid?.() === 0;

  test('the data goes where PostgreSQL can reach it, is said, and is found again', async () => {
    if (!asRoot) return expect(await serverUser()).toBeUndefined();
    await chmod(folder, 0o700);
    const wanted = path.join(folder, 'data');
    const elsewhere = path.join(systemFolder, elsewhereName(wanted));
    try {
      const said: string[] = [];
      const first = await start({ dataDir: wanted, log: (line) => said.push(line) });
      expect(first.dataDir).toBe(path.join(elsewhere, 'postgres'));
      expect(said.join()).toContain(elsewhere);
      await ask(first.url, 'CREATE TABLE kept (id int)');
      await first.stop();
      await chmod(folder, 0o755);
      const again = await start({ dataDir: wanted });
      expect(await ask(again.url, 'SELECT * FROM kept')).toEqual([]);
      await again.stop();
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  test('the programs are copied once, whole, also by starts at the same moment; links are made where missing', async () => {
    const as = await serverUser();
    const installed = await readyBinaries(undefined, () => undefined);
    const root = path.resolve(path.dirname(installed.postgres), '..', '..');
    const hidden = path.join(folder, 'package');
    await mkdir(hidden, { mode: 0o700 });
    await cp(path.join(root, 'native'), path.join(hidden, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('libpq.so.5') && !file.endsWith('.a') && !file.includes('icudata'),
    });
    await chmod(path.join(hidden, 'native', 'bin', 'initdb'), 0o644);
    await writeFile(
      path.join(hidden, 'native', 'pg-symlinks.json'),
      '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]',
    );
    const copies = await Promise.all(
      [1, 2, 3].map(() => binariesFrom(hidden, '0.0.0-test', as, () => undefined)),
    );
    try {
      const [copy] = copies;
      expect(new Set(copies.map((each) => each.postgres)).size).toBe(1);
      expect(existsSync(path.join(hidden, 'native', 'lib', 'libpq.so.5'))).toBe(true);
      expect((await run('/bin/sh', ['-c', 'test -x "$0"', copy?.initdb ?? ''], as)).code).toBe(0);
      if (asRoot)
        expect(copy?.postgres).toBe(
          path.join(systemFolder, 'lianhub-postgres-0.0.0-test/native/bin/postgres'),
        );
    } finally {
      await rm(path.join(systemFolder, 'lianhub-postgres-0.0.0-test'), { recursive: true, force: true });
    }
  });
});
