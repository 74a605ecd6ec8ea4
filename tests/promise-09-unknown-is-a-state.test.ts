import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../connectors/kit/index.ts';
import { newId } from '../src/ledger/ids.ts';
import { linksOfRecords, markDue } from '../src/ledger/links.ts';
import { stockRecords } from '../src/ledger/records.ts';
import { writeReservations } from '../src/ledger/reservations.ts';
import * as decimal from '../src/model/decimal.ts';
import { backends, startTestHub, type TestHub, until } from './harness.ts';
import { finished, golden, hasty, pollAll, writesOf } from './support/read-outs.ts';
import { allow, hurried, hurry, type Run, runOrder } from './support/unknown-writes.ts';

describe.each(backends)(
  'Unknown is a state: an ambiguous write is looked up before anything is written again (%s)',
  (backend) => {
    let hub: TestHub;
    const orders: string[] = [];
    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: hasty, connectors: hurried });
    });
    afterAll(() => hub?.stop());

    /** Writes made for one order; stock goes to the shop in its own time and is left out. */
    async function callsDuring(run: () => Promise<unknown>): Promise<Record<string, number>> {
      const before = writesOf(hub);
      await run();
      const made: Record<string, number> = {};
      for (const [operation, count] of Object.entries(writesOf(hub))) {
        const more = count - (before[operation] ?? 0);
        if (more > 0 && !operation.endsWith('updateProductInfo')) made[operation] = more;
      }
      return made;
    }

    function loseAnswers(kind: FaultKind): void {
      for (const operation of ['BatchSave', 'Submit', 'Audit', 'Push'])
        hub.erp.faults.next(1, kind, operation);
      hub.wms.faults.next(1, kind, 'deliveryorder.create');
      hub.pos.faults.next(1, kind, 'shipOrder');
    }

    const lost = [
      'SAL_SaleOrder save',
      'SAL_SaleOrder submit',
      'SAL_SaleOrder audit',
      'delivery-order create',
      'SAL_OUTSTOCK push',
      'online-order update',
    ];
    const once = {
      'BatchSave SAL_SaleOrder': 1,
      'Submit SAL_SaleOrder': 1,
      'Audit SAL_SaleOrder': 1,
      'deliveryorder.create': 1,
      'Push SAL_SaleOrder': 1,
      // Our number on the pushed bill, then what really left.
      'BatchSave SAL_OUTSTOCK': 2,
      'Submit SAL_OUTSTOCK': 1,
      'Audit SAL_OUTSTOCK': 1,
      'BatchSave AR_receivable': 1,
      'Submit AR_receivable': 1,
      'Audit AR_receivable': 1,
      'orderOpenApi/shipOrder': 1,
    };

    // Each back end meets the other kind of silence; what carries the doorbell makes no difference to either.
    const kind = backend === 'postgres' ? 'timeoutAfterEffect' : 'error500AfterEffect';

    it(`finds what every step of an order has done although the answer was lost (${kind}), and writes nothing twice`, async () => {
      loseAnswers(kind);
      let told: Run | undefined;
      const calls = await callsDuring(async () => {
        told = await runOrder(hub, orders);
      });
      expect(calls).toEqual(once);
      expect(told?.unknown).toEqual(new Set(lost));
      const found = told?.journal.filter((one) => one.found_later).map((one) => `${one.object} ${one.step}`);
      // A push is never claimed by looking: the bill it left is adopted by the step that follows.
      expect(new Set(found)).toEqual(new Set(lost.filter((one) => one !== 'SAL_OUTSTOCK push')));
      expect(told?.journal.filter(({ outcome }) => outcome !== 'done')).toMatchObject([
        { object: 'SAL_OUTSTOCK', step: 'push', outcome: 'absent' },
      ]);
      expect(hub.wms.order(`${told?.number}-1`)?.creates).toBe(1);
      await finished(hub, orders, 0);
    });

    it('finds every bill of a batch whose answer was lost', async () => {
      // Long enough for twelve orders at once on a slow machine: a save that is cut off, or not sent in time, is one more.
      allow(hub, 4_000);
      hub.erp.faults.next(2, 'error500AfterEffect', 'BatchSave');
      for (let n = 0; n < 12; n += 1) orders.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
      await finished(hub, orders, 0);
      allow(hub, hurry.writeDeadlineMs);
      const saved = await hub.database.query<{ saves: number; found: number }>(
        `select count(*)::int as saves, count(*) filter (where (t.answer ->> 'foundLater')::boolean)::int as found
       from tries t join links l on l.id = t.link_id
       where l.object = 'SAL_SaleOrder' and t.step = 'save' and t.key = any($1)`,
        [orders.slice(-12)],
      );
      expect(saved.rows[0]?.saves).toBe(12);
      expect(saved.rows[0]?.found).toBeGreaterThan(1);
    });

    it('finds the stock it wrote to the shop, and what was promised meanwhile is taken off it', async () => {
      // What the orders have taken is in the books, and nothing but this one stock is going to be told.
      await until('nothing is promised', async () => {
        return (await hub.database.query('select 1 from reservations')).rowCount === 0;
      });
      await finished(hub, orders, 0);
      const code = hub.inventor.skus[0]?.code ?? '';
      hub.pos.faults.next(1, 'timeoutAfterEffect', 'updateProductInfo');
      hub.erp.adjustInventory(code, 'CK001', '-7');
      await pollAll(hub, 'erp', ['STK_Inventory']);
      await until('nobody knows what became of a write', async () => (await stockTries('unknown')) > 0);
      const product = (await golden(hub, 'product')).find(({ data }) => data.code === code);
      const promised = { skuId: product?.id ?? '', locationId: 'W01' };
      const holder = newId();
      const promise = (quantity: string) =>
        hub.database.transaction(async (sql) => {
          const given = {
            holder_id: holder,
            sku_id: promised.skuId,
            location_id: promised.locationId,
            quantity,
          };
          await writeReservations(sql, [given]);
          const links = await linksOfRecords(sql, await stockRecords(sql, [promised]));
          await markDue(
            sql,
            links.map(({ id }) => id),
          );
        });
      await promise('3');
      await until('the lost write was found', async () => (await stockTries('done')) > 0);
      await until('the shop has less to sell', () => {
        const booked = hub.erp.inventory().find((row) => row.material === code && row.stock === 'CK001');
        const shown = hub.pos.products('WEB').find((row) => row.barcode === code);
        return decimal.cmp(decimal.sub(booked?.quantity ?? '0', '3'), String(shown?.stock)) === 0;
      });
      await promise('0');
      await finished(hub, orders, 0);
    });

    /** Writes of stock to the shop of which nobody knows what became, or of which it was found out. */
    async function stockTries(state: 'unknown' | 'done'): Promise<number> {
      const found = await hub.database.query(
        `select 1 from tries t join links l on l.id = t.link_id
         where l.object = 'product' and t.outcome = $1 and ($1 = 'unknown' or (t.answer ->> 'foundLater')::boolean)`,
        [state],
      );
      return found.rowCount;
    }
  },
);
