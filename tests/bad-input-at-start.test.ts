import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { packageRoot } from '../src/hub.ts';
import { openDatabase } from '../src/ledger/database.ts';

describe.concurrent('What stops a start', () => {
  let folder: string;
  let shipped: string;
  let databaseUrl: string;
  const database = `t_${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-bad-'));
    await symlink(path.join(packageRoot, 'mappings'), path.join(folder, 'mappings'));
    shipped = await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8');
    databaseUrl = await createDatabase(database);
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await dropDatabase(database);
    await rm(folder, { recursive: true, force: true });
  });

  /** A configuration beside the shipped mappings. */
  async function config(name: string, text: string): Promise<string> {
    const file = path.join(folder, `${name}.yaml`);
    await writeFile(file, text);
    return file;
  }

  it('a broken hub.yaml: every mistake with its place and what was expected', async () => {
    const text = shipped
      .replace('    connector: qimen', '    conector: qimen')
      .replace('mapping: kingdee/receivable', 'mapping: kingdee/recievable')
      .replace('read: { poll: 2s }', 'read: { poll: soon }');
    const file = await config('broken', text);
    const { code, said } = await lianhub(['start', '--config', file]);
    expect(code).toBe(1);
    for (const [word, expected] of [
      ['conector', 'connector'],
      ['kingdee/recievable', 'kingdee/receivable'],
      ['soon', '90s'],
    ] as const) {
      const place = placeOf(text, word);
      const line = said.split('\n').find((one) => one.startsWith(`${file}:${place} `));
      expect(line, said).toBeDefined();
      expect(line).toMatch(/ config\.[a-z-]+: /);
      expect(line, expected).toMatch(/\(.+\)$/);
    }
    expect(said).toContain('did you mean connector');
    expectPlain(said);
  });

  it('a hub.yaml that is not there', async () => {
    const file = path.join(folder, 'absent.yaml');
    const { code, said } = await lianhub(['start', '--config', file]);
    expect(code).toBe(1);
    expect(said).toContain(`The configuration file ${file} cannot be read: `);
    expectPlain(said);
  });

  it('a broken mapping: file, line, column and what was expected', async () => {
    await cp(path.join(packageRoot, 'mappings'), path.join(folder, 'other-mappings'), { recursive: true });
    const mapping = path.join(folder, 'other-mappings/kingdee/receivable.yaml');
    const text = (await readFile(mapping, 'utf8'))
      .replace('at: FBillNo', 'at: FBilNo')
      .replace(/^entity: receivable$/m, 'entity: receivable\nfeilds: {}');
    await writeFile(mapping, text);
    const file = await config('other', `mappings: other-mappings\n${shipped}`);
    const { code, said } = await lianhub(['start', '--config', file]);
    expect(code).toBe(1);
    for (const [word, right] of [
      ['FBilNo', 'FBillNo'],
      ['feilds', 'fields'],
    ] as const) {
      const line = said.split('\n').find((one) => one.startsWith(`${mapping}:${placeOf(text, word)} `));
      expect(line, said).toContain(right);
    }
    expectPlain(said);
  });

  it('missing environment variables: all of them at once', async () => {
    const text = shipped.replace(
      'simulator: {}',
      `config: { serverUrl: "\${ERP_URL}", acctId: "\${ERP_ACCOUNT}", appId: "\${ERP_APP:-app}" }\n` +
        `    secrets: { default: { username: "\${ERP_USER}", password: "\${ERP_PASSWORD}" } }`,
    );
    const file = await config('missing', text);
    const { code, said } = await lianhub(['start', '--config', file], { ERP_USER: 'sync' });
    expect(code).toBe(1);
    for (const name of ['ERP_URL', 'ERP_ACCOUNT', 'ERP_PASSWORD']) {
      expect(said).toMatch(new RegExp(`^${file}:\\d+:\\d+ config\\.missing-variable: .*\\b${name}\\b`, 'm'));
    }
    expect(said).not.toMatch(/ERP_APP is not set|ERP_USER is not set/);
    expectPlain(said);
  });

  it('secrets written into the configuration are not shown with the line that is wrong', async () => {
    const text = shipped.replace(
      'simulator: {}',
      'config: { serverUrl: "https://erp.example.com/k3cloud/", acctId: "1" }\n' +
        '    secrets: { default: { username: sync, password: "hunter2hunter2", appSecrte: "swordfish" } }',
    );
    const file = await config('written', text);
    const { code, said } = await lianhub(['start', '--config', file], { HUB_DATABASE_URL: databaseUrl });
    expect(code).toBe(1);
    expect(said).toContain('appSecrte');
    expect(said).not.toMatch(/hunter2|swordfish/);
    expectPlain(said);
  });

  it('a port that is taken', async () => {
    const server = await listening();
    const port = String((server.address() as AddressInfo).port);
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: databaseUrl, PORT: port });
    expect(code).toBe(1);
    server.close();
    expect(said).toContain(`Port ${port} on 127.0.0.1 is already in use`);
    expectPlain(said);
  });

  it.each([
    ['a file', 'occupied'],
    ['below a file', 'occupied/data'],
  ])('a data folder that is %s', async (_what, name) => {
    await writeFile(path.join(folder, 'occupied'), 'somebody else needs this');
    const dir = path.join(folder, name);
    const { code, said } = await lianhub(['start'], { HUB_DATA_DIR: dir, PORT: '0' });
    expect(code).toBe(1);
    expect(said).toContain(`The data folder ${dir} cannot be used: `);
    expectPlain(said);
  });

  it.each([
    [
      'nobody answers',
      'postgres://hub:s3cret-word@127.0.0.1:1/lianhub',
      /database 127\.0\.0\.1:1\/lianhub cannot be reached: /,
    ],
    ['no address', 's3cret-word@db.example.com', /HUB_DATABASE_URL is not a PostgreSQL address/],
  ])('a database of which %s', async (_what, url, sentence) => {
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: url, PORT: '0' });
    expect(code).toBe(1);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('s3cret-word');
    expectPlain(said);
  });

  it('a database that lets nobody in with that password', async () => {
    const url = new URL(databaseUrl);
    url.password = 's3cret-word';
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: url.href, PORT: '0' });
    expect(code).toBe(1);
    expect(said).toMatch(/The database \S+ refused the connection: /);
    expect(said).not.toContain('s3cret-word');
    expectPlain(said);
  });

  it.each([
    ['PORT', '99999', /The environment variable PORT is "99999"; expected a port/],
    ['HUB_SECRET_KEY', 'short-s3cret', /The secret key in \S+ is not usable: /],
  ])('a variable %s that makes no sense', async (name, value, sentence) => {
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: databaseUrl, [name]: value });
    expect(code).toBe(1);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('short-s3cret');
    expectPlain(said);
  });
});

/** For people: no stack trace, no name of an inner error, and not a log line. */
function expectPlain(said: string): void {
  expect(said).not.toMatch(/^\s+at .*[:(]|\bError:|node:internal|"level":/m);
}

/** `line:column` of the first occurrence of a word. */
function placeOf(text: string, word: string): string {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** A test that gave up leaves none behind. */
const running = new Set<ChildProcess>();

/** Runs the command line to its end. Of this process's environment only PATH is passed on. */
function lianhub(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; said: string }> {
  const child: ChildProcess = spawn(
    process.execPath,
    [path.join(inject('code'), 'src/cli/main.js'), ...args],
    {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HUB_LOG_LEVEL: 'warn', ...env },
    },
  );
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function createDatabase(name: string): Promise<string> {
  const admin = await openDatabase({ url: inject('databaseUrl'), max: 1 });
  await admin.query(`create database ${name}`);
  await admin.close();
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase(name: string): Promise<void> {
  const admin = await openDatabase({ url: inject('databaseUrl'), max: 1 });
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.close();
}
