import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ConnectorSession, JsonObject, WriteResult } from '../connectors/kit/index.ts';
import { connectors, simulators } from '../connectors/registry.ts';
import sql from '../connectors/sql/index.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { silentLogger } from '../src/log.ts';
import { blocksOf } from './guides/examples.ts';
import { dropSchemas, until } from './harness.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './support/mariadb.ts';

const schema = `t_${randomBytes(6).toString('hex')}`;
/** The tables of PostgreSQL that play the other system. */
const theirs = `${schema}_theirs`;
const url = new URL(inject('databaseUrl'));
const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const isHere = hasMariaDb();
let postgres: Database;
let mariadb: MariaDb | undefined;
let maria: mysql.Connection;

/** One of the two, as a test sees it: a session on one table, and the table behind its back. */
interface Bench {
  readonly name: string;
  open(objects: JsonObject, changes?: { secrets?: JsonObject }): ConnectorSession;
  run(text: string): Promise<JsonObject[]>;
  /** `decimal` and a clock column in this dialect. */
  readonly clock: string;
}

const benches: Bench[] = [
  {
    name: 'PostgreSQL',
    clock: 'timestamptz',
    open: (objects, { secrets } = {}) =>
      opened(
        {
          dialect: 'postgres',
          host: url.hostname,
          port: Number(url.port),
          database: url.pathname.slice(1),
          user: decodeURIComponent(url.username),
          schema: theirs,
          objects,
        },
        secrets ?? { password: decodeURIComponent(url.password) },
      ),
    run: async (text) => (await postgres.query<JsonObject>(text)).rows,
  },
  ...(isHere
    ? [
        {
          name: 'MariaDB',
          clock: 'datetime(6)',
          open: (objects: JsonObject, { secrets }: { secrets?: JsonObject } = {}) =>
            opened(
              {
                dialect: 'mysql',
                host: '127.0.0.1',
                port: mariadb?.port ?? 0,
                database: 'trade',
                user: 'hub',
                objects,
              },
              secrets ?? { password: mariadb?.password ?? '' },
            ),
          run: async (text: string) => {
            const [rows] = await maria.query(text);
            return rows as JsonObject[];
          },
        },
      ]
    : []),
];

function opened(config: JsonObject, secrets: JsonObject): ConnectorSession {
  return sql.open({
    connection: 'their',
    config: sql.config.parse(config),
    secrets: sql.secrets.parse(secrets),
    now: Date.now,
  });
}

async function listAll(
  session: ConnectorSession,
  from?: JsonObject,
): Promise<{ ids: string[]; gone: string[]; cursor: JsonObject; pages: number }> {
  const told: { ids: string[]; gone: string[] } = { ids: [], gone: [] };
  let cursor = from;
  for (let pages = 1; ; pages++) {
    const page = await session.objects.thing?.list?.({ signal: signal(), ...(cursor ? { cursor } : {}) });
    if (!page) throw new Error('no list');
    for (const item of page.items) (item.deleted ? told.gone : told.ids).push(item.remoteId);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { ...told, cursor, pages };
  }
}

beforeAll(async () => {
  postgres = await openDatabase({ url: url.href, schema: theirs, max: 2 });
  await postgres.query(`create schema ${theirs}`);
  if (!isHere) return;
  mariadb = await startMariaDb();
  const { port, user, password, database } = mariadb;
  maria = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user,
    password,
    database,
    multipleStatements: true,
  });
  await maria.query("set time_zone = '+00:00'");
});
afterAll(async () => {
  await postgres.query(`drop schema if exists ${theirs} cascade`);
  await postgres.close();
  await maria?.end();
  await mariadb?.stop();
});

describe.each(benches)('tables of $name', ({ open, run, clock, name }) => {
  const thing = {
    table: 'thing "?',
    key: 'id',
    unique: 'code',
    number: 'code',
    pageSize: 10,
    changed: { column: 'changed', zone: 'UTC', overlapMs: 0 },
    deleted: { column: 'gone', is: [1], live: 0 },
    remove: 'mark',
  };
  const quoted = name === 'MariaDB' ? '`thing "?`' : '"thing ""?"';
  const id =
    name === 'MariaDB'
      ? 'bigint auto_increment primary key'
      : 'bigint generated always as identity primary key';
  let session: ConnectorSession;

  const write = async (step: string, item: { remoteId?: string; body: JsonObject }): Promise<WriteResult> => {
    const results = await session.objects.thing?.write?.({
      step,
      items: [{ key: 'k', ...item }],
      signal: signal(),
    });
    return results?.[0] as WriteResult;
  };

  beforeAll(async () => {
    await run(`create table ${quoted} (id ${id}, code varchar(40) not null unique, name varchar(20), price decimal(30,10),
      gone int not null default 0, changed ${clock})`);
    session = open({ thing });
  });
  afterAll(() => session.close());

  test('are read in pages that cut through rows of one moment, those without a moment too, and then by what changed', async () => {
    const rows = Array.from(
      { length: 35 },
      (_, at) => `('L-${at}', ${at < 5 ? 'null' : `'2026-11-01 08:00:0${at < 25 ? 1 : 2}.123456'`})`,
    );
    await run(`insert into ${quoted} (code, changed) values ${rows.join(', ')}`);
    const first = await listAll(session);
    expect(new Set(first.ids).size).toBe(35);
    expect(first.ids).toHaveLength(35);
    await run(`update ${quoted} set gone = 1, changed = '2026-11-01 08:00:03' where code = 'L-7'`);
    await run(`insert into ${quoted} (code, changed) values ('L-new', '2026-11-01 08:00:02.123456')`);
    const later = await listAll(session, first.cursor);
    const idOf = async (code: string): Promise<string> =>
      String((await run(`select id from ${quoted} where code = '${code}'`))[0]?.id);
    expect(later.gone).toEqual([await idOf('L-7')]);
    expect(later.ids).toContain(await idOf('L-new'));
    expect(later.ids).toHaveLength(11);
  });

  test('are written by their unique index: sent twice, or by two at once, one row', async () => {
    const body = { code: 'W-1', name: '高山绿茶 🍵', price: '12345678901234567890.0123456789' };
    const both = await Promise.all([write('create', { body }), write('create', { body })]);
    // Who came second waited for the first and found its row, or was told to try again.
    for (const result of both)
      if (!result.ok) expect(result.decision).toMatchObject({ kind: 'retry', code: 'sql.locked' });
    const made = await write('create', { body });
    expect(made).toMatchObject({ ok: true, remoteNumber: 'W-1', answer: body });
    if (!made.ok) return;
    expect((await run(`select 1 from ${quoted} where code = 'W-1'`)).length).toBe(1);
    expect(
      await write('update', { remoteId: made.remoteId, body: { name: "O'Brien\\; drop" } }),
    ).toMatchObject({
      ok: true,
      answer: { code: 'W-1', name: "O'Brien\\; drop", price: '12345678901234567890.0123456789' },
    });
    const removed = await session.objects.thing?.remove?.({
      step: 'remove',
      items: [{ key: 'k', remoteId: made.remoteId, body: {} }],
      signal: signal(),
    });
    expect(removed).toMatchObject([{ ok: true }]);
    const hints = [{ object: 'thing', remoteId: made.remoteId }];
    expect(await session.objects.thing?.fetch?.({ hints, signal: signal() })).toMatchObject([
      { found: false, decision: { kind: 'absent' } },
    ]);
    // Made again, the mark is taken away.
    expect(await write('create', { body })).toMatchObject({
      ok: true,
      remoteId: made.remoteId,
      answer: { gone: 0 },
    });
  });

  test('refuse in their own words, and only what is wrong', async () => {
    expect(
      await write('create', { body: { code: 'X-1', name: 'a name that is longer than twenty' } }),
    ).toMatchObject({
      ok: false,
      decision: { kind: 'reject', message: expect.stringMatching(/too long/i) },
    });
    expect(await write('create', { body: { name: 'no code' } })).toMatchObject({
      decision: { kind: 'reject', code: 'sql.no-unique-value', field: 'code' },
    });
    expect(await write('create', { body: { code: 'X-2', colour: 'green' } })).toMatchObject({
      decision: { kind: 'reject', code: 'sql.no-column', message: expect.stringContaining('colour') },
    });
    expect(await write('update', { remoteId: '999999', body: { name: 'x' } })).toMatchObject({
      decision: { kind: 'absent' },
    });
    const other = open({ thing: { ...thing, unique: 'name' } });
    const refused = await other.objects.thing?.write?.({
      step: 'create',
      items: [{ key: 'k', body: { name: 'x' } }],
      signal: signal(),
    });
    expect(refused).toMatchObject([{ decision: { kind: 'fatal', code: 'sql.no-unique-index' } }]);
    await other.close();
  });

  test('a wrong table, column or password shows in the connection test, with the words of the database', async () => {
    const told = async (objects: JsonObject, secrets?: JsonObject): Promise<string> => {
      const tried = open(objects, secrets ? { secrets } : {});
      const result = await tried.test(signal());
      await tried.close();
      return `${result.ok}: ${result.message}`;
    };
    expect(await told({ thing })).toBe('true: The database answers; all 1 tables are there.');
    expect(await told({ thing: { ...thing, table: 'thng' } })).toMatch(
      /^false: .*thng.*check table and schema/,
    );
    expect(await told({ thing: { ...thing, number: 'no' } })).toMatch(/^false: .*no.*correct/);
    expect(await told({ thing }, { password: 'wrong-password' })).toMatch(
      /^false: .*check user and secrets.password/,
    );
  });
});

if (isHere)
  test('customers of a CRM on MariaDB and of a system on PostgreSQL stay in step, as the guide says', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-sql-'));
    for (const block of blocksOf(
      await readFile(path.join(packageRoot, 'docs/guides/sql-connector.md'), 'utf8'),
    )) {
      const [info = '', ...lines] = block.split('\n');
      const [language, place = ''] = info.split(' ');
      if (place === 'mariadb') await maria.query(lines.join('\n'));
      else if (place === 'postgres') await postgres.query(lines.join('\n'));
      else if (language === 'yaml') {
        await mkdir(path.dirname(path.join(folder, place)), { recursive: true });
        await writeFile(path.join(folder, place), lines.join('\n'));
      }
    }
    await maria.query("insert into customer (code, name, mobile) values ('C-1', '李雷', '13900000001')");
    await postgres.query("insert into client (client_no, full_name, grade) values ('C-2', '韩梅梅', 'gold')");
    const text = (await readFile(path.join(folder, 'hub.yaml'), 'utf8'))
      .replaceAll('poll: 1s', 'poll: 200ms')
      .replace('port: 3306', `port: ${mariadb?.port}`)
      .replace('port: 5432', `port: ${url.port}`)
      .replace('database: postgres', `database: ${url.pathname.slice(1)}`)
      .replace('user: lianhub', `user: ${decodeURIComponent(url.username)}`)
      .replace('schema: warehouse', `schema: ${theirs}`);
    const env = {
      CRM_HOST: '127.0.0.1',
      WMS_HOST: url.hostname,
      CRM_PASSWORD: mariadb?.password ?? '',
      WMS_PASSWORD: decodeURIComponent(url.password),
    };
    const read = readConfig({
      file: path.join(folder, 'hub.yaml'),
      text: `${text}\nserver: { port: 0 }\nlanes: { sweep: 200ms }\n`,
      env,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    let hub: Hub | undefined;
    try {
      hub = await startHub({
        config: read.config,
        openapiFolder: path.join(packageRoot, 'openapi'),
        connectors,
        simulators,
        dataDir: folder,
        databaseUrl: url.href,
        schema,
        log: silentLogger(),
      });
      const client = async (number: string): Promise<JsonObject | undefined> =>
        (
          await postgres.query<JsonObject>(
            'select *, deleted_at is not null as gone from client where client_no = $1',
            [number],
          )
        ).rows[0];
      const customer = async (code: string): Promise<JsonObject | undefined> => {
        const [rows] = await maria.query('select * from customer where code = ?', [code]);
        return (rows as JsonObject[])[0];
      };
      await until('each is on both sides', async () =>
        Boolean((await client('C-1')) && (await customer('C-2'))),
      );
      expect(await client('C-1')).toMatchObject({
        full_name: '李雷',
        phone: expect.stringContaining('13900000001'),
      });
      expect(await customer('C-2')).toMatchObject({ name: '韩梅梅', level: 'gold', is_deleted: 0 });
      await maria.query("update customer set level = 'silver' where code = 'C-1'");
      await postgres.query("update client set full_name = '韩梅' where client_no = 'C-2'");
      await until('changes are on the other side', async () => {
        const [one, two] = [await client('C-1'), await customer('C-2')];
        return one?.grade === 'silver' && two?.name === '韩梅';
      });
      await maria.query("update customer set is_deleted = 1 where code = 'C-2'");
      await until('the deletion is there too', async () => (await client('C-2'))?.gone === true);
    } finally {
      await hub?.stop();
      await dropSchemas(schema);
      await rm(folder, { recursive: true, force: true });
    }
  });
