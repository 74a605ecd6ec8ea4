import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Surroundings } from '../src/cli/desk.ts';
import { usersCommand } from '../src/cli/users.ts';
import { listAudit } from '../src/ledger/audit.ts';
import { addUser } from '../src/ledger/users.ts';
import type { Role, Scope } from '../src/security/index.ts';
import { startTestHub, type TestHub, until } from './harness.ts';
import { firstSignIn, itemsOf, refusalOf, settledUser, TestBrowser, wishFor } from './support/browser.ts';
import { freePort } from './support/free-port.ts';
import { comeBy, providerConfig, startProvider, type TestProvider } from './support/identity-provider.ts';

let hub: TestHub;
let admin: TestBrowser;
let provider: TestProvider;
const chosen = 'kettle-lantern-42';

beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider();
  hub = await startTestHub({
    seed: false,
    config: (config) => ({
      ...config,
      server: {
        ...config.server,
        port,
        publicUrl: `http://127.0.0.1:${port}`,
        proxy: {
          addresses: [{ address: '127.0.0.1', prefix: 32, family: 'ipv4' }],
          header: 'x-forwarded-for',
        },
      },
      console: {
        ...config.console,
        oidc: providerConfig(provider),
      },
    }),
  });
  const first = hub.hub.firstUser;
  if (!first) throw new Error('no first user');
  admin = await firstSignIn(hub.url, first, chosen);
});
afterAll(async () => {
  await hub?.stop();
  await provider?.close();
});

/** Somebody who has chosen a password, signed in. */
const signedIn = (name: string, role: Role = 'viewer', scopes: readonly Scope[] = []) =>
  settledUser(hub, { ...wishFor(name), role, scopes }, chosen);

/** A browser elsewhere, as the proxy tells. */
const from = (address: string): TestBrowser => new TestBrowser(hub.url, { 'x-forwarded-for': address });
const auditOf = async (author: string): Promise<string[]> =>
  (await listAudit(hub.database, { author }, 50)).map((one) => one.action);

describe('Who starts a hub', () => {
  test('signs in with the password that was printed, and can do nothing before choosing another', async () => {
    const made = await addUser(hub.database, { ...wishFor('x', 'operator'), email: 'New@Example.com' });
    const browser = new TestBrowser(hub.url);
    expect((await browser.signIn('new@example.com', made.password)).status).toBe(200);
    expect((await browser.get('/v1/whoami')).body).toMatchObject({
      kind: 'user',
      role: 'operator',
      mustChangePassword: true,
    });
    expect(refusalOf(await browser.get('/v1/status'))).toEqual([403, 'auth.change-password']);
    const change = (newPassword: string, currentPassword = made.password) =>
      browser.post('/auth/change-password', { currentPassword, newPassword });
    expect(refusalOf(await change('short'))).toEqual([422, 'sign-in.bad-password']);
    expect(refusalOf(await change(made.password))).toEqual([422, 'sign-in.bad-password']);
    const wrong = await change(chosen, 'wrong-wrong-wrong');
    expect(wrong.body).toMatchObject({
      code: 'sign-in.wrong-password',
      errors: [{ in: 'body', pointer: '/currentPassword' }],
    });
    const elsewhere = new TestBrowser(hub.url);
    await elsewhere.signIn('new@example.com', made.password);
    expect((await change(chosen)).status).toBe(200);
    expect((await browser.get('/v1/status')).status).toBe(200);
    expect(refusalOf(await elsewhere.get('/v1/whoami'))).toEqual([401, 'auth.session-ended']);
    expect(await auditOf('user/new@example.com')).toContain('users.change-password');
  });

  test('is an admin, known by a cookie that no script and no other site can use', async () => {
    const again = new TestBrowser(hub.url);
    const answer = await again.signIn('admin@lianhub.local', chosen);
    expect(answer.body).toEqual({ ok: true });
    expect(again.lastCookies).toEqual([
      expect.stringMatching(
        /^lianhub\.session_token=\S+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect((await again.get('/v1/whoami')).body).toEqual({
      kind: 'user',
      name: 'First admin',
      email: 'admin@lianhub.local',
      role: 'admin',
      scopes: ['read', 'operate', 'configure', 'admin'],
      mustChangePassword: false,
    });
    const https = new TestBrowser(hub.url, {
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
    });
    await https.signIn('admin@lianhub.local', chosen);
    expect(https.lastCookies[0]).toMatch(/^__Secure-lianhub\.session_token=.*; Secure;/);
    expect((await https.get('/v1/whoami')).status).toBe(200);
  });

  test('loses a password nobody has used in time', async () => {
    const { email, password } = await addUser(hub.database, wishFor('late'));
    await hub.database.query(`update users set password_expires_at = now() where email = $1`, [email]);
    const browser = new TestBrowser(hub.url);
    expect(refusalOf(await browser.signIn(email, password))).toEqual([403, 'sign-in.password-expired']);
    expect(browser.cookies.size).toBe(0);
  });
});

describe('A session', () => {
  test('ends by signing out, by age, without use, and for whoever is disabled', async () => {
    const { browser, email, id } = await signedIn('leaver');
    const ended = [401, 'auth.session-ended'];
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    expect((await browser.post('/auth/sign-out')).status).toBe(200);
    expect(browser.cookies.size).toBe(0);
    expect(refusalOf(await browser.get('/v1/whoami', { cookie }))).toEqual(ended);
    for (const change of [`expires_at = now()`, `created_at = now() - interval '8 days'`]) {
      await browser.signIn(email, chosen);
      expect((await browser.get('/v1/whoami')).status).toBe(200);
      await hub.database.query(`update sessions set ${change} where user_id = $1`, [id]);
      expect(refusalOf(await browser.get('/v1/whoami'))).toEqual(ended);
      browser.cookies.clear();
    }
    await browser.signIn(email, chosen);
    expect((await admin.post(`/v1/users/${id}/disable`)).status).toBe(200);
    expect(refusalOf(await browser.get('/v1/whoami'))).toEqual(ended);
    browser.cookies.clear();
    expect(refusalOf(await browser.signIn(email, chosen))).toEqual([403, 'sign-in.disabled']);
    expect((await admin.post(`/v1/users/${id}/enable`)).status).toBe(200);
    expect((await browser.signIn(email, chosen)).status).toBe(200);
  });

  test('that has ended hears nothing any more', async () => {
    const { browser, id } = await signedIn('listener');
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const { body } = await fetch(`${hub.url}/v1/live`, { headers: { cookie } });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.done).toBe(false);
    await admin.ask('DELETE', `/v1/users/${id}/sessions`);
    let over = false;
    const heard = (async () => {
      while (!over) over = (await reader?.read())?.done !== false;
    })();
    // Something to tell, time and again.
    await until('the stream ends', async () => {
      await admin.post('/v1/connections/pos/pause', { seconds: randomInt(60, 9_999), reason: 'try' });
      return over;
    });
    await heard;
  });

  test('holds on while it is used, and no longer than it may', async () => {
    const { browser, id } = await signedIn('steady');
    const left = async (): Promise<number> => {
      const found = await hub.database.query<{ left: number }>(
        'select extract(epoch from expires_at - now())::float8 as left from sessions where user_id = $1',
        [id],
      );
      return found.rows[0]?.left ?? 0;
    };
    const used = (age: string) =>
      hub.database.query(
        `update sessions set updated_at = now() - interval '2 minutes', expires_at = now() + interval '1 minute',
           created_at = now() - $2::interval where user_id = $1`,
        [id, age],
      );
    await used('1 hour');
    await browser.get('/v1/whoami');
    expect(await left()).toBeGreaterThan(7 * 3_600);
    await used('6 days 23 hours');
    await browser.get('/v1/whoami');
    expect(await left()).toBeLessThan(3_601);
  });

  test('of another site changes nothing', async () => {
    const { browser } = await signedIn('target', 'admin');
    const make = (headers: Record<string, string | undefined>) =>
      browser.post('/v1/tokens', { name: 'csrf', role: 'admin' }, headers);
    const other = 'https://evil.example';
    for (const headers of [
      { 'x-lianhub-console': undefined },
      { origin: other },
      { origin: undefined },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect(refusalOf(await make(headers)), JSON.stringify(headers)).toEqual([403, 'auth.cross-site']);
    const stranger = new TestBrowser(hub.url);
    const login = { email: 'target@example.com', password: chosen };
    for (const answer of [
      await browser.post('/auth/sign-out', {}, { origin: other }),
      await stranger.post('/auth/sign-in/email', login, { origin: other }),
    ])
      expect(refusalOf(answer)).toEqual([403, 'auth.cross-site']);
    // What a form of another site could send.
    const plain = { 'content-type': 'text/plain', origin: undefined };
    const form = await stranger.post('/auth/sign-in/email', JSON.stringify(login), plain);
    expect(refusalOf(form)).toEqual([415, 'request.not-json']);
    expect((await make({})).status).toBe(201);
  });

  test('is nothing to metrics, hooks and other doors of better-auth', async () => {
    const through = { 'x-forwarded-for': '203.0.113.8' };
    expect(refusalOf(await admin.get('/metrics', through))).toEqual([401, 'auth.missing']);
    for (const to of ['/auth/sign-up/email', '/auth/update-user', '/auth/delete-user', '/auth/link-social'])
      expect(
        refusalOf(await admin.post(to, { name: 'x', email: 'a@example.com', password: chosen })),
      ).toEqual([404, 'request.not-found']);
    expect(refusalOf(await admin.get('/auth/list-sessions'))).toEqual([404, 'request.not-found']);
  });
});

describe('Guessing passwords', () => {
  test('ends after five tries from one place, and after twenty from many, whether or not there is such a user', async () => {
    const { email } = await signedIn('guessed');
    const guess = (account: string) => from('198.51.100.1').signIn(account, 'wrong-one');
    const answers: unknown[][] = [];
    for (let at = 0; at < 6; at += 1) answers.push(refusalOf(await guess(email)));
    expect(answers).toEqual([...Array(5).fill([401, 'sign-in.wrong']), [429, 'sign-in.too-many']]);
    expect(refusalOf(await guess('nobody@example.com'))).toEqual(answers[0]);
    await hub.database.query(`update sign_in_attempts set count = 5 where key like 'both/%'`);
    expect(refusalOf(await guess('nobody@example.com'))).toEqual(answers[5]);
    const shut = await from('198.51.100.1').signIn(email, chosen);
    expect(refusalOf(shut)).toEqual([429, 'sign-in.too-many']);
    expect(Number(shut.headers.get('retry-after'))).toBeGreaterThan(800);
    // The owner, elsewhere.
    expect((await from('198.51.100.2').signIn(email, chosen)).status).toBe(200);
    await hub.database.query(`update sign_in_attempts set count = count + 14 where key like 'account/%'`);
    expect(refusalOf(await from('2001:db8:1::1').signIn(email, 'wrong-one'))).toEqual([401, 'sign-in.wrong']);
    expect(refusalOf(await from('2001:db8:2::1').signIn(email, chosen))).toEqual([429, 'sign-in.too-many']);
    const kept = await hub.database.query<{ text: string }>('select a::text as text from sign_in_attempts a');
    expect(kept.rows.map((row) => row.text).join()).not.toMatch(/guessed|198\.51/);
  });

  test('is over when the window is, and mistakes before the right password do not count', async () => {
    const { email } = await signedIn('forgetful');
    const browser = from('198.51.100.77');
    for (const mistakes of [4, 1]) {
      for (let at = 0; at < mistakes; at += 1) await browser.signIn(email, 'wrong-one');
      expect((await browser.signIn(email, chosen)).status).toBe(200);
      browser.cookies.clear();
    }
    await hub.database.query('update sign_in_attempts set count = 100');
    expect((await browser.signIn(email, chosen)).status).toBe(429);
    await hub.database.query('update sign_in_attempts set until = now()');
    expect((await browser.signIn(email, chosen)).status).toBe(200);
  });
});

describe('An admin', () => {
  test('lets people in and out by the API; what they may do changes in the sessions they have', async () => {
    const wish = { email: 'Wang@Example.com', name: '王伟', role: 'viewer' };
    const made = await admin.post('/v1/users', wish);
    expect(made.status).toBe(201);
    const { user, password } = made.body as { user: { id: string; email: string }; password: string };
    expect(user.email).toBe('wang@example.com');
    expect(refusalOf(await admin.post('/v1/users', wish))).toEqual([409, 'users.exists']);
    const browser = await firstSignIn(hub.url, { email: user.email, password }, chosen);
    const pause = () => browser.post('/v1/connections/pos/pause', { seconds: 1, reason: 'try' });
    expect(refusalOf(await pause())).toEqual([403, 'auth.scope']);
    const to = `/v1/users/${user.id}`;
    const etag = (await admin.get(to)).headers.get('etag') ?? '';
    const change = { name: '王伟', role: 'operator', scopes: ['pii:read'] };
    expect(refusalOf(await admin.ask('PUT', to, change))).toEqual([428, 'request.unconditional']);
    expect(refusalOf(await admin.ask('PUT', to, change, { 'if-match': '"old"' }))).toEqual([
      412,
      'request.stale',
    ]);
    expect((await admin.ask('PUT', to, change, { 'if-match': etag })).body).toMatchObject({
      holds: ['read', 'operate', 'pii:read'],
      sessions: 1,
    });
    expect((await pause()).status).toBe(200);
    expect(await auditOf('user/wang@example.com')).toContain('connections.pause');
    expect(itemsOf(await admin.get('/v1/users?limit=200')).map((one) => one.email)).toContain(
      'wang@example.com',
    );
    expect(refusalOf(await browser.get('/v1/users'))).toEqual([403, 'auth.scope']);

    const other = new TestBrowser(hub.url, { 'user-agent': 'Other/1.0' });
    await other.signIn(user.email, chosen);
    const own = itemsOf(await browser.get('/v1/me/sessions'));
    expect(own.map((one) => [one.current, one.browser])).toEqual([
      [false, 'Other/1.0'],
      [true, expect.any(String)],
    ]);
    expect((await browser.ask('DELETE', `/v1/me/sessions/${own[0]?.id}`)).body).toEqual({ ended: 1 });
    expect(refusalOf(await other.get('/v1/whoami'))).toEqual([401, 'auth.session-ended']);
    const [session] = itemsOf(await admin.get(`${to}/sessions`));
    expect((await admin.ask('DELETE', `${to}/sessions/${session?.id}`)).body).toEqual({ ended: 1 });
    expect(refusalOf(await admin.ask('DELETE', `${to}/sessions/${session?.id}`))).toEqual([
      404,
      'sessions.unknown',
    ]);
    expect(refusalOf(await browser.get('/v1/whoami'))).toEqual([401, 'auth.session-ended']);

    const reset = (await admin.post(`${to}/reset-password`)).body as { password: string };
    expect(refusalOf(await new TestBrowser(hub.url).signIn(user.email, chosen))).toEqual([
      401,
      'sign-in.wrong',
    ]);
    expect((await browser.signIn(user.email, reset.password)).status).toBe(200);
  });

  test('reads personal values only with pii:read, and each reading is noted', async () => {
    await hub.database.query(
      `insert into records (id, entity, data, version) values
       ('0198c0de-0000-7000-8000-00000000cafe', 'customer', '{"code": "K1", "name": "Zhou Min"}', 1)`,
    );
    const to = '/v1/records/0198c0de-0000-7000-8000-00000000cafe';
    const [blind, seeing] = [
      await signedIn('blind', 'operator'),
      await signedIn('seeing', 'viewer', ['pii:read']),
    ];
    expect(JSON.stringify((await blind.browser.get(to)).body)).not.toContain('Zhou Min');
    expect(JSON.stringify((await seeing.browser.get(to)).body)).toContain('Zhou Min');
    expect(await auditOf('user/seeing@example.com')).toContain('personal.read');
    expect(await auditOf('user/blind@example.com')).not.toContain('personal.read');
  });

  test('makes and revokes tokens by the API, whose secrets are shown once', async () => {
    const made = await admin.post('/v1/tokens', { name: 'till', role: 'operator', scopes: ['pii:read'] });
    const { token, secret } = made.body as { token: { id: string }; secret: string };
    const authorization = { cookie: undefined, authorization: `Bearer ${secret}` };
    expect((await admin.get('/v1/whoami', authorization)).body).toMatchObject({
      kind: 'token',
      name: 'till',
    });
    expect(refusalOf(await admin.post('/v1/tokens', { name: 'till', role: 'viewer' }))).toEqual([
      409,
      'tokens.exists',
    ]);
    expect(JSON.stringify((await admin.get('/v1/tokens')).body)).not.toContain(secret.slice(4));
    expect((await admin.ask('DELETE', `/v1/tokens/${token.id}`)).status).toBe(200);
    expect(refusalOf(await admin.get('/v1/whoami', authorization))).toEqual([401, 'auth.revoked']);
    expect(refusalOf(await admin.ask('DELETE', `/v1/tokens/${token.id}`))).toEqual([404, 'tokens.unknown']);
  });

  test('is always left', async () => {
    const everybody = itemsOf(await admin.get('/v1/users?limit=200'));
    for (const one of everybody)
      if (one.role === 'admin' && one.email !== 'admin@lianhub.local')
        await admin.post(`/v1/users/${one.id}/disable`);
    const me = everybody.find((one) => one.email === 'admin@lianhub.local');
    const change = { name: 'Me', role: 'viewer' };
    for (const answer of [
      await admin.post(`/v1/users/${me?.id}/disable`),
      await admin.ask('PUT', `/v1/users/${me?.id}`, change, { 'if-match': '*' }),
    ])
      expect(refusalOf(answer)).toEqual([409, 'users.last-admin']);
    expect((await admin.get('/v1/whoami')).body).toMatchObject({ role: 'admin' });
  });

  test('does the same at a terminal', async () => {
    let said = '';
    const around: Surroundings = {
      open: async () => ({ database: hub.database, connections: [], close: async () => undefined }),
      write: (text) => {
        said += String(text);
      },
      user: 'li',
    };
    const run = async (...args: string[]): Promise<string> => {
      said = '';
      await usersCommand(around)
        .exitOverride()
        .parseAsync(['node', 'lianhub', ...args]);
      return said.trim();
    };
    const email = 'terminal@example.com';
    await expect(run('add', 'nobody')).rejects.toThrow('cannot be nobody');
    const password = await run('add', email, '--name', 'Terminal', '--role', 'operator');
    const browser = await firstSignIn(hub.url, { email, password }, chosen);
    await run('role', email, '--role', 'viewer', '--personal');
    expect((await browser.get('/v1/whoami')).body).toMatchObject({
      role: 'viewer',
      scopes: ['read', 'pii:read'],
    });
    expect(await run('disable', email)).toBe(`${email} may not sign in.`);
    expect((await browser.get('/v1/whoami')).status).toBe(401);
    await run('enable', email);
    const { password: next } = JSON.parse(await run('reset-password', email, '--json')) as {
      password: string;
    };
    expect((await browser.signIn(email, next)).status).toBe(200);
    expect(await run('list')).toMatch(/terminal@example\.com\s+Terminal\s+viewer\s+read pii:read/);
    expect((await auditOf('li')).toSorted()).toEqual(
      ['users.change', 'users.create', 'users.disable', 'users.enable', 'users.reset-password'].toSorted(),
    );
  });
});

describe('With an identity provider', () => {
  const groups = (...names: string[]) => ({ realm: { groups: names } });
  const come = (browser: TestBrowser, person: Record<string, unknown>) => comeBy(provider, browser, person);

  test('people come in with what their groups may do, again each time', async () => {
    const browser = new TestBrowser(hub.url);
    expect((await browser.get('/auth/providers')).body).toEqual({ password: true, oidc: { name: 'Staff' } });
    const person = { sub: 'p-1', email: 'Chen@Example.com', name: 'Chen' };
    expect(await come(browser, { ...person, ...groups('shop', 'other') })).toBe('/console/problems');
    expect((await browser.get('/v1/whoami')).body).toMatchObject({
      email: 'chen@example.com',
      role: 'operator',
      scopes: ['read', 'operate'],
      mustChangePassword: false,
    });
    expect(await come(new TestBrowser(hub.url), { ...person, ...groups('desk', 'hub-admins') })).toBe(
      '/console/problems',
    );
    const who = (await browser.get('/v1/whoami')).body as { role: string; scopes: string[] };
    expect([who.role, who.scopes.includes('pii:read')]).toEqual(['admin', true]);
    const kept = await hub.database.query(`select * from accounts where provider_id = 'oidc'`);
    expect(JSON.stringify(kept.rows)).not.toMatch(/opaque-access-token|eyJ/);
    const [user] = itemsOf(await admin.get('/v1/users?limit=200')).filter(
      (one) => one.email === 'chen@example.com',
    );
    const change = { name: 'Chen', role: 'viewer' };
    const changed = await admin.ask('PUT', `/v1/users/${user?.id}`, change, { 'if-match': '*' });
    expect(refusalOf(changed)).toEqual([409, 'users.by-provider']);
  });

  test('nobody comes in without such a group, disabled, by an address somebody else has, or by a word that is not theirs', async () => {
    const failed = (code: string): string => `/console/sign-in?error=${code}`;
    const person = { sub: 'p-2', email: 'outsider@example.com', name: 'Out' };
    const browser = new TestBrowser(hub.url);
    expect(await come(browser, { ...person, ...groups('other') })).toBe(failed('sign-in.no-role'));
    expect((await browser.get('/v1/whoami')).status).toBe(401);
    expect(itemsOf(await admin.get('/v1/users?limit=200')).map((one) => one.email)).not.toContain(
      person.email,
    );
    // Somebody who calls themselves what an admin is called.
    const thief = { sub: 'p-3', email: 'admin@lianhub.local', ...groups('shop') };
    expect(await come(new TestBrowser(hub.url), thief)).toBe(failed('sign-in.not-linked'));
    expect(await come(new TestBrowser(hub.url), { ...thief, email_verified: false })).toBe(
      failed('sign-in.not-linked'),
    );
    for (const lies of [
      { nonce: 'another' },
      { iss: 'https://evil.example' },
      { aud: 'someone-else' },
      { exp: 1 },
    ]) {
      provider.lies = lies;
      expect(
        await come(new TestBrowser(hub.url), { ...person, ...groups('shop') }),
        JSON.stringify(lies),
      ).toBe(failed('sign-in.provider-failed'));
    }
    provider.lies = {};
    const stolen = await new TestBrowser(hub.url).get('/auth/callback/oidc?code=x&state=y');
    expect(stolen.headers.get('location')).toBe(failed('sign-in.provider-failed'));
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/console/..//evil.example',
      '/console/../\\evil',
    ])
      expect(refusalOf(await browser.post('/auth/sign-in/oidc', { to })), to).toEqual([
        422,
        'request.invalid',
      ]);
    const [chen] = itemsOf(await admin.get('/v1/users?limit=200')).filter(
      (one) => one.email === 'chen@example.com',
    );
    await admin.post(`/v1/users/${chen?.id}/disable`);
    expect(
      await come(new TestBrowser(hub.url), {
        sub: 'p-1',
        email: 'chen@example.com',
        name: 'Chen',
        ...groups('shop'),
      }),
    ).toBe(failed('sign-in.disabled'));
  });

  test('somebody who has a password comes in both ways, when the provider vouches for the address', async () => {
    const { email, browser } = await signedIn('both', 'viewer');
    const person = { sub: 'p-5', email, email_verified: true, name: 'Both', ...groups('hub-admins') };
    const by = new TestBrowser(hub.url);
    expect(await come(by, person)).toBe('/console/problems');
    // The hub goes on saying what they may do.
    for (const one of [by, browser])
      expect((await one.get('/v1/whoami')).body).toMatchObject({ role: 'viewer' });
  });
});
