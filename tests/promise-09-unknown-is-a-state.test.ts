import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../connectors/kit/index.ts';
import { backends, startTestHub, type TestHub } from './harness.ts';
import { finished, hasty, writesOf } from './support/read-outs.ts';
import { allow, hurried, hurry, type Run, runOrder } from './support/unknown-writes.ts';

describe.each(backends)(
  'Unknown is a state: an ambiguous write is looked up before anything is written again (%s)',
  (backend) => {
    let hub: TestHub;
    const orders: string[] = [];
    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: hasty, connectors: hurried });
    });
    afterAll(() => hub?.stop());

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
      let told: Run | undefined;
      const calls = await callsDuring(async () => {
        told = await runOrder(hub, orders);
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
  },
);
