import { describe, expect, it } from 'vitest';
import { failureOf } from './conformance/subject.ts';
import { singleFlight, withSession } from './session.ts';
import { ConnectorError, type DecisionKind } from './types.ts';

function failure(kind: DecisionKind): ConnectorError {
  return new ConnectorError({ kind, code: `x.${kind}`, message: kind });
}

/** A login that counts, hands out `t1`, `t2`, …, and fails when told to. */
function login() {
  const state = { logins: 0, fail: undefined as ConnectorError | undefined, clock: 0 };
  const session = singleFlight(
    async () => {
      state.logins++;
      await Promise.resolve();
      if (state.fail) throw state.fail;
      return `t${state.logins}`;
    },
    1000,
    () => state.clock,
  );
  return { state, session };
}

describe('a session', () => {
  it('is made once for all who ask at the same time', async () => {
    const { state, session } = login();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.get()));
    expect(new Set(tokens)).toEqual(new Set(['t1']));
    expect(state.logins).toBe(1);
  });

  it('is made anew when its time is over', async () => {
    const { state, session } = login();
    await session.get();
    state.clock = 999;
    expect(await session.get()).toBe('t1');
    state.clock = 1000;
    expect(await session.get()).toBe('t2');
  });

  it('is made anew once when many find it dead', async () => {
    const { state, session } = login();
    const token = await session.get();
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        session.drop(token);
        return session.get();
      }),
    );
    session.drop(token);
    expect(await session.get()).toBe('t2');
    expect(state.logins).toBe(2);
  });

  it('is asked for again after a passing trouble', async () => {
    const { state, session } = login();
    state.fail = failure('retry');
    await failureOf(session.get());
    state.fail = undefined;
    expect(await session.get()).toBe('t2');
  });

  it('is not asked for again for a minute when the secret is wrong', async () => {
    const { state, session } = login();
    state.fail = failure('fatal');
    for (let call = 0; call < 20; call++)
      expect((await failureOf(session.get())).decision.kind).toBe('fatal');
    expect(state.logins).toBe(1);
    state.fail = undefined;
    state.clock = 60_000;
    expect(await session.get()).toBe('t2');
  });
});

describe('a call with a session', () => {
  it('signs in again and is repeated once when the vendor has forgotten the session', async () => {
    const { state, session } = login();
    await session.get();
    const used: string[] = [];
    const answer = await withSession(session, new AbortController().signal, async (token) => {
      used.push(token);
      if (token === 't1') throw failure('reauth');
      return 'done';
    });
    expect([answer, used, state.logins]).toEqual(['done', ['t1', 't2'], 2]);
  });

  it('leaves when its own time is over; who else waits for the same sign-in gets in', async () => {
    let signIn = (_token: string): void => undefined;
    const session = singleFlight(
      () => new Promise<string>((resolve) => (signIn = resolve)),
      1000,
      () => 0,
    );
    const [ends, goesOn] = [new AbortController(), new AbortController()];
    const gone = withSession(session, ends.signal, async () => 'sent');
    const patient = withSession(session, goesOn.signal, async (token) => token);
    ends.abort();
    // Nothing was sent: a write may simply be tried again.
    expect((await failureOf(gone)).decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    const tooLate = withSession(session, ends.signal, async () => 'sent');
    expect((await failureOf(tooLate)).decision.kind).toBe('retry');
    signIn('t1');
    expect(await patient).toBe('t1');
  });

  it('is not repeated a second time', async () => {
    const { session } = login();
    let calls = 0;
    const call = withSession(session, new AbortController().signal, async () => {
      calls++;
      throw failure('reauth');
    });
    expect((await failureOf(call)).decision.kind).toBe('reauth');
    expect(calls).toBe(2);
  });

  it('is not repeated after any other failure', async () => {
    const { state, session } = login();
    const call = withSession(session, new AbortController().signal, async () => {
      throw failure('unknown');
    });
    expect((await failureOf(call)).decision.kind).toBe('unknown');
    expect(state.logins).toBe(1);
  });
});
