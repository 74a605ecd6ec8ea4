import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from './conformance/subject.ts';
import { tokensTogether } from './conformance/together.ts';
import { parseForm } from './form.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import { type OAuthGrant, oauthToken } from './oauth.ts';
import type { SharedTokens } from './shared.ts';
import { type Served, serve } from './simulator.ts';
import { SimulatorClock } from './simulator-clock.ts';
import { TokenDesk } from './token-desk.ts';

describe('an OAuth token', () => {
  let served: Served;
  let http: HttpClient;
  let clock: SimulatorClock;
  let desk: TokenDesk;
  /** The one refresh token that is good: each use ends it and gives another. */
  let refresh = 'first';
  let asked: { authorization: string; form: string }[] = [];
  let answer: { status: number; body: string; headers?: Record<string, string> } | undefined;

  beforeAll(async () => {
    const app = new Hono();
    app.post('/token', async (context) => {
      const text = await context.req.text();
      asked.push({ authorization: context.req.header('authorization') ?? '', form: text });
      if (answer) return new Response(answer.body, answer);
      const form = parseForm(text);
      const given = form.get('refresh_token')?.[0];
      const secret = form.get('client_secret')?.[0] ?? 'secret';
      const token = desk.issue('app', secret === 'secret' && (given === undefined || given === refresh));
      if (typeof token === 'string') return context.json({ error: 'invalid_grant' }, 400);
      if (given !== undefined) refresh = `${refresh}+`;
      return context.json({
        access_token: token.token,
        expires_in: token.ttlMs / 1000,
        ...(given === undefined ? {} : { refresh_token: refresh }),
      });
    });
    served = await serve(app);
    http = createHttpClient({ connection: 'test' });
  });
  afterAll(async () => {
    http.close();
    await served.close();
  });
  beforeEach(() => {
    clock = new SimulatorClock(1_700_000_000_000);
    desk = new TokenDesk({ ttlMs: 7_200_000, now: clock.now });
    refresh = 'first';
    asked = [];
    answer = undefined;
  });

  const tokenOf = (grant: OAuthGrant, more: { shared?: SharedTokens; inBody?: boolean } = {}) =>
    oauthToken({
      http,
      tokenUrl: `${served.url}/token`,
      clientId: 'id',
      clientSecret: 'secret',
      grant,
      scope: 'orders',
      now: clock.now,
      shared: more.shared,
      clientAuthentication: more.inBody ? 'body' : 'basic',
    });

  it('is got once for all, and anew a minute before it ends', async () => {
    const session = tokenOf({ kind: 'clientCredentials' });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.get()));
    expect(new Set(tokens).size).toBe(1);
    expect(asked).toEqual([
      { authorization: 'Basic aWQ6c2VjcmV0', form: 'grant_type=client_credentials&scope=orders' },
    ]);
    clock.advance(7_200_000 - 60_001);
    expect(await session.get()).toBe(tokens[0]);
    clock.advance(1);
    const next = await Promise.all([session.get(), session.get()]);
    expect(next[0]).toBe(next[1]);
    expect(next[0]).not.toEqual(tokens[0]);
    expect(asked).toHaveLength(2);
  });

  it('sends id and secret in the form where the server wants them there', async () => {
    await tokenOf({ kind: 'password', username: 'u', password: 'p' }, { inBody: true }).get();
    expect(asked[0]?.form).toBe(
      'grant_type=password&username=u&password=p&scope=orders&client_id=id&client_secret=secret',
    );
  });

  it('goes on from the refresh token another process got last', async () => {
    const shared = tokensTogether();
    const grant = { kind: 'refreshToken', refreshToken: 'first' } as const;
    const [one, two] = [tokenOf(grant, { shared }), tokenOf(grant, { shared })];
    const first = await one.get();
    expect(await two.get()).toEqual(first);
    clock.advance(7_200_000);
    // Only `one` knows what came after `first`, until `two` has asked what is kept.
    const second = await one.get();
    expect(await two.get()).toEqual(second);
    clock.advance(7_200_000);
    expect((await two.get()).refreshToken).toBe('first+++');
    const restarted = tokenOf(grant, { shared });
    clock.advance(7_200_000);
    expect((await restarted.get()).refreshToken).toBe('first++++');
    expect(desk.asked).toBe(4);
  });

  it('stops at a wrong secret and does not ask again', async () => {
    answer = { status: 401, body: '{"error":"invalid_client","error_description":"no such client"}' };
    const session = tokenOf({ kind: 'clientCredentials' });
    for (let call = 0; call < 5; call++) {
      const { decision } = await failureOf(session.get());
      expect(decision).toMatchObject({ kind: 'fatal', code: 'oauth.refused' });
      expect(decision.message).toContain('no such client');
    }
    expect(asked).toHaveLength(1);
  });

  it('waits when told to, and takes a web page for nothing', async () => {
    const session = tokenOf({ kind: 'clientCredentials' });
    answer = { status: 429, body: '', headers: { 'retry-after': '7' } };
    expect((await failureOf(session.get())).decision).toMatchObject({ kind: 'throttle', afterMs: 7000 });
    answer = { status: 200, body: '<html>' };
    expect((await failureOf(session.get())).decision).toMatchObject({
      kind: 'retry',
      code: 'oauth.no-token',
    });
    answer = undefined;
    expect((await session.get()).token).not.toBe('');
  });
});
