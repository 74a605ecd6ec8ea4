import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { ownDatabase } from '../../tests/support/own-database.ts';
import { isHubError } from '../errors.ts';
import { type Database, fixedPlans, isRepeatable, openDatabase, type Queryable } from './database.ts';
import { migrate } from './migrate.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const url = inject('databaseUrl');
const schemas: string[] = [];
const open: Database[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});
afterAll(async () => {
  const opened = await openDatabase({ url, schema: 'public', max: 1 });
  for (const schema of schemas) await opened.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await opened.close();
});

interface Options {
  readonly schema?: string;
  readonly max?: number;
  readonly idleInTransactionMs?: number;
  readonly applicationName?: string;
}

async function database(options: Options = {}) {
  const schema = `test_${process.pid}_${schemas.length}`;
  schemas.push(schema);
  const opened = await openDatabase({ url, schema, ...options });
  open.push(opened);
  return opened;
}

const first = {
  id: '0001-notes',
  sql: 'CREATE TABLE notes (id bigint PRIMARY KEY, text text); CREATE INDEX ON notes (text)',
};
const second = { id: '0002-stars', sql: 'ALTER TABLE notes ADD COLUMN stars int NOT NULL DEFAULT 0' };

describe('the database', () => {
  test('compiles no statements, whatever the server is set to: they take milliseconds', async () => {
    const own = await ownDatabase(url);
    onTestFinished(() => own.drop());
    const opened = await openDatabase({ url: own.url, max: 1 });
    await opened.query(`alter database ${own.name} set jit = on`);
    await opened.close();
    const again = await openDatabase({ url: own.url, max: 1 });
    const { rows } = await again.query('show jit');
    await again.close();
    expect(rows).toEqual([{ jit: 'off' }]);
  });

  test('gives back numbers, texts and times in the shapes the hub uses', async () => {
    const { query } = await database();
    const { rows } = await query(
      `SELECT 9007199254740991::int8 AS id, 9007199254740993::int8 AS beyond, 12.50::numeric AS amount,
        '2026-11-21T08:00:00Z'::timestamptz AS at, '2026-11-21'::date AS day, ARRAY[1,2]::int8[] AS ids,
        '{}'::int8[] AS none, '{"a": 1}'::jsonb AS body, '\\x00ff'::bytea AS bytes, count(*) AS n, $1::text AS given`,
      ['单'],
    );
    expect(rows).toEqual([
      {
        id: 9007199254740991,
        beyond: 9007199254740993n,
        amount: '12.50',
        at: new Date('2026-11-21T08:00:00Z'),
        day: '2026-11-21',
        ids: [1, 2],
        none: [],
        body: { a: 1 },
        bytes: Buffer.from([0, 255]),
        n: 1,
        given: '单',
      },
    ]);
  });

  test('keeps a transaction whole: all of it or nothing', async () => {
    const db = await database();
    await migrate(db, [first]);
    await db.transaction((t) => t.query('INSERT INTO notes VALUES (1, $1)', ['kept']));
    const failing = db.transaction(async (t) => {
      await t.query("INSERT INTO notes VALUES (2, 'lost')");
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await db.query('SELECT id FROM notes')).rows).toEqual([{ id: 1 }]);
    expect(db.pool.waiting).toBe(0);
  });

  test('plans a statement once where a transaction says so, and for the values at hand elsewhere', async () => {
    const db = await database({ max: 1 });
    const find = (to: Queryable) => to.query({ name: 'find', text: 'SELECT $1::int AS found' }, [1]);
    const plans = async () =>
      (await db.query('SELECT generic_plans, custom_plans FROM pg_prepared_statements')).rows;
    for (let n = 0; n < 2; n += 1) await db.transaction(find, fixedPlans);
    expect(await plans()).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
    await db.transaction(find);
    await find(db);
    expect(await plans()).toEqual([{ generic_plans: 2, custom_plans: 2 }]);
  });

  test('runs a transaction again after a deadlock, until both have gone through', async () => {
    const db = await database();
    await migrate(db, [first]);
    await db.query("INSERT INTO notes VALUES (1, ''), (2, '')");
    let runs = 0;
    let arrived = 0;
    let through: () => void = () => undefined;
    const oneIsThrough = new Promise<void>((resolve) => {
      through = resolve;
    });
    let release: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const cross = (from: number, to: number) =>
      db.transaction(async (t) => {
        // The one that was refused begins anew when the other is done: else the two might meet again.
        if (++runs > 2) await oneIsThrough;
        await t.query({ name: 'append', text: "UPDATE notes SET text = text || 'x' WHERE id = $1" }, [from]);
        if (++arrived === 2) release();
        await both;
        await t.query({ name: 'append', text: "UPDATE notes SET text = text || 'x' WHERE id = $1" }, [to]);
      });
    await Promise.all([cross(1, 2).then(through), cross(2, 1).then(through)]);
    expect(runs).toBe(3);
    expect((await db.query('SELECT text FROM notes')).rows).toEqual([{ text: 'xx' }, { text: 'xx' }]);
  });

  test('gives up on a transaction that is always refused, and on other errors at once', async () => {
    const db = await database();
    let runs = 0;
    const refused = db.transaction(
      async (t) => {
        runs++;
        await t.query("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$");
      },
      { retry: 2 },
    );
    await expect(refused).rejects.toSatisfy(isRepeatable);
    expect(runs).toBe(3);
    await expect(db.query('SELECT nonsense')).rejects.toSatisfy((error) => !isRepeatable(error));
  });

  test('outlives connections that the server ends, idle or in the middle of a transaction', async () => {
    // A name of its own: other tests use the same server meanwhile.
    const applicationName = `ended ${process.pid}`;
    const db = await database({ max: 2, applicationName });
    const killOthers =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()';
    const interrupted = db.transaction(async (t) => {
      await db.query(killOthers, [applicationName]);
      await t.query('SELECT 1');
    });
    await expect(interrupted).rejects.toThrow();
    expect((await db.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('a transaction of a frozen process loses its locks after a while', async () => {
    const db = await database({ idleInTransactionMs: 50 });
    const frozen = db.transaction(async (t) => {
      await t.query('SELECT pg_advisory_xact_lock(77)');
      // Waits on another connection until the server has ended this one.
      await db.query('SELECT pg_advisory_lock(77)');
      await t.query('SELECT 1');
    });
    await expect(frozen).rejects.toThrow();
  });
});

describe('migrations', () => {
  test('are applied once and in order, also by processes that start together', async () => {
    const db = await database();
    const again = await database({ schema: db.schema });
    const outcomes = await Promise.all([migrate(db, [first]), migrate(again, [first])]);
    expect(outcomes.flat()).toEqual(['0001-notes']);
    expect(await migrate(db, [first, second])).toEqual(['0002-stars']);
    expect(await migrate(db, [first, second])).toEqual([]);
    await db.query('INSERT INTO notes (id, stars) VALUES (1, 5)');
  });

  test('that fail leave the database as it was, and say which', async () => {
    const db = await database();
    const broken = { id: '0002-broken', sql: 'CREATE TABLE half (id int); SELECT nonsense' };
    await expect(migrate(db, [first, broken])).rejects.toThrow(/Migration 0002-broken failed: .*nonsense/);
    expect(
      (await db.query("SELECT to_regclass('half') AS half, to_regclass('notes')::text AS notes")).rows,
    ).toEqual([{ half: null, notes: 'notes' }]);
  });

  test('of a newer build are refused', async () => {
    const db = await database();
    await migrate(db, [first, second]);
    const refused = await migrate(db, [first]).catch((error: unknown) => error);
    expect(isHubError(refused, 'database.newer-schema')).toBe(true);
    expect(String(refused)).toContain('0002-stars');
  });

  test('of two schemas do not see each other', async () => {
    const [one, other] = [await database(), await database()];
    await migrate(one, [first]);
    expect(await migrate(other, [first])).toEqual(['0001-notes']);
  });
});

describe('opening a database that cannot be used', () => {
  const refusal = async (url: string) => {
    const error = await openDatabase({ url }).catch((thrown: unknown) => thrown);
    if (!isHubError(error)) throw error;
    expect(error.message).not.toContain('hush-hush');
    return error;
  };

  test('says which of address, reach, password and version is wrong, never the password', async () => {
    expect((await refusal('mysql://u:hush-hush@h/x')).code).toBe('database.bad-url');
    expect((await refusal('nonsense')).code).toBe('database.bad-url');
    expect((await refusal('postgres://u:hush-hush@127.0.0.1:1/x')).code).toBe('database.unreachable');
    const wrong = new URL(url);
    wrong.password = 'hush-hush';
    expect((await refusal(wrong.href)).code).toBe('database.refused');
    const missing = new URL(url);
    missing.pathname = '/nowhere';
    expect((await refusal(missing.href)).message).toMatch(/refused the connection: database "nowhere"/);
  });

  test('refuses a server older than 14', async () => {
    const { server, port } = await oldServer('130011');
    try {
      const error = await refusal(`postgres://u:hush-hush@127.0.0.1:${port}/x`);
      expect(error.message).toBe('The database is PostgreSQL 13, and the hub needs 14 or newer.');
    } finally {
      server.close();
    }
  });
});

/** Answers every question with one row of one column: enough of the protocol to look like an old server. */
function oldServer(version: string): Promise<{ server: Server; port: number }> {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const ready = message('Z', Buffer.from('I'));
  const answer = Buffer.concat([
    message(
      'T',
      Buffer.concat([
        Buffer.from([0, 1]),
        Buffer.from('version\0'),
        Buffer.alloc(9),
        Buffer.from([25, 255, 255, 255, 255, 255, 255, 0, 0]),
      ]),
    ),
    message('D', Buffer.concat([Buffer.from([0, 1, 0, 0, 0, version.length]), Buffer.from(version)])),
    message('C', Buffer.from('SELECT 1\0')),
    ready,
  ]);
  const server = createServer((socket: Socket) => {
    let started = false;
    socket.on('data', (data) => {
      if (!started) socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      else if (data[0] === 'Q'.charCodeAt(0)) socket.write(answer);
      started = true;
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
}
