import { describe, expect, test, vi } from 'vitest';
import { randomFor } from '../connectors/qimen/simulator/state.ts';
import { backends, until } from './harness.ts';
import { clean, verdictOf } from './support/counting.ts';
import type { HubProcess } from './support/hub-process.ts';
import type { Outside } from './support/outside.ts';
import { near, outsideOf } from './support/outside-of-test.ts';
import { callsOf, Trade } from './support/trade.ts';

vi.setConfig({ testTimeout: 180_000 });

const nearVendors = { pos: near, erp: near, wms: near };

describe.each(backends)('kill anything, nothing is lost and nothing is doubled (%s)', (backend) => {
  test('workers and the door, killed in the middle of their work again and again', async (context) => {
    const outside = await outsideOf(context, {
      backend,
      settings: { lanes: { shards: 2, lease: '3s' } },
      connections: nearVendors,
    });
    const random = randomFor(618, backend);
    // Vendors that take a moment, so that whoever is killed has calls under way.
    for (const vendor of [outside.pos, outside.erp, outside.wms]) vendor.faults.latencyMs = 15;
    let door = await outside.start('api');
    const workers: Promise<HubProcess>[] = [outside.start('worker'), outside.start('worker')];
    await outside.masterDataRead();
    const trade = new Trade(outside);
    let cutOff = 0;
    for (let round = 0; round < 4; round += 1) {
      const target = callsOf(outside) + 10 + Math.floor(random() * 60);
      trade.sell(28, 28);
      await until(`round ${round}: the vendors have been called`, () => callsOf(outside) >= target);
      const victim = await workers[round % workers.length];
      await victim?.kill();
      cutOff += await openTries(outside);
      workers[round % workers.length] = outside.start('worker');
      if (round !== 1) continue;
      await door.kill();
      door = await outside.start('api');
    }
    await Promise.all(workers);
    await trade.finished();
    expect(verdictOf(outside, trade.expected)).toEqual(clean);
    expect(cutOff, 'writes under way when their worker was killed').toBeGreaterThan(0);
  });
});

async function openTries({ database }: Outside): Promise<number> {
  return (await database.query('select 1 from lianhub.tries where outcome is null')).rowCount;
}
