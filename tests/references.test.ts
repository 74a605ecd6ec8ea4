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
      `select 1 from records m join records r on r.id = m.alias_of
       where m.entity = 'product' and m.state = 'merged' and r.data ->> 'code' = 'LATE-2'`,
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

  test('also when another system tells it in the same go, and first', async () => {
    await tell('STK_Inventory', 'LATE-5|CK001', stockOf('LATE-5', '7'));
    hub.pos.seedProducts('WEB', [{ barcode: 'LATE-5', name: 'late goods', sellPrice: '1', stock: '0' }]);
    const told = await hub.hub.world
      .session('pos')
      .objects.product?.list?.({ since: '2000-01-01T00:00:00.000Z', signal: AbortSignal.timeout(10_000) });
    const product = told?.items.find(({ body }) => body?.barcode === 'LATE-5');
    const lane = hub.hub.world.landscape.applyLane('erp', 'BD_MATERIAL', 'LATE-5');
    await insertInbox(hub.database, [
      { ...entry(lane, 'product', product?.remoteId ?? '', product?.body ?? {}), connection: 'pos' },
      entry(lane, 'BD_MATERIAL', 'LATE-5', material('LATE-5')),
    ]);
    hub.hub.world.ring([lane]);
    await quiet(hub.database);
    const lives = await hub.database.query(
      `select 1 from records where state = 'live' and entity = 'product' and data ->> 'code' = 'LATE-5'`,
    );
    expect([await states('LATE-5'), lives.rowCount]).toEqual([['live'], 1]);
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

test('keys under which something may be made are waited for in one order, whatever they are about', async () => {
  // Of many codes, the one whose key comes first: whoever waits for it may hold no other key yet.
  const { rows } = await hub.database.query<{ code: string; key: string }>(
    `select code, hashtextextended('product/code//' || code, 7)::text as key
     from (select 'ORDER-' || n as code from generate_series(1, 500) n) codes
     order by hashtextextended('product/code//' || code, 7) limit 1`,
  );
  const [{ code, key }] = rows as [{ code: string; key: string }];
  const lane = hub.hub.world.landscape.applyLane('erp', 'BD_MATERIAL', code);
  await hub.database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1::bigint)', [key]);
    await insertInbox(hub.database, [
      entry(lane, 'STK_Inventory', 'ORDER-REF|CK001', stockOf('ORDER-REF', '1')),
      entry(lane, 'BD_MATERIAL', code, material(code)),
    ]);
    hub.hub.world.ring([lane]);
    let held: string[] | undefined;
    await until('the slice waits for the key', async () => {
      const waiting = await hub.database.query<{ held: string[] }>(
        `select array(select ((h.classid::bigint << 32) | h.objid::bigint)::text from pg_locks h
             where h.pid = w.pid and h.locktype = 'advisory' and h.granted) as held
         from pg_locks w
         where w.locktype = 'advisory' and not w.granted and ((w.classid::bigint << 32) | w.objid::bigint) = $1::bigint`,
        [key],
      );
      held = waiting.rows[0]?.held;
      return held !== undefined;
    });
    expect(held).toEqual([]);
  });
  await quiet(hub.database);
  expect([await states(code), await states('ORDER-REF')]).toEqual([['live'], ['placeholder']]);
});

test('what little is due in several lanes of a connection is applied together: none waits for all others first', async () => {
  await tell('BD_MATERIAL', 'TOGETHER-0', material('TOGETHER-0'));
  const [busy = '', ...others] = [11, 12, 13, 14].map((shard) => `apply/erp/${shard}`);
  // What is told by others is not: who is who between systems is decided by what is committed.
  const lanes = [...others, 'apply/pos/11'];
  const told = async (lane: string, number: string): Promise<void> => {
    const body = { ...material(number), FName: `told in ${lane}` };
    await insertInbox(hub.database, [entry(lane, 'BD_MATERIAL', number, body)]);
    hub.hub.world.ring([lane]);
  };
  await hub.database.transaction(async (sql) => {
    await sql.query(`select 1 from records where data ->> 'code' = 'TOGETHER-0' for update`);
    const { rows } = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
    await told(busy, 'TOGETHER-0');
    await until('the first lane waits for the record', async () => {
      const waiting = await hub.database.query(
        'select 1 from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
        [rows[0]?.pid],
      );
      return waiting.rowCount > 0;
    });
    for (const [n, lane] of lanes.entries()) await told(lane, `TOGETHER-${n + 1}`);
    await until('the others wait for their turn', async () => {
      const held = await hub.database.query(
        'select 1 from lanes where lane = any($1::text[]) and lease_until > now()',
        [lanes],
      );
      return held.rowCount === lanes.length;
    });
  });
  await quiet(hub.database);
  const applied = await hub.database.query<{ rows: number }>(
    `select count(*)::int as rows from inbox
     where lane = any($1::text[]) and via = 'poll' and state = 'done' group by finished_at order by 1`,
    [lanes],
  );
  expect(applied.rows).toEqual([{ rows: 1 }, { rows: others.length }]);
});
