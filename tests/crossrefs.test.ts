import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setCode } from '../src/crossrefs/change.ts';
import { CodeTables } from '../src/lanes/code-tables.ts';
import { fillCrossref } from '../src/lanes/fill-crossref.ts';
import type { World } from '../src/lanes/world.ts';
import { missingCodes } from '../src/ledger/missing.ts';
import { setReleasePace } from '../src/ledger/waits.ts';
import { decimal, valueAt } from '../src/model/index.ts';
import { startTestHub, type TestHub, until } from './harness.ts';
import { golden, hasty, linkOf, newestInbox } from './support/read-outs.ts';

describe('A code that is filled in lets go on what waited for it', () => {
  let hub: TestHub;
  let elsewhere: World;
  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
    // Another process on the same database: it has tables of its own, and its rings do not reach this one.
    elsewhere = { ...hub.hub.world, tables: new CodeTables(), ring: () => undefined };
  });
  afterAll(() => hub?.stop());

  const fill = (world: World, name: string, connection: string, key: string, value: string): Promise<void> =>
    fillCrossref(world, { name, connection, key, value }, 'test');
  const place = (payMethod: string): string =>
    hub.pos.placeOrder('WEB', { ...hub.inventor.order(), payMethod });
  const inErp = (number: string): boolean => hub.erp.bill('SAL_SaleOrder', number)?.FDocumentStatus === 'C';
  const waits = async (number: string): Promise<boolean> =>
    (await newestInbox(hub, 'pos', 'online-order', `WEB/${number}`))?.state === 'waiting';

  it('whatever number of messages waits', async () => {
    const numbers = Array.from({ length: 25 }, () => place('Bitcoin'));
    await until('all wait', async () => (await Promise.all(numbers.map(waits))).every(Boolean));
    await fill(hub.hub.world, 'payment-methods', 'pos', 'crypto', 'Bitcoin');
    await until('all are in the ERP', () => numbers.every(inErp));
    expect((await hub.database.query('select 1 from waits')).rowCount).toBe(0);
  });

  it('also when another process fills it in, although the tables here are older', async () => {
    const number = place('Dogecoin');
    await until('it waits', () => waits(number));
    await fill(elsewhere, 'payment-methods', 'pos', 'doge', 'Dogecoin');
    await until('it is in the ERP', () => inErp(number));
  });

  it('also when that happened just before anybody could wait for it', async () => {
    await fill(elsewhere, 'payment-methods', 'pos', 'lite', 'Litecoin');
    const number = place('Litecoin');
    await until('it is in the ERP', () => inErp(number));
  });

  it('also on the way out', async () => {
    await fill(hub.hub.world, 'ship-from', 'pos', 'WEB', 'W77');
    const number = place('Wxpay');
    await until('the instruction waits', async () => {
      return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'waiting';
    });
    await fill(elsewhere, 'warehouses', 'wms', 'W77', 'WH07');
    await until('the warehouse has it', () => hub.wms.order(`${number}-1`)?.warehouseCode === 'WH07');
  });

  it('and until then is one item of work, with how many wait and what they are worth', async () => {
    const numbers = [place('Ether'), place('Ether')];
    for (const number of numbers) await until('it waits', () => waits(number));
    const ofPayments = { table: 'payment-methods' };
    const missing = await missingCodes(hub.database, ofPayments);
    expect(missing).toMatchObject([
      { table: 'payment-methods', connection: 'pos', code: 'Ether', back: true, count: 2 },
    ]);
    await fill(elsewhere, 'payment-methods', 'pos', 'ether', 'Ether');
    await until('both are in the ERP', () => numbers.every(inErp));
    expect(await missingCodes(hub.database, ofPayments)).toEqual([]);
    const placed = (await golden(hub, 'order')).filter((order) =>
      numbers.includes(String(order.data.number)),
    );
    const worth = decimal.sum(placed.map((order) => String(valueAt(order.data, 'amounts.payable'))));
    expect(decimal.cmp(missing[0]?.amounts[0]?.amount ?? '0', worth)).toBe(0);
  });

  it('no faster than the pace, whoever filled it in', async () => {
    await setReleasePace(hub.database, 4);
    const numbers = Array.from({ length: 9 }, () => place('Monero'));
    await until('all wait', async () => (await Promise.all(numbers.map(waits))).every(Boolean));
    const began = Date.now();
    await fill(elsewhere, 'payment-methods', 'pos', 'monero', 'Monero');
    // A second's worth goes on at once, the others are let go by whichever process sweeps.
    await until('all are in the ERP', () => numbers.every(inErp));
    expect(Date.now() - began).toBeGreaterThan(1_000);
    await setReleasePace(hub.database, 200);
  });

  it('and before it is changed one is told what was written with it', async () => {
    const number = place('Wxpay');
    await until('it is in the ERP', () => inErp(number));
    // The orders of the tests before may still be on their way.
    await until('the hub has heard of every order', async () => {
      const unheard = await hub.database.query(
        `select 1 from links where object = 'SAL_SaleOrder' and step is null`,
      );
      return unheard.rowCount === 0;
    });
    const { touched } = await setCode(hub.database, {
      table: 'settle-customers',
      connection: 'erp',
      key: 'WEB',
      values: { value: 'CUST-OTHER' },
      author: 'test',
      dryRun: true,
    });
    const { rows: written } = await hub.database.query<{ number: string }>(
      `select r.data ->> 'number' as number from links l join records r on r.id = l.record_id
       where l.object = 'SAL_SaleOrder' and l.step is not null`,
    );
    const orders = touched.find((one) => one.object === 'SAL_SaleOrder');
    expect(orders).toMatchObject({ connection: 'erp', entity: 'order', count: written.length });
    const numbers = written.map((row) => row.number);
    expect(numbers).toContain(number);
    expect(numbers).toEqual(expect.arrayContaining([...(orders?.examples ?? [''])]));
  });

  it('and one that was changed by another process counts from the next message on', async () => {
    await setCode(hub.database, {
      table: 'orgs',
      connection: 'erp',
      key: 'WEB',
      values: { value: '101' },
      author: 'test',
    });
    const number = place('Wxpay');
    await until('it is in the ERP', () => inErp(number));
    expect(hub.erp.bill('SAL_SaleOrder', number)?.FSaleOrgId).toEqual({ FNumber: '101' });
  });

  it('and what is filled in anew counts from then on', async () => {
    hub.erp.seedCustomers([{ number: 'CUST-NEW', name: '新结算户' }]);
    await fill(hub.hub.world, 'settle-customers', 'erp', 'WEB', 'CUST-NEW');
    const number = place('Wxpay');
    await until('it is in the ERP', () => inErp(number));
    expect(hub.erp.bill('SAL_SaleOrder', number)?.FCustId).toEqual({ FNumber: 'CUST-NEW' });
  });
});
