import { describe, expect, it } from 'vitest';
import { isDecision } from '../errors.ts';
import { LimitWatch, watchedApp } from '../limit-watch.ts';
import { type Simulator, serve } from '../simulator.ts';
import type { ConnectorSession, Limits } from '../types.ts';
import { type Conformance, end, failureOf, patient } from './subject.ts';

/** Limits: what the connector was told is kept to, counted on the vendor's side. */
export function describeLimits<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
): void {
  const { limits: flags } = subject.flags;
  if (!flags) return;

  /** A session that was told these limits, before a vendor that counts; nothing is refused. */
  async function limited(
    limits: Limits,
    run: (session: ConnectorSession, watch: LimitWatch, simulator: Sim) => Promise<void>,
  ): Promise<void> {
    const running = await subject.start();
    const { simulator } = running;
    const watch = new LimitWatch(limits);
    const served = await serve(watchedApp(simulator.app, watch, flags?.unitOf));
    const made = simulator.connectionFor(served.url);
    const told = flags?.config?.(limits) ?? { limits: { ...limits } };
    const session = subject.connector.open({
      connection: 'conformance',
      config: subject.connector.config.parse({ ...made.config, ...told }),
      secrets: subject.connector.secrets.parse(made.secrets),
      now: Date.now,
    });
    try {
      await run(session, watch, simulator);
    } finally {
      await session.close();
      await served.close();
      await end(running);
    }
  }

  // Beside each other and the error table: they mostly wait.
  describe.concurrent('limits', () => {
    it('keeps to calls a second and to calls at once, and does not dawdle', async () => {
      const limits = { perSecond: 12, concurrent: 3 };
      await limited(limits, async (session, watch, simulator) => {
        simulator.faults.latencyMs = 15;
        await flags.call(session, patient());
        const signedIn = watch.counts.calls;
        const begun = performance.now();
        await Promise.all(Array.from({ length: 20 }, () => flags.call(session, patient())));
        const calls = watch.counts.calls - signedIn;
        const seconds = (performance.now() - begun) / 1000;
        expect(watch.violations).toBe(0);
        expect(calls).toBeGreaterThanOrEqual(20);
        expect(watch.counts.most.concurrent).toBe(3);
        // Bursts at the beginning of each second: so many whole seconds are waited for, and no more than twice that.
        expect(seconds).toBeLessThan(2 * Math.ceil(watch.counts.calls / limits.perSecond) + 1);
      });
    });

    for (const name of ['perMinute', 'perHour', 'perDay'] as const) {
      it(`does not call beyond ${name}, and says how long to stay away`, async () => {
        await limited({ [name]: 4 }, async (session, watch) => {
          const failure = await failureOf(
            (async () => {
              for (let call = 0; call < 6; call++) await flags.call(session, patient());
            })(),
          );
          expect(isDecision(failure, 'throttle', 'retry')).toBe(true);
          expect(failure.decision.afterMs ?? 0).toBeGreaterThan(0);
          expect(watch.violations).toBe(0);
          expect(watch.counts.calls).toBe(4);
        });
      });
    }
  });
}
