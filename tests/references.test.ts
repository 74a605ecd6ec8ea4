import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pollNow } from '../src/ledger/cursors.ts';
import { type InboxEntry, insertInbox } from '../src/ledger/inbox.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub?.stop());

/** Puts something the ERP told into the inbox, as a poll would. */
async function tell(object: string, remoteId: string, body: object): Promise<void> {
  const { landscape } = hub.hub.world;
  const lane = landscape.applyLane('erp', object, remoteId);
  await insertInbox(hub.database, [entry(lane, object, remoteId, body)]);
  hub.hub.world.ring([lane]);
  await quiet(hub.database);
}

function entry(lane: string, object: string, remoteId: string, body: object): InboxEntry {
  return { connection: 'erp', object, remoteId, via: 'poll', body: JSON.stringify(body), lane };
}

function stockOf(material: string, quantity: string): object {
  return {
    FMaterialId: { FNumber: material },
    FStockId: { FNumber: 'CK001' },
    FBaseQty: quantity,
    asOf: '2026-11-20T08:00:00.000Z',
  };
}

function material(number: string): object {
  return { FNumber: number, FName: 'late goods', FBaseUnitId: { FNumber: 'Pcs' }, FForbidStatus: 'A' };
}

async function states(code: string): Promise<string[]> {
  const found = await hub.database.query<{ state: string }>(
    `select distinct r.state from records r join links l on l.record_id = r.id
     where r.entity = 'product' and (r.data ->> 'code' = $1 or l.remote_number = $1) order by 1`,
    [code],
  );
  return found.rows.map((row) => row.state);
}

describe('an object that is spoken of before it is told is one record', () => {
  test('stock of an unknown material stands for it until the material is told', async () => {
    await tell('STK_Inventory', 'LATE-1|CK001', stockOf('LATE-1', '5'));
    expect(await states('LATE-1')).toEqual(['placeholder']);
    await tell('BD_MATERIAL', 'LATE-1', material('LATE-1'));
    expect(await states('LATE-1')).toEqual(['live']);
    const links = await hub.database.query(
      `select 1 from links where connection = 'erp' and object = 'BD_MATERIAL' and remote_number = 'LATE-1'`,
    );
    expect(links.rowCount).toBe(1);
  });

  test('a placeholder that turns out to be somebody known gives way, and what waited for it goes on', async () => {
    // The ERP speaks of the goods by number while the shop knows them already under the same code.
    await tell('STK_Inventory', 'LATE-2|CK001', stockOf('LATE-2', '7'));
    await until('the shop waits to be told the stock', async () => {
      const waiting = await hub.database.query(
        `select 1 from links where connection = 'pos' and entity = 'inventory' and state = 'waiting'`,
      );
      return waiting.rowCount > 0;
    });
    hub.pos.seedProducts('WEB', [{ barcode: 'LATE-2', name: 'late goods', sellPrice: '1', stock: '0' }]);
    await pollNow(hub.database, 'pos', 'product');
    hub.hub.world.ring(['poll/pos/product']);
    await until('the shop knows the goods', async () => (await states('LATE-2')).includes('live'));
    await tell('BD_MATERIAL', 'LATE-2', material('LATE-2'));
    await until('the stock reaches the shop', () =>
      hub.pos
        .products('WEB')
        .some((product) => product.barcode === 'LATE-2' && String(product.stock) === '7'),
    );
    expect(await states('LATE-2')).toEqual(['live']);
    const merged = await hub.database.query(
      `select 1 from records where entity = 'product' and state = 'merged'`,
    );
    expect(merged.rowCount).toBe(1);
  });

  test('goods that were ordered before anybody told who they are stay reserved under their living record', async () => {
    await tell('BD_MATERIAL', 'LATE-4', material('LATE-4'));
    await tell('STK_Inventory', 'LATE-4|CK001', stockOf('LATE-4', '7'));
    hub.pos.seedProducts('WEB', [{ barcode: 'LATE-4', name: 'late goods', sellPrice: '1', stock: '0' }]);
    hub.pos.placeOrder('WEB', { ...hub.inventor.order(), items: [{ barcode: 'LATE-4', quantity: '2' }] });
    const reserved = async (state: string): Promise<number> => {
      const found = await hub.database.query(
        'select 1 from reservations v join records r on r.id = v.sku_id where r.state = $1',
        [state],
      );
      return found.rowCount;
    };
    await until('the order reserves goods nobody has told yet', async () => {
      return (await reserved('placeholder')) === 1;
    });
    await pollNow(hub.database, 'pos', 'product');
    hub.hub.world.ring(['poll/pos/product']);
    await until('the shop told what they are', async () => (await reserved('placeholder')) === 0);
    expect([await reserved('merged'), await reserved('live')]).toEqual([0, 1]);
    await until('the shop may sell the rest', () =>
      hub.pos
        .products('WEB')
        .some((product) => product.barcode === 'LATE-4' && String(product.stock) === '5'),
    );
  });

  test('also when both are told in one go', async () => {
    const { landscape } = hub.hub.world;
    const lane = landscape.applyLane('erp', 'BD_MATERIAL', 'LATE-3');
    await insertInbox(hub.database, [
      entry(lane, 'STK_Inventory', 'LATE-3|CK001', stockOf('LATE-3', '9')),
      entry(lane, 'BD_MATERIAL', 'LATE-3', material('LATE-3')),
    ]);
    hub.hub.world.ring([lane]);
    await quiet(hub.database);
    expect(await states('LATE-3')).toEqual(['live']);
    const links = await hub.database.query(
      `select 1 from links where connection = 'erp' and object = 'BD_MATERIAL' and remote_number = 'LATE-3'`,
    );
    expect(links.rowCount).toBe(1);
  });
});
