import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomFor } from '../connectors/qimen/simulator/state.ts';
import { sqlState } from '../src/ledger/database.ts';
import { backends, until } from './harness.ts';
import { clean, verdictOf } from './support/counting.ts';
import { type Outside, startOutside } from './support/outside.ts';
import { callsOf, Trade } from './support/trade.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Within this time work put in after a wipe must have reached a vendor, milliseconds. */
const within = 3_000;

describe.each(backends)('the queue may be wiped at any moment (%s)', (backend) => {
  let outside: Outside;
  let trade: Trade;
  beforeAll(async () => {
    outside = await startOutside({ backend });
    // The door and the worker know of each other only through the queue and the database.
    await outside.openDoor();
    await outside.start('worker');
    await outside.masterDataRead();
    trade = new Trade(outside);
  });
  afterAll(() => outside?.stop());

  test('in the middle of the work: nothing is lost or doubled, and work goes on within 3 s', async () => {
    const random = randomFor(618, backend);
    for (let round = 0; round < 4; round += 1) {
      const target = callsOf(outside) + 5 + Math.floor(random() * 40);
      trade.sell(12, 12);
      await until(`round ${round}: the vendors have been called`, () => callsOf(outside) >= target);
      await wipe(outside);
      expect(await untilInErp(outside, trade), `delay after wipe ${round}, ms`).toBeLessThan(within);
    }
    await trade.finished();
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
  });

  test('while nothing is going on: the next thing that comes is not slower for it', async () => {
    await wipe(outside);
    expect(await untilInErp(outside, trade), 'delay, ms').toBeLessThan(within);
    await trade.finished();
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
  });

  test('and be gone for a while: the sweep finds the work', async () => {
    trade.sell(6, 0);
    await takeAway(outside);
    expect(await untilInErp(outside, trade), 'delay without a queue, ms').toBeLessThan(within);
    await bringBack(outside);
    expect(await untilInErp(outside, trade), 'delay after it is back, ms').toBeLessThan(within);
    await trade.finished();
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
  });

  test('and in all of this no two transactions ever waited for each other', async () => {
    const { rows } = await outside.database.query<{ deadlocks: number }>(
      'select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(rows).toEqual([{ deadlocks: 0 }]);
  });
});

/** Sells one thing more and answers how long it takes until the books have it, milliseconds. */
async function untilInErp({ erp }: Outside, trade: Trade): Promise<number> {
  const began = performance.now();
  const [order = ''] = trade.sell(1, 0);
  await until('the order is in the books', () => erp.bill('SAL_SaleOrder', order) !== undefined);
  return Math.round(performance.now() - began);
}

/** Everything the queue knows is gone, as after FLUSHALL. */
async function wipe({ redis, database }: Outside): Promise<void> {
  if (redis) return redis.flush();
  // All tables of BullMQ but the one that says which version they have.
  const { rows } = await database.query<{ list: string }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as list from pg_tables
     where schemaname = 'lianhub_queue' and tablename <> 'migration'`,
  );
  const tables = rows[0]?.list;
  // All of them or none: holding one while waiting for another could cross with what the queue does meanwhile.
  await until('nobody uses the tables of the queue for a moment', () =>
    database
      .transaction(async (sql) => {
        await sql.query(`lock table ${tables} in access exclusive mode nowait`);
        await sql.query(`truncate ${tables}`);
        return true;
      })
      .catch((error: unknown) => {
        if (sqlState(error) === '55P03') return false;
        throw error;
      }),
  );
}

async function takeAway({ redis, database }: Outside): Promise<void> {
  if (redis) await redis.kill();
  else await database.query('alter schema lianhub_queue rename to lianhub_queue_away');
}

async function bringBack({ redis, database }: Outside): Promise<void> {
  if (redis) await redis.start();
  else await database.query('alter schema lianhub_queue_away rename to lianhub_queue');
}
