import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub, until } from './harness.ts';
import { finished, golden, hasty } from './support/read-outs.ts';

let hub: TestHub;
beforeAll(async () => {
  // The warehouse does nothing by itself: the test says when it ships.
  const manual = (text: string): string =>
    hasty(text).replace(/(connector: qimen\n\s+simulator: )\{\}/, '$1{ lifecycle: false }');
  hub = await startTestHub({ yaml: manual });
});
afterAll(() => hub?.stop());

it('what the warehouse ships waits for its order without holding anything another lane of that chain needs', async () => {
  const { database } = hub;
  const number = hub.pos.placeOrder('WEB', hub.inventor.order());
  await until('the warehouse has the order', () => hub.wms.order(`${number}-1`) !== undefined);
  const [order] = await golden(hub, 'order');
  const [fulfilment] = await golden(hub, 'fulfilment');
  expect([order, fulfilment]).not.toContain(undefined);

  await database.transaction(async (sql) => {
    await sql.query('select 1 from records where id = $1 for update', [order?.id]);
    const mine = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
    hub.wms.advance(`${number}-1`);
    await until('somebody waits for the order', async () => {
      const waiting = await database.query(
        'select 1 from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
        [mine.rows[0]?.pid],
      );
      return waiting.rowCount > 0;
    });
    // Whoever has the order may need the instruction as well: holding that while waiting for the order would cross.
    const free = await sql.query('select id from records where id = $1 for update nowait', [fulfilment?.id]);
    expect(free.rowCount).toBe(1);
  });
  await finished(hub, [number], 0);
});
