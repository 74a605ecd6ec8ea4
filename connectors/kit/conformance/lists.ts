import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { listAll } from '../testing.ts';
import type { Conformance, Start } from './subject.ts';

/** Paging: every object is seen, whatever the page boundaries cut through. */
export function describeLists<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { list } = subject.flags;
  if (!list) return;
  const count = list.count ?? 25;

  describe('lists', () => {
    it('sees every object, though pages cut through equal modification times', async () => {
      const { session, simulator } = await start();
      const ids = list.seed(simulator, count);
      const { items, pages } = await listAll(session, list.object);
      const seen = new Set(items.filter((item) => item.object === list.object).map((item) => item.remoteId));
      expect([...seen].sort()).toEqual(expect.arrayContaining([...ids].sort()));
      expect(pages).toBeGreaterThan(1);
    });

    it('goes on where it stopped, and sees what came since', async () => {
      const { session, simulator } = await start();
      list.seed(simulator, 3);
      const first = await listAll(session, list.object);
      const later = list.seed(simulator, 3);
      const { items } = await listAll(session, list.object, first.cursor);
      expect(items.map((item) => item.remoteId)).toEqual(expect.arrayContaining([...later]));
    });

    it('has an id for everything, and a body unless it only hints', async () => {
      const { session, simulator } = await start();
      list.seed(simulator, 3);
      const facts = subject.connector.objects[list.object];
      const { items } = await listAll(session, list.object);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) {
        expect(item.remoteId).not.toBe('');
        if (facts?.payload !== 'hint') expect(item.body).toBeDefined();
      }
    });

    if (list.halfPage) {
      it('loses nothing when a page comes half', async () => {
        const { session, simulator } = await start();
        const ids = list.seed(simulator, count);
        simulator.faults.next(1, 'halfPage', list.operation);
        const seen = new Set<string>();
        const first = await listAll(session, list.object).catch(() => undefined);
        for (const item of first?.items ?? []) seen.add(item.remoteId);
        const second = await listAll(session, list.object, first?.cursor);
        for (const item of second.items) seen.add(item.remoteId);
        expect(simulator.faults.waiting).toBe(0);
        expect([...seen]).toEqual(expect.arrayContaining([...ids]));
      });
    }

    const { clear } = list;
    if (clear) {
      it('ends at once where there is nothing', async () => {
        const { session, simulator } = await start();
        clear(simulator);
        const { items, cursor } = await listAll(session, list.object);
        expect(items).toEqual([]);
        expect((await listAll(session, list.object, cursor)).items).toEqual([]);
      });

      it('tells a huge list whole, no object more often than it must, and a small place to go on from', async () => {
        const { session, simulator } = await start();
        const ids = list.seed(simulator, list.huge ?? 300);
        const { items, cursor } = await listAll(session, list.object);
        const own = items.filter((item) => ids.includes(item.remoteId));
        expect(new Set(own.map((item) => item.remoteId)).size).toBe(ids.length);
        expect(own.length).toBeLessThanOrEqual(ids.length * (list.mostTellings ?? 1));
        expect(JSON.stringify(cursor).length).toBeLessThan(500_000);
      });
    }
  });
}
