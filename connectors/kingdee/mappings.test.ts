import { Decimal } from 'decimal.js';
import { afterEach, describe, expect, it } from 'vitest';
import { outContext, outward, shippedMapping } from '../../tests/support/shipped-mappings.ts';
import type { JsonObject, WriteItem } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, type Running, start } from './testing.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const tables: Record<string, Record<string, string>> = {
  orgs: { WEB: '100', S01: '100' },
  'settle-customers': { WEB: 'CUST-WEB', S01: 'CUST-S01' },
  currencies: { CNY: 'PRE001' },
  units: { PCS: 'Pcs' },
  warehouses: { W01: 'CK01', S01: 'CK02' },
  'service-materials': { freight: 'FREIGHT' },
};

const mapping = (name: string) => shippedMapping(`kingdee/${name}`);

/** The record as a write item; references stand for material numbers here. */
function itemOf(name: string, record: JsonObject): WriteItem {
  const context = outContext({
    lookup: (table, key) => tables[table]?.[key],
    remoteNumber: (_entity, id) => id,
    remoteId: (_entity, id) => id,
  });
  return { key: String(record.number), body: outward(mapping(name), record, context) };
}

const order: JsonObject = {
  ...{ kind: 'web', direction: 'sale', number: 'W-1', channelId: 'WEB', currency: 'CNY' },
  placedAt: '2026-03-01T02:00:00.000Z',
  amounts: { freight: '8.00', rounding: '-0.03', payable: '37.95' },
  lines: [
    { key: 'a', skuId: 'M01', quantity: '3', amount: '10.00', taxRate: '13' },
    { key: 'b', skuId: 'M02', quantity: '1', amount: '0.00', isGift: true },
    { key: 'c', skuId: 'M03', quantity: '7', amount: '19.98' },
  ],
};

describe('an order through its mapping', () => {
  it('adds up in Kingdee to what the buyer pays, with its freight, gift and rounding', async () => {
    running = await start();
    await approvedOrders(running.session, [itemOf('order', order)]);
    const bill = running.simulator.bill('SAL_SaleOrder', 'W-1');
    expect(bill).toMatchObject({ FDocumentStatus: 'C', FBillAllAmount: '37.95', FNetOrderBillNo: 'W-1' });
    expect(bill?.FSaleOrderEntry).toMatchObject([
      { FEntryTaxRate: 13 },
      { FIsFree: true, FAllAmount: '0.00' },
      {},
      { FRowType: 'Service', FMaterialId: { FNumber: 'FREIGHT' }, FAllAmount: '8.00' },
    ]);
  });

  it('tells its approval back', () => {
    const told = mapping('order').inward(
      { FDocumentStatus: 'C', FBillNo: 'W-1' },
      {
        ...{ connection: 'erp', payload: 'partial' },
        lookup: () => undefined,
        lookupBack: () => undefined,
        lineKey: () => undefined,
      },
    );
    expect(told).toMatchObject({ ok: true, values: { states: { approval: 'approved' } } });
  });

  it('is shipped and charged', async () => {
    running = await start();
    const [parent] = await approvedOrders(running.session, [itemOf('order', order)]);
    const shipment = itemOf('outstock', {
      ...{ number: 'W-1-1-1', orderId: 'x', locationId: 'W01', shippedAt: '2026-03-02T02:00:00.000Z' },
      packages: [
        { key: '1', trackingNo: 'SF1' },
        { key: '2', trackingNo: 'SF2' },
      ],
      lines: [{ key: 's', skuId: 'M03', qty: '5' }],
    });
    const item = {
      ...shipment,
      parent: { object: 'SAL_SaleOrder', remoteId: parent?.remoteId ?? '', remoteNumber: 'W-1' },
    };
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const [pushed] = await out.write({ step: 'push', items: [item], signal });
    expect(await out.write({ step: 'save', items: [existing(item, pushed)], signal })).toMatchObject([
      { ok: true },
    ]);
    expect(running.simulator.bill('SAL_OUTSTOCK', 'W-1-1-1')).toMatchObject({
      FCarriageNO: 'SF1,SF2',
      FEntity: [{ FRealQty: 5, FStockID: { FNumber: 'CK01' } }],
    });
    const charge = itemOf('receivable', {
      ...{ number: 'AR-W-1', channelId: 'WEB', currency: 'CNY', businessDate: '2026-03-02' },
      ...{ freight: '8.00', rounding: '-0.03', amount: '37.95', lines: order.lines ?? [] },
    });
    const receivables = objectOf(running.session, 'AR_receivable');
    expect(await receivables.write({ step: 'save', items: [charge], signal })).toMatchObject([{ ok: true }]);
    expect(running.simulator.bill('AR_receivable', 'AR-W-1')).toMatchObject({ FBillAllAmount: '37.95' });
  });
});

describe('a retail day through its mapping', () => {
  it.each([
    ['retail-day-sale', 'SAL_OUTSTOCK', 'sale'],
    ['retail-day-return', 'SAL_RETURNSTOCK', 'return'],
  ])('%s adds up to what was taken', async (name, form, direction) => {
    running = await start();
    const record = {
      ...{
        number: `RD-${direction}`,
        storeId: 'S01',
        businessDate: '2026-03-01',
        currency: 'CNY',
        direction,
      },
      lines: [
        { key: '1', skuId: 'M01', quantity: '7', amount: '20.00', isGift: false, taxRate: '13' },
        { key: '2', skuId: 'M02', quantity: '0.333', amount: '9.99', isGift: false },
      ],
      amount: '29.99',
    };
    expect(mapping(name).applies(record)).toBe(true);
    const items = [itemOf(name, record)];
    expect(await objectOf(running.session, form).write({ step: 'save', items, signal })).toMatchObject([
      { ok: true },
    ]);
    const bill = running.simulator.bill(form, `RD-${direction}`);
    expect(new Decimal(String(bill?.FBillAllAmount)).toFixed(2)).toBe('29.99');
  });
});
