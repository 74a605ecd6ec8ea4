import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBreaker } from '../connectors/kit/breaker.ts';
import {
  ConnectorError,
  createHttpClient,
  type HttpClient,
  type Limits,
  singleFlight,
  spendAs,
} from '../connectors/kit/index.ts';
import { defaultShares } from '../src/lanes/limits/budget.ts';
import { SharedLimits } from '../src/lanes/limits/shared.ts';
import { sharedTokens } from '../src/lanes/limits/tokens.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { silentLogger } from '../src/log.ts';
import { readKey } from '../src/security/index.ts';
import { startTestHub, statusOf, type TestHub, until } from './harness.ts';

const keys = [readKey('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'the test')] as const;
const budget = { zone: 'Asia/Shanghai', shares: defaultShares };

describe('Limits hold over all processes of a hub', () => {
  let hub: TestHub;
  let vendor: Server;
  let address: string;
  /** When the vendor got each call, and how many it had at once. */
  let arrivals: number[] = [];
  let open = 0;
  let mostOpen = 0;
  let takesMs = 0;
  const processes: Process[] = [];

  /** What a worker process has of its own: connections to the database, and its share of the limits. */
  interface Process {
    readonly database: Database;
    readonly limits: SharedLimits;
    of(connection: string): ReturnType<SharedLimits['of']>;
    client(connection: string, limits: Limits): HttpClient;
    end(): Promise<void>;
  }

  async function startProcess(identity = 'one secret'): Promise<Process> {
    const database = await openDatabase({
      url: hub.options.databaseUrl ?? '',
      max: 2,
      ...(hub.options.schema === undefined ? {} : { schema: hub.options.schema }),
    });
    const limits = new SharedLimits(silentLogger());
    limits.use(database, keys);
    const of = (connection: string) => limits.of({ connection, budget, identity });
    const clients: HttpClient[] = [];
    const started: Process = {
      database,
      limits,
      of,
      client(connection, limited) {
        clients.push(createHttpClient({ connection, limits: limited, shared: of(connection) }));
        return clients.at(-1) as HttpClient;
      },
      async end() {
        for (const client of clients) client.close();
        await limits.stop();
        await database.close();
      },
    };
    processes.push(started);
    return started;
  }

  const call = (client: HttpClient, signal = AbortSignal.timeout(30_000), write = false) =>
    client.send({ operation: 'test', method: 'POST', url: address, write, signal });

  beforeAll(async () => {
    hub = await startTestHub({ seed: false });
    vendor = createServer((_, response) => {
      arrivals.push(performance.now());
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      response.once('close', () => {
        open -= 1;
      });
      setTimeout(() => response.end('{}'), takesMs);
    });
    await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.end()));
    vendor.close();
    vendor.closeAllConnections();
    await hub.stop();
  });

  const fresh = (answerAfterMs: number): void => {
    arrivals = [];
    mostOpen = 0;
    takesMs = answerAfterMs;
  };

  it('three processes that start at once never exceed what one second allows, and ask less than once per call', async () => {
    fresh(5);
    const perSecond = 40;
    const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
    const clients = started.map((one) => one.client('rated', { perSecond }));
    await Promise.all(clients.flatMap((client) => Array.from({ length: 26 }, () => call(client))));
    arrivals.forEach((first, index) => {
      const next = arrivals[index + perSecond];
      if (next !== undefined) expect(next - first).toBeGreaterThanOrEqual(1_000);
    });
    expect(arrivals).toHaveLength(78);
    const asked = await hub.database.query<{ version: number }>(
      `select version from call_limits where connection = 'rated'`,
    );
    expect(asked.rows[0]?.version).toBeLessThan(arrivals.length);
  });

  it('three processes together keep to the calls under way a vendor allows, and each gets its turn', async () => {
    fresh(20);
    const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
    const clients = started.map((one) => one.client('narrow', { concurrent: 2 }));
    await Promise.all(clients.flatMap((client) => Array.from({ length: 12 }, () => call(client))));
    expect(arrivals).toHaveLength(36);
    expect(mostOpen).toBe(2);
  });

  it('what a killed process held runs out, and the others go on', async () => {
    fresh(0);
    const [killed, survivor] = await Promise.all([startProcess(), startProcess()]);
    const limits = { concurrent: 2, perSecond: 50 };
    const held = killed.of('orphaned').limiter('', limits);
    await Promise.all([1, 2].map(() => held?.acquire(AbortSignal.timeout(5_000))));
    const waiting = call(survivor.client('orphaned', limits));
    await until('the survivor waits for a slot', async () => {
      const { rows } = await hub.database.query<{ state: { holders: object } }>(
        `select state from call_limits where connection = 'orphaned'`,
      );
      return Object.keys(rows[0]?.state.holders ?? {}).length === 2;
    });
    expect(arrivals).toHaveLength(0);
    // Its lease is over: as if it had said nothing for that long.
    await until('its lease is over', async () => {
      const { rowCount } = await hub.database.query(
        `update call_limits set version = version + 1,
           state = jsonb_set(state, array['holders', '${killed.limits.holder}', 'until'], '0')
         where connection = 'orphaned' and state->'holders' ? '${killed.limits.holder}'`,
      );
      return rowCount === 1;
    });
    await waiting;
    expect(arrivals).toHaveLength(1);
  });

  it("a day's calls survive a restart, and a share that is used up stops nothing else", async () => {
    fresh(0);
    const limits = { perDay: 10 };
    const before = (await startProcess()).client('budgeted', limits);
    const poll = (): AbortSignal => spendAs('poll', AbortSignal.timeout(10_000));
    for (let count = 0; count < 5; count += 1) await call(before, poll());
    const after = (await startProcess()).client('budgeted', limits);
    const refused = await call(after, poll()).then(
      () => undefined,
      (error: unknown) => (error instanceof ConnectorError ? error.decision : undefined),
    );
    expect(refused).toMatchObject({ kind: 'retry', code: 'http.budget-used' });
    expect(refused?.message).toMatch(/share for poll of budgeted is used up; it goes on at \S+, midnight in/);
    expect(refused?.afterMs).toBeLessThanOrEqual(86_400_000);
    await call(after, AbortSignal.timeout(10_000), true);
    expect(arrivals).toHaveLength(6);

    const status = (await statusOf(hub)) as {
      limits: { connection: string; day?: { shares: object } }[];
    };
    const shown = status.limits.find((one) => one.connection === 'budgeted');
    expect(shown?.day?.shares).toMatchObject({
      poll: { limit: 5, used: 5 },
      write: { limit: 2, used: 1 },
      operator: { limit: 1, used: 0 },
    });
  });

  it('a connection without limits asks nobody', async () => {
    fresh(0);
    const [free] = await Promise.all([startProcess()]);
    expect(free.of('free').limiter('', {})).toBeUndefined();
    await call(free.client('free', {}));
    const { rowCount } = await hub.database.query(`select 1 from call_limits where connection = 'free'`);
    expect(rowCount).toBe(0);
  });

  describe('a token', () => {
    let logins = 0;
    const load = async (): Promise<{ id: string }> => {
      logins += 1;
      const id = `session ${logins}`;
      await delay(30);
      return { id };
    };
    const sessionOf = (one: Process, name: string, signIn = load) =>
      singleFlight(signIn, 60_000, Date.now, {
        tokens: one.of('erp2').tokens,
        name,
        write: (value) => JSON.stringify(value),
        read: (text) => JSON.parse(text) as { id: string },
      });

    it('is fetched once for all processes, and dropping one that was replaced already changes nothing', async () => {
      logins = 0;
      const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
      const [one, other, third] = started.map((process) => sessionOf(process, 'maker'));
      const tokens = await Promise.all([one?.get(), other?.get(), third?.get(), one?.get()]);
      expect(new Set(tokens.map((token) => token?.id))).toEqual(new Set(['session 1']));
      // Both meet the dead session: one signs in, the other takes what it got.
      for (const [at, session] of [one, other].entries()) session?.drop(tokens[at] as { id: string });
      const again = await Promise.all([one?.get(), other?.get()]);
      expect(again.map((token) => token?.id)).toEqual(['session 2', 'session 2']);
      third?.drop(tokens[2] as { id: string });
      expect((await third?.get())?.id).toBe('session 2');
      expect(logins).toBe(2);

      const { rows } = await hub.database.query<{ all: string }>(
        `select string_agg(t::text, ' ') as all from vendor_tokens t where connection = 'erp2'`,
      );
      expect(rows[0]?.all).not.toContain('session 2');
      const status = JSON.stringify(await statusOf(hub));
      expect(status).toMatch(/"connection":"erp2","credential":"maker","ageSeconds":\d/);
    });

    const leaseMs = 300;
    const shared = ({ database, limits }: Process, connection: string) =>
      sharedTokens({
        connection,
        identity: 'one secret',
        holder: limits.holder,
        leaseMs,
        ledger: () => ({ database, keys }),
      });

    it('somebody was signing in for and is gone is signed in for by another one soon', async () => {
      const [killed, survivor] = [await startProcess(), await startProcess()];
      let begun = false;
      const never = () => {
        begun = true;
        return new Promise<never>(() => undefined);
      };
      void shared(killed, 'orphaned').obtain('default', undefined, 60_000, never);
      await until('it has begun', () => begun);
      // As of a process that was killed, or of one whose sign-in is part of a backup: nobody renews it any more.
      await killed.end();
      const since = performance.now();
      const token = await shared(survivor, 'orphaned').obtain(
        'default',
        undefined,
        60_000,
        async () => 'its own',
      );
      expect(token.text).toBe('its own');
      expect(performance.now() - since).toBeLessThan(20 * leaseMs);
    });

    it('that takes long to get is waited for, not signed in for twice', async () => {
      const [one, other] = [await startProcess(), await startProcess()];
      let answer = (): void => undefined;
      let signIns = 0;
      const signIn = () => {
        signIns += 1;
        return new Promise<string>((resolve) => (answer = () => resolve('the token')));
      };
      const first = shared(one, 'slow').obtain('default', undefined, 60_000, signIn);
      await until('it signs in', () => signIns === 1);
      const second = shared(other, 'slow').obtain('default', undefined, 60_000, signIn);
      const since = performance.now();
      await until('several leases are over', () => performance.now() - since > 4 * leaseMs);
      answer();
      expect([(await first).text, (await second).text, signIns]).toEqual(['the token', 'the token', 1]);
    });

    it('of other secrets is not used', async () => {
      logins = 0;
      await sessionOf(await startProcess('old secret'), 'changed').get();
      await sessionOf(await startProcess('new secret'), 'changed').get();
      expect(logins).toBe(2);
    });

    it('that is refused for good is asked for once, not once per process', async () => {
      let tries = 0;
      const refused = async (): Promise<never> => {
        tries += 1;
        throw new ConnectorError({ kind: 'fatal', code: 'test.locked', message: 'The password is wrong.' });
      };
      for (const process of [await startProcess(), await startProcess()]) {
        await expect(sessionOf(process, 'wrong', refused).get()).rejects.toMatchObject({
          decision: { kind: 'fatal', code: 'test.locked' },
        });
      }
      expect(tries).toBe(1);
    });
  });

  it('whoever asks a dead vendor says for as long as it takes that it does, and is replaced soon when it is gone', async () => {
    const asking = await startProcess();
    const silent = new ConnectorError({ kind: 'retry', code: 'http.no-answer', message: 'Silent.' });
    const breaker = createBreaker(
      { failures: 1, pauseMs: 100, maxPauseMs: 100 },
      asking.of('slow').probes(''),
    );
    await breaker.run(() => Promise.reject(silent)).catch(() => undefined);
    let answer = (): void => undefined;
    let asked = false;
    const ask = () =>
      new Promise<void>((resolve) => {
        asked = true;
        answer = resolve;
      });
    let probe: Promise<unknown> = Promise.resolve();
    await until('it asks', () => {
      if (!asked) probe = breaker.run(ask).catch(() => undefined);
      return asked;
    });
    const lease = async () => {
      const { rows } = await hub.database.query<{ probing: number; now: number }>(
        `select (state->'breaker'->'probingUntil')::float8 as probing,
           extract(epoch from clock_timestamp())::float8 * 1000 as now
         from call_limits where connection = 'slow'`,
      );
      return rows[0] ?? { probing: 0, now: 0 };
    };
    const first = await lease();
    expect(first.probing - first.now).toBeLessThanOrEqual(10_000);
    await until('it says so again', async () => (await lease()).probing > first.probing);
    answer();
    await probe;
    await until('it is known to answer', async () => (await lease()).probing === null);
  });

  it('a dead vendor is asked by one process at a time, and everybody sees since when', async () => {
    const started = await Promise.all([startProcess(), startProcess(), startProcess()]);
    let asking = 0;
    let mostAsking = 0;
    let asked = 0;
    let dead = true;
    const ask = async (): Promise<string> => {
      asking += 1;
      asked += 1;
      mostAsking = Math.max(mostAsking, asking);
      await delay(60);
      asking -= 1;
      if (dead) throw new ConnectorError({ kind: 'retry', code: 'http.no-answer', message: 'Silent.' });
      return 'answer';
    };
    const breakers = started.map((one) =>
      createBreaker({ failures: 1, pauseMs: 100, maxPauseMs: 100 }, one.of('dead').probes('')),
    );
    for (const breaker of breakers) await breaker.run(ask).catch(() => undefined);
    const seen = async () => {
      const status = (await statusOf(hub)) as {
        limits: { connection: string; breaker: { state: string; since?: string } }[];
      };
      return status.limits.find((one) => one.connection === 'dead')?.breaker;
    };
    await until('it is seen', async () => (await seen())?.since !== undefined);
    const probe = () => Promise.all(breakers.map((breaker) => breaker.run(ask).catch(() => undefined)));
    mostAsking = 0;
    asked = 0;
    await until('it was asked several times', async () => {
      await probe();
      return asked >= 3;
    });
    expect(mostAsking).toBe(1);
    dead = false;
    await until('all are through', async () => (await probe()).every((answer) => answer === 'answer'));
    await until('that is seen too', async () => (await seen())?.state === 'closed');
  });
});
