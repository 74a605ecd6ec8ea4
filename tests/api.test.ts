import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { auditCommand } from '../src/cli/audit.ts';
import type { Surroundings } from '../src/cli/desk.ts';
import { tokensCommand } from '../src/cli/tokens.ts';
import { packageRoot } from '../src/hub.ts';
import { auditOf } from '../src/ledger/audit.ts';
import { verifyAudit } from '../src/ledger/audit-chain.ts';
import { workLeft } from '../src/ledger/overview.ts';
import { listTokens, revokeToken } from '../src/ledger/tokens.ts';
import type { JsonObject } from '../src/model/json.ts';
import { roles, type Scope, scopesOf } from '../src/security/index.ts';
import { startTestHub, type TestHub, until } from './harness.ts';
import { callersOf, textOf } from './support/api.ts';
import { hostileCalls, type Operation, operationsOf } from './support/hostile.ts';

const phone = '13800000001';
const person = '张三丰';

describe('The API', () => {
  let hub: TestHub;
  let operations: readonly Operation[];
  let customerId: string;
  let linkId: string;
  let messageId: number;
  const { secrets, token, as, post, problemOf, read } = callersOf(() => hub);

  beforeAll(async () => {
    hub = await startTestHub({
      seed: false,
      config: (config) => ({ ...config, server: { ...config.server, requestsPerSecond: 5_000 } }),
    });
    for (const role of roles) await token(role, role);
    await token('clerk', 'operator', ['pii:read']);
    operations = operationsOf((await (await fetch(`${hub.url}/openapi.json`)).json()) as JsonObject);
    const named = (number: string, name: string) => ({ number, name, phone });
    const members = hub.pos.seedCustomers('S01', [
      named('M1', person),
      named('M2', `${person}\u0000`),
      named('M3', `${person}\u0000`),
    ]);
    for (const customerUid of members) {
      const { headers, body } = hub.pos.signedPush('S01', 'customer.new', { customerUid });
      await fetch(`${hub.url}/hooks/pos`, { method: 'POST', headers, body });
    }
    await until('one is a record and two are dead letters', async () => {
      const { rows } = await hub.database.query<{ state: string }>(
        `select state from inbox where via = 'webhook' order by state`,
      );
      return rows.map((row) => row.state).join() === 'dead,dead,done' && (await workLeft(hub.database)) === 0;
    });
    const { rows } = await hub.database.query<{ id: string }>(
      `select id from records where entity = 'customer'`,
    );
    customerId = rows[0]?.id ?? '';
    const links = await hub.database.query<{ id: string }>('select id from links where record_id = $1', [
      customerId,
    ]);
    linkId = links.rows[0]?.id ?? '';
    // One that carries the object itself, as a poll tells it.
    const body = Buffer.from(JSON.stringify({ customerUid: '7', number: 'M7', name: person, phone }));
    const message = await hub.database.query<{ id: number }>(
      `insert into inbox (received_at, connection, object, remote_id, via, body, lane, state, due_at, finished_at)
       values (date_trunc('milliseconds', now()), 'pos', 'customer', 'S01/7', 'poll', $1, 'apply/pos/0', 'done', now(), now())
       returning id`,
      [body],
    );
    messageId = message.rows[0]?.id ?? 0;
  });
  afterAll(() => hub?.stop());

  /** Ids that are there, for addresses with parameters; what there is none of gets an id of nothing. */
  const nobody = '0198c0de-0000-7000-8000-0000000000ff';
  const addressOf = (template: string): string =>
    template
      .replace('/records/{id}', `/records/${customerId}`)
      .replace('/links/{id}', `/links/${linkId}`)
      .replace('/inbox/{id}', `/inbox/${messageId}`)
      .replace('/connections/{id}', '/connections/pos')
      .replace('/objects/{object}', '/objects/customer')
      .replace('/mappings/{folder}/{name}', '/mappings/pospal/customer')
      .replace('/versions/{version}', '/versions/0')
      .replace('/crossrefs/{table}', '/crossrefs/warehouses')
      .replace('/adoption/{sync}', '/adoption/product')
      .replace('{list}', 'only-here')
      .replace('/syncs/{name}', '/syncs/customer')
      .replace('/event-types/{type}/{version}', '/event-types/order.created/1')
      .replace('/backfills/{id}', '/backfills/1')
      .replace('{kind}/{id}', 'inbox/1')
      .replace('{id}', nobody);
  describe('lets in', () => {
    it('nobody without a token that holds: 401', async () => {
      const expired = await token('old', 'admin', [], new Date(Date.now() - 1_000));
      const revoked = await token('gone', 'admin');
      await revokeToken(hub.database, 'gone', 'test');
      const ask = async (authorization?: string) =>
        problemOf(await fetch(`${hub.url}/v1/status`, { headers: authorization ? { authorization } : {} }));
      expect(await ask()).toEqual([401, 'auth.missing']);
      for (const wrong of [
        'Bearer',
        'Bearer lh_',
        `Bearer lh_${'a'.repeat(43)}`,
        `Basic ${secrets.get('admin')}`,
      ])
        expect(await ask(wrong)).toEqual([401, 'auth.invalid']);
      expect(await ask(`Bearer ${expired}`)).toEqual([401, 'auth.expired']);
      expect(await ask(`Bearer ${revoked}`)).toEqual([401, 'auth.revoked']);
      const answer = await fetch(`${hub.url}/v1/nothing`);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await problemOf(answer)).toEqual([401, 'auth.missing']);
      expect(await problemOf(await as('viewer', '/v1/nothing'))).toEqual([404, 'request.not-found']);
      for (const open of ['/healthz', '/readyz', '/openapi.json', '/docs'])
        expect((await fetch(`${hub.url}${open}`)).status).toBe(200);
    });

    it('each role where its scopes reach, and nowhere else: 403', async () => {
      expect(operations.length).toBeGreaterThan(90);
      for (const { method, path: template, scope } of operations) {
        // An id that is none: whoever may is told so, or what is wrong with the body; whoever may not is not.
        const to = template.replace(/\{\w+\}/g, 'none');
        const answers = await Promise.all(
          roles.map(async (role) => {
            const answer = await as(role, to, { method });
            await textOf(answer);
            return [role, answer.status === 403];
          }),
        );
        const expected = roles.map((role) => [role, !scopesOf(role, []).has(scope as Scope)]);
        expect([to, answers]).toEqual([to, expected]);
      }
    });

    it('a token whose use is noted, and of which only the hash is kept', async () => {
      const found = (await listTokens(hub.database)).find((one) => one.name === 'viewer');
      expect(Date.now() - (found?.last_used_at?.getTime() ?? 0)).toBeLessThan(60_000);
      const secret = secrets.get('viewer') ?? '';
      expect(secret).toMatch(/^lh_[\w-]{43}$/);
      const { rows } = await hub.database.query<{ hash: Buffer; all: string }>(
        `select hash, t::text as all from tokens t where name = 'viewer'`,
      );
      expect(rows[0]?.hash).toEqual(createHash('sha256').update(secret).digest());
      expect(rows[0]?.all).not.toContain(secret.slice(3, 20));
    });
  });

  describe('shows personal values', () => {
    const addresses = () => [
      '/v1/records',
      `/v1/records?text=M1`,
      `/v1/records/${customerId}`,
      `/v1/records/${customerId}/history`,
      `/v1/records/${customerId}/explain`,
      '/v1/deadletters',
      '/v1/deadletters/groups',
      '/v1/status',
    ];

    it('to no role', async () => {
      const letters = (await read('admin', '/v1/deadletters')).items.map(
        (one) => `/v1/deadletters/${one.name}`,
      );
      expect(letters.length).toBeGreaterThan(1);
      for (const role of roles) {
        for (const address of [...addresses(), ...letters, ...(role === 'admin' ? ['/v1/audit'] : [])]) {
          const text = JSON.stringify(await read(role, address));
          for (const value of [person, phone]) expect(text, `${role} ${address}`).not.toContain(value);
        }
      }
      expect(await problemOf(await as('admin', `/v1/records/${customerId}?personal=full`))).toEqual([
        403,
        'auth.scope',
      ]);
    });

    it('to a token with pii:read, and notes who read what', async () => {
      for (const address of addresses().slice(2, 5)) {
        expect(JSON.stringify(await read('clerk', address))).toContain(person);
        const hidden = JSON.stringify(await read('clerk', `${address}?personal=masked`));
        expect(hidden).not.toContain(person);
      }
      const noted = await auditOf(hub.database, `record/${customerId}`);
      expect(noted.map(({ author, action, details }) => [author, action, details.at])).toEqual(
        addresses()
          .slice(2, 5)
          .reverse()
          .map((address) => ['token/clerk', 'personal.read', address]),
      );
      await read('clerk', '/v1/records?entity=customer');
      const [latest] = await auditOf(hub.database, `record/${customerId}`);
      expect(latest).toMatchObject({ author: 'token/clerk', details: { at: '/v1/records' } });
    });

    it('not by what is found either', async () => {
      for (const search of [`text=${person}`, `text=${phone}`]) {
        expect((await read('admin', `/v1/records?${search}`)).items).toEqual([]);
        expect((await read('clerk', `/v1/records?${search}`)).items, search).toHaveLength(1);
      }
      const { rows } = await hub.database.query<{ value: string }>(
        'select value from identities where record_id = $1',
        [customerId],
      );
      expect(rows.length).toBeGreaterThan(1);
      for (const { value } of rows) {
        const search = `number=${encodeURIComponent(value)}`;
        expect((await read('clerk', `/v1/records?${search}`)).items, search).toHaveLength(1);
        expect((await read('admin', `/v1/records?${search}`)).items).toHaveLength(value === 'M1' ? 1 : 0);
      }
      expect((await read('viewer', '/v1/records?number=M1')).items).toMatchObject([
        { id: customerId, entity: 'customer', data: { name: '***' } },
      ]);
    });

    it('by no operation at all, and by those that hold them only to who may see them', async () => {
      const body = JSON.stringify({ way: 'in' });
      const headers = { 'content-type': 'application/json' };
      const asked = [
        ...operations
          .filter(({ method, path: to }) => method === 'GET' && !to.startsWith('/v1/audit'))
          .map(({ path: to }) => ({ to: addressOf(to), init: {} as RequestInit })),
        { to: '/v1/waits?kind=table', init: {} },
        { to: '/v1/mappings/pospal/customer/preview', init: { method: 'POST', body, headers } },
      ];
      const holding = new Set<string>();
      const whos = ['viewer', 'operator', 'admin', 'clerk'];
      for (const { to, init } of asked) {
        const texts = await Promise.all(whos.map(async (who) => textOf(await as(who, to, init))));
        const tell = whos.filter((_who, at) => texts[at]?.includes(person) || texts[at]?.includes(phone));
        if (tell.includes('clerk')) holding.add(to);
        expect([to, tell.filter((who) => who !== 'clerk')]).toEqual([to, []]);
      }
      for (const to of [
        `/v1/inbox/${messageId}`,
        '/v1/mappings/pospal/customer/preview',
        `/v1/records/${customerId}`,
      ])
        expect([...holding], to).toContain(to);
    });
  });

  describe('has resources', () => {
    it('records: a page goes on where the one before ended', async () => {
      const wanted = Array.from({ length: 5 }, (_, index) => `0198c0de-0000-7000-8000-00000000000${index}`);
      await hub.database.query(
        `insert into records (id, entity, data, version)
         select id::uuid, 'location', jsonb_build_object('code', 'L-' || id), 1 from unnest($1::text[]) as x(id)`,
        [wanted],
      );
      const seen: unknown[] = [];
      let next: string | null = '';
      while (next !== null) {
        const cursor: string = next === '' ? '' : `&cursor=${next}`;
        const page = await read('viewer', `/v1/records?entity=location&text=L-0198&limit=2${cursor}`);
        seen.push(...page.items.map((one) => one.id));
        next = page.next;
      }
      expect(seen).toEqual(wanted.toReversed());
      const [one] = wanted;
      const answer = await as('viewer', `/v1/records/${one?.toUpperCase()}`);
      expect(answer.headers.get('etag')).toMatch(/^"[\w-]+"$/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await problemOf(await as('viewer', `/v1/records/${customerId.replace(/.$/, 'x')}`))).toEqual([
        404,
        'request.not-found',
      ]);
      expect(await problemOf(await as('viewer', `/v1/records/${nobody}`))).toEqual([404, 'records.unknown']);
    });

    it('connections: tested, held back with a reason, and let go on', async () => {
      expect((await read('viewer', '/v1/connections')).items).toMatchObject([
        { id: 'erp', connector: 'kingdee', mode: 'live', pausedUntil: null },
        { id: 'pos', takesWebhooks: true },
        { id: 'wms' },
      ]);
      expect(await (await post('operator', '/v1/connections/erp/test')).json()).toMatchObject({ ok: true });
      const reason = 'stocktake';
      const held = await post('operator', '/v1/connections/erp/pause', { seconds: 3_600, reason });
      expect(await held.json()).toMatchObject({ pausedReason: 'stocktake (token/operator)' });
      const { rows } = await hub.database.query(
        `select 1 from connections where id = 'erp' and paused_until > now()`,
      );
      expect(rows).toHaveLength(1);
      expect(await (await post('operator', '/v1/connections/erp/resume')).json()).toMatchObject({
        pausedUntil: null,
      });
      await post('operator', '/v1/connections/erp/resume');
      const noted = await auditOf(hub.database, 'connection/erp');
      expect(noted.map((one) => [one.author, one.action])).toEqual([
        ['token/operator', 'connections.resume'],
        ['token/operator', 'connections.pause'],
      ]);
    });

    it('dead letters: by cause, tried again, left, and never all of them by mistake', async () => {
      const { items } = await read('viewer', '/v1/deadletters/groups');
      const all = Number(items[0]?.count);
      expect(items).toMatchObject([{ connection: 'pos' }]);
      const page = await read('viewer', '/v1/deadletters?limit=1');
      const rest = await read('viewer', `/v1/deadletters?cursor=${page.next}`);
      const [first, ...others] = [...page.items, ...rest.items];
      expect(new Set([first, ...others].map((one) => one?.name)).size).toBe(all);
      for (const body of [{}, { filter: {} }, { all: true, letters: ['inbox/1'] }, { letters: [] }])
        expect((await post('operator', '/v1/deadletters/skip', body)).status).toBe(422);
      const trial = await post('operator', '/v1/deadletters/skip', { all: true, dryRun: true });
      expect(await trial.json()).toMatchObject({ done: all });
      const skipped = await post('operator', '/v1/deadletters/skip', {
        letters: [first?.name],
        note: 'a test',
      });
      expect(await skipped.json()).toMatchObject({ done: 1, unknown: 0 });
      expect(await problemOf(await as('viewer', `/v1/deadletters/${first?.name}`))).toEqual([
        404,
        'deadletters.unknown',
      ]);
      const retried = await post('operator', '/v1/deadletters/retry', { filter: { connection: 'pos' } });
      const { done, superseded } = (await retried.json()) as { done: number; superseded: number };
      expect(done + superseded).toBe(all - 1);
      await until('those that were tried again are dead again', async () => {
        const { items: left } = await read('viewer', '/v1/deadletters');
        return left.length === done && left.every(({ name }) => others.some((one) => one.name === name));
      });
      expect(await auditOf(hub.database, String(first?.name))).toMatchObject([
        { author: 'token/operator', action: 'deadletters.skip', details: { note: 'a test' } },
      ]);
    });

    it('the audit log, in one chain', async () => {
      const { items } = await read('admin', '/v1/audit?action=connections&limit=1');
      expect(items).toMatchObject([{ author: 'token/operator', action: 'connections.resume' }]);
      expect((await read('admin', '/v1/audit/chain')).findings).toEqual([]);
      expect((await verifyAudit(hub.database)).entries).toBeGreaterThan(10);
    });
  });

  describe('does what is asked twice with one Idempotency-Key', () => {
    const pause = (seconds: number, key: string): Promise<Response> =>
      post('operator', '/v1/connections/wms/pause', { seconds, reason: 'twice' }, { 'idempotency-key': key });
    const pauses = async () =>
      (await auditOf(hub.database, 'connection/wms')).filter((one) => one.action === 'connections.pause')
        .length;

    it('once, and answers the same', async () => {
      const answers = await Promise.all([pause(5, 'k1'), pause(5, 'k1'), pause(5, 'k1')]);
      for (const answer of answers) expect([200, 409]).toContain(answer.status);
      const first = await pause(5, 'k1');
      expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
      expect(await first.json()).toMatchObject({ id: 'wms', pausedReason: 'twice (token/operator)' });
      expect(await pauses()).toBe(1);
      const { rows } = await hub.database.query<{ answer: string }>('select answer from idempotency');
      expect(rows.map((row) => row.answer.slice(0, 3))).toEqual(['v1.']);
    });

    it('and refuses another request with it; what was refused may be tried again', async () => {
      expect(await problemOf(await pause(6, 'k1'))).toEqual([422, 'idempotency.other-request']);
      expect((await pause(0, 'k2')).status).toBe(422);
      expect((await pause(1, 'k2')).status).toBe(200);
      expect(await pauses()).toBe(2);
    });
  });

  it('has commands for tokens and for the audit log, beside a running hub', async () => {
    let said = '';
    const around: Surroundings = {
      open: async () => ({ database: hub.database, connections: [], close: async () => undefined }),
      write(text) {
        said += String(text);
      },
      user: 'li',
    };
    const run = async (make: typeof tokensCommand, ...args: string[]): Promise<string> => {
      said = '';
      await make(around)
        .exitOverride()
        .parseAsync(['node', 'lianhub', ...args]);
      return said.trim();
    };
    const secret = await run(tokensCommand, 'create', 'till', '--role', 'operator', '--expires', '1d');
    expect(await read(secret, '/v1/whoami')).toEqual({
      kind: 'token',
      name: 'till',
      role: 'operator',
      scopes: ['read', 'operate'],
    });
    await expect(run(tokensCommand, 'create', 'till')).rejects.toThrow('a token named till already');
    const { tokens } = JSON.parse(await run(tokensCommand, 'list', '--json')) as { tokens: JsonObject[] };
    expect(tokens.find((one) => one.name === 'till')).toMatchObject({ role: 'operator', created_by: 'li' });
    expect(JSON.stringify(tokens)).not.toContain(secret.slice(3, 20));
    await run(tokensCommand, 'revoke', 'till');
    expect(await problemOf(await as(secret, '/v1/whoami'))).toEqual([401, 'auth.revoked']);
    expect(await run(auditCommand, 'list', '--author', 'li')).toMatch(/tokens\.revoke[\s\S]*tokens\.create/);
    const head = /head (\S+)/.exec(await run(auditCommand, 'verify'))?.[1] ?? '';
    await run(auditCommand, 'verify', '--expect', head);
    await expect(run(auditCommand, 'verify', '--expect', head.replace(/.$/, '-'))).rejects.toThrow(
      'cannot be',
    );
    const other = `${head.slice(0, -4)}${head.endsWith('0000') ? '1111' : '0000'}`;
    await expect(run(auditCommand, 'verify', '--expect', other)).rejects.toThrow('not what was written');
  });

  it('is described by its document, and shown to people from this installation alone', async () => {
    const shipped = parse(await readFile(path.join(packageRoot, 'openapi/hub.yaml'), 'utf8'));
    expect(await (await fetch(`${hub.url}/openapi.json`)).json()).toEqual(shipped);
    const page = await fetch(`${hub.url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/);
    const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(linked.filter((one) => !one.startsWith('/docs/') && !one.startsWith('data:'))).toEqual([]);
    for (const address of linked.filter((one) => one.startsWith('/'))) {
      const answer = await fetch(`${hub.url}${address}`);
      expect([address, answer.status]).toEqual([address, 200]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      await answer.body?.cancel();
    }
    const answer = await as('viewer', '/v1/whoami?pretty');
    expect(await answer.text()).toContain('\n  "name": "viewer"');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
  });

  // Among anything is also what does something: after everything else.
  describe('given anything', () => {
    it('answers every operation with a problem that has a code, never with a failure of its own', async () => {
      const wrong: unknown[] = [];
      const seen = new Set<number>();
      const calls = hostileCalls(operations, addressOf);
      expect(calls.length).toBeGreaterThan(20 * operations.length);
      const ask = async ({ to, init, what }: (typeof calls)[number]): Promise<void> => {
        const answer = await as('admin', to, init);
        const text = await textOf(answer);
        seen.add(answer.status);
        const told = answer.headers.get('content-type') === 'application/problem+json';
        const coded = told && /"code":\s*"[a-z-]+\.[a-z-]+"/.test(text);
        if (answer.status >= 500 || (answer.status >= 400 && !coded) || (told && answer.status < 400))
          wrong.push([what, init.method, to.slice(0, 200), answer.status, text.slice(0, 300)]);
        if (
          answer.status === 422 &&
          !/"errors":\s*\[\s*\{\s*"in":\s*"\w+",\s*"pointer":\s*"|"code":\s*"idem/.test(text)
        )
          wrong.push([what, to.slice(0, 200), text.slice(0, 300)]);
      };
      for (let at = 0; at < calls.length; at += 16) await Promise.all(calls.slice(at, at + 16).map(ask));
      expect(wrong).toEqual([]);
      for (const status of [200, 202, 400, 404, 413, 415, 422]) expect([...seen]).toContain(status);
    }, 120_000);

    it('points at each thing that is wrong', async () => {
      const answer = await post('operator', '/v1/connections/pos/pause', { seconds: 'x', why: 1 });
      expect(answer.status).toBe(422);
      expect(((await answer.json()) as { errors: unknown[] }).errors).toEqual([
        { in: 'body', pointer: '/seconds', detail: expect.any(String) },
        { in: 'body', pointer: '/reason', detail: expect.any(String) },
        { in: 'body', pointer: '/why', detail: 'there is no such member' },
      ]);
      const query = await as('viewer', '/v1/records?limit=0&nubmer=1');
      expect(
        ((await query.json()) as { errors: { pointer: string }[] }).errors.map((one) => one.pointer),
      ).toEqual(['/limit', '/nubmer']);
    });
  });
});
