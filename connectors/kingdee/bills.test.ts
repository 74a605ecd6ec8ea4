import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, orderItem, type Running, shipmentItem, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

describe('an order', () => {
  it('is saved, submitted and audited, and its lines are known by our keys', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = [
      orderItem('O-1', [
        ['M01', '2', '9.99'],
        ['M02', '1', '0'],
        ['FREIGHT', '1', '8'],
      ]),
    ];
    const [saved] = await orders.write({ step: 'save', items, signal });
    expect(saved).toMatchObject({
      ok: true,
      remoteNumber: 'O-1',
      remoteStatus: 'A',
      answer: { FDocumentStatus: 'A' },
    });
    const lineIds = saved?.ok ? saved.lineIds : undefined;
    expect(Object.keys(lineIds ?? {})).toEqual(['L1', 'L2', 'L3']);
    const item = existing(items[0] ?? orderItem('', []), saved);
    expect(await orders.write({ step: 'submit', items: [item], signal })).toMatchObject([
      { ok: true, remoteStatus: 'B' },
    ]);
    const audited = await orders.write({ step: 'audit', as: 'auditor', items: [item], signal });
    expect(audited).toMatchObject([{ ok: true, remoteStatus: 'C' }]);
    const bill = running.simulator.bill('SAL_SaleOrder', 'O-1');
    expect(bill).toMatchObject({ FDocumentStatus: 'C', FBillAllAmount: '27.98' });
    expect(bill?.FSaleOrderEntry).toMatchObject([{ FEntryID: Number(lineIds?.L1) }, {}, {}]);
  });

  it('reaches Kingdee with lists last and without our keys', async () => {
    running = await start();
    // The simulator answers a misplaced finance head with the vendor's misleading complaint.
    const [saved] = await objectOf(running.session, 'SAL_SaleOrder').write({
      step: 'save',
      items: [orderItem('O-2', [['M01', '2', '9.99']])],
      signal,
    });
    expect(saved?.ok).toBe(true);
    expect(JSON.stringify(running.simulator.bill('SAL_SaleOrder', 'O-2'))).not.toContain('_key');
  });

  it('whose audit is asked for twice is audited once, and both answers say so', async () => {
    running = await start();
    const [item] = await approvedOrders(running.session, [orderItem('O-3', [['M01', '1', '1']])]);
    const again = await objectOf(running.session, 'SAL_SaleOrder').write({
      ...{ step: 'audit', as: 'auditor', signal },
      items: item ? [item] : [],
    });
    expect(again).toMatchObject([{ ok: true, remoteStatus: 'C' }]);
  });

  it('with a number that exists is to be looked up, and is found with its lines', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = [
      orderItem('O-4', [
        ['M01', '1', '1'],
        ['M02', '2', '2'],
      ]),
    ];
    const [first] = await orders.write({ step: 'save', items, signal });
    const [second] = await orders.write({ step: 'save', items, signal });
    expect(second).toMatchObject({
      ok: false,
      decision: { kind: 'unknown', code: 'kingdee.duplicate-number' },
    });
    const [found] = await orders.find({ step: 'save', items, signal });
    expect(found).toMatchObject({ found: true, stepDone: true, remoteStatus: 'A' });
    expect(found?.found && found.lineIds).toEqual(first?.ok && first.lineIds);
    expect(await orders.find({ step: 'submit', items, signal })).toMatchObject([
      { found: true, stepDone: false },
    ]);
  });

  it('may not be changed once it is audited', async () => {
    running = await start();
    const [item] = await approvedOrders(running.session, [orderItem('O-5', [['M01', '1', '1']])]);
    const [result] = await objectOf(running.session, 'SAL_SaleOrder').write({
      step: 'save',
      items: item ? [item] : [],
      signal,
    });
    expect(result).toMatchObject({ ok: false, decision: { kind: 'conflict', code: 'kingdee.wrong-state' } });
  });

  it('of an unknown customer or material is refused, and neither is made', async () => {
    running = await start();
    const stranger = orderItem('O-6', [['M01', '1', '1']]);
    const items = [
      { ...stranger, body: { ...stranger.body, FCustId: { FNumber: 'NOBODY' } } },
      orderItem('O-7', [['NO-SUCH', '1', '1']]),
    ];
    const results = await objectOf(running.session, 'SAL_SaleOrder').write({ step: 'save', items, signal });
    expect(results).toMatchObject([
      { ok: false, decision: { kind: 'reject', field: 'FCustId' } },
      { ok: false, decision: { kind: 'reject', field: 'FMaterialId' } },
    ]);
    expect(running.simulator.bills('BD_Customer')).toHaveLength(2);
    expect(running.simulator.bills('BD_MATERIAL')).toHaveLength(11);
  });
});

describe('cancelling', () => {
  it.each(['ExcuteOperation', 'ExecuteOperation'])(
    'makes a bill void by %s, and is seen to have done so',
    async (spelling) => {
      running = await start({}, { excuteSpelling: spelling });
      const orders = objectOf(running.session, 'SAL_SaleOrder');
      const order = orderItem('V-1', [['M01', '1', '1']]);
      const [saved] = await orders.write({ step: 'save', items: [order], signal });
      const items = [existing(order, saved)];
      expect(await orders.write({ step: 'cancel', items, signal })).toMatchObject([{ ok: true }]);
      expect(running.simulator.bill('SAL_SaleOrder', 'V-1')).toMatchObject({ FCancelStatus: 'B' });
      expect(await orders.find({ step: 'cancel', items, signal })).toMatchObject([{ stepDone: true }]);
    },
  );
});

describe('a batch', () => {
  it.each([true, false])(
    'tells each item its own result (overall IsSuccess of a partial batch: %s)',
    async (partialIsSuccess) => {
      running = await start({ partialIsSuccess, textualAnswers: true });
      const orders = objectOf(running.session, 'SAL_SaleOrder');
      const items = [
        orderItem('P-1', [['M01', '1', '1']]),
        orderItem('P-2', [['NO-SUCH', '1', '1']]),
        orderItem('P-3', [
          ['M02', '1', '1'],
          ['M03', '1', '1'],
        ]),
      ];
      const results = await orders.write({ step: 'save', items, signal });
      expect(results.map((one) => one.ok)).toEqual([true, false, true]);
      const third = results[2];
      expect(third?.ok && Object.keys(third.lineIds ?? {})).toEqual(['L1', 'L2']);
      running.simulator.lock('P-3', true);
      const saved = [items[0], items[2]].flatMap((item, at) =>
        item ? [existing(item, results[at * 2])] : [],
      );
      const submitted = await orders.write({ step: 'submit', items: saved, signal });
      expect(submitted).toMatchObject([
        { ok: true },
        { ok: false, decision: { kind: 'retry', code: 'kingdee.locked' } },
      ]);
    },
  );
});

describe('an update', () => {
  it('of what differs leaves alone what others have changed; a bill whose lines go is saved whole', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const lines = [
      ['M01', '1', '1'],
      ['M02', '2', '2'],
    ] as const;
    const first = orderItem('U-1', lines);
    const [saved] = await orders.write({ step: 'save', items: [first], signal });
    const lineIds = (saved?.ok && saved.lineIds) || {};
    const item = { ...existing(first, saved), lineIds };
    const person = { ...item, body: { FNote: '加急' }, difference: { body: { FNote: '加急' }, removed: {} } };
    expect(await orders.write({ step: 'update', items: [person], signal })).toMatchObject([{ ok: true }]);
    const line = { FEntryID: lineIds.L2 ?? '', _key: 'L2', FQty: '7' };
    const difference = { body: { FLinkMan: '王', FSaleOrderEntry: [line] }, removed: {} };
    const ours = { ...item, body: { ...first.body, FNote: '' }, difference };
    expect(await orders.write({ step: 'update', items: [ours, person], signal })).toMatchObject([
      { ok: true },
      { ok: true },
    ]);
    expect(running.simulator.bill('SAL_SaleOrder', 'U-1')).toMatchObject({
      ...{ FNote: '加急', FLinkMan: '王', FCustId: { FNumber: 'CUST-WEB' } },
      FSaleOrderEntry: [{ FQty: 1 }, { FQty: 7, FMaterialId: { FNumber: 'M02' }, FTaxPrice: 2 }],
    });
    const [kept] = (first.body.FSaleOrderEntry ?? []) as readonly JsonObject[];
    const shorter = { ...first.body, FSaleOrderEntry: [{ ...kept, FEntryID: lineIds.L1 ?? '' }] };
    const gone = { body: {}, removed: { FSaleOrderEntry: [lineIds.L2 ?? ''] } };
    await orders.write({ step: 'update', items: [{ ...item, body: shorter, difference: gone }], signal });
    expect(running.simulator.bill('SAL_SaleOrder', 'U-1')?.FSaleOrderEntry).toMatchObject([
      { FEntryID: Number(lineIds.L1), FQty: 1 },
    ]);
  });

  it('that meets an audited bill is told its status; a bill others were made from is not taken back', async () => {
    running = await start();
    const [item] = await approvedOrders(running.session, [orderItem('U-2', [['M01', '1', '1']])]);
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = item ? [item] : [];
    expect(await orders.write({ step: 'update', items, signal })).toMatchObject([
      { ok: false, remoteStatus: 'C', decision: { kind: 'conflict' } },
    ]);
    running.simulator.pushByHand('U-2');
    expect(await orders.write({ step: 'unaudit', as: 'auditor', items, signal })).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'kingdee.has-followers' } },
    ]);
  });

  it('in several calls tells what each of them did', async () => {
    running = await start({}, { batchSize: 1 });
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    running.simulator.faults.next(1, 'error500', 'BatchSave');
    const items = ['H-1', 'H-2'].map((key) => orderItem(key, [['M01', '1', '1']]));
    expect(await orders.write({ step: 'save', items, signal })).toMatchObject([
      { ok: false, decision: { kind: 'unknown' } },
      { ok: true, remoteNumber: 'H-2' },
    ]);
  });
});

describe('a missing bill', () => {
  it('is not called missing while the user sees nothing at all', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = [orderItem('N-1', [['M01', '1', '1']])];
    expect(await orders.find({ step: 'save', items, signal })).toEqual([{ found: false }]);
    running.simulator.hideData(true);
    await expect(orders.find({ step: 'save', items, signal })).rejects.toMatchObject({
      decision: { code: 'kingdee.blind' },
    });
  });
});

describe('a closed period', () => {
  it('is told as closed, and the pushed bill is used once the books are open', async () => {
    running = await start();
    const [order] = await approvedOrders(running.session, [orderItem('K-1', [['M01', '1', '1']])]);
    if (!order) throw new Error('no order');
    running.simulator.closeBooks('2026-03-31');
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const shipment = shipmentItem('K-1-1', order, [['M01', '1']]);
    const push = () => out.write({ step: 'push', items: [shipment], signal });
    expect(await push()).toMatchObject([{ ok: false, decision: { kind: 'closed' } }]);
    running.simulator.closeBooks('');
    expect(await push()).toMatchObject([{ ok: true, remoteNumber: 'K-1-1' }]);
    expect(running.simulator.bills('SAL_OUTSTOCK')).toHaveLength(1);
  });
});

describe('two thousand orders', () => {
  it('go through quickly', async () => {
    running = await start();
    const orders = objectOf(running.session, 'SAL_SaleOrder');
    const items = Array.from({ length: 2000 }, (_none, at) =>
      orderItem(`T-${at}`, [
        ['M01', '1', '1'],
        ['M02', '1', '1'],
      ]),
    );
    const results = await orders.write({ step: 'save', items, signal });
    expect(results.every((one) => one.ok)).toBe(true);
    const found = await orders.find({ step: 'save', items, signal });
    expect(found.every((one) => one.found && one.stepDone)).toBe(true);
    expect(running.simulator.totalCalls()).toBeLessThan(100);
  });
});
