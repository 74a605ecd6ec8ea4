import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { listAll } from '../kit/testing.ts';
import { createSimulator } from './simulator/index.ts';
import { type Running, start } from './testing.ts';

let open: Running | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});
async function started(...options: Parameters<typeof start>): Promise<Running> {
  open = await start(...options);
  return open;
}

const one = { items: [{ barcode: '6901', quantity: '1' }] };
const noon = Date.parse('2026-11-20T04:00:00.000Z');

describe('lists of tickets', () => {
  it('ends after an exactly full last page with one more, empty call', async () => {
    const { simulator, session } = await started({ accounts: [{ name: 'S01' }] });
    for (let count = 0; count < 20; count += 1) simulator.sellTicket('S01', { ...one, at: noon });
    const { items, pages } = await listAll(session, 'ticket');
    expect(new Set(items.map((item) => item.remoteId)).size).toBe(20);
    expect(pages).toBe(3);
  });

  it('delivers a ticket of the last second that came after the poll, and nothing twice', async () => {
    const now = noon + 500;
    const { simulator, session } = await started(
      { accounts: [{ name: 'S01' }], now: () => now },
      { now: () => now },
    );
    simulator.sellTicket('S01', { ...one, at: noon });
    const first = await listAll(session, 'ticket');
    const late = simulator.sellTicket('S01', { ...one, at: noon });
    const second = await listAll(session, 'ticket', first.cursor);
    expect(second.items.map((item) => item.remoteId)).toEqual([`S01/${late}`]);
    const third = await listAll(session, 'ticket', second.cursor);
    expect(third.items).toEqual([]);
  });

  it('reads a week day by day where the vendor allows no more', async () => {
    const now = noon;
    const { simulator, session } = await started(
      { accounts: [{ name: 'S01' }], now: () => now },
      { now: () => now, config: { noLimitTimeRange: false } },
    );
    const sold = [6, 5, 4, 3, 2, 1, 0].map((days) =>
      simulator.sellTicket('S01', { ...one, at: now - days * 86_400_000 }),
    );
    const { items, pages } = await listAll(session, 'ticket', undefined, '2026-11-14T03:00:00.000Z');
    expect(items.map((item) => item.remoteId)).toEqual(sold.map((sn) => `S01/${sn}`));
    expect(pages).toBe(7);
  });

  it('starts a window anew when the vendor no longer knows the place', async () => {
    const { simulator, session } = await started({ accounts: [{ name: 'S01' }] });
    for (let count = 0; count < 15; count += 1) simulator.sellTicket('S01', one);
    const list = session.objects.ticket?.list;
    const page = await list?.({ since: '2020-01-01T00:00:00.000Z', signal: AbortSignal.timeout(5000) });
    const text = JSON.stringify(page?.cursor).replace(
      /"parameterValue":"[^"]+"/,
      '"parameterValue":"5-BROKEN"',
    );
    const { items } = await listAll(session, 'ticket', JSON.parse(text) as JsonObject);
    expect(new Set(items.map((item) => item.remoteId)).size).toBe(15);
  });

  it('goes through all store accounts, one page of one account per call', async () => {
    const { simulator, session } = await started();
    for (const name of ['WEB', 'S01', 'S02']) {
      for (let count = 0; count < 11; count += 1) simulator.sellTicket(name, one);
    }
    const { items, pages } = await listAll(session, 'ticket');
    expect(items).toHaveLength(33);
    expect(pages).toBe(6);
    expect(new Set(items.map((item) => item.body?._store))).toEqual(new Set(['WEB', 'S01', 'S02']));
  });
});

describe('what is delivered', () => {
  it('keeps 19-digit ids and amounts as text', async () => {
    const { simulator, session } = await started({ accounts: [{ name: 'S01' }] });
    const [uid] = simulator.seedCustomers('S01', [{ number: 'M1', name: '李 雷' }]);
    simulator.sellTicket('S01', { items: [{ barcode: '6901', quantity: '2' }], customerUid: uid ?? '' });
    const { items } = await listAll(session, 'ticket');
    expect(uid).toMatch(/^\d{19}$/);
    expect(items[0]?.body).toMatchObject({
      customerUid: uid,
      _customer: `S01/${uid}`,
      totalAmount: '79.8',
      items: [
        {
          productUid: '1000001000000000001',
          quantity: '2',
          _key: '1000001000000000001#1',
          _amount: '79.8',
          _price: '39.9',
        },
      ],
    });
  });

  it('tells a return with positive quantities and amounts, however it is signed', async () => {
    const { simulator, session } = await started({ accounts: [{ name: 'S01' }] });
    const sn = simulator.sellTicket('S01', {
      items: [
        { barcode: '6901', quantity: '2' },
        { barcode: '6902', quantity: '1' },
      ],
      rounding: '-0.80',
    });
    for (const signed of ['negative', 'positive'] as const) simulator.returnTicket('S01', sn, { signed });
    const { items } = await listAll(session, 'ticket');
    for (const { body } of items.slice(1)) {
      expect(body).toMatchObject({
        ticketType: 'SELL_RETURN',
        _payable: '91',
        _paid: '91',
        _rounding: '-0.8',
        _goods: '91.8',
      });
      expect(body).toMatchObject({
        items: [
          { _quantity: '2', _amount: '79.8' },
          { _quantity: '1', _amount: '12' },
        ],
      });
    }
  });

  it('keys equal lines by content and occurrence, in whatever order they come', async () => {
    const { ticketBody } = await import('./shapes.ts');
    const line = (quantity: number) => ({
      productUid: '77',
      quantity,
      sellPrice: 2,
      totalAmount: quantity * 2,
    });
    const row = (lines: number[]): JsonObject => ({
      sn: '1',
      datetime: '2026-11-20 12:00:00',
      ticketType: 'SELL',
      totalAmount: 6,
      items: lines.map(line),
    });
    const account = {
      name: 'S01',
      appId: 'A',
      appKey: '1',
      baseUrl: '',
      baseUrlV2: undefined,
      storeCode: 'S01',
    };
    const settings = { roundingLimit: '1', totalIncludesShipping: true };
    const keys = (body: JsonObject | undefined): unknown =>
      Array.isArray(body?.items)
        ? Object.fromEntries(body.items.map((item: JsonObject) => [item.quantity, item._key]))
        : [];
    expect(keys(ticketBody(account, row([1, 2]), settings))).toEqual(
      keys(ticketBody(account, row([2, 1]), settings)),
    );
  });

  it('lists all products, and only new members after the first round', async () => {
    const { simulator, session } = await started(
      { accounts: [{ name: 'S01' }] },
      { config: { overlapMs: 0 } },
    );
    simulator.seedCustomers('S01', [
      { number: 'M1', createdAt: noon },
      { number: 'M2', createdAt: noon },
    ]);
    const products = await listAll(session, 'product');
    expect(products.items.map((item) => item.body?.barcode)).toEqual(['6901', '6902', '6903']);
    const first = await listAll(session, 'customer');
    expect(first.items).toHaveLength(2);
    simulator.seedCustomers('S01', [{ number: 'M3' }]);
    const second = await listAll(session, 'customer', first.cursor);
    expect(second.items.map((item) => item.body?.number)).toEqual(['M3']);
  });

  it('stays fast with tens of thousands of tickets', async () => {
    const simulator = createSimulator({ accounts: [{ name: 'S01' }], dailyQuota: Number.POSITIVE_INFINITY });
    simulator.seedProducts('S01', [{ barcode: '6901', name: '茶', sellPrice: '10' }]);
    const before = performance.now();
    for (let count = 0; count < 30_000; count += 1) simulator.sellTicket('S01', one);
    expect(simulator.tickets('S01')).toHaveLength(30_000);
    expect(performance.now() - before).toBeLessThan(10_000);
    await simulator.stop();
  });
});

describe('lists of goods', () => {
  it('show all there are from an empty cursor, and one that was deleted is said to be absent', async () => {
    const { simulator, session } = await started({ accounts: [{ name: 'S01' }, { name: 'S02' }] });
    const before = await listAll(session, 'product');
    const [one] = before.items;
    const remoteId = one?.remoteId ?? '';
    const [account = '', uid = ''] = remoteId.split('/');
    simulator.deleteProduct(account, uid);
    const after = await listAll(session, 'product');
    expect(after.items.map((item) => item.remoteId)).toEqual(
      before.items.map((item) => item.remoteId).filter((id) => id !== remoteId),
    );
    const hints = [remoteId, 'S09/1'].map((id) => ({ object: 'product', remoteId: id }));
    const found = await session.objects.product?.fetch?.({ hints, signal: AbortSignal.timeout(5_000) });
    // An account nobody has configured (any more) says nothing about what it holds.
    expect(found?.map((result) => !result.found && result.decision.kind)).toEqual(['absent', 'reject']);
  });
});
