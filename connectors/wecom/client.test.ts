import { describe, expect, it } from 'vitest';
import type { SharedConnection } from '../kit/index.ts';
import { signal } from '../kit/testing.ts';
import { wecomConfig, wecomSecrets } from './config.ts';
import { decisionOf, signInDecision } from './errors.ts';
import wecom from './index.ts';
import { start } from './testing.ts';

const reading = { write: false, errorCodes: {}, blockedForMs: 60_000 };
const writing = { ...reading, write: true };

describe('errcodes', () => {
  it.each([
    [40014, 'reauth'],
    [42001, 'reauth'],
    [60020, 'fatal'],
    [48002, 'fatal'],
    [45009, 'throttle'],
    [45033, 'throttle'],
    [41063, 'retry'],
    [84061, 'absent'],
    [40096, 'reject'],
    [40058, 'reject'],
    [50100, 'conflict'],
    [99999, 'reject'],
  ])('%i is %s', (errcode, kind) => {
    const decision = decisionOf(
      { status: 200, errcode, errmsg: 'no, hint: [1], from ip: 10.0.0.1, more' },
      reading,
    );
    expect(decision.kind).toBe(kind);
    expect(decision.message).not.toContain('10.0.0.1');
  });

  it('that may have taken effect are unclear for a write and passing for a read', () => {
    expect(decisionOf({ status: 200, errcode: -1 }, writing).kind).toBe('unknown');
    expect(decisionOf({ status: 200, errcode: -1 }, reading).kind).toBe('retry');
    expect(decisionOf({ status: 200 }, writing).kind).toBe('unknown');
    expect(decisionOf({ status: 502 }, reading).kind).toBe('retry');
  });

  it('mean what the configuration says, where it says something', () => {
    const how = { ...writing, errorCodes: { '-1': 'throttle' as const } };
    expect(decisionOf({ status: 200, errcode: -1 }, how)).toMatchObject({
      kind: 'throttle',
      afterMs: 60_000,
    });
  });

  it('of a sign-in never ask to sign in again', () => {
    for (const errcode of [40001, 40013, 41004, 42001, 45009, 60020]) {
      expect(signInDecision({ status: 200, errcode }, reading).kind).toBe('fatal');
    }
    expect(signInDecision({ status: 200, errcode: -1 }, reading).kind).toBe('retry');
  });
});

describe('tokens', () => {
  it('are shared by processes: one signs in, also after the vendor has ended the token early', async () => {
    const running = await start();
    const { simulator, url } = running;
    let held: { readonly text: string; readonly version: number } | undefined;
    let turn: Promise<unknown> = Promise.resolve();
    const shared: SharedConnection = {
      limiter: () => undefined,
      probes: () => ({ opened: () => undefined, claim: async () => 0, closed: () => undefined }),
      tokens: {
        obtain(_name, refused, ttlMs, signIn) {
          const next = turn.then(async () => {
            if (held === undefined || held.version === refused) {
              held = { text: await signIn(), version: (held?.version ?? 0) + 1 };
            }
            return { ...held, leftMs: ttlMs };
          });
          turn = next.catch(() => undefined);
          return next;
        },
      },
    };
    const made = simulator.connectionFor(url);
    const sessions = [1, 2, 3].map(() =>
      wecom.open({
        connection: 'wecom',
        config: wecomConfig.parse(made.config),
        secrets: wecomSecrets.parse(made.secrets),
        now: Date.now,
        shared,
      }),
    );
    const everybody = (): Promise<readonly boolean[]> =>
      Promise.all(sessions.map(async (session) => (await session.test(signal)).ok));
    expect(await everybody()).toEqual([true, true, true]);
    expect(simulator.counts.logins).toBe(1);
    simulator.expireTokens();
    expect(await everybody()).toEqual([true, true, true]);
    expect(simulator.counts.logins).toBe(2);
    for (const session of sessions) await session.close();
    await running.close();
  });
});
