import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject, WriteItem } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { decisionOf } from './errors.ts';
import { saleOrder, saleOut, stateOf } from './objects/kinds.ts';
import { orderItem, type Running, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running?.close();
});

const orders = () => objectOf(running.session, 'saleorder');
const notes = () => objectOf(running.session, 'consignment');

async function verifiedOrder(key: string, lines: Parameters<typeof orderItem>[1]): Promise<WriteItem> {
  const item = orderItem(key, lines);
  const [saved] = await orders().write({ step: 'save', items: [item], signal });
  const known = existing(item, saved);
  await orders().write({ step: 'verify', items: [known], signal });
  return known;
}

describe('a save in U8', () => {
  it.each(['noId', 'words'] as const)(
    'is queued and its result waited for, however "not yet" looks: %s',
    async (pendingForm) => {
      running = await start({ pendingPolls: 3, pendingForm });
      const [saved] = await orders().write({
        step: 'save',
        items: [orderItem('W-1', [['M01', '3', '10.00']])],
        signal,
      });
      expect(saved).toMatchObject({ ok: true, remoteId: 'W-1', remoteStatus: 'Opening' });
      expect(running.simulator.calls.get('/result')).toBe(4);
      expect(running.simulator.bill('saleorder', 'W-1')).toMatchObject({
        entry: [
          { inventorycode: 'M01', quantity: 3, taxunitprice: 3.333333, sum: 10, taxrate: 13, rowno: 1 },
        ],
      });
    },
  );

  it('is refused by its result, not by the queue', async () => {
    running = await start();
    expect(
      await orders().write({ step: 'save', items: [orderItem('W-1', [['NO', '1', '1']])], signal }),
    ).toMatchObject([{ ok: false, decision: { kind: 'reject', message: expect.stringContaining('NO') } }]);
  });

  it('whose result does not come is unknown, found, and made once however often it is sent', async () => {
    running = await start({ pendingPolls: 5 }, { resultTries: 2 });
    const items = [orderItem('W-1', [['M01', '1', '5']])];
    expect(await orders().write({ step: 'save', items, signal })).toMatchObject([
      { ok: false, decision: { kind: 'unknown', code: 'yonyou-u8.still-saving' } },
    ]);
    expect(await orders().find({ step: 'save', items, signal })).toMatchObject([
      { found: true, remoteId: 'W-1' },
    ]);
    await orders().write({ step: 'save', items, signal });
    expect(running.simulator.bills('saleorder')).toHaveLength(1);
  });

  it('may be answered at once, and is found by a field of ours where U8 numbers by itself', async () => {
    running = await start({ sync: true }, { numberField: 'define1' });
    const items = [orderItem('W-1', [['M01', '1', '5']])];
    const [saved] = await orders().write({ step: 'save', items, signal });
    expect(saved).toMatchObject({ ok: true, remoteNumber: 'SO00000001' });
    expect(running.simulator.calls.get('/result')).toBeUndefined();
    expect(await orders().find({ step: 'save', items, signal })).toMatchObject([
      { found: true, remoteId: 'SO00000001' },
    ]);
  });

  it('waits while the client beside U8 is not running', async () => {
    running = await start();
    await running.session.test(signal);
    running.simulator.offline(true);
    const items = [orderItem('W-1', [['M01', '1', '5']])];
    expect(await orders().write({ step: 'save', items, signal })).toMatchObject([
      { decision: { kind: 'retry', code: 'yonyou-u8.client-offline' } },
    ]);
    await expect(orders().find({ step: 'save', items, signal })).rejects.toMatchObject({
      decision: { kind: 'retry' },
    });
  });
});

describe('a bill in U8', () => {
  it('is verified; what was verified already is done', async () => {
    running = await start();
    const item = await verifiedOrder('W-1', [['M01', '1', '5']]);
    expect(running.simulator.bill('saleorder', 'W-1')).toMatchObject({ state: 'Approved' });
    expect(await orders().write({ step: 'verify', items: [item], signal })).toMatchObject([
      { ok: true, remoteStatus: 'Approved' },
    ]);
    expect(await orders().write({ step: 'unverify', items: [item], signal })).toMatchObject([
      { ok: true, remoteStatus: 'Opening' },
    ]);
  });

  it('made of an order takes customer and prices from it and moves stock once verified', async () => {
    running = await start();
    const order = await verifiedOrder('W-1', [['M01', '4', '20']]);
    const item = {
      key: 'F-1',
      parent: { object: 'saleorder', remoteId: order.remoteId ?? '' },
      body: {
        date: '2026-03-02',
        saletype: '01',
        entry: [{ _key: 's', inventory_code: 'M01', warehouse_code: 'CK01', quantity: '3' }],
      },
    };
    const [saved] = await notes().write({ step: 'save', items: [item], signal });
    expect(await notes().write({ step: 'verify', items: [existing(item, saved)], signal })).toMatchObject([
      { ok: true },
    ]);
    expect(running.simulator.bill('consignment', 'F-1')).toMatchObject({
      ...{ custcode: 'CUST-WEB', deptcode: '01', operation_type: '普通销售' },
      entry: [{ socode: 'W-1', taxprice: 5, sum: 15, quantity: 3 }],
    });
    expect(running.simulator.onHand('M01', 'CK01')).toBe('97');
    const other = {
      ...item,
      key: 'F-2',
      body: { ...item.body, entry: [{ inventory_code: 'M02', warehouse_code: 'CK01', quantity: '1' }] },
    };
    expect(await notes().write({ step: 'save', items: [other], signal })).toMatchObject([
      { decision: { kind: 'reject', code: 'yonyou-u8.not-on-order' } },
    ]);
  });

  it('says how far it is in one word, whichever way its kind says it', () => {
    const states: [JsonObject, string][] = [
      [{ state: 'Opening', verifier: '' }, 'Opening'],
      [{ state: '审核' }, 'Approved'],
      [{ verifier: 'li' }, 'Approved'],
      [{ state: '变更', verifier: 'li' }, 'Changing'],
    ];
    expect(states.map(([bill]) => stateOf(saleOrder, bill))).toEqual(states.map(([, word]) => word));
    expect(stateOf(saleOut, { auditdate: '2026-03-01' })).toBe('Approved');
  });
});

describe('reading U8', () => {
  it('adds stock up over batches that stand on different pages', async () => {
    running = await start({ pageSize: 4 });
    running.simulator.seedInventory([{ material: 'M00', stock: 'CK01', quantity: '2.5', batch: 'B' }]);
    const { items, more } = await objectOf(running.session, 'currentstock').list({ signal });
    expect(items.find((one) => one.remoteId === 'M00|CK01')?.body).toMatchObject({ qty: '102.5' });
    expect([items.length, more]).toEqual([10, false]);
  });

  it('lists bills of the last days with how far they are, and goods one by one', async () => {
    running = await start();
    await verifiedOrder('W-1', [['M01', '1', '5']]);
    const { items } = await orders().list({ signal });
    expect(items).toMatchObject([{ remoteId: 'W-1', body: { state: 'Approved' } }]);
    const hints = ['M01', 'NO'].map((remoteId) => ({ object: 'inventory', remoteId }));
    expect(await objectOf(running.session, 'inventory').fetch({ hints, signal })).toMatchObject([
      { found: true, body: { name: '存货1', main_measure: 'Pcs' } },
      { found: false, decision: { kind: 'absent' } },
    ]);
  });
});

describe('a decision', () => {
  it.each([
    ['20002', '未检索到匹配的[订单]', 'absent', 'yonyou-u8.nothing-found'],
    ['10009', 'token无效或已过期', 'reauth', 'yonyou-u8.token-lost'],
    ['1', '服务已到期', 'fatal', 'yonyou-u8.not-allowed'],
    ['1', '调用频率超限', 'throttle', 'yonyou-u8.call-limit'],
    ['1', '客户端不在线', 'retry', 'yonyou-u8.client-offline'],
    ['1', '请求超时', 'unknown', 'yonyou-u8.timed-out'],
    ['1', '3月已结账', 'closed', 'yonyou-u8.period-closed'],
    ['1', '单据号重复', 'unknown', 'yonyou-u8.duplicate-number'],
    ['1', '单据正在被demo使用', 'retry', 'yonyou-u8.busy'],
    ['1', '单据已审核', 'conflict', 'yonyou-u8.wrong-state'],
    ['1', '存货可用量不足', 'reject', 'yonyou-u8.stock-short'],
    ['1', '存货编码X不存在', 'reject', 'yonyou-u8.refused-item'],
  ])('for %s "%s" is %s', (code, text, kind, hubCode) => {
    expect(decisionOf({ status: 200, code, text }, true)).toMatchObject({ kind, code: hubCode });
  });
});
