import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { withTables } from './tables.fixture.ts';
import { claimToken, storeToken } from './vendor-tokens.ts';

let database: Database;
withTables(1, (made) => {
  database = made;
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
