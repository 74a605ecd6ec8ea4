import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { newId } from './ids.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { insertRecords, stockRecords } from './records.ts';
import { releaseReservations, reservedAt, writeReservations } from './reservations.ts';

const schema = `reserved_${randomBytes(6).toString('hex')}`;
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: inject('databaseUrl'), schema, max: 2 });
  await migrate(database, migrations);
});
afterAll(async () => {
  await database?.query(`drop schema if exists ${schema} cascade`);
  await database?.close();
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
  expect(await reservedAt(database, [...places, { skuId: sku.id, locationId: 'W02' }])).toEqual([
    '3',
    '3',
    '3',
    '0',
  ]);
  const found = await stockRecords(database, [{ skuId: sku.id, locationId: 'W01' }]);
  expect(found.sort()).toEqual(stock.map(({ id }) => id).sort());
});

test('what was released is taken off until the stock is of a later moment', async () => {
  await releaseReservations(database, holders.slice(0, 1));
  const [moment] = (
    await database.query<{ before: string; after: string }>(
      `select (max(released_at) - interval '1 s')::text as before, (max(released_at) + interval '1 s')::text as after
       from reservations`,
    )
  ).rows;
  const place = { skuId: placeholder.id, locationId: 'W01' };
  const places = [
    place,
    { ...place, contains: moment?.before ?? '' },
    { ...place, contains: moment?.after ?? '' },
  ];
  expect(await reservedAt(database, places)).toEqual(['3', '3', '2']);
});
