import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { listAll } from '../testing.ts';
import type { ConnectorSession } from '../types.ts';
import { type Conformance, failureOf, patient, type Running, type Start } from './subject.ts';

/** Signing in, running out, and not being let in. */
export function describeSessions<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { session: sessionFlags, wrongSecret, list, create } = subject.flags;

  /** The same connection again, with other secrets. */
  function openWith(running: Running<Sim>, secrets: object): ConnectorSession {
    const made = running.simulator.connectionFor(running.url);
    return subject.connector.open({
      connection: 'conformance',
      config: subject.connector.config.parse(made.config),
      secrets: subject.connector.secrets.parse({ ...made.secrets, ...secrets }),
      now: Date.now,
    });
  }

  describe('sessions', () => {
    it('says that a good connection works', async () => {
      const { session } = await start();
      expect(await session.test(patient())).toMatchObject({ ok: true });
    });

    it('can be closed twice', async () => {
      const { session } = await start();
      await session.test(patient());
      await session.close();
      await session.close();
    });

    if (sessionFlags) {
      it('signs in once for many calls at the same time', async () => {
        const { session, simulator } = await start();
        await Promise.all(Array.from({ length: 10 }, () => session.test(patient())));
        expect(sessionFlags.logins(simulator)).toBe(1);
      });

      it('signs in again, once, when the session expires in mid-run', async () => {
        const { session, simulator } = await start();
        await session.test(patient());
        sessionFlags.expire(simulator);
        const before = sessionFlags.logins(simulator);
        const results = await Promise.all(Array.from({ length: 10 }, () => session.test(patient())));
        expect(results.every((result) => result.ok)).toBe(true);
        expect(sessionFlags.logins(simulator) - before).toBe(1);
      });

      if (list) {
        it('goes on reading where it was when the session expires between two pages', async () => {
          const { session, simulator } = await start();
          const ids = list.seed(simulator, list.count ?? 25);
          const read = session.objects[list.object]?.list;
          const first = await read?.({ since: '2000-01-01T00:00:00.000Z', signal: patient() });
          expect(first?.more).toBe(true);
          sessionFlags.expire(simulator);
          const before = sessionFlags.logins(simulator);
          const rest = await listAll(session, list.object, first?.cursor);
          const seen = [...(first?.items ?? []), ...rest.items].map((item) => item.remoteId);
          expect(seen).toEqual(expect.arrayContaining([...ids]));
          expect(sessionFlags.logins(simulator) - before).toBe(1);
        });
      }
    }

    if (wrongSecret) {
      it('says that a wrong secret does not work, and does not hammer the vendor with it', async () => {
        const running = await start();
        const session = openWith(running, wrongSecret.secrets);
        const before = wrongSecret.attempts(running.simulator);
        for (let call = 0; call < 20; call++) {
          expect(await outcomeOfTest(session)).not.toBe('ok');
        }
        expect(wrongSecret.attempts(running.simulator) - before).toBeLessThanOrEqual(wrongSecret.most ?? 2);
        await session.close();
      });

      if (list) {
        it('stops reading with a fatal decision when the secret is wrong', async () => {
          const running = await start();
          const session = openWith(running, wrongSecret.secrets);
          const failure = await failureOf(listAll(session, list.object));
          expect(failure.decision.kind).toBe('fatal');
          await session.close();
        });
      }

      if (create) {
        it('never says "not found" when it was not let in', async () => {
          const running = await start();
          const session = openWith(running, wrongSecret.secrets);
          const find = session.objects[create.object]?.find;
          expect(find).toBeDefined();
          if (!find) return;
          const items = [create.item('C-NOT-LET-IN', running.simulator)];
          await failureOf(find({ step: create.step, items, signal: patient() }));
          await session.close();
        });
      }

      it('says what the vendor said to a wrong secret, and never shows a secret', async () => {
        const running = await start();
        const session = openWith(running, wrongSecret.secrets);
        const said = await session.test(patient()).then(
          (result) => result.message,
          (error: unknown) => String(error),
        );
        const secrets = { ...running.simulator.connectionFor(running.url).secrets, ...wrongSecret.secrets };
        if (wrongSecret.words !== undefined) expect(said).toContain(wrongSecret.words);
        for (const secret of Object.values(secrets)) {
          if (typeof secret === 'string' && secret.length >= 6) expect(said).not.toContain(secret);
        }
        await session.close();
      });
    }
  });
}

async function outcomeOfTest(session: ConnectorSession): Promise<string> {
  try {
    const result = await session.test(patient());
    return result.ok ? 'ok' : 'refused';
  } catch {
    // A test that throws tells the operator the same as one that answers "no".
    return 'refused';
  }
}
