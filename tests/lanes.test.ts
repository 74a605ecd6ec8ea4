import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Drain, LaneRunner } from '../src/lanes/runner.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { claimLane, neglectedLanes, releaseLane, renewLane } from '../src/ledger/lanes.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { migrations } from '../src/ledger/migrations/index.ts';
import { silentLogger } from '../src/log.ts';
import { dropSchemas, until } from './harness.ts';

const schema = `t_${randomBytes(6).toString('hex')}`;
const me = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: inject('databaseUrl'), schema });
  await migrate(database, migrations);
  await database.query(
    'create table items (id bigint generated always as identity, lane text, done timestamptz, put timestamptz default clock_timestamp())',
  );
});
afterAll(async () => {
  await database.close();
  await dropSchemas(schema);
});

/** A drain over a plain table, as the real ones are over theirs. */
function itemDrain(): Drain {
  return async ({ lane }) => {
    const moved = await database.query(
      `update items set done = clock_timestamp() where id in (
         select id from items where lane = $1 and done is null order by id limit 50)`,
      [lane],
    );
    return moved.rowCount;
  };
}

function runner(
  drain: Drain = itemDrain(),
  times: { lingerMs?: number; throttleMs?: number } = {},
): LaneRunner {
  return new LaneRunner({
    database,
    drains: { work: drain },
    log: silentLogger(),
    slots: 4,
    slotsPerConnection: 4,
    leaseMs: 60_000,
    lingerMs: 30,
    ...times,
  });
}

describe('a lane has one holder at a time and loses no wake-up', () => {
  test('a second claim is counted and does not take the lane away', async () => {
    const first = await claimLane(database, 'work/a/0', me, 60_000);
    const second = await claimLane(database, 'work/a/0', other, 60_000);
    expect([first.held, second.held]).toEqual([true, false]);
    expect(second.rings).toBe(first.rings + 1);
  });

  test('a lane rung since it was read is not let go', async () => {
    const held = await claimLane(database, 'work/b/0', me, 60_000);
    await claimLane(database, 'work/b/0', other, 60_000);
    expect(await releaseLane(database, 'work/b/0', me, held.epoch, held.rings)).toBe(false);
    const rings = await renewLane(database, 'work/b/0', me, held.epoch, 60_000);
    expect(await releaseLane(database, 'work/b/0', me, held.epoch, rings ?? -1)).toBe(true);
  });

  test('a lease that is over is taken by the next ring, and its late holder cannot renew or release', async () => {
    const late = await claimLane(database, 'work/c/0', me, -1);
    const next = await claimLane(database, 'work/c/0', other, 60_000);
    expect(next.held).toBe(true);
    expect(next.epoch).toBe(late.epoch + 1);
    expect(await renewLane(database, 'work/c/0', me, late.epoch, 60_000)).toBeUndefined();
    expect(await releaseLane(database, 'work/c/0', me, late.epoch, next.rings)).toBe(false);
  });

  test('two workers and no sweep: every item put before its ring is drained', async () => {
    const workers = [runner(), runner()];
    const lanes = ['work/d/0', 'work/d/1', 'work/d/2'];
    for (let count = 0; count < 600; count += 1) {
      const lane = lanes[count % lanes.length] as string;
      await database.query('insert into items (lane) values ($1)', [lane]);
      workers[count % 2]?.wake(lane);
    }
    await until('all items are drained', async () => {
      const left = await database.query<{ n: number }>(
        'select count(*)::int as n from items where done is null',
      );
      return left.rows[0]?.n === 0;
    });
    await Promise.all(workers.map((worker) => worker.stop()));
    const held = await database.query('select 1 from lanes where lane like $1 and holder is not null', [
      'work/d/%',
    ]);
    expect(held.rowCount).toBe(0);
  });

  test('what a dropped ring was for is looked for as soon as none is dropped any more', async () => {
    const lane = 'work/g/0';
    const worker = runner(undefined, { lingerMs: 60_000, throttleMs: 1_000 });
    const left = async () =>
      (await database.query('select 1 from items where lane = $1 and done is null', [lane])).rowCount;
    for (let ring = 0; ring < 2; ring += 1) {
      await database.query('insert into items (lane) values ($1)', [lane]);
      worker.wake(lane, true);
      await until('it is drained', async () => (await left()) === 0);
      // Its ring is one of those that the queue drops.
      await database.query('insert into items (lane) values ($1)', [lane]);
      await until('the other one is drained, too', async () => (await left()) === 0, 10_000);
    }
    await worker.stop();
  });

  test('a lane whose drain fails is let go for others at once, and rests where it failed', async () => {
    let failures = 0;
    const failing = runner(() => {
      failures += 1;
      return Promise.reject(new Error('this process cannot'));
    });
    const others = runner();
    await database.query(`insert into items (lane) values ('work/f/0')`);
    failing.wake('work/f/0');
    await until('it has failed and rests', () => !failing.wake('work/f/0'), 5_000);
    await until('it was let go', async () => {
      const held = await database.query(`select 1 from lanes where lane = 'work/f/0' and holder is not null`);
      return held.rowCount === 0;
    });
    for (let ring = 0; ring < 5; ring += 1) expect(failing.wake('work/f/0')).toBe(false);
    others.wake('work/f/0');
    await until('another one has drained it', async () => {
      const left = await database.query(`select 1 from items where lane = 'work/f/0' and done is null`);
      return left.rowCount === 0;
    });
    expect(failures).toBe(1);
    await until('where it failed it is taken again', () => failing.wake('work/f/0'), 5_000);
    await until('and fails again', () => failures === 2);
    await Promise.all([failing, others].map((one) => one.stop()));
  });

  test('a stop lets the slice under way end and gives the lane back', async () => {
    let finish: () => void = () => {};
    let ended = false;
    const slow = new LaneRunner({
      database,
      drains: {
        work: () =>
          new Promise((resolve) => {
            finish = () => {
              ended = true;
              resolve(1);
            };
          }),
      },
      log: silentLogger(),
      slots: 1,
      slotsPerConnection: 1,
      leaseMs: 60_000,
      lingerMs: 30,
    });
    slow.wake('work/e/0');
    await until('the slice runs', async () => {
      const held = await database.query('select 1 from lanes where lane = $1 and holder is not null', [
        'work/e/0',
      ]);
      return held.rowCount === 1;
    });
    const stopped = slow.stop();
    finish();
    await stopped;
    expect(ended).toBe(true);
    expect((await claimLane(database, 'work/e/0', me, 60_000)).held).toBe(true);
  });
});

test('the sweep finds due work without a living lease, and only that', async () => {
  await database.query(
    `insert into links (id, record_id, entity, connection, object, state, lane, due_at)
     select gen_random_uuid(), gen_random_uuid(), 'order', 'erp', 'X', state, lane, now() + due
     from (values ('due', 'push/erp/X/0', interval '-1 s'), ('due', 'push/erp/X/1', interval '1 h'),
                  ('idle', 'push/erp/X/2', interval '-1 s'), ('due', 'push/erp/X/3', interval '-1 s'))
       as given(state, lane, due)`,
  );
  await claimLane(database, 'push/erp/X/3', me, 60_000);
  expect(await neglectedLanes(database)).toEqual(['push/erp/X/0']);
});
