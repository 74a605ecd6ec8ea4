import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { PospalSimulator } from '../connectors/pospal/simulator/index.ts';
import { callbackRequest, confirmOf } from '../connectors/qimen/testing.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { backends, startTestHub, type TestHub, until } from './harness.ts';
import { startOutside } from './support/outside.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What the vendor gets back. */
interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  readonly tookMs: number;
}

describe.each(backends)('a 2xx to a webhook means that its row is kept (%s)', (backend) => {
  test('the moment the answer is read, anybody can read the row', async () => {
    const hub = await openHub(backend);
    const other = await otherConnection(hub);
    const told = await Promise.all(
      numbered('ACK', 300).map(async (sn) => {
        const answer = await push(hub, hub.url, sn);
        return { answer: answer?.status, kept: await keptIn(other, [sn]) };
      }),
    );
    expect(told).toEqual(told.map(() => ({ answer: 200, kept: 1 })));
  });

  test('also when the process that gave it is killed right afterwards', async () => {
    const outside = await startOutside({ backend });
    onTestFinished(() => outside.stop());
    const door = await outside.start('api');
    const acknowledged: string[] = [];
    let broken = 0;
    const all = numbered('KILL', 400);
    const knocks = all.map(async (sn) => {
      const answer = await push(outside, outside.url, sn);
      if (answer?.status === 200) acknowledged.push(sn);
      else broken += 1;
      if (acknowledged.length === 120) void door.kill();
    });
    await Promise.all(knocks);
    expect((await door.ended).signal).toBe('SIGKILL');
    expect(acknowledged.length).toBeGreaterThanOrEqual(120);
    expect(await keptIn(outside.database, acknowledged)).toBe(acknowledged.length);
    // What got no answer may or may not be there; the vendor tells it again, and then it is.
    expect(broken).toBe(all.length - acknowledged.length);
    await outside.openDoor();
    const answers = await Promise.all(all.map((sn) => push(outside, outside.url, sn)));
    expect(answers.every((answer) => answer?.status === 200)).toBe(true);
    expect(await keptIn(outside.database, all)).toBe(400);
  });

  test('no database, no acknowledgement', async () => {
    const hub = await openHub(backend);
    const other = await otherConnection(hub);
    // The statement fails.
    await other.query('alter table inbox rename to inbox_away');
    const failed = await Promise.all(numbered('GONE', 20).map((sn) => push(hub, hub.url, sn)));
    expect(failed.filter((answer) => answer === undefined || answer.status < 500)).toEqual([]);
    for (const answer of failed) {
      expect(answer?.contentType).toBe('application/problem+json');
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({
        status: answer?.status,
        code: 'internal.unexpected',
      });
      // Nor does the vendor learn anything about our inside.
      expect(answer?.body).not.toMatch(/inbox|relation/);
    }
    await other.query('alter table inbox_away rename to inbox');
    expect(await keptIn(other, numbered('GONE', 20))).toBe(0);
    // The connection is lost in the middle of the statement, again and again until every knock is answered.
    const lost = await whileLocked(other, 'inbox', async () => {
      const knocks = Promise.all(numbered('LOST', 20).map((sn) => push(hub, hub.url, sn)));
      let answered = false;
      void knocks.finally(() => {
        answered = true;
      });
      await until('every knock is answered', async () => {
        await other.query(
          `select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'inbox'::regclass`,
        );
        return answered;
      });
      return knocks;
    });
    expect(lost.filter((answer) => answer === undefined || answer.status < 500)).toEqual([]);
    expect(await keptIn(other, numbered('LOST', 20))).toBe(0);
    // The vendor tells it again, and now it is kept.
    expect((await push(hub, hub.url, 'GONE-0'))?.status).toBe(200);
    expect(await keptIn(other, ['GONE-0'])).toBe(1);
  });

  test('nothing is acknowledged while the row cannot be committed', async () => {
    const hub = await openHub(backend);
    const other = await otherConnection(hub);
    const acknowledged: unknown[] = [];
    const all = numbered('HELD', 20);
    let knocks: Promise<unknown> = Promise.resolve();
    await whileLocked(other, 'inbox', async () => {
      knocks = Promise.all(all.map(async (sn) => acknowledged.push((await push(hub, hub.url, sn))?.status)));
      await until('an insert waits', async () => {
        const waiting = await other.query(
          `select 1 from pg_locks where not granted and relation = 'inbox'::regclass`,
        );
        return waiting.rowCount > 0;
      });
      // The door itself is open meanwhile.
      expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
      expect(acknowledged).toEqual([]);
    });
    await knocks;
    expect(acknowledged).toEqual(all.map(() => 200));
    expect(await keptIn(other, all)).toBe(all.length);
  });

  test('a message that comes twice is kept or recognised, also when its first time failed', async () => {
    const hub = await openHub(backend);
    const other = await otherConnection(hub);
    const twice = () => Promise.all([1, 2].map(() => push(hub, hub.url, 'TWICE')));
    expect((await twice()).map((answer) => answer?.status)).toEqual([200, 200]);
    expect(await keptIn(other, ['TWICE'])).toBe(1);
    // A confirm of the warehouse carries a number of its own, so the hub knows it again.
    const { query, headers, body } = callbackRequest(confirmOf('SO-1', { outBizCode: 'CONFIRM-1' }));
    const confirm = async () =>
      (await fetch(`${hub.url}/hooks/wms?${query}`, { method: 'POST', headers, body: Buffer.from(body) }))
        .status;
    await other.query('alter table inbox rename to inbox_away');
    expect(await confirm()).toBe(500);
    await other.query('alter table inbox_away rename to inbox');
    expect(await Promise.all([confirm(), confirm()])).toEqual([200, 200]);
    expect(await confirm()).toBe(200);
    const confirms = await other.query(`select 1 from inbox where connection = 'wms'`);
    expect(confirms.rowCount).toBe(1);
  });

  if (backend === 'redis') {
    test('while Redis is gone acknowledgements are as fast as ever, and the work is done', async () => {
      const outside = await startOutside({ backend });
      onTestFinished(() => outside.stop());
      const [door] = await Promise.all([outside.openDoor(), outside.start('worker')]);
      const signUp = (from: number, count: number): readonly string[] =>
        outside.pos.seedCustomers(
          'S01',
          numbered('M', from + count)
            .slice(from)
            .map((number) => ({ number, name: `会员${number}`, phone: '13900000000' })),
        );
      const tell = async (members: readonly string[]): Promise<number[]> => {
        const took: number[] = [];
        for (const customerUid of members) {
          const { headers, body } = outside.pos.signedPush('S01', 'customer.new', { customerUid });
          const began = performance.now();
          const answer = await fetch(`${door.url}/hooks/pos`, { method: 'POST', headers, body });
          took.push(performance.now() - began);
          expect(answer.status).toBe(200);
        }
        return took.sort((a, b) => a - b);
      };
      const done = async (members: readonly string[]): Promise<boolean> => {
        const open = await outside.database.query(
          `select 1 from inbox where remote_id = any($1) and state not in ('done', 'dropped')`,
          [members.map((id) => `S01/${id}`)],
        );
        return open.rowCount === 0 && (await keptIn(outside.database, members)) === members.length;
      };
      await outside.redis?.kill();
      const gone = signUp(0, 50);
      const took = await tell(gone);
      expect(took[Math.ceil(took.length * 0.99) - 1]).toBeLessThan(1_000);
      await until('the sweep has found the work', () => done(gone));
      await outside.redis?.start();
      const back = signUp(50, 5);
      await tell(back);
      await until('work goes on', () => done(back));
    });
  }

  test('a queue that is dead or stuck is not waited for', async () => {
    const hub = await openHub(backend);
    const other = await otherConnection(hub);
    const all = numbered('DEAD', 50);
    const knock = async (): Promise<(Answer | undefined)[]> => {
      const answers: (Answer | undefined)[] = [];
      for (const sn of all) answers.push(await push(hub, hub.url, sn));
      return answers;
    };
    let answers: (Answer | undefined)[];
    if (hub.redis) {
      await hub.redis.kill();
      answers = await knock();
    } else {
      // Held until all are answered: an answer that waited for the queue would never come.
      answers = await whileLocked(other, `${hub.options.schema}_queue.job`, knock);
    }
    expect(answers.map((answer) => answer?.status)).toEqual(answers.map(() => 200));
    const times = answers.map((answer) => answer?.tookMs ?? Number.POSITIVE_INFINITY).sort((x, y) => x - y);
    expect(times[Math.ceil(times.length * 0.99) - 1]).toBeLessThan(1_000);
    expect(await keptIn(other, all)).toBe(all.length);
    await hub.redis?.start();
  });
});

/** A door without workers: what it takes in stays as it came. */
async function openHub(backend: 'postgres' | 'redis'): Promise<TestHub> {
  const hub = await startTestHub({ backend, role: 'api', seed: false });
  onTestFinished(() => hub.stop());
  return hub;
}

/** A connection of somebody else: sees only what is committed. */
async function otherConnection(hub: TestHub): Promise<Database> {
  const { schema } = hub.database;
  const url = hub.options.databaseUrl ?? '';
  const database = await openDatabase({ url, schema, max: 4, idleInTransactionMs: 0 });
  onTestFinished(() => database.close());
  return database;
}

/** Pushes the news of a ticket as Pospal does. */
async function push(
  { pos }: { readonly pos: PospalSimulator },
  url: string,
  sn: string,
): Promise<Answer | undefined> {
  const { headers, body } = pos.signedPush('S01', 'ticket.new', { sn });
  const began = performance.now();
  try {
    const response = await fetch(`${url}/hooks/pos`, { method: 'POST', headers, body });
    const contentType = response.headers.get('content-type');
    const tookMs = performance.now() - began;
    return { status: response.status, contentType, body: await response.text(), tookMs };
  } catch {
    // The other side went away in the middle: the vendor was told nothing.
    return undefined;
  }
}

async function keptIn(database: Database, numbers: readonly string[]): Promise<number> {
  const found = await database.query<{ n: number }>(
    'select count(distinct remote_id)::int as n from inbox where remote_id = any($1::text[])',
    [numbers.map((sn) => `S01/${sn}`)],
  );
  return found.rows[0]?.n ?? 0;
}

/** Holds a table so that nobody else gets at it. */
function whileLocked<T>(database: Database, table: string, run: () => Promise<T>): Promise<T> {
  return database.transaction(async (sql) => {
    await sql.query(`lock table ${table} in access exclusive mode`);
    return run();
  });
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}
