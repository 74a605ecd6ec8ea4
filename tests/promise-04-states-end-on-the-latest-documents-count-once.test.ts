import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isList, isObject, type JsonObject } from '../src/model/index.ts';
import { backends, quiet, startTestHub, type TestHub, until } from './harness.ts';
import { closedDay, finished, golden, hasty, lastTold, pollAll, tell } from './support/read-outs.ts';

/** Every poll of the shop reads three days back, so that it finds again what pushes have told. */
const farBack = (text: string): string =>
  hasty(text)
    .replace(
      'connector: pospal',
      'connector: pospal\n    config: { historyMs: 259200000, overlapMs: 259200000 }',
    )
    // Every order leaves in two parcels, so that there are always more confirms than orders.
    .replace('connector: qimen\n    simulator: {}', 'connector: qimen\n    simulator: { partialShare: 1 }');

describe.each(backends)(
  'States end on the latest; documents and movements count exactly once (%s)',
  (backend) => {
    let hub: TestHub;
    const orders: string[] = [];
    let tickets = 0;
    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: farBack });
    });
    afterAll(() => hub?.stop());

    it('takes pushes and confirms that come twice, late and in the wrong order as one of each', async () => {
      hub.pos.pushes.duplicateEvery = 2;
      hub.pos.pushes.reorderWithin = 7;
      hub.wms.duplicateEvery(2);
      hub.wms.quirks.repeatedUnderNewIdEvery = 2;
      hub.wms.quirks.outOfOrder = true;
      for (let count = 0; count < 20; count += 1)
        orders.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
      const at = closedDay();
      for (let count = 0; count < 24; count += 1) {
        const store = hub.stores[count % 3] as string;
        const sn = hub.pos.sellTicket(
          store,
          hub.inventor.ticket(at + count * 60_000, hub.members.get(store) ?? []),
        );
        tickets += 1;
        if (count % 8 !== 0) continue;
        hub.pos.returnTicket(store, sn, { at: at + count * 60_000 + 30_000 });
        tickets += 1;
      }
      await finished(hub, orders, tickets);

      const told = hub.wms.orders();
      expect(told.every((order) => order.creates === 1)).toBe(true);
      const confirms = told.reduce((sum, order) => sum + order.confirms.length, 0);
      expect(confirms).toBeGreaterThan(orders.length);
      expect(hub.wms.callbacks().sent).toBeGreaterThan(confirms + 3 * orders.length);
      expect(await golden(hub, 'shipment')).toHaveLength(confirms);
      expect(hub.erp.bills('SAL_OUTSTOCK').filter((bill) => isFromOrder(bill))).toHaveLength(confirms);
      expect(await golden(hub, 'receivable')).toHaveLength(orders.length);
    });

    it('ends on the last step the warehouse took, although its reports came in reverse', async () => {
      const steps = (await golden(hub, 'fulfilment')).map(({ data }) =>
        isObject(data.states) ? data.states.process : undefined,
      );
      expect(new Set(steps)).toEqual(new Set(['packed']));
    });

    it('finds by poll what was pushed before and counts it once', async () => {
      const before = await golden(hub, 'order');
      await pollAll(hub, 'pos', ['ticket', 'online-order']);
      await quiet(hub.database);
      const after = await golden(hub, 'order');
      expect(after).toHaveLength(orders.length + tickets);
      expect(after).toEqual(before);
      await finished(hub, orders, tickets);
    });

    it('books a ticket that comes after its day was posted as the next part, once', async () => {
      const at = closedDay() - 86_400_000;
      const store = hub.stores[1] as string;
      const number = `${store}-${new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)}-sale-${store}`;
      const sell = (after: number, sku: number, quantity: string): void => {
        const barcode = hub.inventor.skus[sku]?.code ?? '';
        hub.pos.sellTicket(store, { at: at + after, items: [{ barcode, quantity }] });
        tickets += 1;
      };
      const audited = (part: string): boolean => hub.erp.bill('SAL_OUTSTOCK', part)?.FDocumentStatus === 'C';
      const lines = (part: string): unknown[] => {
        const entries = hub.erp.bill('SAL_OUTSTOCK', part)?.FEntity;
        return (isList(entries) ? entries.filter(isObject) : []).map((line) => [
          codeOf(line.FMaterialID),
          String(line.FRealQty),
        ]);
      };
      sell(0, 1, '5');
      await until('the day is booked', () => audited(number));
      await quiet(hub.database);
      const first = (await golden(hub, 'retailDay')).find(({ data }) => data.number === number);

      sell(5 * 3_600_000, 0, '2');
      await until('the second part is booked', () => audited(`${number}-2`));
      await pollAll(hub, 'pos', ['ticket']);
      await finished(hub, orders, tickets);
      expect(lines(number)).toEqual([[hub.inventor.skus[1]?.code, '5']]);
      expect(lines(`${number}-2`)).toEqual([[hub.inventor.skus[0]?.code, '2']]);
      expect(hub.erp.bill('SAL_OUTSTOCK', `${number}-3`)).toBeUndefined();
      const after = (await golden(hub, 'retailDay')).find(({ id }) => id === first?.id);
      expect(after?.data).toEqual(first?.data);
    });

    it('does not let an older revision of a product overwrite a newer one', async () => {
      const code = hub.inventor.skus[2]?.code ?? '';
      const old = await lastTold(hub, 'erp', 'BD_MATERIAL', `remote_id = '${code}'`);
      hub.erp.seedMaterials([{ number: code, name: '第二版名称', barcode: code }]);
      await pollAll(hub, 'erp', ['BD_MATERIAL']);
      await quiet(hub.database);
      const late = await tell(hub, 'erp', {
        object: 'BD_MATERIAL',
        remoteId: old.remoteId,
        ...(old.revision === null ? {} : { revision: old.revision }),
        body: { ...old.body, FName: '第一版名称（迟到）' },
      });
      expect(late).toMatchObject({ state: 'dropped', error_code: 'apply.older' });
      const product = (await golden(hub, 'product')).find(({ data }) => data.code === code);
      expect(product?.data.name).toBe('第二版名称');
    });

    it('does not let an older stock reading replace a newer one', async () => {
      await quiet(hub.database);
      const told = await lastTold(hub, 'erp', 'STK_Inventory');
      const late = { ...told.body, FBaseQty: '1', asOf: '2026-01-01T00:00:00.000Z' };
      const outcome = await tell(hub, 'erp', {
        object: 'STK_Inventory',
        remoteId: told.remoteId,
        body: late,
      });
      expect(outcome).toMatchObject({ error_code: null });
      const readings = (await golden(hub, 'inventory')).map(({ data }) => data.onHand);
      expect(readings).toHaveLength(40);
      expect(readings).not.toContain('1');
    });

    it('ends on the latest stock although it changed while an earlier one was being written', async () => {
      const sku = hub.inventor.skus[5]?.code ?? '';
      const onHand = (): number =>
        Number(
          hub.erp.inventory().find((row) => row.material === sku && row.stock === 'CK001')?.quantity ?? 0,
        );
      const inShop = (): number =>
        Number(hub.pos.products('WEB').find((product) => product.barcode === sku)?.stock);
      await until('shop and books agree', () => inShop() === onHand());
      await quiet(hub.database);
      const before = hub.pos.calls.get('productOpenApi/updateProductInfo') ?? 0;
      hub.pos.faults.slowMs = 1_000;
      hub.pos.faults.next(1, 'slow', 'updateProductInfo');
      hub.erp.adjustInventory(sku, 'CK001', '-3');
      await pollAll(hub, 'erp', ['STK_Inventory']);
      await until('the write is under way', () => {
        return (hub.pos.calls.get('productOpenApi/updateProductInfo') ?? 0) === before + 1;
      });
      // Nobody has paid, so nothing else will happen to it: it only keeps two pieces back.
      hub.pos.placeOrder('WEB', {
        ...hub.inventor.order(),
        items: [{ barcode: sku, quantity: '2' }],
        paid: false,
      });
      await until('what may be sold is in the shop', () => inShop() === onHand() - 2);
      await quiet(hub.database);
      expect(inShop()).toBe(onHand() - 2);
    });
  },
);

function isFromOrder(bill: JsonObject): boolean {
  const entries = isList(bill.FEntity) ? bill.FEntity.filter(isObject) : [];
  return entries.some((entry) => typeof entry.FSrcBillNo === 'string' && entry.FSrcBillNo !== '');
}

function codeOf(value: unknown): unknown {
  return isObject(value) ? value.FNumber : undefined;
}
