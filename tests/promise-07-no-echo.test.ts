import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/model/index.ts';
import { backends, quiet, startTestHub, type TestHub, until } from './harness.ts';
import {
  closedDay,
  finished,
  type GoldenRecord,
  golden,
  hasty,
  lastTold,
  pollAll,
  tell,
  withFacts,
  writesOf,
} from './support/read-outs.ts';

/** The hub also reads the bills it writes itself, and looks far enough back to see its own orders again. */
const readingEverything = (text: string): string =>
  hasty(text)
    .replace('mapping: kingdee/order\n', 'mapping: kingdee/order\n        read: { poll: 1h }\n')
    .replace(
      'connector: pospal',
      'connector: pospal\n    config: { historyMs: 259200000, overlapMs: 259200000 }',
    );

describe.each(backends)('No echo: our own write coming back is never taken for an edit (%s)', (backend) => {
  let hub: TestHub;
  const orders: string[] = [];
  const tickets = 9;
  let written: Record<string, number>;
  let known: Map<string, GoldenRecord[]>;

  beforeAll(async () => {
    hub = await startTestHub({
      backend,
      yaml: readingEverything,
      connectors: withFacts((facts) => ({ ...facts, writeDeadlineMs: 1_500, latenessMs: 200 })),
    });
    // A save takes effect and its answer is lost; meanwhile the bills are read like anybody's.
    hub.erp.faults.next(1, 'error500AfterEffect', 'BatchSave');
    for (let n = 0; n < 10; n += 1) orders.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
    for (let n = 0; n < tickets; n += 1) {
      const store = hub.stores[n % 3] as string;
      hub.pos.sellTicket(store, hub.inventor.ticket(closedDay() + n * 60_000, hub.members.get(store) ?? []));
    }
    await until('a save is unresolved', async () => {
      const open = await hub.database.query(`select 1 from tries where outcome = 'unknown'`);
      return (open.rowCount ?? 0) > 0;
    });
    await pollAll(hub, 'erp', ['SAL_SaleOrder']);
    await until('its bill was read and held back', async () => {
      const held = await hub.database.query(`select 1 from inbox where error_code = 'apply.own-create-open'`);
      return (held.rowCount ?? 0) > 0;
    });
    await finished(hub, orders, tickets);
    await until('everything shipped is part of what the ERP tells of its stock', async () => {
      return (await hub.database.query('select 1 from reservations')).rowCount === 0;
    });
    await finished(hub, orders, tickets);
    written = writesOf(hub);
    known = await everything(hub);
  });
  afterAll(() => hub?.stop());

  /** Nothing was written anywhere and no record has changed. */
  async function nothingHappened(): Promise<void> {
    await quiet(hub.database);
    expect(writesOf(hub)).toEqual(written);
    expect(await everything(hub)).toEqual(known);
  }

  it('knows its own bills although they were read before their save was answered', async () => {
    const strangers = await hub.database.query(
      `select remote_id, state, error_code, error from inbox
       where connection = 'erp' and object = 'SAL_SaleOrder' and state in ('dead', 'waiting')`,
    );
    expect(strangers.rows).toEqual([]);
    expect(known.get('order')).toHaveLength(orders.length + tickets);
  });

  it('ends on the last state of a bill when a reading has overtaken the answers to our steps', async () => {
    const bill = hub.erp.bill('SAL_SaleOrder', orders[0] ?? '');
    const answer = async (status: string): Promise<void> => {
      await tell(
        hub,
        'erp',
        {
          object: 'SAL_SaleOrder',
          remoteId: String(bill?.FID),
          body: { FID: String(bill?.FID), FDocumentStatus: status },
          hint: { entity: 'order' },
        },
        'answer',
      );
    };
    await answer('B');
    await answer('C');
    const order = (await golden(hub, 'order')).find(({ data }) => data.number === orders[0]);
    expect(order?.data.states).toMatchObject({ approval: 'approved' });
    known = await everything(hub);
  });

  it('takes no step back when a reading that began before our last step arrives after its answer', async () => {
    const number = orders[1] ?? '';
    const bill = hub.erp.bill('SAL_SaleOrder', number);
    const remoteId = String(bill?.FID);
    const reading = { object: 'SAL_SaleOrder', remoteId, body: { FID: remoteId, FDocumentStatus: 'A' } };
    const written = await hub.database.query<{ at: string }>(
      `select written_at::text as at from links where connection = 'erp' and object = 'SAL_SaleOrder' and remote_id = $1`,
      [remoteId],
    );
    const told = await tell(hub, 'erp', reading, 'poll', written.rows[0]?.at);
    expect(told).toMatchObject({ state: 'dropped', error_code: 'apply.read-before-write' });
    const order = (await golden(hub, 'order')).find(({ data }) => data.number === number);
    expect(order?.data.states).toMatchObject({ approval: 'approved' });
    known = await everything(hub);
  });

  it('writes nothing when everything it has written is read back, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      await pollAll(hub, 'erp', ['SAL_SaleOrder', 'BD_MATERIAL', 'STK_Inventory']);
      await pollAll(hub, 'pos', ['online-order', 'ticket', 'product', 'customer']);
      await nothingHappened();
    }
  });

  it('writes nothing when the shop pushes the very change we made there', async () => {
    for (const number of orders) hub.pos.changeOrder('WEB', number, {});
    await hub.pos.pushes.idle();
    await nothingHappened();
  });

  it('writes nothing when what we wrote comes back rounded, trimmed and with a later time', async () => {
    const order = await lastTold(hub, 'pos', 'online-order', `body is not null`);
    const lines = order.body.items as readonly JsonObject[];
    await tell(hub, 'pos', {
      object: 'online-order',
      remoteId: order.remoteId,
      revision: '2099-01-01T00:00:00.000Z',
      body: {
        ...order.body,
        state: '2',
        shippedTime: '2099-01-01 00:00:00',
        _payable: `${Number(order.body._payable)}.000`.replace(/(\.\d+)\.000$/, '$10'),
        items: lines.map((line) => ({ ...line, _quantity: `${String(line._quantity)}.0` })),
      },
    });
    await nothingHappened();
  });

  it('writes nothing when the goods it wrote stock to are told again with that stock', async () => {
    const product = await lastTold(hub, 'pos', 'product');
    await tell(hub, 'pos', {
      object: 'product',
      remoteId: product.remoteId,
      body: {
        ...product.body,
        stock: `${String(product.body.stock)}.00`,
        updatedDatetime: '2099-01-01 00:00:00',
      },
    });
    await nothingHappened();
  });

  it('still writes when somebody really changes something', async () => {
    const code = hub.inventor.skus[0]?.code ?? '';
    hub.erp.adjustInventory(code, 'CK001', '-5');
    await pollAll(hub, 'erp', ['STK_Inventory']);
    await until('the shop has the new stock', () => {
      const before = written['productOpenApi/updateProductInfo'] ?? 0;
      return (writesOf(hub)['productOpenApi/updateProductInfo'] ?? 0) === before + 1;
    });
    await finished(hub, orders, tickets);
  });
});

/** Records that vendors and rules make; stock readings move on by their time alone and are left out. */
async function everything(hub: TestHub): Promise<Map<string, GoldenRecord[]>> {
  const entities = ['order', 'fulfilment', 'shipment', 'receivable', 'retailDay', 'product', 'customer'];
  const all = new Map<string, GoldenRecord[]>();
  for (const entity of entities) all.set(entity, await golden(hub, entity));
  return all;
}
