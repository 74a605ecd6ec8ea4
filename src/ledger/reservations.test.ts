import { beforeEach, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { insertRecords, stockRecords } from './records.ts';
import { releaseReservations, reservedAt, writeReservations } from './reservations.ts';
import { withTables } from './tables.fixture.ts';

let database: Database;
withTables(2, (made) => {
  database = made;
});

const record = (entity: string, data: object, aliasOf?: string) => ({
  ...{ id: newId(), entity, state: aliasOf === undefined ? ('live' as const) : ('merged' as const) },
  ...{ alias_of: aliasOf ?? null, data: data as never, version: 1, provenance: {}, mapping_version: null },
});

const sku = record('product', { code: 'TEA-1' });
const placeholder = record('product', {}, sku.id);
const older = record('product', {}, placeholder.id);
const stock = [sku, placeholder, older].map(({ id }) =>
  record('inventory', { skuId: id, locationId: 'W01', onHand: '10', asOf: '2026-11-01T00:00:00Z' }),
);
const elsewhere = record('inventory', { skuId: sku.id, locationId: 'W02', onHand: '10' });
const holders = [newId(), newId()];

beforeEach(async () => {
  await database.query('truncate reservations, records cascade');
  await insertRecords(database, [sku, placeholder, older, ...stock, elsewhere]);
  await writeReservations(
    database,
    holders.map((holder_id, n) => ({
      ...{ holder_id, sku_id: sku.id, location_id: 'W01', quantity: String(n + 1) },
    })),
  );
});

test('what is promised of goods is taken off every stock that is told of them, also under an id they were merged from', async () => {
  const places = [sku, placeholder, older].map(({ id }) => ({ skuId: id, locationId: 'W01' }));
  const all = [{ quantity: '3', released_at: null }];
  expect(await reservedAt(database, [...places, { skuId: sku.id, locationId: 'W02' }])).toEqual([
    all,
    all,
    all,
    [],
  ]);
  const found = await stockRecords(database, [{ skuId: sku.id, locationId: 'W01' }]);
  expect(found.sort()).toEqual(stock.map(({ id }) => id).sort());
});

test('what was released is told apart from what was not, with its moment', async () => {
  const before = Date.now();
  await releaseReservations(database, holders.slice(0, 1));
  const [found = []] = await reservedAt(database, [{ skuId: placeholder.id, locationId: 'W01' }]);
  expect(found).toEqual([
    { quantity: '1', released_at: expect.any(Date) },
    { quantity: '2', released_at: null },
  ]);
  expect(Math.abs(Number(found[0]?.released_at) - before)).toBeLessThan(60_000);
});
