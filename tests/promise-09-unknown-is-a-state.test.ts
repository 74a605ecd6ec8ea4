import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../connectors/kit/index.ts';
import { workLeft } from '../src/ledger/overview.ts';
import { backends, startTestHub, type TestHub, until } from './harness.ts';
import { finished, golden, hasty, linkOf, pollAll, withFacts, writesOf } from './support/read-outs.ts';

/** The vendors' real facts with deadlines a test can wait for. */
const hurry = { writeDeadlineMs: 700, latenessMs: 200 };
const hurried = withFacts((facts) => ({ ...facts, ...hurry, searchLagMs: 0 }));

/** Gives the vendors of a running hub another time to take a write in. */
function allow(hub: TestHub, writeDeadlineMs: number): void {
  for (const { facts } of hub.hub.world.landscape.parties) Object.assign(facts, { writeDeadlineMs });
}

interface Journal {
  readonly object: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly lookups: number;
  readonly found_later: boolean | null;
}

describe.each(backends)(
  'Unknown is a state: an ambiguous write is looked up before anything is written again (%s)',
  (backend) => {
    let hub: TestHub;
    const orders: string[] = [];
    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: hasty, connectors: hurried });
    });
    afterAll(() => hub?.stop());

    /** What was tried for an order and everything made from it, oldest first. */
    async function journalOf(number: string): Promise<Journal[]> {
      const found = await hub.database.query<Journal>(
        `select l.object, t.step, t.outcome, t.lookups, (t.answer ->> 'foundLater')::boolean as found_later
       from tries t join links l on l.id = t.link_id
       where t.key = $1 or t.key like $1 || '-%' or t.key = 'AR-' || $1 order by t.started_at`,
        [number],
      );
      return found.rows;
    }

    /** Places an order, watches its journal until it is finished, and tells which tries were unknown for a while. */
    async function runOrder(): Promise<{ number: string; unknown: Set<string>; journal: Journal[] }> {
      const sku = hub.inventor.skus[orders.length % 10];
      const number = hub.pos.placeOrder('WEB', {
        ...hub.inventor.order(),
        items: [{ barcode: sku?.code ?? '', quantity: '1' }],
      });
      orders.push(number);
      const unknown = new Set<string>();
      await until(
        'the order is shipped and owed, and the hub knows it',
        async () => {
          for (const one of await journalOf(number)) {
            if (one.outcome === 'unknown') unknown.add(`${one.object} ${one.step}`);
          }
          const shop = hub.pos.orders('WEB').find((order) => order.orderNo === number);
          const owed = hub.erp.bill('AR_receivable', `AR-${number}`)?.FDocumentStatus === 'C';
          return String(shop?.state) === '2' && owed && (await workLeft(hub.database)) === 0;
        },
        45_000,
      );
      return { number, unknown, journal: await journalOf(number) };
    }

    /** Writes made for one order; stock goes to the shop in its own time and is left out. */
    async function callsDuring(run: () => Promise<unknown>): Promise<Record<string, number>> {
      const before = writesOf(hub);
      await run();
      const made: Record<string, number> = {};
      for (const [operation, count] of Object.entries(writesOf(hub))) {
        const more = count - (before[operation] ?? 0);
        if (more > 0 && !operation.endsWith('updateProductInfo')) made[operation] = more;
      }
      return made;
    }

    function loseAnswers(kind: FaultKind): void {
      for (const operation of ['BatchSave', 'Submit', 'Audit', 'Push'])
        hub.erp.faults.next(1, kind, operation);
      hub.wms.faults.next(1, kind, 'deliveryorder.create');
      hub.pos.faults.next(1, kind, 'shipOrder');
    }

    const lost = [
      'SAL_SaleOrder save',
      'SAL_SaleOrder submit',
      'SAL_SaleOrder audit',
      'delivery-order create',
      'SAL_OUTSTOCK push',
      'online-order update',
    ];
    const once = {
      'BatchSave SAL_SaleOrder': 1,
      'Submit SAL_SaleOrder': 1,
      'Audit SAL_SaleOrder': 1,
      'deliveryorder.create': 1,
      'Push SAL_SaleOrder': 1,
      // Our number on the pushed bill, then what really left.
      'BatchSave SAL_OUTSTOCK': 2,
      'Submit SAL_OUTSTOCK': 1,
      'Audit SAL_OUTSTOCK': 1,
      'BatchSave AR_receivable': 1,
      'Submit AR_receivable': 1,
      'Audit AR_receivable': 1,
      'orderOpenApi/shipOrder': 1,
    };

    // Each back end meets the other kind of silence; what carries the doorbell makes no difference to either.
    const kind = backend === 'postgres' ? 'timeoutAfterEffect' : 'error500AfterEffect';

    it(`finds what every step of an order has done although the answer was lost (${kind}), and writes nothing twice`, async () => {
      loseAnswers(kind);
      let told: Awaited<ReturnType<typeof runOrder>> | undefined;
      const calls = await callsDuring(async () => {
        told = await runOrder();
      });
      expect(calls).toEqual(once);
      expect(told?.unknown).toEqual(new Set(lost));
      const found = told?.journal.filter((one) => one.found_later).map((one) => `${one.object} ${one.step}`);
      // A push is never claimed by looking: the bill it left is adopted by the step that follows.
      expect(new Set(found)).toEqual(new Set(lost.filter((one) => one !== 'SAL_OUTSTOCK push')));
      expect(told?.journal.filter(({ outcome }) => outcome !== 'done')).toMatchObject([
        { object: 'SAL_OUTSTOCK', step: 'push', outcome: 'absent' },
      ]);
      expect(hub.wms.order(`${told?.number}-1`)?.creates).toBe(1);
      await finished(hub, orders, 0);
    });

    it('finds every bill of a batch whose answer was lost', async () => {
      // Long enough for twelve orders at once on a slow machine: a save that is cut off, or not sent in time, is one more.
      allow(hub, 4_000);
      hub.erp.faults.next(2, 'error500AfterEffect', 'BatchSave');
      for (let n = 0; n < 12; n += 1) orders.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
      await finished(hub, orders, 0);
      allow(hub, hurry.writeDeadlineMs);
      const saved = await hub.database.query<{ saves: number; found: number }>(
        `select count(*)::int as saves, count(*) filter (where (t.answer ->> 'foundLater')::boolean)::int as found
       from tries t join links l on l.id = t.link_id
       where l.object = 'SAL_SaleOrder' and t.step = 'save' and t.key = any($1)`,
        [orders.slice(-12)],
      );
      expect(saved.rows[0]?.saves).toBe(12);
      expect(saved.rows[0]?.found).toBeGreaterThan(1);
    });

    it('looks twice for what did not happen, then writes it again; a step is repeated only when the bill shows it undone', async () => {
      hub.erp.faults.next(1, 'error500', 'BatchSave');
      hub.erp.faults.next(1, 'error500', 'Audit');
      hub.wms.faults.next(1, 'error500', 'deliveryorder.create');
      const { journal } = await runOrder();
      expect(journal.filter(({ object }) => object === 'SAL_SaleOrder')).toMatchObject([
        { step: 'save', outcome: 'absent', lookups: 2 },
        { step: 'save', outcome: 'done' },
        { step: 'submit', outcome: 'done' },
        { step: 'audit', outcome: 'absent' },
        { step: 'audit', outcome: 'done' },
      ]);
      expect(journal.filter(({ object }) => object === 'delivery-order')).toMatchObject([
        { step: 'create', outcome: 'absent', lookups: 2 },
        { step: 'create', outcome: 'done' },
      ]);
      await finished(hub, orders, 0);
    });

    it('writes nothing while the session can see nothing at all, whatever it does not find', async () => {
      hub.erp.faults.next(1, 'error500AfterEffect', 'BatchSave');
      hub.erp.hideData(true);
      const running = runOrder();
      const number = orders.at(-1) ?? '';
      await until('the look-up says that it is blind', async () => {
        return (await linkOf(hub, 'erp', 'SAL_SaleOrder', number))?.error_code === 'kingdee.blind';
      });
      expect(hub.erp.bill('SAL_SaleOrder', number)).toBeDefined();
      hub.erp.hideData(false);
      const { journal } = await running;
      expect(journal[0]).toMatchObject({ step: 'save', outcome: 'done', found_later: true });
    });

    it('finds the stock it wrote to the shop', async () => {
      await finished(hub, orders, 0);
      const [sku] = hub.inventor.skus;
      hub.pos.faults.next(1, 'timeoutAfterEffect', 'updateProductInfo');
      hub.erp.adjustInventory(sku?.code ?? '', 'CK001', '-7');
      await pollAll(hub, 'erp', ['STK_Inventory']);
      await until('the lost write was found', async () => {
        const found = await hub.database.query(
          `select 1 from tries t join links l on l.id = t.link_id
         where l.object = 'product' and (t.answer ->> 'foundLater')::boolean`,
        );
        return found.rowCount > 0;
      });
      await finished(hub, orders, 0);
    });
  },
);

describe('Unknown is a state: where nothing can be looked up, a person decides', () => {
  it('does not repeat the write and says what to do', async () => {
    const hub = await startTestHub({
      yaml: hasty,
      connectors: withFacts((facts, object) => ({
        ...facts,
        ...hurry,
        ...(object === 'delivery-order' ? { createSafety: 'none' } : {}),
      })),
    });
    try {
      hub.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
      const number = hub.pos.placeOrder('WEB', hub.inventor.order());
      await until('the write is given to a person', async () => {
        return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'unknown';
      });
      expect(await linkOf(hub, 'wms', 'delivery-order', `${number}-1`)).toMatchObject({
        error_code: 'push.unknown',
        error: expect.stringContaining('say whether it exists'),
      });
      // Whatever happens to the order from now on, the write is not repeated behind that person's back.
      hub.pos.changeOrder('WEB', number, { contactAddress: '上海市上海市浦东新区另一条路2号' });
      await until('the order has its new address', async () => {
        const [order] = await golden(hub, 'order');
        return JSON.stringify(order?.data.receiver).includes('另一条路2号');
      });
      // What the warehouse tells meanwhile is kept for the day it is known what it is about.
      await hub.database.query(`update inbox set attempts = 500, due_at = now() where state = 'due'`);
      await until('everything else was done', async () => {
        const waiting = await hub.database.query(
          `select distinct object, error_code from inbox where state in ('due', 'dead') and attempts > 500`,
        );
        return waiting.rowCount === 2;
      });
      const open = await hub.database.query(
        `select distinct state, error_code from inbox where state <> 'done' and state <> 'dropped'`,
      );
      expect(open.rows).toEqual([{ state: 'due', error_code: 'apply.own-create-open' }]);
      expect(hub.wms.order(`${number}-1`)?.creates).toBe(1);
      expect(hub.wms.calls.get('deliveryorder.create')).toBe(1);
    } finally {
      await hub.stop();
    }
  });
});
