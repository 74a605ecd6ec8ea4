import { expect, test } from 'vitest';
import { type Database, fixedPlansByKey } from './database.ts';
import { type DeliveryOutcome, finishDeliveries } from './due-deliveries.ts';
import { withTables } from './tables.fixture.ts';

let database: Database;
// One connection: what was planned once is what is run.
withTables(1, (made) => {
  database = made;
});

const outcome = (seq: number, state: DeliveryOutcome['state'] = 'done'): DeliveryOutcome => ({
  ...{
    seq,
    state,
    attempts: 0,
    status: state === 'due' ? 500 : 200,
    answer: `of ${seq}`,
    durationMs: seq,
    ordered: false,
  },
  ...(state === 'due' ? { delayMs: 60_000, code: 'delivery.status', error: 'no' } : {}),
});

test('outcomes reach their deliveries by key, also when that was planned while there were none', async () => {
  await database.query('vacuum analyze due_deliveries');
  await database.transaction(
    (sql) => finishDeliveries(sql, [outcome(1), outcome(2, 'due')]),
    fixedPlansByKey,
  );
  await database.query(
    `insert into due_deliveries (at, id, subscription_id, event_at, event_seq, event_id, type, key, lane, due_at)
     select now(), gen_random_uuid(), gen_random_uuid(), now(), n, gen_random_uuid(), 'order.created', null, 'deliver/s/0', now()
     from generate_series(1, 3000) n`,
  );
  const { rows: first } = await database.query<{ seq: number }>('select min(seq) as seq from due_deliveries');
  const from = first[0]?.seq ?? 0;
  const tried = [outcome(from + 7), outcome(from + 5, 'due'), outcome(from + 3, 'failed')];
  const read = await database.transaction(async (sql) => {
    await finishDeliveries(sql, tried);
    const { rows } = await sql.query<{ fetched: number }>(
      `select idx_tup_fetch as fetched from pg_stat_xact_user_tables
       where relid = 'due_deliveries'::regclass`,
    );
    return rows[0]?.fetched;
  }, fixedPlansByKey);
  expect(read).toBeLessThan(10);
  const { rows: log } = await database.query(
    `select (seq - $1)::int as n, state, attempts, status, answer, duration_ms - $1 as took, error_code, jsonb_array_length(log) as noted,
       finished_at is null as open from deliveries order by seq`,
    [from],
  );
  expect(log).toEqual([
    {
      n: 3,
      state: 'failed',
      attempts: 1,
      status: 200,
      answer: `of ${from + 3}`,
      took: 3,
      error_code: null,
      noted: 0,
      open: false,
    },
    {
      n: 5,
      state: 'due',
      attempts: 1,
      status: 500,
      answer: `of ${from + 5}`,
      took: 5,
      error_code: 'delivery.status',
      noted: 1,
      open: true,
    },
    {
      n: 7,
      state: 'done',
      attempts: 1,
      status: 200,
      answer: `of ${from + 7}`,
      took: 7,
      error_code: null,
      noted: 0,
      open: false,
    },
  ]);
  const { rows: left } = await database.query(
    `select (seq - $1)::int as n, attempts, due_at > now() + interval '50 s' as later from due_deliveries
     where seq < $1 + 8 and seq >= $1 + 3 order by seq`,
    [from],
  );
  expect(left).toEqual([
    { n: 4, attempts: 0, later: false },
    { n: 5, attempts: 1, later: true },
    { n: 6, attempts: 0, later: false },
  ]);
  // Whoever settles it first decides.
  await database.transaction((sql) => finishDeliveries(sql, [outcome(from + 5)]), fixedPlansByKey);
  expect(
    (await database.query(`select 1 from deliveries where seq = ${from + 5} and state = 'due'`)).rowCount,
  ).toBe(1);
});
