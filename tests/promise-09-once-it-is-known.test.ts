import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/ledger/ids.ts';
import { linksOfRecords, markDue } from '../src/ledger/links.ts';
import { stockRecords } from '../src/ledger/records.ts';
import { writeReservations } from '../src/ledger/reservations.ts';
import * as decimal from '../src/model/decimal.ts';
import { backends, startTestHub, type TestHub, until } from './harness.ts';
import { finished, golden, hasty, linkOf, pollAll, withFacts } from './support/read-outs.ts';
import { hurried, hurry, runOrder } from './support/unknown-writes.ts';

describe.each(backends)(
  'Unknown is a state: once it is known what happened, what is left is written, and not before (%s)',
  (backend) => {
    let hub: TestHub;
    const orders: string[] = [];
    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: hasty, connectors: hurried });
    });
    afterAll(() => hub?.stop());

    it('looks twice for what did not happen, then writes it again; a step is repeated only when the bill shows it undone', async () => {
      hub.erp.faults.next(1, 'error500', 'BatchSave');
      hub.erp.faults.next(1, 'error500', 'Audit');
      hub.wms.faults.next(1, 'error500', 'deliveryorder.create');
      const { journal } = await runOrder(hub, orders);
      expect(journal.filter(({ object }) => object === 'SAL_SaleOrder')).toMatchObject([
        { step: 'save', outcome: 'absent', lookups: 2 },
        { step: 'save', outcome: 'done' },
        { step: 'submit', outcome: 'done' },
        { step: 'audit', outcome: 'absent' },
        { step: 'audit', outcome: 'done' },
      ]);
      expect(journal.filter(({ object }) => object === 'delivery-order')).toMatchObject([
        { step: 'create', outcome: 'absent', lookups: 2 },
        { step: 'create', outcome: 'done' },
      ]);
      await finished(hub, orders, 0);
    });

    it('writes nothing while the session can see nothing at all, whatever it does not find', async () => {
      hub.erp.faults.next(1, 'error500AfterEffect', 'BatchSave');
      hub.erp.hideData(true);
      const running = runOrder(hub, orders);
      const number = orders.at(-1) ?? '';
      await until('the look-up says that it is blind', async () => {
        return (await linkOf(hub, 'erp', 'SAL_SaleOrder', number))?.error_code === 'kingdee.blind';
      });
      expect(hub.erp.bill('SAL_SaleOrder', number)).toBeDefined();
      hub.erp.hideData(false);
      const { journal } = await running;
      expect(journal[0]).toMatchObject({ step: 'save', outcome: 'done', found_later: true });
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

describe('Unknown is a state: where nothing can be looked up, a person decides', () => {
  it('does not repeat the write and says what to do', async () => {
    const hub = await startTestHub({
      yaml: hasty,
      connectors: withFacts((facts, object) => ({
        ...facts,
        ...hurry,
        ...(object === 'delivery-order' ? { createSafety: 'none' } : {}),
      })),
    });
    try {
      hub.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
      const number = hub.pos.placeOrder('WEB', hub.inventor.order());
      await until('the write is given to a person', async () => {
        return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'unknown';
      });
      expect(await linkOf(hub, 'wms', 'delivery-order', `${number}-1`)).toMatchObject({
        error_code: 'push.unknown',
        error: expect.stringContaining('say whether it exists'),
      });
      // Whatever happens to the order from now on, the write is not repeated behind that person's back.
      hub.pos.changeOrder('WEB', number, { contactAddress: '上海市上海市浦东新区另一条路2号' });
      await until('the order has its new address', async () => {
        const [order] = await golden(hub, 'order');
        return JSON.stringify(order?.data.receiver).includes('另一条路2号');
      });
      // What the warehouse tells meanwhile is kept for the day it is known what it is about.
      await hub.database.query(`update inbox set attempts = 500, due_at = now() where state = 'due'`);
      await until('everything else was done', async () => {
        const waiting = await hub.database.query(
          `select distinct object, error_code from inbox where state in ('due', 'dead') and attempts > 500`,
        );
        return waiting.rowCount === 2;
      });
      const open = await hub.database.query(
        `select distinct state, error_code from inbox where state <> 'done' and state <> 'dropped'`,
      );
      expect(open.rows).toEqual([{ state: 'due', error_code: 'apply.own-create-open' }]);
      expect(hub.wms.order(`${number}-1`)?.creates).toBe(1);
      expect(hub.wms.calls.get('deliveryorder.create')).toBe(1);
    } finally {
      await hub.stop();
    }
  });
});
