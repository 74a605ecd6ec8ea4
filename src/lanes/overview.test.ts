import { expect, test } from 'vitest';
import type { Database } from '../ledger/database.ts';
import { lookLimit } from '../ledger/overview.ts';
import { withTables } from '../ledger/tables.fixture.ts';
import { countLarge, overview } from './overview.ts';

let database: Database;
withTables(16, (made) => {
  database = made;
});

const link = (object: string, state: string, from: number, to: number, code = 'null'): Promise<unknown> =>
  database.query(
    `insert into links (id, record_id, entity, connection, object, state, lane, due_at, error_code, error, dirty_since)
     select gen_random_uuid(), gen_random_uuid(), 'order', 'erp', $1, $2, 'push/erp/x/0', now(), ${code}, 'why',
       '2026-11-01T00:00:00Z' from generate_series($3::int, $4::int)`,
    [object, state, from, to],
  );

test('large tables are told as they were counted last, with the time; what is open in them as it is now', async () => {
  await database.query(
    `insert into records (id, entity, data, version)
     select gen_random_uuid(), 'order', '{}', 1 from generate_series(1, 7)`,
  );
  await link('bill', 'idle', 1, 20);
  await link('bill', 'due', 1, 3);
  await link('bill', 'parked', 1, 2, `'push.refused'`);
  const now = await overview(database);
  const before = '2026-11-01T00:00:00.000Z';
  const bill = (state: string, count: number, oldest = before) => {
    return { connection: 'erp', object: 'bill', entity: 'order', state, count, oldest };
  };
  const parked = { kind: 'link', connection: 'erp', object: 'bill', state: 'parked', code: 'push.refused' };
  expect(JSON.parse(JSON.stringify(now))).toMatchObject({
    asOf: {},
    told: {
      records: [{ entity: 'order', count: 7 }],
      links: [bill('due', 3), bill('idle', 20), bill('parked', 2)],
      trouble: [{ ...parked, error: 'why', count: 2 }],
    },
  });

  // From here on every table counts as large.
  const glance = async () => JSON.parse(JSON.stringify(await overview(database, -1)));
  expect((await glance()).asOf).toMatchObject({ records: null, links: null });
  await countLarge(database, -1);
  await database.query(`update links set state = 'idle' where state = 'due'`);
  await link('bill', 'parked', 1, 1, `'push.refused'`);
  await database.query('delete from records');
  const later = await glance();
  expect(later.told.records).toEqual([{ entity: 'order', count: 7 }]);
  expect(later.told.links).toEqual([bill('idle', 20), bill('parked', 3)]);
  expect(later.told.trouble).toMatchObject([{ ...parked, count: 3 }]);
  expect(Object.keys(later.asOf)).not.toContain('trouble');
  expect(Date.now() - Date.parse(later.asOf.records)).toBeLessThan(60_000);

  // So many that counting them takes longer than a look may: as they were counted last, too.
  await link('bill', 'waiting', 0, lookLimit);
  expect((await glance()).told.trouble).toMatchObject([{ ...parked, count: 2 }]);
  expect(Object.keys((await glance()).asOf)).toContain('trouble');
  // Counting again is for later.
  await countLarge(database, -1);
  expect((await glance()).told.trouble).toMatchObject([{ ...parked, count: 2 }]);
});
