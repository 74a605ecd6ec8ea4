/**
 * What every connector promises, run against its own simulator. A connector's test file calls
 * `conformance(...)` once and adds only what is peculiar to its vendor.
 *
 * Import this file directly: it needs vitest, so it is not part of the kit's index.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { describeActions } from './conformance/actions.ts';
import { describeErrors } from './conformance/errors.ts';
import { describeFailures } from './conformance/failures.ts';
import { describeLimits } from './conformance/limits.ts';
import { describeLists } from './conformance/lists.ts';
import { describeMoved } from './conformance/moved.ts';
import { describeSessions } from './conformance/sessions.ts';
import { claimed, stageNames } from './conformance/stages.ts';
import { type Conformance, end, type Running } from './conformance/subject.ts';
import { describeValues } from './conformance/values.ts';
import { describeWebhooks } from './conformance/webhooks.ts';
import { describeWrites } from './conformance/writes.ts';
import type { Simulator } from './simulator.ts';

export type {
  ActionFlags,
  BatchFlags,
  Conformance,
  ConformanceFlags,
  CreateFlags,
  ErrorFlags,
  LimitFlags,
  ListFlags,
  MovedFlags,
  RevisionFlags,
  Running,
  SessionFlags,
  ValueFlags,
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
      for (const running of open.splice(0)) await end(running);
    });

    const { lacks } = subject.flags;
    if (lacks) {
      it('passes over no stage without saying why', () => {
        const silent = stageNames.filter((stage) => !claimed(subject.flags).has(stage) && !lacks[stage]);
        expect(silent).toEqual([]);
      });
    }

    it('offers what it declares', async () => {
      const { session } = await start();
      const declared = Object.keys(subject.connector.objects);
      // A connector whose objects come from the settings declares only those that every connection has.
      const offered = Object.keys(session.objects).filter(
        (object) => !subject.connector.objectsOf || declared.includes(object),
      );
      expect(offered.sort()).toEqual(declared.sort());
      expect(Object.keys(session.actions ?? {}).sort()).toEqual(
        Object.keys(subject.connector.actions ?? {}).sort(),
      );
    });

    describeSessions(subject, start);
    describeLimits(subject);
    describeErrors(subject);
    describeFailures(subject, start);
    describeLists(subject, start);
    describeMoved(subject, start);
    describeValues(subject, start);
    describeWrites(subject, start);
    describeWebhooks(subject, start);
    describeActions(subject, start);
  });
}
