import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject, Notice } from '../kit/index.ts';
import { objectOf, signal } from '../kit/testing.ts';
import { approvedOrders, orderItem, type Running, start } from './testing.ts';

let running: Running;
afterEach(async () => {
  await running.close();
});

/** Reads to the end; `between` happens after the first page. */
async function listAll(
  object: string,
  from?: JsonObject,
  between?: () => void,
): Promise<{ items: Notice[]; cursor: JsonObject }> {
  const items: Notice[] = [];
  let cursor = from;
  for (;;) {
    const page = await objectOf(running.session, object).list(cursor ? { cursor, signal } : { signal });
    items.push(...page.items);
    cursor = page.cursor;
    if (!page.more) return { items, cursor };
    between?.();
    between = undefined;
  }
}

describe('lists', () => {
  it('show every bill once per change, though more of them share a second than a page holds', async () => {
    let now = Date.now();
    running = await start({ pageSize: 3 }, {}, () => now);
    const items = Array.from({ length: 8 }, (_none, at) => orderItem(`W-${at}`, [['M01', '1', '5']]));
    await approvedOrders(running.session, items);
    // Beyond the reach of the overlap with the next window.
    now += 10_000;
    const first = await listAll('voucherorder');
    expect(new Set(first.items.map((one) => one.body?.code)).size).toBe(8);
    expect(first.items[0]?.body).toMatchObject({ verifystate: '2', code: 'W-0' });
    now += 60_000;
    running.simulator.byHand('unaudit', 'voucherorder', 'W-3');
    now += 1000;
    const second = await listAll('voucherorder', first.cursor);
    expect(second.items.map((one) => [one.body?.code, one.body?.verifystate])).toEqual([['W-3', '0']]);
  });

  it('do not lose a product that moves over a page border because another one was changed', async () => {
    let now = Date.now();
    running = await start({ pageSize: 4 }, {}, () => now);
    now += 2000;
    // Changed while it is read, M00 leaves the window, and the first of the next page moves to the one just read.
    const { items } = await listAll('product', undefined, () => {
      now += 2000;
      running.simulator.seedMaterials([{ number: 'M00', name: '改名' }]);
    });
    expect(new Set(items.map((one) => one.body?.code)).size).toBe(11);
  });

  it('of customers are empty where Yonyou says "nothing found"', async () => {
    running = await start();
    const first = await listAll('merchant');
    expect(first.items.map((one) => one.body?.name)).toEqual(['网店客户', '一号店']);
    const later = { from: '2031-01-01 00:00:00', to: '2031-01-02 00:00:00', page: 1, rounds: 0 };
    expect((await listAll('merchant', later)).items).toEqual([]);
  });
});

describe('stock', () => {
  it('is added up over batches, warehouse by warehouse, and what is gone is told as zero', async () => {
    running = await start({}, { stock: { warehouses: ['CK01', 'CK02'], statuses: ['合格'] } });
    running.simulator.seedInventory([
      { material: 'M01', stock: 'CK01', quantity: '5', batch: 'B1' },
      { material: 'M01', stock: 'CK01', quantity: '7', status: '废品' },
      { material: 'M02', stock: 'CK02', quantity: '1' },
    ]);
    const first = await listAll('stock');
    const quantity = (items: readonly Notice[], id: string) =>
      items.find((one) => one.remoteId === id)?.body?.currentqty;
    expect(quantity(first.items, 'M01|CK01')).toBe('105');
    expect(quantity(first.items, 'M02|CK02')).toBe('1');
    const had = {
      ...(first.cursor.had as JsonObject),
      'M99|CK02': { product: '9', product_code: 'M99', warehouse_code: 'CK02' },
    };
    const second = await listAll('stock', { ...first.cursor, had });
    expect(quantity(second.items, 'M99|CK02')).toBe('0');
  });
});

describe('customers', () => {
  it('are made once under a token, and found by their code', async () => {
    running = await start();
    const customers = objectOf(running.session, 'merchant');
    const body = { code: 'C-9', name: { simplifiedName: '新客户😀' }, createOrgCode: '100' };
    const items = [{ key: 'C-9', body }];
    const [made] = await customers.write({ step: 'save', items, signal });
    expect(await customers.write({ step: 'save', items, signal })).toEqual([made]);
    expect(await customers.find({ step: 'save', items, signal })).toMatchObject([
      { found: true, answer: { name: '新客户😀' } },
    ]);
    expect(
      await customers.write({ step: 'save', items: [{ key: 'C-10', body: { code: 'C-10' } }], signal }),
    ).toMatchObject([{ ok: false, decision: { kind: 'reject' } }]);
  });
});

describe('events', () => {
  it.each(['sha1', 'hmac-sha256', 'sha256'] as const)(
    'signed by %s are taken and acknowledged as Yonyou wants',
    async (kind) => {
      running = await start({ eventSignature: kind, eventField: 'signature', eventExpects: 'encrypted' });
      const { session, simulator } = running;
      const receiver = session.webhook;
      if (!receiver) throw new Error('no receiver');
      expect(receiver.receive(simulator.signedPush({ type: 'CHECK_URL', eventId: 'e' }, Date.now()))).toEqual(
        {
          ok: true,
          notices: [],
        },
      );
      expect(JSON.parse(receiver.acknowledge.body)).toHaveProperty('encrypt');
    },
  );

  it('name what changed, whatever shell the event has', async () => {
    running = await start();
    const receiver = running.session.webhook;
    const about = (event: JsonObject) =>
      receiver?.receive(running.simulator.signedPush({ eventId: 'e-1', ...event }, Date.now()));
    expect(about({ type: 'SALE_AUDITORDER', BILL_INFO: { billId: '7' } })).toMatchObject({
      notices: [{ object: 'voucherorder', remoteId: '7', messageId: 'e-1' }],
    });
    expect(about({ type: 'SALE_DELETEORDER_NOTIFY_SENT', content: { billId: '8' } })).toMatchObject({
      notices: [{ remoteId: '8', deleted: true }],
    });
    expect(
      about({ type: 'YXYBASEDOC_PC_PRODUCT_UPDATE', content: '{"archive":{"id":9,"orgId":"o"}}' }),
    ).toMatchObject({
      notices: [{ object: 'product', remoteId: '9', hint: { orgId: 'o' } }],
    });
    expect(about({ type: 'st_purchaseorder_audit', id: '3' })).toMatchObject({
      notices: [{ object: 'unknown' }],
    });
  });

  it('for another app are refused', async () => {
    running = await start();
    const push = running.simulator.signedPush({ type: 'CHECK_URL', eventId: 'e' }, Date.now(), 'anotherApp');
    expect(running.session.webhook?.receive(push)).toMatchObject({ ok: false, reason: 'bad-signature' });
  });

  it('lead to the object they are about', async () => {
    running = await start();
    const remoteId = running.simulator.idOf('products', 'M01');
    const products = objectOf(running.session, 'product');
    const hints = [
      { object: 'product', remoteId, hint: { orgId: '100' } },
      { object: 'product', remoteId: '404' },
    ];
    expect(await products.fetch({ hints, signal })).toMatchObject([
      { found: true, body: { code: 'M01', unitCode: 'Pcs' } },
      { found: false, decision: { kind: 'absent' } },
    ]);
  });
});
