import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../ledger/database.ts';
import { withTables } from '../../ledger/tables.fixture.ts';
import { issueToken } from '../../ledger/tokens.ts';
import { silentLogger } from '../../log.ts';
import { Networks } from '../../security/networks.ts';
import type { ApiEnv } from './environment.ts';
import { gate } from './gate.ts';
import { refusal } from './refusals.ts';

let database: Database;
const secrets = new Map<string, string>();
withTables(2, (made) => {
  database = made;
});
beforeAll(async () => {
  for (const name of ['viewer', 'operator'] as const) {
    const made = await database.transaction((sql) =>
      issueToken(sql, { name, role: name, scopes: [], expiresAt: undefined, author: 'test' }),
    );
    secrets.set(name, made?.secret ?? '');
  }
});

/** Status and code of a refusal. */
async function problemOf(answer: Response): Promise<unknown[]> {
  return [answer.status, ((await answer.json()) as { code: string }).code];
}

describe('The gate slows down', () => {
  const guarded = () => {
    const app = new Hono<ApiEnv>();
    app.use(gate({ database: database, requestsPerSecond: 1 }));
    app.get('/', (context) => context.text(context.var.caller.name));
    app.onError(refusal(silentLogger()));
    return async (who: string) =>
      await app.request('/', { headers: { authorization: `Bearer ${secrets.get(who) ?? who}` } });
  };
  const wrong = `lh_${'b'.repeat(43)}`;

  test('a token that is used too much, and no other', async () => {
    const ask = guarded();
    for (let count = 0; count < 10; count++) expect((await ask('viewer')).status).toBe(200);
    const answer = await ask('viewer');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problemOf(answer)).toEqual([429, 'request.too-many']);
    expect(await (await ask('operator')).text()).toBe('operator');
  });

  test('whoever tries tokens that are none behind a proxy, and not the others behind it', async () => {
    const app = new Hono<ApiEnv>();
    const proxies = {
      networks: new Networks([{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }]),
      header: 'x-forwarded-for',
    };
    app.use(gate({ database: database, requestsPerSecond: 1, proxies }));
    app.onError(refusal(silentLogger()));
    const ask = async (address: string): Promise<number> => {
      const headers = { 'x-forwarded-for': address };
      const env = { incoming: { socket: { remoteAddress: '10.0.0.1' }, headers } };
      const authorization = `Bearer ${wrong}`;
      return (await app.request('/', { headers: { authorization } }, env as unknown as ApiEnv['Bindings']))
        .status;
    };
    for (let count = 0; count < 30; count++) expect(await ask('203.0.113.7')).toBe(401);
    expect([await ask('203.0.113.7'), await ask('203.0.113.8')]).toEqual([429, 401]);
  });

  test('whoever tries tokens that are none, without shutting out those who share the address', async () => {
    const ask = guarded();
    expect((await ask('viewer')).status).toBe(200);
    for (let count = 0; count < 30; count++) expect((await ask(wrong)).status).toBe(401);
    for (const unknown of [wrong, wrong, 'operator'])
      expect(await problemOf(await ask(unknown))).toEqual([429, 'auth.too-many-failures']);
    expect(await (await ask('viewer')).text()).toBe('viewer');
  });
});
