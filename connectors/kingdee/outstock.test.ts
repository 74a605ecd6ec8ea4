import { afterEach, describe, expect, it } from 'vitest';
import type { WriteItem } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, orderItem, type Running, shipmentItem, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

async function flow(item: WriteItem): Promise<WriteItem> {
  const out = objectOf(running.session, 'SAL_OUTSTOCK');
  const [pushed] = await out.write({ step: 'push', items: [item], signal });
  const known = existing(item, pushed);
  for (const [step, as] of [['save'], ['submit'], ['audit', 'auditor']] as const) {
    const [result] = await out.write({ step, ...(as ? { as } : {}), items: [known], signal });
    existing(item, result);
  }
  return known;
}

async function order(key: string, lines: readonly (readonly [string, string, string])[]): Promise<WriteItem> {
  const [item] = await approvedOrders(running.session, [orderItem(key, lines)]);
  if (!item) throw new Error('no order');
  return item;
}

function onHand(material: string): string | undefined {
  return running.simulator.inventory().find((row) => row.material === material)?.quantity;
}

function outStocks(): Record<string, unknown>[] {
  return running.simulator.bills('SAL_OUTSTOCK');
}

describe('a shipment', () => {
  it('is pushed from its order, bears our number, and takes exactly its goods out of stock', async () => {
    running = await start();
    const parent = await order('O-1', [
      ['M01', '5', '10'],
      ['M02', '3', '10'],
      ['FREIGHT', '1', '8'],
    ]);
    await flow(shipmentItem('O-1-1', parent, [['M01', '2']]));
    expect(running.simulator.bill('SAL_OUTSTOCK', 'O-1-1')).toMatchObject({
      ...{ FDocumentStatus: 'C', FCarriageNO: 'SFO-1-1' },
      FEntity: [{ FRealQty: 2, FSrcBillNo: 'O-1' }],
    });
    expect([onHand('M01'), onHand('M02')]).toEqual(['98', '100']);
    await flow(
      shipmentItem('O-1-2', parent, [
        ['M01', '3'],
        ['M02', '3'],
      ]),
    );
    expect([onHand('M01'), onHand('M02')]).toEqual(['95', '97']);
    expect(running.simulator.bill('SAL_SaleOrder', 'O-1')).toMatchObject({ FCloseStatus: 'B' });
  });

  it('of goods sold and given uses both lines of the order', async () => {
    running = await start();
    const parent = await order('O-2', [
      ['M01', '2', '10'],
      ['M01', '1', '0'],
    ]);
    await flow(shipmentItem('O-2-1', parent, [['M01', '3']]));
    const bill = running.simulator.bill('SAL_OUTSTOCK', 'O-2-1');
    expect(bill?.FEntity).toMatchObject([{ FRealQty: 2 }, { FRealQty: 1, FIsFree: true }]);
  });

  it('of goods the order does not have is refused alone', async () => {
    running = await start();
    const parent = await order('O-3', [['M01', '2', '10']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const item = shipmentItem('O-3-1', parent, [['M05', '1']]);
    const [pushed] = await out.write({ step: 'push', items: [item], signal });
    const [saved] = await out.write({ step: 'save', items: [existing(item, pushed)], signal });
    expect(saved).toMatchObject({ ok: false, decision: { kind: 'reject', code: 'kingdee.not-on-order' } });
  });

  it('whose push was never answered is adopted, not pushed again', async () => {
    running = await start();
    const parent = await order('O-4', [['M01', '2', '10']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const items = [shipmentItem('O-4-1', parent, [['M01', '2']])];
    running.simulator.faults.next(1, 'timeoutAfterEffect', 'Push');
    const push = out.write({ step: 'push', items, signal: AbortSignal.timeout(300) });
    await expect(push).rejects.toMatchObject({ decision: { kind: 'unknown' } });
    // The bill is there under the site's own number: the step is not done yet, and nobody else may claim it.
    expect(await out.find({ step: 'push', items, signal })).toEqual([{ found: false }]);
    expect(await out.write({ step: 'push', items, signal })).toMatchObject([
      { ok: true, remoteNumber: 'O-4-1' },
    ]);
    expect(outStocks()).toHaveLength(1);
    expect(await out.find({ step: 'push', items, signal })).toMatchObject([{ found: true, stepDone: true }]);
    expect(await out.write({ step: 'push', items, signal })).toMatchObject([
      { ok: true, remoteNumber: 'O-4-1' },
    ]);
    expect(outStocks()).toHaveLength(1);
  });

  it('somebody has pushed and audited is adopted if it holds just these goods, else compared by a person', async () => {
    running = await start();
    const parent = await order('O-9', [['M01', '2', '10']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const number = running.simulator.pushByHand('O-9');
    for (const step of ['Submit', 'Audit']) running.simulator.byHand(step, 'SAL_OUTSTOCK', number);
    const other = shipmentItem('O-9-1', parent, [['M01', '1']]);
    expect(await out.write({ step: 'push', items: [other], signal })).toMatchObject([
      { ok: false, decision: { kind: 'reject', code: 'kingdee.pushed-otherwise' } },
    ]);
    const same = shipmentItem('O-9-2', parent, [['M01', '2']]);
    expect(await out.write({ step: 'push', items: [same], signal })).toMatchObject([
      { ok: true, remoteNumber: number, remoteStatus: 'C', reached: 'save' },
    ]);
    expect(outStocks()).toHaveLength(1);
  });

  it('whose number could not be set is adopted too', async () => {
    running = await start();
    const parent = await order('O-5', [['M01', '2', '10']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const items = [shipmentItem('O-5-1', parent, [['M01', '2']])];
    running.simulator.faults.next(1, 'error500', 'BatchSave');
    await expect(out.write({ step: 'push', items, signal })).rejects.toMatchObject({
      decision: { kind: 'unknown' },
    });
    await out.write({ step: 'push', items, signal });
    expect(outStocks().map((bill) => bill.FBillNo)).toEqual(['O-5-1']);
  });

  it('waits while another one of the same order holds what is open', async () => {
    running = await start();
    const parent = await order('O-6', [['M01', '2', '10']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const first = shipmentItem('O-6-1', parent, [['M01', '1']]);
    const second = shipmentItem('O-6-2', parent, [['M01', '1']]);
    const busy = { ok: false, decision: { kind: 'retry', code: 'kingdee.push-busy' } };
    const results = await out.write({ step: 'push', items: [first, second], signal });
    expect(results).toMatchObject([{ ok: true }, busy]);
    expect(await out.write({ step: 'push', items: [second], signal })).toMatchObject([busy]);
    await out.write({ step: 'save', items: [existing(first, results[0])], signal });
    expect(await out.write({ step: 'push', items: [second], signal })).toMatchObject([{ ok: true }]);
  });

  it('of each of many orders is paired with its own order in one push', async () => {
    running = await start();
    const orders = Array.from({ length: 12 }, (_none, at) =>
      orderItem(`P-${at}`, [[`M0${at % 10}`, '1', '1']]),
    );
    const approved = await approvedOrders(running.session, orders);
    const items = approved.map((one, at) => shipmentItem(`P-${at}-1`, one, [[`M0${at % 10}`, '1']]));
    const results = await objectOf(running.session, 'SAL_OUTSTOCK').write({ step: 'push', items, signal });
    expect(results.every((one) => one.ok)).toBe(true);
    for (const [at] of items.entries()) {
      expect(running.simulator.bill('SAL_OUTSTOCK', `P-${at}-1`)?.FEntity).toMatchObject([
        { FSrcBillNo: `P-${at}` },
      ]);
    }
    expect(running.simulator.callsByForm.get('Push SAL_SaleOrder')).toBe(1);
  });

  it('joined with other orders by the site’s rule stops the connection instead of being guessed at', async () => {
    running = await start({ joinPushed: true }, { pushBatchSize: 10 });
    const approved = await approvedOrders(running.session, [
      orderItem('J-1', [['M01', '1', '1']]),
      orderItem('J-2', [['M02', '1', '1']]),
    ]);
    const items = approved.map((one, at) => shipmentItem(`J-${at}-1`, one, [['M01', '1']]));
    const results = await objectOf(running.session, 'SAL_OUTSTOCK').write({ step: 'push', items, signal });
    expect(results[0]).toMatchObject({ ok: false, decision: { kind: 'fatal', code: 'kingdee.push-joined' } });
  });

  it('can be told by another field where the site keeps its own numbers', async () => {
    running = await start({}, { renumberPushed: false });
    const parent = await order('O-7', [['M01', '2', '10']]);
    const known = await flow(shipmentItem('O-7-1', parent, [['M01', '2']]));
    expect(known.remoteNumber).toMatch(/^XSCKD/);
    expect(running.simulator.bills('SAL_OUTSTOCK')).toMatchObject([{ FNote: 'O-7-1', FDocumentStatus: 'C' }]);
  });
});

describe('a retail day', () => {
  it('leaves stock as an out-stock bill of our own and comes back as a return', async () => {
    running = await start();
    const body = {
      FBillTypeID: { FNUMBER: 'XSCKD01_SYS' },
      FDate: '2026-03-01 00:00:00',
      FSaleOrgId: { FNumber: '100' },
      FStockOrgId: { FNumber: '100' },
      FEntity: [
        {
          _key: 'a',
          FMaterialID: { FNumber: 'M03' },
          FRealQty: '7',
          FTaxPrice: '3.5',
          FStockID: { FNumber: 'CK01' },
        },
      ],
    };
    const sale = { key: 'RD-1', body: { ...body, FBillNo: 'RD-1', FCustomerID: { FNumber: 'CUST-S01' } } };
    const back = {
      key: 'RR-1',
      body: {
        ...body,
        FBillNo: 'RR-1',
        FBillTypeID: { FNUMBER: 'XSTHD01_SYS' },
        FRetcustId: { FNumber: 'CUST-S01' },
        FEntity: [
          {
            _key: 'a',
            FMaterialId: { FNumber: 'M03' },
            FRealQty: '2',
            FTaxPrice: '3.5',
            FStockId: { FNumber: 'CK01' },
          },
        ],
      },
    };
    for (const [form, item, expected] of [
      ['SAL_OUTSTOCK', sale, '93'],
      ['SAL_RETURNSTOCK', back, '95'],
    ] as const) {
      const object = objectOf(running.session, form);
      const [saved] = await object.write({ step: 'save', items: [item], signal });
      const known = existing(item, saved);
      await object.write({ step: 'submit', items: [known], signal });
      const [audited] = await object.write({ step: 'audit', as: 'auditor', items: [known], signal });
      expect(audited).toMatchObject({ ok: true });
      expect(onHand('M03')).toBe(expected);
    }
  });
});
