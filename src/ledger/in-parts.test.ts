import { expect, test } from 'vitest';
import { markReferring } from '../lanes/merging/mark-referring.ts';
import type { Database } from './database.ts';
import { parkedGroups, parkGroups, retryGroups } from './derivation-groups.ts';
import { askRetry, retryAsked, retrySlice } from './derivation-retries.ts';
import { newId } from './ids.ts';
import { insertLinks } from './links.ts';
import { insertMerge } from './record-merges.ts';
import { insertRecords } from './records.ts';
import { releaseMessages } from './releases.ts';
import { withTables } from './tables.fixture.ts';

let database: Database;
withTables(4, (made) => {
  database = made;
});

const count = async (text: string): Promise<number> => (await database.query(text)).rowCount;

test('messages a mapping lets go on are looked at so many at a time, in their order, and each once', async () => {
  await database.query(
    `insert into inbox (received_at, connection, object, remote_id, via, lane, state, error_code, due_at, body)
     select now(), connection, object, connection || n, 'webhook', 'apply/' || connection || '/0', state, code, now(), '{}'
     from generate_series(1, 6) n, (values ('crm', 'goods', 'dead', 'mapping.bad-value'), ('crm', 'goods', 'waiting', null),
       ('crm', 'other', 'dead', 'mapping.bad-value'), ('erp', 'goods', 'dead', 'apply.unstorable'))
       as given(connection, object, state, code) order by n`,
  );
  const places = [
    { connection: 'crm', object: 'goods' },
    { connection: 'erp', object: 'goods' },
  ];
  const pages: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await releaseMessages(database, places, after, 5, { delayMs: 60_000, perSecond: 1 });
    pages.push(page.released);
    after = page.to;
  }
  expect(Math.max(...pages)).toBeLessThanOrEqual(5);
  expect(pages.reduce((sum, one) => sum + one, 0)).toBe(12);
  expect(pages.length).toBe(5);
  const due = await database.query<{ object: string; n: number; spread: boolean }>(
    `select object, count(*)::int as n, min(due_at) > now() + interval '50 s' as spread from inbox where state = 'due' group by 1`,
  );
  expect(due.rows).toEqual([{ object: 'goods', n: 12, spread: true }]);
});

const parked = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    rule: 'unpacked',
    group_key: String(from + n).padStart(6, '0'),
    lane: 'derive/unpacked/0',
    source_id: newId(),
    code: 'derive.not-known',
    error: 'no CUP-1',
  }));
const left = async (): Promise<number> =>
  (await parkedGroups(database, { rule: 'unpacked', limit: 5_000 })).length;

test('what lacked goods is tried again in parts, also by whom nobody could see yet, and no lock is waited for', async () => {
  const many = retrySlice + 40;
  await parkGroups(database, parked(0, many));
  let answered: string[] = [];
  await database.transaction(async (slow) => {
    // It has not seen the goods that are told now, and parks for them later.
    await slow.query('select pg_current_xact_id()');
    await database.transaction((sql) => askRetry(sql, 'derive.not-known'));
    expect(await database.transaction(retryAsked)).toEqual([]);
    await parkGroups(slow, parked(many, many + 10));
  });
  await database.transaction(async (busy) => {
    await busy.query(`select 1 from derivation_groups where group_key < '000005' for update`);
    // Transactions of other tests may be older than what was asked.
    while (answered.length === 0) answered = await database.transaction(retryAsked);
    expect([answered, await left()]).toEqual([['derive/unpacked/0'], many + 10 - retrySlice]);
    await database.transaction(retryAsked);
    expect(await left()).toBe(5);
  });
  expect(await database.transaction(retryAsked)).toEqual(['derive/unpacked/0']);
  expect(await left()).toBe(0);
  // Parked once more since: that is no matter of what was asked before.
  await parkGroups(database, parked(0, 3));
  expect(await database.transaction(retryAsked)).toEqual([]);
  expect([await left(), await count('select 1 from derivation_retries')]).toEqual([3, 0]);
  expect(await retryGroups(database, { rule: 'unpacked' }, 2)).toEqual(['derive/unpacked/0']);
  expect(await left()).toBe(0);
});

test('what refers to a merged record is found so many records at a time, and whoever comes after goes on', async () => {
  const [kept, merged] = [newId(), newId()];
  const record = (id: string, entity: string, data: object) => ({
    ...{ id, entity, state: 'live' as const, alias_of: null, data: data as never },
    ...{ version: 1, provenance: {}, mapping_version: null },
  });
  const orders = Array.from({ length: 10 }, (_, n) => ({ id: newId(), customerId: n % 2 ? merged : kept }));
  await insertRecords(database, [
    record(kept, 'customer', {}),
    record(merged, 'customer', {}),
    ...orders.map(({ id, customerId }) => record(id, 'order', { customerId })),
  ]);
  await insertLinks(
    database,
    orders.map(({ id }) => ({
      ...{ id: newId(), record_id: id, entity: 'order', connection: 'erp', object: 'bill', origin: false },
      ...{ remote_id: id, remote_number: null, state: 'idle' as const, lane: 'push/erp/bill/0', priority: 5 },
      ...{ seen_revision: null, seen_hash: null },
    })),
  );
  const merge = { id: newId(), kept, merged, merged_state: 'live' as const };
  const before = { kept_data: {}, kept_provenance: {}, kept_version: 2 };
  await insertMerge(database, { ...merge, ...before }, 'li.na');
  const due = () => count(`select 1 from links where object = 'bill' and state = 'due'`);
  let pages = 0;
  await markReferring(database, () => pages++ === 2, 3);
  const first = await due();
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(5);
  await database.query(`update links set state = 'idle' where object = 'bill'`);
  await markReferring(database, undefined, 3);
  // Nobody begins anew.
  expect(await due()).toBe(5 - first);
  expect(await count('select 1 from record_merges where marked_at is null')).toBe(0);
});
