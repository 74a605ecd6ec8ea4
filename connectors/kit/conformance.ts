/**
 * What every connector promises, run against its own simulator. A connector's test file calls
 * `conformance(...)` once and adds only what is peculiar to its vendor.
 *
 * Import this file directly: it needs vitest, so it is not part of the kit's index.
 */
import { afterEach, describe } from 'vitest';
import { describeFailures } from './conformance/failures.ts';
import { describeLists } from './conformance/lists.ts';
import { describeSessions } from './conformance/sessions.ts';
import type { Conformance, Running } from './conformance/subject.ts';
import { describeWebhooks } from './conformance/webhooks.ts';
import { describeWrites } from './conformance/writes.ts';
import type { Simulator } from './simulator.ts';

export type {
  BatchFlags,
  Conformance,
  ConformanceFlags,
  CreateFlags,
  ListFlags,
  Running,
  SessionFlags,
  WebhookFlags,
  WrongSecretFlags,
} from './conformance/subject.ts';

/**
 * Defines the suite. Which promises are tested follows from the flags given; every test starts a fresh
 * simulator with `start` and closes it again.
 */
export function conformance<Config, Secrets, Sim extends Simulator>(
  name: string,
  subject: Conformance<Config, Secrets, Sim>,
): void {
  const open: Running<Sim>[] = [];

  async function start(): Promise<Running<Sim>> {
    const running = await subject.start();
    open.push(running);
    return running;
  }

  describe(`${name} keeps the promises of a connector`, () => {
    afterEach(async () => {
      for (const running of open.splice(0)) {
        await running.session.close();
        await running.simulator.stop();
        await running.close();
      }
    });

    describeSessions(subject, start);
    describeFailures(subject, start);
    describeLists(subject, start);
    describeWrites(subject, start);
    describeWebhooks(subject, start);
  });
}
