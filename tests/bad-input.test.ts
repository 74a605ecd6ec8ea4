import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { callbackRequest, confirmOf } from '../connectors/qimen/testing.ts';
import { packageRoot } from '../src/hub.ts';
import { openDatabase } from '../src/ledger/database.ts';
import { startTestHub, type TestHub, until } from './harness.ts';
import { startHubProcess } from './support/hub-process.ts';

describe('What comes in through the door', () => {
  const limit = 65_536;
  let hub: TestHub;

  beforeAll(async () => {
    hub = await startTestHub({
      seed: false,
      config: (config) => ({ ...config, server: { ...config.server, bodyLimit: limit } }),
    });
  });
  afterAll(() => hub?.stop());

  type Body = string | Uint8Array | ReadableStream<Uint8Array>;
  interface Sent {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Body;
    readonly method?: string;
  }
  const send = (to: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Response> =>
    fetch(`${hub.url}${to}`, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      // Needed for a body that is sent in pieces.
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
    });
  const pushTo = (message: Sent): Promise<Response> => send('/hooks/pos', message);

  interface Kept {
    readonly state: string;
    readonly error_code: string | null;
    readonly error: string | null;
    readonly body: Buffer | null;
  }
  /** What became of messages whose id holds a text, once nothing is left to do about them. */
  async function settled(idLike: string): Promise<Kept[]> {
    let rows: Kept[] = [];
    await until(`${idLike} is settled`, async () => {
      const found = await hub.database.query<Kept>(
        'select state, error_code, error, body from inbox where remote_id like $1 order by id',
        [idLike],
      );
      rows = found.rows;
      return rows.length > 0 && rows.every(({ state }) => state !== 'due');
    });
    return rows;
  }

  it('knows no such connection: 404', async () => {
    for (const name of [
      'nobody',
      '__proto__',
      'constructor',
      '%F0%9F%8D%9C',
      '%E0%A4%A',
      'n'.repeat(5_000),
    ]) {
      await expectProblem(await send(`/hooks/${name}`, { body: '{}' }), 404, 'hook.unknown-connection');
    }
    await expectProblem(await send('/hooks/erp', { body: '{}' }), 404, 'hook.not-received');
    await expectProblem(await send('/nothing/here', { method: 'GET' }), 404, 'request.not-found');
    await expectProblem(await send('/hooks/pos', { method: 'DELETE' }), 404, 'request.not-found');
  });

  it('believes no signature that is wrong, missing or of another body: 401', async () => {
    const good = hub.pos.signedPush('S01', 'ticket.new', { sn: 'FORGED' });
    const { 'data-signature': _signature, ...unsigned } = good.headers;
    const forgeries: Sent[] = [
      { ...good, headers: unsigned },
      { ...good, headers: { ...unsigned, 'data-signature': '' } },
      { ...good, headers: { ...unsigned, 'data-signature': 'A'.repeat(32) } },
      { ...good, body: good.body.replace('FORGED', 'OTHERS') },
      { ...good, body: good.body.replace(/"appId":"[^"]+"/, '"appId":"SOMEBODY"') },
    ];
    for (const forgery of forgeries) await expectProblem(await pushTo(forgery), 401, 'hook.bad-signature');
  });

  it('believes no message that is too old or from the future: 401', async () => {
    for (const hours of [-1, 1]) {
      const late = hub.pos.signedPush('S01', 'ticket.new', { sn: 'STALE' }, Date.now() + hours * 3_600_000);
      await expectProblem(await pushTo(late), 401, 'hook.stale');
    }
  });

  it('refuses the warehouse in the words its platform reads', async () => {
    const confirm = confirmOf('SO-REFUSED');
    const cases: [string, Parameters<typeof callbackRequest>[1]][] = [
      ['hook.bad-signature', { wrongSign: 1 }],
      ['hook.stale', { staleTimestamp: 1 }],
    ];
    for (const [code, how] of cases) {
      const { query, headers, body } = callbackRequest(confirm, how);
      const answer = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from(body) });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('x-problem-code')).toBe(code);
      expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
      expect(await answer.text()).toMatch(
        /^<response><flag>failure<\/flag><code>[a-z-]+<\/code><message>[^<]+<\/message><\/response>$/,
      );
    }
  });

  it('takes no body over the limit, whatever its headers say: 413', async () => {
    const tooLarge = Buffer.alloc(limit + 1, 'x');
    await expectProblem(await pushTo({ body: tooLarge }), 413, 'request.too-large');
    await expectProblem(await pushTo({ body: inPieces(tooLarge) }), 413, 'request.too-large');
    await expectProblem(await pushTo({ body: inPieces(Buffer.alloc(20 * limit)) }), 413, 'request.too-large');
    // Exactly the limit is read, and found to be no message.
    for (const body of [Buffer.alloc(limit, 'x'), inPieces(Buffer.alloc(limit, 'x'))]) {
      await expectProblem(await pushTo({ body }), 400, 'hook.unparseable');
    }
  });

  it('cannot read what is no message: 400', async () => {
    const bodies: Body[] = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '{"appId":7}',
      '<a/>',
      Buffer.from([0, 255, 254]),
    ];
    for (const body of bodies) await expectProblem(await pushTo({ body }), 400, 'hook.unparseable');
    await expectProblem(await send('/hooks/pos', { method: 'GET' }), 400, 'hook.unparseable');
    const { query, headers } = callbackRequest(confirmOf('SO-GARBLED'), { gzip: true });
    const garbled = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from('no gzip') });
    expect(garbled.status).toBe(400);
    expect(garbled.headers.get('x-problem-code')).toBe('hook.unparseable');
  });

  it('keeps nothing of what it refused', async () => {
    const kept = await hub.database.query(`select 1 from inbox where via = 'webhook'`);
    expect(kept.rowCount).toBe(0);
  });

  it('acknowledges what is genuine and senseless, and keeps it as dead with its reason', async () => {
    const genuine: [Sent, string][] = [
      [hub.pos.signedPush('S01', 'moon.rises', { at: 'midnight' }), 'S01/moon.rises#%'],
      [hub.pos.signedPush('S01', 'ticket.new', 'no json at all'), 'S01/ticket.new#%'],
      [hub.pos.signedPush('S02', 'ticket.new', { serial: 'named otherwise' }), 'S02/ticket.new#%'],
    ];
    for (const [message, idLike] of genuine) {
      const answer = await pushTo(message);
      expect([answer.status, await answer.text()]).toEqual([200, 'SUCCESS']);
      const [row] = await settled(idLike);
      expect(row).toMatchObject({ state: 'dead', error_code: 'inbox.not-understood' });
      expect(row?.error).toContain('genuine');
      // All of it, for whoever looks into it.
      expect(row?.body?.toString('utf8')).toContain('"appId"');
    }
    const { query, headers, body } = callbackRequest({ method: 'moon.rises', request: { at: 'midnight' } });
    const answer = await send(`/hooks/wms?${query}`, { headers, body: Buffer.from(body) });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<flag>success</flag>');
    expect(await settled('moon.rises/%')).toMatchObject([
      { state: 'dead', error_code: 'inbox.not-understood' },
    ]);
  });

  it('acknowledges what is understood and cannot be applied, and keeps it as dead with its reason', async () => {
    const senseless = {
      orderNo: 'NONSENSE',
      orderDateTime: 'yesterday',
      state: 9,
      totalAmount: '1',
      items: [],
    };
    expect((await pushTo(hub.pos.signedPush('WEB', 'order.new', senseless))).status).toBe(200);
    const [row] = await settled('WEB/NONSENSE');
    expect(row).toMatchObject({ state: 'dead', error_code: expect.stringMatching(/^[a-z]+\.[a-z-]+$/) });
    expect(row?.error).toMatch(/placedAt|orderDateTime|yesterday/);
  });

  it('acknowledges ids that no database key can hold, and keeps them', async () => {
    const ids = ['NUL-\u0000-END', 'HALF-\ud800-END', `LONG-${randomBytes(6_000).toString('hex')}-END`];
    for (const sn of ids) {
      const answer = await pushTo(hub.pos.signedPush('S01', 'ticket.new', { sn }));
      expect(answer.status, sn.slice(0, 10)).toBe(200);
    }
    const rows = await settled('S01/%-%#%');
    const unusable = rows.filter((row) => row.error_code === 'inbox.unusable-id');
    expect(unusable).toHaveLength(ids.length);
    for (const row of unusable) {
      expect(row.state).toBe('dead');
      expect(row.body?.toString('utf8')).toMatch(/-END"/);
    }
  });

  it('puts aside what cannot be stored in a record, and goes on with the others', async () => {
    const named = (number: string, name: string) => ({ number, name, phone: '13800000009' });
    const members = hub.pos.seedCustomers('S01', [
      named('M7', 'NUL\u0000'),
      named('M8', '半\ud800'),
      named('M9', '李四'),
    ]);
    const told = members.map((customerUid) =>
      pushTo(hub.pos.signedPush('S01', 'customer.new', { customerUid })),
    );
    for (const answer of await Promise.all(told)) expect(answer.status).toBe(200);
    const [nul, half, right] = await Promise.all(members.map((id) => settled(`S01/${id}`)));
    for (const rows of [nul, half]) {
      expect(rows).toMatchObject([{ state: 'dead', error: expect.stringMatching(/.{10}/) }]);
    }
    expect(right).toMatchObject([{ state: 'done' }]);
  });

  it('still takes in what is right', async () => {
    const [id] = hub.pos.seedCustomers('S01', [{ number: 'M1', name: '张三', phone: '13800000001' }]);
    expect((await pushTo(hub.pos.signedPush('S01', 'customer.new', { customerUid: id ?? '' }))).status).toBe(
      200,
    );
    expect(await settled(`S01/${id}`)).toMatchObject([{ state: 'done', error_code: null }]);
  });
});

/** Answered in the form machines read, with a stable code and a sentence. */
async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  const text = await answer.text();
  expect([answer.status, text]).toEqual([status, expect.stringContaining(code)]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(text) as { detail: string };
  expect(problem).toMatchObject({ type: `urn:lianhub:${code}`, title: code, status, code });
  expect(problem.detail).toMatch(/^.{10,300}$/);
}

/** The same bytes without a content-length. */
function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 16_384));
      at += 16_384;
    },
  });
}

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

  it('a hub.yaml that is no YAML', async () => {
    const file = await config('no-yaml', shipped.replace('connections:\n', 'connections: {\n'));
    const { code, said } = await lianhub(['start', '--config', file]);
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^${file}:\\d+:\\d+ config\\.yaml: .+`, 'm'));
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
    onTestFinished(() => void server.close());
    const port = String((server.address() as AddressInfo).port);
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: databaseUrl, PORT: port });
    expect(code).toBe(1);
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
    [
      'another kind of database',
      'mysql://hub:s3cret-word@127.0.0.1/hub',
      /HUB_DATABASE_URL is not a PostgreSQL address/,
    ],
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
    ['HUB_LOG_LEVEL', 'loud', /The environment variable HUB_LOG_LEVEL is "loud"; expected one of/],
    ['HUB_SECRET_KEY', 'short-s3cret', /The secret key in \S+ is not usable: /],
  ])('a variable %s that makes no sense', async (name, value, sentence) => {
    const { code, said } = await lianhub(['start'], { HUB_DATABASE_URL: databaseUrl, [name]: value });
    expect(code).toBe(1);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('short-s3cret');
    expectPlain(said);
  });
});

describe('Secrets', () => {
  /** As nasty as passwords get: quotes, a backslash, an at sign, Chinese. */
  const secrets = {
    POS_KEY: `pos"key\\${randomBytes(6).toString('hex')}`,
    ERP_PASSWORD: `erp/p@ss:${randomBytes(6).toString('hex')}密码`,
    ERP_SECRET: randomBytes(12).toString('hex'),
    WMS_SECRET: `wms ${randomBytes(6).toString('hex')}`,
    HUB_SECRET_KEY: randomBytes(32).toString('base64'),
  };
  const database = `t_${randomBytes(6).toString('hex')}`;

  it('appear in nothing the hub says or answers, even when a vendor says them back, and are stored sealed', async () => {
    const databaseUrl = await createDatabase(database);
    onTestFinished(() => dropDatabase(database));
    const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-secrets-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const echo = await echoing();
    onTestFinished(() => void echo.close());
    const file = await configFor(folder, `http://127.0.0.1:${(echo.address() as AddressInfo).port}`);
    const hub = await startHubProcess({
      config: file,
      env: {
        ...secrets,
        HUB_DATABASE_URL: databaseUrl,
        HUB_DATA_DIR: folder,
        PORT: '0',
        HUB_LOG_LEVEL: 'trace',
      },
    });
    onTestFinished(async () => void (await hub.kill()));
    const answers: string[] = [];
    const ask = async (to: string, init: RequestInit = {}): Promise<string> => {
      const answer = await fetch(`${hub.url}${to}`, init);
      const text = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
      answers.push(text);
      return text;
    };
    await until('both vendors have said what they were told', async () => {
      const said = await ask('/v1/status');
      return ['erp', 'pos'].every((id) => said.includes(`"kind":"poll","connection":"${id}"`));
    });
    await ask('/hooks/pos', { method: 'POST', body: 'no push' });
    await ask('/hooks/pos', { method: 'POST', body: '{"appId":"S01","cmd":"ticket.new"}' });
    await ask('/hooks/wms?sign=forged&sign_method=md5', { method: 'POST', body: '<request/>' });
    await ask('/');
    const stored = await keptConnections(databaseUrl);
    expect(stored).toContain('erp');
    expect(await hub.interrupt()).toEqual({ code: 0, signal: null });
    const password = decodeURIComponent(new URL(databaseUrl).password);
    for (const [name, secret] of [...Object.entries(secrets), ['the database', password] as const]) {
      if (secret === '') continue;
      const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
      for (const form of forms) {
        expect(hub.output().includes(form), `${name} in what the hub says`).toBe(false);
        expect(answers.join('\n').includes(form), `${name} in an answer`).toBe(false);
        expect(stored.includes(form), `${name} in the database`).toBe(false);
      }
    }
  });

  /** The shipped configuration with real settings, all of one vendor that says everything back. */
  async function configFor(folder: string, url: string): Promise<string> {
    await symlink(path.join(packageRoot, 'mappings'), path.join(folder, 'mappings'));
    const shipped = await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8');
    const variable = (name: keyof typeof secrets): string => `\${${name}}`;
    const connections = {
      pos: {
        connector: 'pospal',
        config: { accounts: { S01: { appId: 'S01', baseUrl: `${url}/`, storeCode: 'S01', online: true } } },
        secrets: { appKeys: { S01: variable('POS_KEY') } },
      },
      erp: {
        connector: 'kingdee',
        config: { serverUrl: `${url}/k3cloud/`, acctId: '1', auth: 'ValidateUser' },
        secrets: {
          default: {
            username: 'sync',
            password: variable('ERP_PASSWORD'),
            appSecret: variable('ERP_SECRET'),
          },
          auditor: { username: 'audit', password: variable('ERP_PASSWORD') },
        },
      },
      wms: {
        connector: 'qimen',
        config: { url, customerId: 'c1', appKey: 'k1' },
        secrets: { appSecret: variable('WMS_SECRET') },
      },
    };
    const file = path.join(folder, 'hub.yaml');
    await writeFile(file, stringify({ ...(parse(shipped) as object), connections }));
    return file;
  }

  /** Answers every call with all it was told, in every place where a vendor puts its error text. */
  async function echoing(): Promise<Server> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const told = `${Buffer.concat(chunks).toString('utf8')} ${secrets.POS_KEY} ${secrets.ERP_SECRET}`;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            LoginResultType: -5,
            Message: told,
            status: 'error',
            errorCode: 9999,
            messages: [told],
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Connections as the hub keeps them, as text. */
  async function keptConnections(url: string): Promise<string> {
    const reader = await openDatabase({ url, max: 1 });
    try {
      const found = await reader.query<{ kept: string }>(
        `select concat_ws(' ', id, config, encode(secrets, 'escape')) as kept from connections`,
      );
      return found.rows.map(({ kept }) => kept).join('\n');
    } finally {
      await reader.close();
    }
  }
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

/** Runs the command line to its end. Of this process's environment only PATH is passed on. */
function lianhub(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; said: string }> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(packageRoot, 'src/cli/main.ts'), ...args],
    {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HUB_LOG_LEVEL: 'warn', ...env },
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
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
