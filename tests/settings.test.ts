import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectors } from '../connectors/registry.ts';
import { readEnvironment } from '../src/cli/environment.ts';
import { type HubConfig, readConfig } from '../src/config/index.ts';
import { packageRoot } from '../src/hub.ts';
import { listAudit } from '../src/ledger/audit.ts';
import type { JsonObject } from '../src/model/json.ts';
import { storedVariables } from '../src/security/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { callersOf } from './support/api.ts';

const literal = 'a-literal-nobody-may-read';
const typed = 'typed-into-a-form-once';

describe('What a hub is set up with, by API', () => {
  let hub: TestHub;
  let folder: string;
  let file: string;
  let vendor: Server;
  const asked: string[] = [];
  const { token, as, post, problemOf, read } = callersOf(() => hub);
  const json = async (answer: Response | Promise<Response>): Promise<JsonObject> =>
    (await (await answer).json()) as JsonObject;
  const put = (who: string, to: string, body: unknown, tag: string): Promise<Response> =>
    as(who, to, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': tag },
      body: JSON.stringify(body),
    });
  const tagOf = async (): Promise<string> =>
    (await as('integrator', '/v1/configuration')).headers.get('etag') ?? '';
  const onDisk = (): Promise<string> => readFile(file, 'utf8');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-settings-'));
    file = path.join(folder, 'hub.yaml');
    const shipped = (await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8')).replace(
      'port: 8080',
      'port: 0',
    );
    const text = `${shipped}mappings: ${packageRoot}/mappings
tables: ${packageRoot}/mappings/tables
subscriptions:
  books: { events: [order.created], url: https://books.example/in, headers: { x-key: ${literal} } }
`;
    await writeFile(file, text);
    hub = await startTestHub({
      configuration: { file, env: {} },
      config: () => configOf(file, text),
    });
    await token('viewer', 'viewer');
    await token('operator', 'operator');
    await token('integrator', 'integrator');
    await token('clerk', 'operator', ['pii:read']);
    await token('chief', 'admin');
    vendor = createServer((request, answer) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
      const right = request.headers.authorization === `Bearer ${typed}`;
      answer.writeHead(right ? 200 : 401, { 'content-type': 'application/json' });
      answer.end(right ? '[]' : '{"message":"the key is not known here"}');
    });
    await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await hub?.stop();
    vendor?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const pim = (): JsonObject => ({
    connector: 'http',
    config: {
      baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`,
      auth: { type: 'bearer' },
      test: { path: '/ping' },
      objects: {},
    },
  });

  it('the gallery tells what there is, and describes the settings of each for a form', async () => {
    const { items } = await read('viewer', '/v1/connectors');
    expect(items.map((one) => one.name)).toEqual(Object.keys(connectors).sort());
    for (const one of items) {
      expect(one, String(one.name)).toMatchObject({
        purpose: { en: expect.any(String), zh: expect.any(String) },
      });
      for (const object of one.objects as JsonObject[])
        expect(object, `${one.name} ${object.name}`).toMatchObject({
          title: { zh: expect.any(String) },
          way: expect.any(String),
        });
      const detail = await read('viewer', `/v1/connectors/${one.name}`);
      expect((detail.config as JsonObject).type, String(one.name)).toBe('object');
      const told = JSON.stringify(detail.secrets);
      expect((told.match(/"writeOnly":true/g) ?? []).length).toBe(
        (told.match(/"type":"string"[^}]*}/g) ?? []).length,
      );
    }
    const kingdee = items.find((one) => one.name === 'kingdee');
    const [object] = (kingdee?.objects ?? []) as JsonObject[];
    expect(object).toMatchObject({ entity: 'order', nature: 'document', way: 'both' });
    expect(await problemOf(await as('viewer', '/v1/connectors/nothing'))).toEqual([
      404,
      'connectors.unknown',
    ]);
  });

  it('hub.yaml is shown without secrets, planned with the place of each mistake, and written whole', async () => {
    expect(await problemOf(await as('operator', '/v1/configuration'))).toEqual([403, 'auth.scope']);
    const now = await read('integrator', '/v1/configuration');
    expect(now).toMatchObject({ readOnly: null, restart: false, inUse: { author: 'hub', via: 'start' } });
    expect(JSON.stringify(now)).not.toContain(literal);
    const text = String(now.text);
    const plan = (changed: string) => json(post('integrator', '/v1/configuration/plan', { text: changed }));
    expect(await plan(text)).toMatchObject({ ok: true, differences: [], restart: false });
    const wrong = await plan(text.replace('poll: 5m } }\n      pos', 'poll: soon } }\n      pos'));
    expect(wrong).toMatchObject({
      ok: false,
      problems: [{ line: 27, pointer: '/syncs/product/parties/erp/read/poll', code: 'config.invalid' }],
    });
    const other = text.replace('poll: 5m } }\n      pos', 'poll: 7m } }\n      pos');
    expect(await plan(other)).toMatchObject({
      restart: true,
      differences: [{ section: 'syncs', name: 'product', values: [{ before: '5m', after: '7m' }] }],
    });
    const open = { text: text.replace('port: 0', 'port: 0\n  bodyLimit: 2048') };
    expect(await problemOf(await post('integrator', '/v1/configuration/plan', open))).toEqual([
      403,
      'auth.scope',
    ]);
    const before = await onDisk();
    const apply = (body: object, tag?: string) =>
      post(
        'integrator',
        '/v1/configuration/apply',
        { reason: 'less often', ...body },
        tag ? { 'if-match': tag } : {},
      );
    expect(await problemOf(await apply({ text: other }))).toEqual([428, 'request.unconditional']);
    expect(await problemOf(await apply({ text: other }, '"old"'))).toEqual([412, 'request.stale']);
    expect(await problemOf(await apply({ text: `${other}nonsense: 1\n` }, '*'))).toEqual([
      422,
      'request.invalid',
    ]);
    expect(await onDisk()).toBe(before);
    const done = await apply({ text: other }, await tagOf());
    expect(done.status, await done.clone().text()).toBe(200);
    expect(await json(done)).toMatchObject({ applied: true, restart: true });
    expect(done.headers.get('etag')).toBe(await tagOf());
    expect(await onDisk()).toBe(before.replace('poll: 5m } }\n      pos', 'poll: 7m } }\n      pos'));
    expect(await read('integrator', '/v1/configuration')).toMatchObject({
      restart: true,
      inUse: { author: 'token/integrator', via: 'apply' },
    });
    const exported = await read('integrator', '/v1/configuration/export');
    expect(JSON.stringify(exported)).not.toContain(literal);
    expect(parse((exported.files as JsonObject)['hub.yaml'] as string)).toMatchObject({
      syncs: { product: { parties: { erp: { read: { poll: '7m' } } } } },
    });
  });

  it('settings are tried out before they are kept, and the system answers in its own words', async () => {
    const test = async (body: JsonObject) => json(post('integrator', '/v1/connections/test', body));
    expect(await test({ ...pim(), secrets: { token: 'wrong-one' } })).toMatchObject({
      ok: false,
      message: expect.stringContaining('the key is not known here'),
    });
    expect(await test({ ...pim(), secrets: { token: typed } })).toMatchObject({ ok: true });
    expect(await test({ connector: 'kingdee', config: { acctId: 5 }, secrets: {} })).toMatchObject({
      code: 'request.invalid',
      errors: expect.arrayContaining([
        { in: 'body', pointer: '/config/serverUrl', detail: 'it is missing' },
        expect.objectContaining({ pointer: '/config/acctId' }),
        expect.objectContaining({ pointer: '/secrets' }),
      ]),
    });
    expect(await onDisk()).not.toContain('127.0.0.1:');
  });

  it('a connection is made, changed and taken away in the file; its secret is never shown again', async () => {
    const before = await onDisk();
    const create = (more: JsonObject) =>
      post('integrator', '/v1/connections', {
        id: 'pim',
        reason: 'goods',
        ...pim(),
        secrets: { token: typed },
        ...more,
      });
    expect(await problemOf(await post('operator', '/v1/connections', {}))).toEqual([403, 'auth.scope']);
    const wrong = await json(create({ limits: { perSecond: 'many' } }));
    expect(wrong.errors).toMatchObject([{ pointer: '/limits/perSecond' }]);
    const planned = await create({ dryRun: true });
    expect([planned.status, await onDisk()]).toEqual([200, before]);
    const made = await create({});
    expect(made.status, await made.clone().text()).toBe(201);
    expect(await json(made)).toMatchObject({
      restart: true,
      differences: [{ section: 'connections', name: 'pim', change: 'added' }],
    });
    expect(await problemOf(await create({}))).toEqual([409, 'connections.exists']);
    const text = await onDisk();
    expect(text).toContain('token: $' + '{PIM_TOKEN}');
    expect(text.replace(/ {2}pim:\n(?: {4}.*\n)+/, '')).toBe(before);
    const { dataDir } = hub.options;
    const sealed = path.join(dataDir, 'variables.sealed.json');
    expect(await readFile(sealed, 'utf8')).not.toContain(typed);
    expect((await stat(sealed)).mode & 0o777).toBe(0o600);
    expect(await storedVariables({ dataDir })).toEqual({ PIM_TOKEN: typed });

    const started = await readEnvironment(file, { HUB_DATA_DIR: dataDir });
    expect(started.config.connections.pim?.secrets).toEqual({ token: typed });

    expect((await read('integrator', '/v1/configuration')).connections).toContainEqual({
      ...{ id: 'pim', connector: 'http', mode: 'observe', running: false },
    });
    const settings = await read('integrator', '/v1/connections/pim/settings');
    expect(settings).toMatchObject({
      ...pim(),
      mode: 'observe',
      secrets: [{ path: 'token', variable: 'PIM_TOKEN', from: 'told' }],
      running: false,
    });
    expect(JSON.stringify(settings)).not.toContain(typed);
    const { config } = pim() as { config: JsonObject };
    const elsewhere = {
      id: 'pim',
      connector: 'http',
      config: { ...config, baseUrl: 'http://other.example' },
    };
    expect(await json(post('integrator', '/v1/connections/test', elsewhere))).toMatchObject({
      errors: [{ pointer: '/secrets' }],
    });
    const stolen = {
      id: 'thief',
      reason: 'x',
      connector: 'http',
      config: { ...config, headers: { x: '$' + '{PIM_TOKEN}' } },
    };
    expect(await json(post('integrator', '/v1/connections', stolen))).toMatchObject({
      errors: [{ pointer: '/config/headers/x' }],
    });
    const kept = { id: 'pim', ...pim() };
    expect(await json(post('integrator', '/v1/connections/test', kept))).toMatchObject({ ok: true });

    const tag = await tagOf();
    const changed = await put(
      'integrator',
      '/v1/connections/pim/settings',
      { reason: 'slower', limits: { perSecond: 2 }, secrets: { token: 'another-one-typed' } },
      tag,
    );
    expect(changed.status, await changed.clone().text()).toBe(200);
    expect(await storedVariables({ dataDir })).toEqual({ PIM_TOKEN: 'another-one-typed' });
    const { waiting } = await read('viewer', '/v1/connections');
    expect(waiting).toEqual([{ id: 'pim', connector: 'http', title: expect.anything(), change: 'added' }]);
    const again = await put('integrator', '/v1/connections/pim/settings', { reason: 'slower' }, tag);
    expect(await problemOf(again)).toEqual([412, 'request.stale']);

    const gone = await post(
      'integrator',
      '/v1/connections/pim/remove',
      { reason: 'not needed' },
      { 'if-match': '*' },
    );
    expect(gone.status, await gone.clone().text()).toBe(200);
    expect(await onDisk()).toBe(before);
    expect(await storedVariables({ dataDir })).toEqual({});
    const inUse = await post(
      'integrator',
      '/v1/connections/erp/remove',
      { reason: 'x' },
      { 'if-match': '*' },
    );
    expect(await problemOf(inUse)).toEqual([422, 'request.invalid']);
    const audit = await listAudit(hub.database, { action: 'config.apply' }, 10);
    expect(audit.map((one) => one.author)).toContain('token/integrator');
    expect(JSON.stringify(audit)).not.toContain(typed);
  });

  it('a secret is replaced without a gap: both hold until that is ended', async () => {
    const before = await onDisk();
    const account = { appId: 'a1', baseUrl: 'https://till.example/v1/', storeCode: 'S09' };
    const made = await post('integrator', '/v1/connections', {
      id: 'till',
      reason: 'a new store',
      connector: 'pospal',
      config: { accounts: { S09: account } },
      secrets: { appKeys: { S09: 'the-first-key' } },
    });
    expect(made.status, await made.clone().text()).toBe(201);
    const { dataDir } = hub.options;
    const to = '/v1/connections/till/settings';
    const change = async (body: JsonObject): Promise<unknown> => {
      const answer = await put('integrator', to, { reason: 'once a year', ...body }, await tagOf());
      expect(answer.status, await answer.clone().text()).toBe(200);
      return (await read('integrator', to)).secrets;
    };
    expect(await change({ secrets: { appKeys: { S09: 'the-next-key' } }, rotation: 'begin' })).toMatchObject([
      { path: 'appKeys.S09.0', variable: 'TILL_APPKEYS_S09_2' },
      { path: 'appKeys.S09.1', variable: 'TILL_APPKEYS_S09' },
    ]);
    expect(await storedVariables({ dataDir })).toEqual({
      TILL_APPKEYS_S09: 'the-first-key',
      TILL_APPKEYS_S09_2: 'the-next-key',
    });
    expect(await change({ rotation: 'end' })).toMatchObject([
      { path: 'appKeys.S09', variable: 'TILL_APPKEYS_S09_2' },
    ]);
    expect(await storedVariables({ dataDir })).toEqual({ TILL_APPKEYS_S09_2: 'the-next-key' });
    const gone = await post(
      'integrator',
      '/v1/connections/till/remove',
      { reason: 'x' },
      { 'if-match': '*' },
    );
    expect(gone.status, await gone.clone().text()).toBe(200);
    expect(await onDisk()).toBe(before);
  });

  it('a mode is changed knowing what nobody has decided on and what would be written', async () => {
    const mode = (body: JsonObject) =>
      json(post('integrator', '/v1/connections/erp/mode', { reason: 'calm', ...body }));
    const { rows } = await hub.database.query<{ id: string }>(
      `update links set opening = '{name}' where id = (select id from links where connection = 'erp' and entity = 'product' limit 1) returning id`,
    );
    expect(rows).toHaveLength(1);
    const before = await onDisk();
    expect(await mode({ mode: 'observe', dryRun: true })).toMatchObject({
      from: 'live',
      to: 'observe',
      undecided: [{ entity: 'product', field: 'name', count: 1 }],
      change: { applied: false, differences: [{ name: 'erp' }] },
    });
    expect(await onDisk()).toBe(before);
    const isNow = (wanted: string) =>
      until(
        `erp is in mode ${wanted}`,
        async () => (await read('viewer', '/v1/connections/erp')).mode === wanted,
      );
    expect(await mode({ mode: 'observe' })).toMatchObject({ change: { applied: true, restart: false } });
    expect(parse(await onDisk())).toMatchObject({ connections: { erp: { mode: 'observe' } } });
    await isNow('observe');
    hub.pos.placeOrder('WEB', hub.inventor.order());
    const copyOf = async () => {
      const { rows: copies } = await hub.database.query<{ remote: string | null; held: boolean }>(
        `select l.remote_number as remote, i.link_id is not null as held from links l join records r on r.id = l.record_id
         left join intents i on i.link_id = l.id where l.connection = 'erp' and r.entity = 'order' order by r.id desc limit 1`,
      );
      return copies[0];
    };
    await until('its copy is held back', async () => (await copyOf())?.held === true);
    await quiet(hub.database);
    expect(await copyOf()).toEqual({ remote: null, held: true });
    expect(await mode({ mode: 'live' })).toMatchObject({ from: 'observe', change: { applied: true } });
    await until('it is written', async () => (await copyOf())?.remote !== null);
  });

  it('a file that cannot be written is refused with the text to put in its place', async () => {
    const before = await onDisk();
    const { inUse } = await read('integrator', '/v1/configuration');
    const text = before.replace('poll: 7m', 'poll: 9m');
    await rm(file);
    // Nobody, whoever runs the tests, writes there.
    await symlink('/proc/version', file);
    const refused = await post(
      'chief',
      '/v1/configuration/apply',
      { text, reason: 'x' },
      { 'if-match': '*' },
    );
    const told = await json(refused);
    expect([refused.status, told.code]).toEqual([409, 'configuration.read-only']);
    expect(told.text).toContain('poll: 9m');
    expect(told.text).not.toContain(literal);
    expect((await read('integrator', '/v1/configuration')).inUse).toEqual(inUse);
    await rm(file);
    await writeFile(file, before);
  });

  it('health tells of budgets and milestones also where there are none', async () => {
    expect(await read('viewer', '/v1/health')).toMatchObject({ budgets: [], milestones: [] });
  });

  it('one box finds any number, and people by what is known of them, masked for who may not see them', async () => {
    const order = hub.pos.placeOrder('WEB', hub.inventor.order());
    await until('the order is there', async () => {
      const { rows } = await hub.database.query(
        `select 1 from links l join records r on r.id = l.record_id
         where l.connection = 'erp' and r.data ->> 'number' = $1 and l.remote_number is not null`,
        [order],
      );
      return rows.length > 0;
    });
    await quiet(hub.database);
    const find = (who: string, q: string) => read(who, `/v1/find?q=${encodeURIComponent(q)}`);
    const { items } = await find('viewer', order);
    expect(items[0]).toMatchObject({ entity: 'order', by: expect.stringMatching(/number|copy/) });
    const found = items[0] as JsonObject;
    const theirs = (found.copies as JsonObject[]).find((one) => one.connection === 'erp')?.remoteNumber;
    expect((await find('viewer', String(theirs))).items.map((one) => one.id)).toContain(found.id);
    const begins = (await find('viewer', String(found.number).slice(0, -1))).items;
    expect(begins.map((one) => one.id)).toContain(found.id);

    const { rows } = await hub.database.query<{ id: string; name: string; display: string }>(
      `select id, data ->> 'name' as name, data #>> '{phone,display}' as display from records
       where entity = 'customer' and data #>> '{phone,e164}' is not null and data ? 'name' limit 1`,
    );
    const [person] = rows;
    for (const [who, name] of [
      ['viewer', '***'],
      ['clerk', person?.name],
    ] as const) {
      const seen = (await find(who, person?.display ?? '')).items.find((one) => one.id === person?.id);
      expect(seen, who).toMatchObject({ entity: 'customer', name });
    }
    expect(JSON.stringify(await find('viewer', person?.display ?? ''))).not.toContain(person?.name);
    const [entry] = await listAudit(hub.database, { action: 'personal.find' }, 1);
    expect(entry).toMatchObject({ author: 'token/viewer', details: { found: [`record/${person?.id}`] } });
    expect(JSON.stringify(entry)).not.toContain(person?.display);
    expect((await as('viewer', '/v1/find?q=x')).status).toBe(422);
  });
});

function configOf(file: string, text: string): HubConfig {
  const result = readConfig({ file, text, env: {} });
  if (!result.ok) throw new Error(result.problems.map((one) => one.message).join('\n'));
  return result.config;
}
