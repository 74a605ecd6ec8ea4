import { describe, expect, test, vi } from 'vitest';
import { pauseConnection } from '../src/ledger/connections.ts';
import { backends, quiet, until } from './harness.ts';
import { clean, verdictOf } from './support/counting.ts';
import type { Outside } from './support/outside.ts';
import { near, outsideOf } from './support/outside-of-test.ts';
import { Trade } from './support/trade.ts';

vi.setConfig({ testTimeout: 180_000 });

// These mostly wait for leases to end, so they wait together.
describe.concurrent.each(backends)(
  'whoever has lost its lease is followed, and does nothing more (%s)',
  (backend) => {
    test('a killed worker delays its lane by less than 15 s', async (context) => {
      const outside = await outsideOf(context, { backend, settings: { lanes: { shards: 1 } } });
      await outside.openDoor();
      const [holder, heir] = await Promise.all([outside.start('worker'), outside.start('worker')]);
      await outside.masterDataRead();
      const trade = new Trade(outside);
      // While the other is frozen there is no doubt who does the work.
      heir.freeze();
      // The warehouse takes the order and never answers: the worker sits in its call and holds the lane.
      outside.wms.faults.next(1, 'timeoutAfterEffect', 'deliveryorder.create');
      const [stuck = ''] = trade.sell(1, 0);
      await until('the warehouse has the first order', () => inWarehouse(outside, stuck));
      expect(await heldLanes(outside)).toContain('push/wms/delivery-order/0');
      heir.thaw();
      await holder.kill();
      const killedAt = Date.now();
      const [next = ''] = trade.sell(1, 0);
      await until('the warehouse has the next order', () => inWarehouse(outside, next), 20_000);
      expect(Date.now() - killedAt).toBeLessThan(15_000);
      expect(outside.wms.orders().map((order) => order.creates)).toEqual([1, 1]);
    });

    test('a worker that was frozen past its lease sends nothing late and undoes nothing', async (context) => {
      const outside = await outsideOf(context, {
        backend,
        settings: { lanes: { shards: 1, lease: '3s' } },
        connections: { pos: near, erp: near, wms: { ...near, limits: { concurrent: 1 } } },
      });
      await outside.openDoor();
      const frozen = await outside.start('worker');
      await outside.masterDataRead();
      const trade = new Trade(outside);
      // Six instructions go out together, one call at a time; the first call takes long enough to freeze in.
      await pauseConnection(outside.database, 'wms', 60_000, 'six instructions gather');
      trade.sell(6, 0);
      await until(
        'six instructions are due',
        async () => (await dueIn(outside, 'push/wms/delivery-order/0')) === 6,
      );
      outside.wms.faults.slowMs = 2000;
      outside.wms.faults.next(1, 'slow', 'deliveryorder.create');
      await outside.database.query('update lianhub.connections set paused_until = null');
      await until('the first call has begun', () => creates(outside) === 1);
      frozen.freeze();
      const other = await outside.start('worker');
      await trade.finished();
      await quiet(outside.database);
      const settled = await triesOf(outside);
      frozen.thaw();
      // Only the one that was frozen is left to do this.
      await other.kill();
      trade.sell(1, 0);
      await trade.finished();
      await quiet(outside.database);
      expect(verdictOf(outside, trade.expected)).toEqual(clean);
      expect(outside.wms.orders().map((order) => order.creates)).toEqual([1, 1, 1, 1, 1, 1, 1]);
      // What the other has settled stays as it settled it.
      const known = new Set(settled.map((one) => one.id));
      expect((await triesOf(outside)).filter((one) => known.has(one.id))).toEqual(settled);
    });
  },
);

function inWarehouse(outside: Outside, order: string): boolean {
  return outside.wms.orders().some((one) => one.code.startsWith(order));
}

function creates(outside: Outside): number {
  return outside.wms.calls.get('deliveryorder.create') ?? 0;
}

async function heldLanes({ database }: Outside): Promise<string[]> {
  const found = await database.query<{ lane: string }>(
    'select lane from lianhub.lanes where lease_until > clock_timestamp()',
  );
  return found.rows.map((row) => row.lane);
}

async function dueIn({ database }: Outside, lane: string): Promise<number> {
  return (await database.query(`select 1 from lianhub.links where state = 'due' and lane = $1`, [lane]))
    .rowCount;
}

interface Settled {
  readonly id: string;
  readonly outcome: string;
  readonly finished_at: Date;
}

async function triesOf({ database }: Outside): Promise<Settled[]> {
  return (await database.query<Settled>('select id, outcome, finished_at from lianhub.tries order by id'))
    .rows;
}
