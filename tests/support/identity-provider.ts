/** A small OpenID Connect provider on this machine: one client, the code flow with PKCE, RS256. Whoever comes is `person`. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { HubConfig } from '../../src/config/index.ts';
import type { TestBrowser } from './browser.ts';

const client = { id: 'lianhub', secret: 'provider-secret-of-the-test' };

export interface TestProvider {
  readonly issuer: string;
  /** Claims of who signs in from now on. */
  person: Readonly<Record<string, unknown>>;
  /** Claims that are told wrongly, to see that nobody believes them. */
  lies: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function startProvider(): Promise<TestProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, URLSearchParams>();
  const provider = { issuer: '', person: {}, lies: {} } as {
    -readonly [Name in keyof TestProvider]: TestProvider[Name];
  };
  const idToken = (asked: URLSearchParams): string => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: provider.issuer,
      aud: client.id,
      iat: now,
      exp: now + 60,
      nonce: asked.get('nonce'),
      ...provider.person,
      ...provider.lies,
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', provider.issuer);
    const answer = (status: number, body: unknown, headers = {}): void => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration')
      return answer(200, {
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        jwks_uri: `${provider.issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/jwks')
      return answer(200, {
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
      });
    if (url.pathname === '/authorize') {
      const code = randomBytes(12).toString('hex');
      codes.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return answer(302, {}, { location: back.href });
    }
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const right =
      form.get('client_id') === client.id &&
      form.get('client_secret') === client.secret &&
      asked?.get('code_challenge') === challenge &&
      asked.get('redirect_uri') === form.get('redirect_uri');
    if (!asked || !right) return answer(400, { error: 'invalid_grant' });
    answer(200, {
      access_token: 'opaque-access-token',
      token_type: 'Bearer',
      expires_in: 60,
      id_token: idToken(asked),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return provider;
}

/** `console.oidc` for it; groups are in a claim within a claim. */
export function providerConfig({ issuer }: TestProvider): HubConfig['console']['oidc'] {
  return {
    issuer,
    clientId: client.id,
    clientSecret: client.secret,
    name: 'Staff',
    scopes: ['openid', 'profile', 'email'],
    claim: 'realm.groups',
    roles: { admin: ['hub-admins'], operator: ['shop', 'desk'] },
    personal: ['desk'],
  };
}

/** Signs somebody in as a browser does it: to the provider and back. Answers where it ends. */
export async function comeBy(
  provider: TestProvider,
  browser: TestBrowser,
  person: Readonly<Record<string, unknown>>,
): Promise<string> {
  provider.person = person;
  const begun = await browser.post('/auth/sign-in/oidc', { to: '/console/problems' });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  const { url } = begun.body as { url: string };
  expect(url.startsWith(`${provider.issuer}/authorize?`)).toBe(true);
  const back = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
  expect(back.startsWith(`${browser.url}/auth/callback/oidc?`)).toBe(true);
  const headers = { 'sec-fetch-site': 'cross-site', origin: undefined };
  const answer = await browser.get(back.slice(browser.url.length), headers);
  return answer.headers.get('location') ?? String(answer.status);
}
