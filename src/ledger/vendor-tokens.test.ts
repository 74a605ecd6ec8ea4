import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { newId } from './ids.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { claimToken, storeToken } from './vendor-tokens.ts';

const schema = `tokens_${randomBytes(6).toString('hex')}`;
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: inject('databaseUrl'), schema, max: 1 });
  await migrate(database, migrations);
});
afterAll(async () => {
  await database?.query(`drop schema if exists ${schema} cascade`);
  await database?.close();
});

test('a token that never ends is kept like any other, on every PostgreSQL', async () => {
  const key = { connection: 'crm', name: 'default' };
  const holder = newId();
  const claim = () =>
    claimToken(database, key, { holder, leaseMs: 60_000 }, { refused: 0, fingerprint: 'f' });
  expect(await claim()).toMatchObject({ mine: true, sealed: null });
  const token = { sealed: 'sealed', fingerprint: 'f', ttlMs: Number.POSITIVE_INFINITY };
  expect(await storeToken(database, key, holder, token)).toBe(1);
  const { sealed, left_ms } = await claim();
  expect([sealed, Number.isFinite(left_ms), left_ms > 86_400_000]).toEqual(['sealed', true, true]);
});
