import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { listAll } from '../testing.ts';
import { type Conformance, failureOf, patient, type Start } from './subject.ts';

/** Reads that go wrong: always a decision, never silence, never an invented answer. */
export function describeFailures<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { list } = subject.flags;
  if (!list) return;
  const passing: readonly FaultKind[] = ['error500', 'refuse'];

  describe('a vendor in trouble', () => {
    for (const kind of passing) {
      it(`asks to try again after a read met ${kind}, and the next try is whole`, async () => {
        const { session, simulator } = await start();
        const ids = list.seed(simulator, 3);
        await session.test(patient());
        simulator.faults.next(1, kind, list.operation);
        const failure = await failureOf(listAll(session, list.object));
        expect(['retry', 'throttle']).toContain(failure.decision.kind);
        const { items } = await listAll(session, list.object);
        expect(items.map((item) => item.remoteId)).toEqual(expect.arrayContaining([...ids]));
      });
    }

    it('does not take a login page for an empty list', async () => {
      const { session, simulator } = await start();
      list.seed(simulator, 3);
      await session.test(patient());
      simulator.faults.next(Number.POSITIVE_INFINITY, 'garbage', list.operation);
      const failure = await failureOf(listAll(session, list.object));
      expect(failure.decision.code).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+$/);
      expect(failure.decision.message).not.toContain('<html');
    });

    it('stops when it is told to stop', async () => {
      const { session } = await start();
      const read = session.objects[list.object]?.list;
      const stopped = new AbortController();
      stopped.abort();
      await failureOf(Promise.resolve(read?.({ since: '2000-01-01T00:00:00.000Z', signal: stopped.signal })));
    });
  });
}
