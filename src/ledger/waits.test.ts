import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { insertLinks } from './links.ts';
import { holdRecords, insertRecords } from './records.ts';
import { withTables } from './tables.fixture.ts';
import {
  freedAtOnce,
  insertLinkWaits,
  releaseFilled,
  releaseWaits,
  setReleasePace,
  waitingLinks,
} from './waits.ts';

let database: Database;
withTables(2, (made) => {
  database = made;
});

test('whoever holds records holds all of them, merged or not: nobody begins to wait for one unseen', async () => {
  const id = newId();
  await insertRecords(database, [
    {
      id,
      entity: 'customer',
      state: 'live',
      alias_of: null,
      data: {},
      version: 1,
      provenance: {},
      mapping_version: null,
    },
  ]);
  await database.transaction(async (sql) => {
    expect(await holdRecords(sql, [id])).toEqual([]);
    const free = await database.query('select 1 from records where id = $1 for share skip locked', [id]);
    expect(free.rowCount).toBe(0);
  });
});

test('what waits for a popular record goes on in parts, and nobody is forgotten by whoever dies in between', async () => {
  const customer = `erp/${newId()}`;
  const count = freedAtOnce + 300;
  const links = Array.from({ length: count }, () => ({
    id: newId(),
    record_id: newId(),
    entity: 'order',
    connection: 'erp',
    object: 'order',
    origin: false,
    remote_id: null,
    remote_number: null,
    state: 'waiting' as const,
    lane: 'push/erp/order/0',
    priority: 5,
    seen_revision: null,
    seen_hash: null,
  }));
  const waits = [{ kind: 'ref' as const, target: customer }];
  await insertLinks(database, links);
  await insertLinkWaits(
    database,
    links.map(({ id }) => ({ linkId: id, kind: 'ref', target: customer })),
  );
  const due = async (): Promise<number> => {
    const found = await database.query(`select 1 from links where state = 'due'`);
    return found.rowCount;
  };
  await setReleasePace(database, 200);
  await database.transaction(async (sql) => {
    const first = await waitingLinks(sql, waits);
    expect(first).toHaveLength(freedAtOnce);
    expect(await releaseWaits(sql, waits, first)).toEqual(['push/erp/order/0']);
  });
  expect(await due()).toBe(freedAtOnce);
  // Whoever did that is gone. Any process goes on, at the pace of the hub; one that rolls back takes nothing along.
  await expect(
    database.transaction(async (sql) => {
      await releaseFilled(sql);
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  expect(await due()).toBe(freedAtOnce);
  const part = await database.transaction(releaseFilled);
  expect(part.count).toBeGreaterThan(0);
  expect(part.count).toBeLessThanOrEqual(200);
  await setReleasePace(database, 100_000);
  await database.query(`update release_pace set tokens = 100000`);
  await database.transaction(releaseFilled);
  expect(await due()).toBe(count);
  const left = await database.query(`select 1 from waits union all select 1 from wait_fills`);
  expect(left.rowCount).toBe(0);
});
