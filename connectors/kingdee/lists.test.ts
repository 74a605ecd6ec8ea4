import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject, Notice } from '../kit/index.ts';
import { existing, objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, orderItem, type Running, shipmentItem, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

async function listAll(object: string, from?: JsonObject): Promise<{ items: Notice[]; cursor: JsonObject }> {
  const items: Notice[] = [];
  let cursor = from;
  for (;;) {
    const page = await objectOf(running.session, object).list({ ...(cursor ? { cursor } : {}), signal });
    items.push(...page.items);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { items, cursor };
  }
}

const noon = Date.parse('2026-03-01T04:00:00.517Z');

describe('the list of materials', () => {
  it('delivers whole nested bodies under the material code', async () => {
    running = await start({}, {}, () => noon);
    const { items } = await listAll('BD_MATERIAL');
    expect(items.find((item) => item.remoteId === 'M01')).toMatchObject({
      revision: '2026-03-01T04:00:00.517Z',
      body: {
        ...{ FNumber: 'M01', FName: '物料1', FBaseUnitId: { FNumber: 'Pcs' }, FForbidStatus: 'A' },
        ...{ FMATERIALID: expect.any(String), FModifyDate: '2026-03-01 12:00:00' },
      },
    });
  });

  it('tells a change once, though windows overlap', async () => {
    let now = noon;
    running = await start({}, { overlapSeconds: 60 }, () => now);
    const first = await listAll('BD_MATERIAL');
    now += 5000;
    running.simulator.seedMaterials([{ number: 'M01', name: '新名' }]);
    const second = await listAll('BD_MATERIAL', first.cursor);
    expect(second.items.map((item) => item.body?.FName)).toEqual(['新名']);
    now += 5000;
    expect((await listAll('BD_MATERIAL', second.cursor)).items).toEqual([]);
  });

  it('sees what is committed late, inside the overlap', async () => {
    let now = noon;
    running = await start({}, { overlapSeconds: 60 }, () => now);
    const first = await listAll('BD_MATERIAL');
    now += 5000;
    running.simulator.seedMaterials([{ number: 'LATE', name: '晚', modified: noon - 30_000 }]);
    const second = await listAll('BD_MATERIAL', first.cursor);
    expect(second.items.map((item) => item.remoteId)).toEqual(['LATE']);
  });

  it('loses no row when a row is changed between two pages', async () => {
    let now = noon;
    running = await start({ queryLimit: 4 }, {}, () => now);
    const numbers = Array.from({ length: 10 }, (_none, at) => `R${at}`);
    running.simulator.seedMaterials(
      numbers.map((number, at) => ({ number, name: number, modified: noon - 60_000 + at * 2000 })),
    );
    const list = objectOf(running.session, 'BD_MATERIAL').list;
    const seen = new Set<string>();
    let page = await list({ since: '2026-03-01T03:50:00Z', signal });
    for (let pages = 0; pages < 50; pages++) {
      for (const item of page.items) seen.add(item.remoteId);
      if (!page.more) break;
      // The first row moves to the end and every row behind it moves up by one.
      now += 1000;
      running.simulator.seedMaterials([{ number: 'R0', name: 'again' }]);
      page = await list({ cursor: page.cursor, signal });
    }
    expect([...seen]).toEqual(expect.arrayContaining(numbers.filter((number) => number !== 'R0')));
  });
});

describe('the list of orders', () => {
  it('tells states, so that an audit by hand is seen', async () => {
    running = await start();
    await approvedOrders(running.session, [orderItem('O-1', [['M01', '1', '1']])]);
    const { items } = await listAll('SAL_SaleOrder');
    expect(items).toMatchObject([{ body: { FBillNo: 'O-1', FDocumentStatus: 'C', FCloseStatus: 'A' } }]);
  });
});

describe('the list of stock', () => {
  const quantities = (items: readonly Notice[]) =>
    new Map(items.map((item) => [item.remoteId, item.body?.FBaseQty]));

  it('adds up lots, leaves out goods not fit for sale, and says as of when', async () => {
    running = await start({}, {}, () => noon);
    running.simulator.seedInventory([
      { material: 'M01', stock: 'CK01', quantity: '2.5', lot: 'B1' },
      { material: 'M01', stock: 'CK01', quantity: '7', status: 'KCZT08_SYS' },
    ]);
    const { items } = await listAll('STK_Inventory');
    expect(items.find((item) => item.remoteId === 'M01|CK01')?.body).toMatchObject({
      ...{ FMaterialId: { FNumber: 'M01' }, FStockId: { FNumber: 'CK01' }, FBaseQty: '102.5' },
      ...{ FBaseUnitId: { FNumber: 'Pcs' }, asOf: '2026-03-01T04:00:00.517Z' },
    });
  });

  it('tells afterwards only what changed, with its whole sum', async () => {
    let now = noon;
    running = await start({}, {}, () => now);
    running.simulator.seedInventory([{ material: 'M02', stock: 'CK01', quantity: '5', lot: 'B1' }]);
    const first = await listAll('STK_Inventory');
    now += 60_000;
    running.simulator.adjustInventory('M02', 'CK01', '-1');
    const second = await listAll('STK_Inventory', first.cursor);
    expect([...quantities(second.items)]).toEqual([['M02|CK01', '104']]);
  });

  it('follows deliveries', async () => {
    let now = noon;
    running = await start({}, {}, () => now);
    const first = await listAll('STK_Inventory');
    now += 60_000;
    const [order] = await approvedOrders(running.session, [orderItem('O-2', [['M03', '4', '1']])]);
    if (!order) throw new Error('no order');
    const item = shipmentItem('O-2-1', order, [['M03', '4']]);
    const out = objectOf(running.session, 'SAL_OUTSTOCK');
    const [pushed] = await out.write({ step: 'push', items: [item], signal });
    const known = existing(item, pushed);
    await out.write({ step: 'save', items: [known], signal });
    await out.write({ step: 'submit', items: [known], signal });
    await out.write({ step: 'audit', as: 'auditor', items: [known], signal });
    const second = await listAll('STK_Inventory', first.cursor);
    expect([...quantities(second.items)]).toEqual([['M03|CK01', '96']]);
  });

  it('reads everything again at every n-th poll, however small the pages', async () => {
    let now = noon;
    running = await start({ queryLimit: 3 }, { fullEveryPolls: 2 }, () => now);
    running.simulator.seedInventory(
      Array.from({ length: 8 }, (_none, at) => ({
        material: 'M05',
        stock: 'CK01',
        quantity: '1',
        lot: `L${at}`,
      })),
    );
    const first = await listAll('STK_Inventory');
    expect(quantities(first.items)).toMatchObject({ size: 10 });
    expect(quantities(first.items).get('M05|CK01')).toBe('108');
    now += 60_000;
    const second = await listAll('STK_Inventory', first.cursor);
    expect(second.items).toEqual([]);
    now += 60_000;
    expect((await listAll('STK_Inventory', second.cursor)).items.length).toBeGreaterThanOrEqual(10);
  });
});
