import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { randomFor } from '../connectors/qimen/simulator/state.ts';
import { backends, until } from './harness.ts';
import { clean, verdictOf } from './support/counting.ts';
import { type Outside, startOutside } from './support/outside.ts';
import { callsOf, Trade } from './support/trade.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.each(backends)('the queue may be wiped at any moment (%s)', (backend) => {
  test('nothing is lost, nothing is doubled, and work goes on within 3 s', async () => {
    // The door and the workers know of each other only through the queue and the database.
    const outside = await startOutside({ backend });
    onTestFinished(() => outside.stop());
    await outside.openDoor();
    await outside.start('worker');
    await outside.masterDataRead();
    const trade = new Trade(outside);
    const random = randomFor(618, backend);
    const delays: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const target = callsOf(outside) + 5 + Math.floor(random() * 60);
      trade.sell(20, 16);
      await until(`round ${round}: the vendors have been called`, () => callsOf(outside) >= target);
      await wipe(outside);
      delays.push(await untilInErp(outside, trade));
    }
    await trade.finished();
    // And once more when nothing is going on: the bell has to work again, not only the work that was in hand.
    await wipe(outside);
    delays.push(await untilInErp(outside, trade));
    await trade.finished();
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
    console.info(`after a wipe: ${delays.join(', ')} ms`);
    expect(Math.max(...delays)).toBeLessThan(3_000);
  });

  test('it may also be gone for a while', async () => {
    const outside = await startOutside({ backend });
    onTestFinished(() => outside.stop());
    await outside.openDoor();
    await outside.start('worker');
    await outside.masterDataRead();
    const trade = new Trade(outside);
    trade.sell(10, 0);
    await takeAway(outside);
    const without = await untilInErp(outside, trade);
    await bringBack(outside);
    const after = await untilInErp(outside, trade);
    await trade.finished();
    console.info(`without ${without} after ${after}`);
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
    // Without a bell the sweep finds the work.
    expect(Math.max(without, after)).toBeLessThan(5_000);
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
  await database.query(`truncate ${(await queueTables(database)).join(', ')}`);
}

async function takeAway({ redis, database }: Outside): Promise<void> {
  if (redis) return redis.kill();
  for (const table of await queueTables(database))
    await database.query(`alter table ${table} rename to away_${table.split('.')[1]}`);
}

async function bringBack({ redis, database }: Outside): Promise<void> {
  if (redis) return redis.start();
  for (const table of await queueTables(database)) {
    const [schema, name = ''] = table.split('.');
    await database.query(`alter table ${table} rename to ${name.replace('away_', '')}`);
    void schema;
  }
}

/** BullMQ's tables in PostgreSQL, but for the one that says which version they have. */
async function queueTables(database: Outside['database']): Promise<string[]> {
  const found = await database.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname = 'lianhub_queue' and tablename <> 'migration'`,
  );
  return found.rows.map((row) => row.name);
}
