import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type OwnDatabase, ownDatabase } from '../../tests/support/own-database.ts';
import { isHubError } from '../errors.ts';
import { Bell } from './bell.ts';
import { hasRedis, type RedisServer, startRedis } from './fixture-redis.ts';
import { openQueue, type Queue, type QueueSettings } from './index.ts';
import { Counters } from './queue.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const open: Queue[] = [];
let prefixes = 0;
afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close()));
});

async function opened(settings: QueueSettings): Promise<Queue> {
  const queue = await openQueue(settings);
  open.push(queue);
  return queue;
}

/** Collects what a listener hears, and rings until it hears it again. */
function ear() {
  const heard: string[] = [];
  return {
    heard,
    listen: (lane: string) => void heard.push(lane),
    has: (lane: string, times = 1) =>
      vi.waitUntil(() => heard.filter((each) => each === lane).length >= times, {
        timeout: 10_000,
        interval: 5,
      }),
    /** Rings every 100 ms, as traffic would, and tells how long it took to be heard, milliseconds. */
    async hears(queue: Queue, lane: string): Promise<number> {
      const began = Date.now();
      const ringing = setInterval(() => queue.ring(lane), 100);
      try {
        await this.has(lane);
      } finally {
        clearInterval(ringing);
      }
      return Date.now() - began;
    },
  };
}

interface Side {
  readonly kind: Queue['kind'];
  settings(): QueueSettings;
  wipe(): Promise<void>;
  interrupt(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function redisSide(): Side {
  let server: RedisServer;
  return {
    kind: 'redis',
    settings: () => ({ redisUrl: server.url, prefix: `test${++prefixes}` }),
    wipe: () => server.flush(),
    async interrupt() {
      await server.kill();
      await server.start();
    },
    async start() {
      server = await startRedis();
    },
    stop: () => server.stop(),
  };
}

function postgresSide(): Side {
  let server: OwnDatabase;
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  return {
    kind: 'postgres',
    settings: () => ({ databaseUrl: server.url, prefix: `test${++prefixes}` }),
    wipe: () =>
      run('TRUNCATE lianhub_queue.job, lianhub_queue.meta, lianhub_queue.dedup, lianhub_queue.event CASCADE'),
    interrupt: () =>
      run(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
      ),
    async start() {
      server = await ownDatabase(inject('databaseUrl'));
    },
    stop: () => server.drop(),
  };
}

describe.each([postgresSide(), ...(hasRedis() ? [redisSide()] : [])])('the queue over $kind', (side) => {
  beforeAll(() => side.start());
  afterAll(() => side.stop());

  test('brings rings from one process to a listener in another, each lane once', async () => {
    const settings = side.settings();
    const [ringer, listener] = [await opened(settings), await opened(settings)];
    const { heard, listen, has } = ear();
    await listener.listen(listen, 4);
    for (let i = 0; i < 100; i++) {
      ringer.ring('apply/pos/0');
      ringer.ring('push/erp/order/1');
    }
    await Promise.all([has('apply/pos/0'), has('push/erp/order/1')]);
    expect(ringer.kind).toBe(side.kind);
    expect(ringer.stats).toMatchObject({ rung: 200, sent: 2, errors: 0 });
    expect(heard.toSorted()).toEqual(['apply/pos/0', 'push/erp/order/1']);
  });

  test('drops a second ring within the throttle, whoever rang, and lets a later one through', async () => {
    const settings = side.settings();
    const [one, other] = [await opened(settings), await opened(settings)];
    const { heard, listen, has } = ear();
    one.ring('lane');
    other.ring('lane');
    await vi.waitUntil(() => one.stats.sent + other.stats.sent === 2, { interval: 1 });
    await one.listen(listen, 1);
    await has('lane');
    const before = heard.length;
    await vi.waitUntil(
      () => {
        one.ring('lane');
        return heard.length > before;
      },
      { interval: 60, timeout: 5_000 },
    );
    expect(before).toBe(1);
  });

  test('goes on after everything in it was wiped', async () => {
    const queue = await opened(side.settings());
    const listening = ear();
    await queue.listen(listening.listen, 2);
    queue.ring('before');
    await listening.has('before');
    await side.wipe();
    expect(await listening.hears(queue, 'after')).toBeLessThan(2_000);
  });

  test('goes on after its server was restarted', async () => {
    const queue = await opened(side.settings());
    const listening = ear();
    await queue.listen(listening.listen, 2);
    queue.ring('before');
    await listening.has('before');
    await side.interrupt();
    expect(await listening.hears(queue, 'after')).toBeLessThan(3_000);
    expect(await listening.hears(queue, 'and on')).toBeLessThan(1_000);
  });

  test('a handler that throws costs its own ring only', async () => {
    const queue = await opened(side.settings());
    const listening = ear();
    await queue.listen(async (lane) => {
      listening.listen(lane);
      if (lane === 'bad') throw new Error('handler failed');
    }, 1);
    queue.ring('bad');
    queue.ring('good');
    await Promise.all([listening.has('bad'), listening.has('good')]);
    queue.ring('later');
    await listening.has('later');
    expect(listening.heard.filter((lane) => lane === 'bad')).toHaveLength(1);
  });

  test('closing waits for the handler that runs, and nothing is heard after it', async () => {
    const queue = await opened(side.settings());
    const listening = ear();
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let done = false;
    await queue.listen(async (lane) => {
      listening.listen(lane);
      await gate;
      done = true;
    }, 1);
    queue.ring('slow');
    await listening.has('slow');
    const closed = queue.close();
    finish();
    await closed;
    expect(done).toBe(true);
    queue.ring('too late');
    expect(queue.stats.errors).toBe(0);
  });
});

describe('opening a queue', () => {
  const refusal = async (settings: QueueSettings) => {
    const error = await openQueue(settings).catch((thrown: unknown) => thrown);
    if (!isHubError(error)) throw error;
    return error;
  };

  test('that cannot be used says why, without the password', async () => {
    expect((await refusal({ redisUrl: 'http://x' })).code).toBe('queue.bad-url');
    expect((await refusal({})).code).toBe('database.bad-url');
    const nowhere = await refusal({ databaseUrl: 'postgres://u:hush-hush@127.0.0.1:1/x' });
    expect(nowhere.code).toBe('queue.unreachable');
    expect(nowhere.message).toContain('127.0.0.1:1/x');
    expect(nowhere.message).not.toContain('hush-hush');
  });
});

describe('the bell', () => {
  test('keeps gathering while a hand-over is slow, and loses only what fails', async () => {
    const counters = new Counters();
    const sent: string[][] = [];
    let release: () => void = () => undefined;
    const bell = new Bell({
      counters,
      gatherMs: 1,
      patienceMs: 10_000,
      send(lanes) {
        sent.push([...lanes]);
        if (sent.length === 2) return Promise.reject(new Error('refused'));
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
    });
    bell.ring('a');
    await vi.waitUntil(() => sent.length === 1, { interval: 1 });
    for (let i = 0; i < 10; i++) bell.ring(i % 2 === 0 ? 'b' : 'c');
    release();
    await vi.waitUntil(() => counters.errors === 2, { interval: 1 });
    bell.ring('d');
    await vi.waitUntil(() => sent.length === 3, { interval: 1 });
    release();
    await bell.close();
    expect(sent).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(counters).toMatchObject({ rung: 12, sent: 2, errors: 2, lastError: 'refused' });
  });

  test('does not wait for ever for a queue that never answers', async () => {
    const counters = new Counters();
    let calls = 0;
    const bell = new Bell({
      counters,
      gatherMs: 1,
      patienceMs: 20,
      send: () => (++calls === 1 ? new Promise(() => undefined) : Promise.resolve()),
    });
    bell.ring('a');
    await vi.waitUntil(() => counters.errors === 1, { interval: 1 });
    bell.ring('b');
    await vi.waitUntil(() => counters.sent === 1, { interval: 1 });
    await bell.close();
  });
});
