import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../connectors/kit/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { closedDay, finished, golden, hasty } from './support/read-outs.ts';

describe('A dead or slow system stops only its own lanes', () => {
  let hub: TestHub;
  const orders: string[] = [];
  const revived: Served[] = [];
  let tickets = 0;
  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
  });
  afterAll(async () => {
    await hub.stop();
    for (const served of revived) await served.close();
  });

  /** Ends a vendor's server; what it answers is how to bring it back at the same address. */
  async function kill(connection: string): Promise<() => Promise<void>> {
    const running = hub.hub.simulators.get(connection);
    if (!running) throw new Error(`nothing plays ${connection}`);
    const current = revived.findLast(({ url }) => url === running.served.url) ?? running.served;
    await current.close();
    return async () => {
      revived.push(await serve(running.simulator.app, Number(new URL(running.served.url).port)));
    };
  }

  function trade(count: number): string[] {
    const placed = Array.from({ length: count }, () => hub.pos.placeOrder('WEB', hub.inventor.order()));
    for (const store of hub.stores) {
      for (let n = 0; n < 3; n += 1) {
        const at = closedDay() + tickets * 60_000;
        hub.pos.sellTicket(store, hub.inventor.ticket(at, hub.members.get(store) ?? []));
        tickets += 1;
      }
    }
    orders.push(...placed);
    return placed;
  }

  const inErp = (numbers: readonly string[]): boolean =>
    numbers.every((number) => hub.erp.bill('SAL_SaleOrder', number)?.FDocumentStatus === 'C');

  async function billsAreBooked(): Promise<void> {
    await until('every day bill is audited', async () => {
      const bills = await golden(hub, 'retailDay');
      const sold = bills.reduce((sum, { data }) => {
        const counts = data.counts as { tickets?: number } | undefined;
        return sum + (counts?.tickets ?? 0);
      }, 0);
      const audited = bills.every(
        ({ data }) => hub.erp.bill('SAL_OUTSTOCK', String(data.number))?.FDocumentStatus === 'C',
      );
      return sold === tickets && audited;
    });
  }

  async function linksOf(connection: string): Promise<{ state: string; error_code: string | null }[]> {
    const found = await hub.database.query<{ state: string; error_code: string | null }>(
      `select distinct state, error_code from links where connection = $1 and error_code is not null`,
      [connection],
    );
    return found.rows;
  }

  /** Makes so many rows look as if they had failed for days, more often than anything may, and fail twice more. */
  async function exhaust(table: 'links' | 'inbox', which: string, count: number): Promise<void> {
    await hub.database.query(`update ${table} set attempts = 500, due_at = now() where ${which}`);
    for (const more of [500, 501]) {
      await hub.database.query(`update ${table} set due_at = now() where ${which} and state = 'due'`);
      await until(`${count} rows failed again`, async () => {
        const found = await hub.database.query(
          `select 1 from ${table} where ${which} and attempts > ${more}`,
        );
        return found.rowCount === count;
      });
    }
  }

  it('books orders and till bills while the warehouse is dead, parks nothing, and goes on when it is back', async () => {
    const revive = await kill('wms');
    const placed = trade(8);
    await until('all orders are audited in the ERP', () => inErp(placed));
    await billsAreBooked();
    await until('the warehouse was tried for each', async () => {
      const found = await hub.database.query(
        `select 1 from links where connection = 'wms' and error_code is not null`,
      );
      return found.rowCount === placed.length;
    });
    expect(hub.wms.orders()).toHaveLength(0);
    for (const { state, error_code } of await linksOf('wms')) {
      expect({ state, known: ['http.unreachable', 'http.circuit-open'].includes(error_code ?? '') }).toEqual({
        state: 'due',
        known: true,
      });
    }

    await exhaust('links', `connection = 'wms' and error_code is not null`, placed.length);
    expect(new Set((await linksOf('wms')).map(({ state }) => state))).toEqual(new Set(['due']));

    await revive();
    await hub.database.query(`update links set due_at = now() where connection = 'wms' and state = 'due'`);
    await finished(hub, orders, tickets);
  });

  it('books orders and till bills while the warehouse takes seconds for every answer', async () => {
    hub.wms.faults.latencyMs = 3_000;
    const placed = trade(8);
    await until('all orders are audited in the ERP', () => inErp(placed));
    await billsAreBooked();
    expect(placed.filter((number) => hub.wms.order(`${number}-1`) !== undefined)).toHaveLength(0);
    hub.wms.faults.clear();
    await finished(hub, orders, tickets);
  });

  it('takes orders and tickets in while the ERP is dead, and books them when it is back', async () => {
    const revive = await kill('erp');
    const refusedBefore = hub.pos.pushes.counts.refused;
    trade(5);
    await until('all are golden records', async () => {
      return (await golden(hub, 'order')).length === orders.length + tickets;
    });
    expect(hub.pos.pushes.counts.refused).toBe(refusedBefore);
    await revive();
    await finished(hub, orders, tickets);
  });

  it('books shipments and receivables while the shop is dead; its pushes and ours reach each other later', async () => {
    const held = trade(5);
    const shopTold = hub.pos.pushes.idle();
    await shopTold;
    await until('the hub has read the orders', async () => {
      return (await golden(hub, 'order')).length === orders.length + tickets;
    });
    const revive = await kill('pos');
    await until('every order is owed', () =>
      held.every((number) => hub.erp.bill('AR_receivable', `AR-${number}`)?.FDocumentStatus === 'C'),
    );
    await billsAreBooked();
    await revive();
    await finished(hub, orders, tickets);
    await quiet(hub.database);
    expect((await linksOf('pos')).filter(({ state }) => state !== 'idle')).toEqual([]);
  });

  it('reads what the shop pushed about while it could not be asked, however long that was', async () => {
    const revive = await kill('pos');
    trade(2);
    await hub.pos.pushes.idle();
    await exhaust('inbox', `connection = 'pos' and body is null and state <> 'done'`, 2 + 9);
    await revive();
    await hub.database.query(`update inbox set due_at = now() where state = 'due'`);
    await finished(hub, orders, tickets);
  });
});
