import { afterEach, describe, expect, it } from 'vitest';
import { inContext, outContext, outward, shippedMapping } from '../../tests/support/shipped-mappings.ts';
import type { JsonObject, WriteItem } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, type Running, start } from './testing.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const tables: Record<string, Record<string, string>> = {
  orgs: { WEB: '100', S01: '100', default: '100' },
  'settle-customers': { WEB: 'CUST-WEB', S01: 'CUST-S01' },
  units: { PCS: 'Pcs' },
  warehouses: { W01: 'CK01', S01: 'CK02' },
  'service-materials': { freight: 'FREIGHT' },
};

const mapping = (name: string) => shippedMapping(`yonyou/${name}`);

/** The record as a write item; references stand for product codes here. */
function itemOf(name: string, record: JsonObject): WriteItem {
  const context = outContext({
    lookup: (table, key) => tables[table]?.[key],
    remoteNumber: (_entity, id) => id,
    remoteId: (_entity, id) => id,
  });
  return { key: String(record.number), body: outward(mapping(name), record, context) };
}

const inward = inContext({
  lookupBack: (table, value) => Object.entries(tables[table] ?? {}).find(([, one]) => one === value)?.[0],
});

const order: JsonObject = {
  ...{ kind: 'web', direction: 'sale', number: 'W-1', channelId: 'WEB', currency: 'CNY' },
  placedAt: '2026-03-01T02:00:00.000Z',
  amounts: { freight: '8.00', rounding: '-0.03', payable: '37.95' },
  receiver: { name: '张三😀', address: '文一路1号', region: { province: '浙江省' } },
  lines: [
    { key: 'a', skuId: 'M01', quantity: '3', amount: '10.00', taxRate: '13' },
    { key: 'b', skuId: 'M02', quantity: '1', amount: '0.00', isGift: true },
    { key: 'c', skuId: 'M03', quantity: '7', amount: '19.98' },
  ],
};

describe('an order through its mapping', () => {
  it('adds up in Yonyou to what the buyer pays, with its freight, gift and rounding', async () => {
    running = await start();
    await approvedOrders(running.session, [itemOf('order', order)]);
    const bill = running.simulator.bill('voucherorder', 'W-1');
    expect(bill).toMatchObject({
      ...{ payMoney: 37.95, verifystate: 2, vouchdate: '2026-03-01 10:00:00', receiver: '张三😀' },
      ...{
        headItem: { define1: 'W-1' },
        receiveAddress: '浙江省文一路1号',
        'orderPrices!taxInclusive': true,
      },
    });
    expect(bill?.orderDetails).toMatchObject([
      { oriSum: 9.97 },
      { orderProductType: 'GIFT' },
      { oriSum: 19.98 },
      { productCode: 'FREIGHT', oriSum: 8 },
    ]);
  });

  it('tells its approval back', () => {
    const told = mapping('order').inward(
      { verifystate: '2', code: 'W-1' },
      { ...inward, payload: 'partial' },
    );
    expect(told).toMatchObject({ ok: true, values: { states: { approval: 'approved' } } });
  });

  it('is shipped', async () => {
    running = await start();
    const [parent] = await approvedOrders(running.session, [itemOf('order', order)]);
    const shipment = itemOf('salesout', {
      ...{ number: 'W-1-1-1', orderId: 'x', locationId: 'W01', shippedAt: '2026-03-02T02:00:00.000Z' },
      packages: [
        { key: '1', trackingNo: 'SF1' },
        { key: '2', trackingNo: 'SF2' },
      ],
      lines: [{ key: 's', skuId: 'M03', qty: '5' }],
    });
    const item = { ...shipment, parent: { object: 'voucherorder', remoteId: parent?.remoteId ?? '' } };
    const outs = objectOf(running.session, 'salesout');
    const [saved] = await outs.write({ step: 'save', items: [item], signal });
    expect(await outs.write({ step: 'audit', items: [existing(item, saved)], signal })).toMatchObject([
      { ok: true },
    ]);
    expect(running.simulator.bill('salesout', 'W-1-1-1')).toMatchObject({
      ...{ cLogisticsBillNo: 'SF1,SF2', warehouse_code: 'CK01', srcBillType: '2', currency: 'CNY' },
      details: [{ qty: 5, oriSum: 14.27 }],
    });
  });
});

describe('a retail day through its mapping', () => {
  it.each([
    ['retail-day-sale', 'salesout', 'sale'],
    ['retail-day-return', 'vouchersalereturn', 'return'],
  ] as const)('%s adds up to what was taken, and moves stock', async (name, object, direction) => {
    running = await start();
    const { session, simulator } = running;
    const record = {
      ...{
        number: `RD-${direction}`,
        storeId: 'S01',
        businessDate: '2026-03-01',
        direction,
        amount: '29.99',
      },
      lines: [
        { key: '1', skuId: 'M01', quantity: '7', amount: '20.00', isGift: false, taxRate: '13' },
        { key: '2', skuId: 'M02', quantity: '0.333', amount: '9.98', isGift: false },
        { key: '3', skuId: 'M03', quantity: '1', amount: '0', isGift: true },
      ],
    };
    expect(mapping(name).applies(record)).toBe(true);
    const item = itemOf(name, record);
    const bills = objectOf(session, object);
    const [saved] = await bills.write({ step: 'save', items: [item], signal });
    const known = [existing(item, saved)];
    if (object === 'vouchersalereturn') await bills.write({ step: 'submit', items: known, signal });
    expect(await bills.write({ step: 'audit', items: known, signal })).toMatchObject([{ ok: true }]);
    expect(simulator.books().movements).toMatchObject([
      { direction, customer: 'CUST-S01', lines: [{ amount: '20.01' }, { amount: '9.98' }, { amount: '0' }] },
    ]);
    const sign = direction === 'sale' ? '-' : '';
    expect(
      simulator.inventory().find((row) => row.material === 'M01' && row.stock === 'CK02')?.quantity,
    ).toBe(`${sign}7`);
  });
});

describe('a return and a customer through their mappings', () => {
  it('go out as Yonyou takes them', async () => {
    running = await start();
    const goods = itemOf('return', {
      ...{ number: 'R-1', channelId: 'WEB', locationId: 'W01', receivedAt: '2026-03-03T02:00:00.000Z' },
      lines: [{ key: '1', skuId: 'M01', quantity: '1', amount: '10.00' }],
    });
    const customer = itemOf('customer', { number: 'C-1', code: 'C-1', name: '新客户', kind: 'person' });
    expect(
      await objectOf(running.session, 'vouchersalereturn').write({ step: 'save', items: [goods], signal }),
    ).toMatchObject([{ ok: true, remoteStatus: '0' }]);
    expect(
      await objectOf(running.session, 'merchant').write({ step: 'save', items: [customer], signal }),
    ).toMatchObject([{ ok: true }]);
    const read = await objectOf(running.session, 'merchant').find({
      step: 'save',
      items: [customer],
      signal,
    });
    const told = read[0]?.found ? mapping('customer').inward(read[0].answer ?? {}, inward) : undefined;
    expect(told).toMatchObject({ ok: true, values: { code: 'C-1', name: '新客户', kind: 'person' } });
  });

  it('come in: products with their units, stock with its warehouse', async () => {
    running = await start();
    const first = async (object: string) =>
      (await objectOf(running?.session ?? never(), object).list({ signal })).items[0]?.body;
    expect(mapping('product').inward((await first('product')) ?? {}, { ...inward })).toMatchObject({
      values: { code: 'M00', baseUnitId: 'PCS', active: true },
    });
    expect(mapping('stock').inward((await first('stock')) ?? {}, { ...inward })).toMatchObject({
      values: { locationId: 'W01', onHand: '100' },
    });
  });
});

function never(): never {
  throw new Error('nothing is running');
}
