import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { ConnectorError, type ConnectorSession, type Decision, type WriteItem } from '../types.ts';
import { type Conformance, type CreateFlags, patient, type Start } from './subject.ts';

/** Writes whose outcome is unclear: never twice at the vendor, never lost. */
export function describeWrites<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { create, batch } = subject.flags;

  if (create) {
    describe('creating', () => {
      it('creates, and finds what it created', async () => {
        const { session, simulator } = await start();
        const item = create.item('C-1', simulator);
        const written = await write(session, create, item);
        expect(written).toMatchObject({ remoteId: expect.stringMatching(/./) });
        const found = await find(session, create, item);
        expect(found).toMatchObject({ found: true, stepDone: true });
        if (found?.found && 'remoteId' in written) expect(found.remoteId).toBe(written.remoteId);
        expect(create.stored(simulator, item.key)).toBe(1);
      });

      it('does not find what was never created', async () => {
        const { session, simulator } = await start();
        expect(await find(session, create, create.item('C-NONE', simulator))).toEqual({ found: false });
      });

      const effective: readonly FaultKind[] = ['timeoutAfterEffect', 'error500AfterEffect'];
      for (const kind of effective) {
        it(`says "unknown" after ${kind}, and finds what was created`, async () => {
          const { session, simulator } = await start();
          await session.test(patient());
          const item = create.item('C-2', simulator);
          simulator.faults.next(1, kind, create.operation);
          const patience = AbortSignal.timeout(create.patienceMs ?? 300);
          expect(await write(session, create, item, patience)).toMatchObject({ kind: 'unknown' });
          expect(await find(session, create, item)).toMatchObject({ found: true, stepDone: true });
          expect(create.stored(simulator, item.key)).toBe(1);
        });
      }

      it('does not claim success when the connection drops before anything happened', async () => {
        const { session, simulator } = await start();
        await session.test(patient());
        const item = create.item('C-3', simulator);
        simulator.faults.next(1, 'refuse', create.operation);
        const outcome = await write(session, create, item);
        expect(['unknown', 'retry']).toContain('kind' in outcome ? outcome.kind : 'ok');
        expect(await find(session, create, item)).toEqual({ found: false });
        expect(await write(session, create, item)).toMatchObject({ remoteId: expect.stringMatching(/./) });
        expect(create.stored(simulator, item.key)).toBe(1);
      });

      it('does not take a login page for success', async () => {
        const { session, simulator } = await start();
        await session.test(patient());
        const item = create.item('C-4', simulator);
        simulator.faults.next(Number.POSITIVE_INFINITY, 'garbage', create.operation);
        expect(await write(session, create, item)).toHaveProperty('kind');
        expect(create.stored(simulator, item.key)).toBe(0);
      });

      it('creates once when asked twice', async () => {
        const { session, simulator } = await start();
        const item = create.item('C-5', simulator);
        const first = await write(session, create, item);
        const second = await write(session, create, item);
        if ('kind' in second) expect(['reject', 'conflict', 'unknown']).toContain(second.kind);
        else if ('remoteId' in first) expect(second.remoteId).toBe(first.remoteId);
        expect(create.stored(simulator, item.key)).toBe(1);
      });
    });
  }

  if (batch) {
    describe('batches', () => {
      it('tells which item failed and keeps the others', async () => {
        const { session } = await start();
        const results = await session.objects[batch.object]?.write?.({
          step: batch.step,
          items: batch.items,
          signal: patient(),
        });
        expect(results).toHaveLength(3);
        expect(results?.map((result) => result.ok)).toEqual([true, false, true]);
        expect(results?.[1]).toMatchObject({ decision: { kind: batch.kind ?? 'reject' } });
      });
    });
  }
}

/** Writes one item; failures of the call and of the item look the same here: a decision. */
async function write<Sim extends Simulator>(
  session: ConnectorSession,
  create: CreateFlags<Sim>,
  item: WriteItem,
  signal = patient(),
): Promise<{ readonly remoteId: string } | Decision> {
  const operation = session.objects[create.object]?.write;
  if (!operation) throw new Error(`The connector cannot write ${create.object}.`);
  try {
    const [result] = await operation({ step: create.step, items: [item], signal });
    if (!result) throw new Error('The write answered for no item.');
    return result.ok ? { remoteId: result.remoteId } : result.decision;
  } catch (error) {
    if (error instanceof ConnectorError) return error.decision;
    throw error;
  }
}

async function find<Sim extends Simulator>(
  session: ConnectorSession,
  create: CreateFlags<Sim>,
  item: WriteItem,
): Promise<{ found: true; remoteId: string; stepDone: boolean } | { found: false } | undefined> {
  const operation = session.objects[create.object]?.find;
  if (!operation) throw new Error(`The connector cannot find ${create.object}.`);
  const [result] = await operation({ step: create.step, items: [item], signal: patient() });
  return result;
}
