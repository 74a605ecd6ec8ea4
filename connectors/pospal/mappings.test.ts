import { afterEach, describe, expect, it } from 'vitest';
import { orderBalance } from '../../src/model/index.ts';
import * as shipped from '../../tests/support/shipped-mappings.ts';
import type { JsonObject } from '../kit/index.ts';
import { listAll } from '../kit/testing.ts';
import { type Running, start } from './testing.ts';

const load = (name: string) => shipped.shippedMapping(`pospal/${name}`);
const methods: Readonly<Record<string, string>> = { payCode_1: 'cash', Wxpay: 'wechat' };
const inContext = shipped.inContext({
  lookup: (table, key) => (table === 'ship-from' && key === 'WEB' ? 'W01' : undefined),
  lookupBack: (table, value) => (table === 'payment-methods' ? methods[value] : undefined),
});
const outContext = shipped.outContext({
  creating: false,
  lookup: (table, key) => (table === 'carriers' ? { sf: 'SF' }[key] : undefined),
  remoteId: (entity, id) => (entity === 'product' && id === 'P1' ? 'WEB/1000001000000000001' : undefined),
});

let open: Running | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function bodies(object: string, fill: (started: Running) => void): Promise<JsonObject[]> {
  open = await start();
  fill(open);
  const { items } = await listAll(open.session, object);
  return items.map((item) => item.body ?? {});
}

const inward = (name: string, body: JsonObject = {}) => shipped.inward(load(name), body, inContext);

describe('mappings of pospal', () => {
  it.each(['online-order', 'ticket', 'product', 'stock', 'customer'])('%s passes the check', (name) => {
    expect(load(name).name).toBe(`pospal/${name}`);
  });

  it('turns an online order into a golden order whose sums agree', async () => {
    const [body] = await bodies('online-order', ({ simulator }) =>
      simulator.placeOrder('WEB', {
        items: [
          { barcode: '6901', quantity: '2' },
          { barcode: '6902', quantity: '1' },
        ],
        contactName: '张三',
        contactTel: '13800138000',
        contactAddress: '广东省广州市天河区天河路1号',
        shippingFee: '8',
        totalAmount: '89.80',
        at: Date.parse('2026-11-20T04:00:00.000Z'),
      }),
    );
    const values = inward('online-order', body);
    expect(values).toMatchObject({
      kind: 'web',
      channelId: 'WEB',
      storeId: 'WEB',
      placedAt: '2026-11-20T04:00:00.000Z',
      states: { payment: 'paid', closure: 'open' },
      receiver: {
        name: '张三',
        region: { province: '广东省', city: '广州市', district: '天河区' },
        address: '天河路1号',
      },
      amounts: { payable: '89.8', freight: '8', discount: '10' },
      lines: [
        { quantity: '2', locationId: 'W01' },
        { quantity: '1', locationId: 'W01' },
      ],
      payments: [{ method: 'wechat', kind: 'online', amount: '89.8' }],
    });
    expect(orderBalance(values ?? {})).toMatchObject({ ok: true, applicable: true });
  });

  it('turns a ticket of the small hours into a sale of the day before, and its return into a return', async () => {
    const at = Date.parse('2026-11-20T18:30:00.000Z');
    const told = await bodies('ticket', ({ simulator }) => {
      const sn = simulator.sellTicket('S01', {
        items: [{ barcode: '6901', quantity: '3' }],
        rounding: '-0.70',
        at,
      });
      simulator.returnTicket('S01', sn, { at });
    });
    const [sale, back] = told.map((body) => inward('ticket', body));
    const common = {
      storeId: 'S01',
      businessDate: '2026-11-20',
      amounts: { payable: '119', rounding: '-0.7', paid: '119' },
    };
    expect(sale).toMatchObject({ ...common, direction: 'sale', lines: [{ quantity: '3', amount: '119.7' }] });
    expect(back).toMatchObject({
      ...common,
      direction: 'return',
      lines: [{ quantity: '3', amount: '119.7' }],
    });
    expect(sale?.number).not.toBe(back?.number);
    for (const values of [sale, back]) expect(orderBalance(values ?? {})).toMatchObject({ ok: true });
  });

  it('tells the shop nothing until the order is shipped, then state and tracking', () => {
    const mapping = load('online-order');
    const outward = (record: JsonObject) => mapping.outward(record, outContext);
    expect(outward({ number: 'N1', states: { fulfilment: 'partial', closure: 'open' } })).toEqual({
      ok: true,
      body: {},
    });
    expect(
      outward({
        states: { fulfilment: 'shipped' },
        packages: [{ key: '1', carrierId: 'sf', trackingNo: 'SF100' }],
      }),
    ).toEqual({ ok: true, body: { state: '2', carrier: 'SF', trackingNo: 'SF100' } });
    expect(mapping.flow).toEqual([{ name: 'update', create: true }]);
  });

  it('reads the answer to its own write without asking for the rest of the order', () => {
    const values = load('online-order').inward(
      { orderNo: 'N1', state: '2' },
      { ...inContext, payload: 'partial' },
    );
    expect(values).toMatchObject({ ok: true, values: { states: { fulfilment: 'shipped' } } });
  });

  it('writes sellable stock under the id of the product', () => {
    const record = {
      skuId: 'P1',
      locationId: 'W1',
      onHand: '9',
      sellable: '7',
      asOf: '2026-11-20T04:00:00.000Z',
    };
    expect(load('stock').outward(record, outContext)).toEqual({
      ok: true,
      body: { uid: 'WEB/1000001000000000001', stock: '7' },
    });
  });

  it('reads products and members', async () => {
    const [product] = await bodies('product', () => undefined);
    expect(inward('product', product)).toMatchObject({
      code: '6901',
      name: '高山绿茶',
      price: '39.9',
      active: true,
    });
    await open?.close();
    const [member] = await bodies('customer', ({ simulator }) => {
      simulator.seedCustomers('S01', [{ number: 'M1', name: '李雷', phone: '13900139000' }]);
    });
    expect(inward('customer', member)).toMatchObject({ code: 'M1', name: '李雷', active: true });
  });
});
