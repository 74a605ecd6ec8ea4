import { describe, expect, it } from 'vitest';
import { type ActionAnswer, runAction } from '../actions.ts';
import type { Simulator } from '../simulator.ts';
import { ConnectorError, type ConnectorSession, type Decision } from '../types.ts';
import { type Conformance, patient, type Start } from './subject.ts';

/** What is done once when asked: done, refused before anything is sent, or unclear, and never twice under one key. */
export function describeActions<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { actions: flags } = subject.flags;
  if (!flags) return;
  const { connector } = subject;

  /** Failures of the call and of the action look the same here: a decision. */
  async function run(
    session: ConnectorSession,
    name: string,
    input: unknown,
    signal = patient(),
  ): Promise<Extract<ActionAnswer, { ok: true }> | Decision> {
    try {
      const answer = await runAction(connector, session, name, { input, key: `K-${name}`, signal });
      return answer.ok ? answer : answer.decision;
    } catch (error) {
      if (error instanceof ConnectorError) return error.decision;
      throw error;
    }
  }

  describe('actions', () => {
    it('are all tried here', () => {
      expect(Object.keys(flags).sort()).toEqual(Object.keys(connector.actions ?? {}).sort());
    });

    for (const [name, { input, wrong, operation, done }] of Object.entries(flags)) {
      const inputFor = async (session: ConnectorSession): Promise<unknown> =>
        typeof input === 'function'
          ? (input as (session: ConnectorSession) => Promise<unknown>)(session)
          : input;

      it(`${name} is done once`, async () => {
        const { session, simulator } = await start();
        expect(await run(session, name, await inputFor(session))).toMatchObject({ ok: true });
        expect(done(simulator)).toBe(1);
      });

      it(`${name} refuses what it cannot be told before anything is sent, and names the field`, async () => {
        const { session, simulator } = await start();
        const refused = await run(session, name, wrong);
        expect(refused).toMatchObject({ kind: 'reject', field: expect.stringMatching(/./) });
        expect(done(simulator)).toBe(0);
      });

      it(`${name} whose answer was lost is not said to be done, nor to have failed`, async () => {
        const { session, simulator } = await start();
        await session.test(patient());
        const told = await inputFor(session);
        const { safety } = connector.actions?.[name] ?? {};
        simulator.faults.next(1, 'timeoutAfterEffect', operation);
        const lost = await run(session, name, told, AbortSignal.timeout(300));
        // One that only asks may say that nothing can have happened.
        expect(safety === 'repeatable' ? ['unknown', 'retry'] : ['unknown']).toContain(
          'kind' in lost && lost.kind,
        );
        expect(done(simulator)).toBe(1);
        if (safety !== 'token' && safety !== 'repeatable') return;
        expect(await run(session, name, told)).toMatchObject({ ok: true });
        if (safety === 'token') expect(done(simulator)).toBe(1);
      });
    }
  });
}
