import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { tokenOf } from './objects/bills.ts';
import { approvedOrders, orderItem, type Running, shipmentItem, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

const orders = () => objectOf(running.session, 'voucherorder');
const outs = () => objectOf(running.session, 'salesout');
const lines = (bill: JsonObject | undefined, list: string) => bill?.[list] as JsonObject[];

describe('an order', () => {
  it('carries what Yonyou insists on, worked out from quantity and amount', async () => {
    running = await start();
    const item = orderItem('W-1', [
      ['M01', '3', '10.00'],
      ['M02', '1', '0'],
    ]);
    const [saved] = await orders().write({ step: 'save', items: [item], signal });
    const bill = running.simulator.bill('voucherorder', 'W-1');
    // Ids of 19 digits come back digit by digit.
    expect(saved).toMatchObject({ ok: true, remoteId: bill?.id, remoteStatus: '0', remoteNumber: 'W-1' });
    expect(saved).toMatchObject({ lineIds: { L1: lines(bill, 'orderDetails')[0]?.id } });
    expect(bill).toMatchObject({ payMoney: 10, 'orderPrices!currency': 'CNY' });
    expect(lines(bill, 'orderDetails')).toMatchObject([
      {
        ...{ subQty: 3, priceQty: 3, masterUnitId: 'Pcs', taxId: 'VAT13', orderProductType: 'SALE' },
        ...{ oriTaxUnitPrice: 3.333333, oriSum: 10, 'orderDetailPrices!oriMoney': 8.85 },
        ...{ 'orderDetailPrices!oriTax': 1.15, 'orderDetailPrices!natSum': 10 },
      },
      { orderProductType: 'GIFT', oriSum: 0 },
    ]);
  });

  it('is handed in and approved; what was done already is done', async () => {
    running = await start();
    const [item] = await approvedOrders(running.session, [orderItem('W-2', [['M01', '1', '5']])]);
    expect(running.simulator.bill('voucherorder', 'W-2')).toMatchObject({
      verifystate: 2,
      nextStatus: 'DELIVERGOODS',
    });
    expect(await orders().write({ step: 'audit', items: item ? [item] : [], signal })).toMatchObject([
      { ok: true, remoteStatus: '2' },
    ]);
  });

  it('tells the state of a bill that a step does not fit, and keeps the others of its batch', async () => {
    running = await start();
    const items = ['W-3', 'W-4'].map((key) => orderItem(key, [['M01', '1', '5']]));
    const saved = await orders().write({ step: 'save', items, signal });
    const known = items.map((item, at) => existing(item, saved[at]));
    await orders().write({ step: 'submit', items: known.slice(0, 1), signal });
    expect(await orders().write({ step: 'audit', items: known, signal })).toMatchObject([
      { ok: true, remoteStatus: '2' },
      { ok: false, decision: { kind: 'conflict' }, remoteStatus: '0' },
    ]);
  });

  it('is made once under its token: while it is still running, an hour later, and when its number is taken', async () => {
    let now = Date.now();
    running = await start({}, {}, () => now);
    const { simulator } = running;
    const item = orderItem('W-5', [['M01', '1', '5']]);
    simulator.stallSaves('202', '310504');
    const [first] = await orders().write({ step: 'save', items: [item], signal });
    expect(first).toMatchObject({ ok: true });
    for (const code of ['10004', '100004'] as const) {
      now += 3_700_000;
      simulator.repeatedCode = code;
      const [again] = await orders().write({ step: 'save', items: [item], signal });
      expect(again).toMatchObject({ ok: true, remoteId: first?.ok ? first.remoteId : '' });
    }
    expect(simulator.bills('voucherorder')).toHaveLength(1);
    expect(tokenOf('voucherorder', 'W-5')).toHaveLength(32);
    expect(tokenOf('voucherorder', 'W-5')).not.toBe(tokenOf('salesout', 'W-5'));
  });

  it('whose save runs for too long is unknown, not refused', async () => {
    running = await start();
    running.simulator.stallSaves('202', '202', '202', '202', '202');
    expect(
      await orders().write({ step: 'save', items: [orderItem('W-6', [['M01', '1', '5']])], signal }),
    ).toMatchObject([{ ok: false, decision: { kind: 'unknown', code: 'yonyou.still-running' } }]);
  });

  it('is changed while it is open: lines that are gone are taken out', async () => {
    running = await start();
    const item = orderItem('W-7', [
      ['M01', '1', '5'],
      ['M02', '2', '8'],
    ]);
    const [saved] = await orders().write({ step: 'save', items: [item], signal });
    const known = existing(item, saved);
    const kept = { ...lines(item.body, 'orderDetails')[0], id: known.lineIds?.L1 ?? '', oriSum: '6' };
    const changed = { ...known, body: { ...known.body, orderDetails: [kept] } };
    expect(await orders().write({ step: 'update', items: [changed], signal })).toMatchObject([{ ok: true }]);
    const bill = running.simulator.bill('voucherorder', 'W-7');
    expect(bill).toMatchObject({ payMoney: 6, orderDetails: [{ productCode: 'M01', oriSum: 6 }] });
  });

  it('is refused before it is sent where a line has no unit', async () => {
    running = await start({}, { lineDefaults: { taxRate: '13' } });
    expect(
      await orders().write({ step: 'save', items: [orderItem('W-8', [['M01', '1', '5']])], signal }),
    ).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'yonyou.no-unit', field: 'masterUnitId' } },
    ]);
    expect(running.simulator.calls.get('sd/voucherorder/singleSave')).toBeUndefined();
  });

  it('names the tax item of each rate, and is refused where nobody has said which one that is', async () => {
    running = await start();
    const [line = {}] = lines(orderItem('W-11', [['M01', '1', '5']]).body, 'orderDetails');
    const withRate = (key: string, taxRate: string) => {
      const item = orderItem(key, []);
      return { ...item, body: { ...item.body, orderDetails: [{ ...line, taxRate }] } };
    };
    const items = [withRate('W-11', '9.00'), withRate('W-12', '6')];
    expect(await orders().write({ step: 'save', items, signal })).toMatchObject([
      { ok: true },
      { ok: false, decision: { kind: 'reject', code: 'yonyou.no-tax' } },
    ]);
    expect(lines(running.simulator.bill('voucherorder', 'W-11'), 'orderDetails')[0]).toMatchObject({
      taxId: 'VAT9',
      'orderDetailPrices!oriMoney': 4.59,
    });
  });

  it('is found by a field of its head where the tenant numbers by itself', async () => {
    running = await start({}, { numberField: 'headItem.define2' });
    const item = orderItem('W-9', [['M01', '1', '5']]);
    const [saved] = await orders().write({ step: 'save', items: [item], signal });
    expect(saved).toMatchObject({ ok: true, remoteNumber: expect.stringMatching(/^UO-/) });
    expect(await orders().find({ step: 'save', items: [item], signal })).toMatchObject([
      { found: true, remoteId: saved?.ok ? saved.remoteId : '', stepDone: true },
    ]);
  });

  it('is not said to be absent by an app that sees nothing', async () => {
    running = await start();
    running.simulator.hideData(true);
    await expect(
      orders().find({ step: 'save', items: [orderItem('W-10', [['M01', '1', '5']])], signal }),
    ).rejects.toMatchObject({ decision: { kind: 'retry', code: 'yonyou.blind' } });
  });
});

describe('a sales out', () => {
  it('takes from its order what the goods cost, to the cent over several shipments, and makes the receivable', async () => {
    running = await start();
    const { simulator } = running;
    const [order] = await approvedOrders(running.session, [orderItem('W-1', [['M01', '3', '10.00']])]);
    if (!order) throw new Error('no order');
    const amounts: unknown[] = [];
    for (const key of ['S-1', 'S-2', 'S-3']) {
      const item = shipmentItem(key, order, [['M01', '1']]);
      const [saved] = await outs().write({ step: 'save', items: [item], signal });
      expect(await outs().write({ step: 'audit', items: [existing(item, saved)], signal })).toMatchObject([
        { ok: true, remoteStatus: '1' },
      ]);
      amounts.push(lines(simulator.bill('salesout', key), 'details')[0]?.oriSum);
    }
    expect(amounts).toEqual([3.33, 3.34, 3.33]);
    expect(simulator.bill('voucherorder', 'W-1')).toMatchObject({ nextStatus: 'ENDORDER' });
    expect(simulator.inventory().find((row) => row.material === 'M01')?.quantity).toBe('97');
    expect(simulator.books().receivables.map((one) => [one.order, one.amount])).toEqual([
      ['W-1', '3.33'],
      ['W-1', '3.34'],
      ['W-1', '3.33'],
    ]);
  });

  it('of an order is not changed afterwards', async () => {
    running = await start();
    const [order] = await approvedOrders(running.session, [orderItem('W-1', [['M01', '1', '10']])]);
    if (!order) throw new Error('no order');
    const item = shipmentItem('S-1', order, [['M01', '1']]);
    const [saved] = await outs().write({ step: 'save', items: [item], signal });
    expect(await outs().write({ step: 'update', items: [existing(item, saved)], signal })).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'yonyou.no-update' } },
    ]);
  });

  it('of more than was ordered, of something else, or of an open order is refused', async () => {
    running = await start();
    const [order] = await approvedOrders(running.session, [orderItem('W-1', [['M01', '1', '10']])]);
    if (!order) throw new Error('no order');
    const refused = async (item: ReturnType<typeof shipmentItem>) =>
      (await outs().write({ step: 'save', items: [item], signal }))[0];
    expect(await refused(shipmentItem('S-1', order, [['M01', '2']]))).toMatchObject({
      decision: { kind: 'reject' },
    });
    expect(await refused(shipmentItem('S-2', order, [['M02', '1']]))).toMatchObject({
      decision: { kind: 'reject', code: 'yonyou.not-on-order' },
    });
    await orders().write({ step: 'unaudit', items: [order], signal });
    expect(await refused(shipmentItem('S-3', order, [['M01', '1']]))).toMatchObject({
      decision: { kind: 'conflict' },
    });
  });
});

describe('a return', () => {
  it('that cannot be looked up holds up nothing but itself', async () => {
    running = await start({}, { returnListPath: '/yonbip/sd/nowhere/list' });
    const returns = objectOf(running.session, 'vouchersalereturn');
    await expect(
      returns.find({ step: 'save', items: [{ key: 'R-1', body: {} }], signal }),
    ).rejects.toMatchObject({
      decision: { kind: 'retry', code: 'yonyou.no-list' },
    });
  });
});

describe('the platform', () => {
  it('is never asked more often than an API may be', async () => {
    running = await start({ callsPerMinute: 5 });
    const [first] = await orders().write({
      step: 'save',
      items: [orderItem('W-1', [['M01', '1', '5']])],
      signal,
    });
    const hints = Array.from({ length: 8 }, () => ({
      object: 'voucherorder',
      remoteId: first?.ok ? first.remoteId : '',
    }));
    const stop = new AbortController();
    const asking = orders().fetch({ hints, signal: stop.signal });
    while ((running.simulator.calls.get('sd/voucherorder/detail') ?? 0) < 5) await new Promise(setImmediate);
    stop.abort();
    await expect(asking).rejects.toMatchObject({ decision: { kind: 'retry' } });
    expect(running.simulator.overLimit()).toBe(0);
  });

  it.each([
    ['310046', 'throttle'],
    ['310037', 'fatal'],
    ['310041', 'fatal'],
  ])('refusing with %s is %s', async (code, kind) => {
    running = await start();
    await running.session.test(signal);
    running.simulator.refuseWith(code);
    await expect(objectOf(running.session, 'stock').list({ signal })).rejects.toMatchObject({
      decision: { kind },
    });
  });

  it('that has moved a tenant is found again', async () => {
    let now = Date.now();
    running = await start({}, {}, () => now);
    expect(await running.session.test(signal)).toMatchObject({ ok: true });
    running.simulator.moveTo('/second-gateway');
    expect(await running.session.test(signal)).toMatchObject({ ok: false });
    now += 13 * 3_600_000;
    expect(await running.session.test(signal)).toMatchObject({ ok: true });
  });

  it('does not know this tenant: said once, with what to check', async () => {
    running = await start({}, { tenantId: 'nobody' });
    expect(await running.session.test(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining('check tenantId'),
    });
  });
});
