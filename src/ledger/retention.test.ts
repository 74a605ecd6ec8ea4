import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { ensurePartitions } from './partitions.ts';
import { dropFinishedWeeks, forgetMessageIds } from './retention.ts';

const week = 7 * 86_400_000;
const keep = { messages: 4 * week, writes: 4 * week, history: 4 * week, messageIds: week };

describe('Weeks that are over', () => {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  const now = new Date();
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ url: inject('databaseUrl'), schema, max: 3 });
    await migrate(database, migrations);
    for (const weeks of [12, 8, 0])
      await database.transaction((sql) => ensurePartitions(sql, new Date(now.getTime() - weeks * week)));
  });
  afterAll(async () => {
    await database.query(`drop schema ${schema} cascade`);
    await database.close();
  });

  const parts = async (table: string): Promise<number> => {
    const { rows } = await database.query<{ count: number }>(
      'select count(*)::int as count from pg_inherits where inhparent = $1::text::regclass',
      [table],
    );
    return rows[0]?.count ?? 0;
  };
  const message = (weeks: number, state: string) =>
    database.query(
      `insert into inbox (received_at, connection, object, remote_id, via, lane, state, due_at)
       values ($1, 'erp', 'x', $2, 'poll', 'apply/erp/0', $2, now())`,
      [new Date(now.getTime() - weeks * week), state],
    );

  test('are dropped when everything in them is finished, and kept while something is to be done', async () => {
    await message(12, 'done');
    await message(8, 'done');
    await message(8, 'dead');
    await message(0, 'done');
    await database.query(
      `insert into tries (id, started_at, link_id, step, key, body, record_version, send_by)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'save', 'k', '{}', 1, now())`,
      [new Date(now.getTime() - 12 * week)],
    );
    const before = {
      inbox: await parts('inbox'),
      tries: await parts('tries'),
      changes: await parts('changes'),
    };
    const dropped = await dropFinishedWeeks(database, now, keep);
    // Four weeks were made around each moment; what is left: that with the letter, the open write's, and the present.
    expect(await parts('changes')).toBe(4);
    expect(await parts('inbox')).toBe(5);
    expect(await parts('tries')).toBe(5);
    expect(dropped).toHaveLength(before.inbox + before.tries + before.changes - 14);
    const { rows } = await database.query<{ remote_id: string }>(
      'select remote_id from inbox order by remote_id',
    );
    expect(rows.map((row) => row.remote_id)).toEqual(['dead', 'done', 'done']);
    await database.query(`update inbox set state = 'dropped' where state = 'dead'`);
    expect(await dropFinishedWeeks(database, now, keep)).toHaveLength(1);
  });

  test('give way to whoever works with the table', async () => {
    await database.transaction((sql) => ensurePartitions(sql, new Date(now.getTime() - 20 * week)));
    await database.transaction(async (sql) => {
      await sql.query('select 1 from inbox limit 1');
      expect(
        (await dropFinishedWeeks(database, now, keep)).filter((name) => name.startsWith('inbox')),
      ).toEqual([]);
    });
    expect(
      (await dropFinishedWeeks(database, now, keep)).filter((name) => name.startsWith('inbox')),
    ).toHaveLength(4);
  });

  test('ids of messages are forgotten by age', async () => {
    await database.query(
      `insert into seen (connection, message_id, seen_at) values ('pos', 'old', now() - interval '8 days'), ('pos', 'new', now())`,
    );
    expect(await forgetMessageIds(database, week)).toBe(1);
    const { rows } = await database.query('select message_id from seen');
    expect(rows).toEqual([{ message_id: 'new' }]);
  });
});
