/**
 * Connectors whose system counts no calls: a database has connections, of which one is used at a time here, and a folder
 * has nothing. What they do with rows is held against a loop by hand with the same libraries.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import pg from 'pg';
import file from '../../connectors/file/index.ts';
import type { Connector, ConnectorSession, JsonObject, WriteItem } from '../../connectors/kit/index.ts';
import sql from '../../connectors/sql/index.ts';
import { startTemporary } from '../../src/ledger/embedded/temporary.ts';
import { round } from '../figures.ts';
import type { Way } from './work.ts';

export interface RowRun {
  readonly connector: string;
  readonly way: Way;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** The loop by hand. */
  readonly byHand: number;
  /** Rows a second, as a share of those of the loop by hand. */
  readonly ratio: number;
}

const object = 'thing';
const pageSize = 500;
const signal = new AbortController().signal;

interface Row {
  readonly code: string;
  readonly name: string;
  readonly price: string;
  readonly changed: string;
}

/** Rows through `sql` and `file`, and by hand; the one after the other, so that a busy machine slows both. */
export async function benchRows(count: number, only?: string): Promise<readonly RowRun[]> {
  const runs: RowRun[] = [];
  if (only === undefined || only === 'sql') runs.push(...(await throughSql(count)));
  if (only === undefined || only === 'file') runs.push(...(await throughFile(count)));
  return runs;
}

async function throughSql(count: number): Promise<readonly RowRun[]> {
  const server = await startTemporary();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const url = new URL(server.url);
  const columns = 'code text primary key, name text, price numeric(12, 2), changed timestamptz not null';
  await client.query(`create table thing (${columns}); create table by_hand (${columns})`);
  const session = opened(
    sql,
    {
      ...{ dialect: 'postgres', host: url.hostname, port: Number(url.port) },
      ...{ database: url.pathname.slice(1), user: decodeURIComponent(url.username) },
      objects: { [object]: { table: 'thing', key: 'code', changed: { column: 'changed' }, pageSize } },
    },
    { password: decodeURIComponent(url.password) },
  );
  try {
    const rows = invented(count);
    const write = await race(
      () => writeThrough(session, rows, 1),
      async () => {
        for (const { code, name, price, changed } of rows) {
          await client.query(
            `insert into by_hand (code, name, price, changed) values ($1, $2, $3, $4)
             on conflict (code) do update set name = $2, price = $3, changed = $4`,
            [code, name, price, changed],
          );
        }
      },
    );
    const read = await race(
      () => readThrough(session, count),
      async () => {
        let last: Row | undefined;
        for (let got = 0; got < count; ) {
          const found = await client.query<Row>(
            `select code, name, price::text, changed::text from by_hand
             where $1::text is null or (changed, code) > ($1::timestamptz, $2) order by changed, code limit ${pageSize}`,
            [last?.changed ?? null, last?.code ?? null],
          );
          last = found.rows.at(-1);
          got += found.rows.length;
          if (!last) throw new Error(`${count - got} rows were not told.`);
        }
      },
    );
    return [runOf('sql', 'write', count, write), runOf('sql', 'read', count, read)];
  } finally {
    await session.close();
    await client.end();
    await server.stop();
  }
}

async function throughFile(count: number): Promise<readonly RowRun[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-rows-'));
  const rows = invented(count);
  const columns = ['code', 'name', 'price', 'changed'];
  const session = opened(
    file,
    {
      place: { type: 'folder', path: folder },
      objects: {
        [object]: {
          ...{ files: 'in.csv', id: 'code', columns, settleMs: 0, pageSize },
          write: { file: 'out-{{time}}.csv', as: 'drop' },
        },
      },
    },
    {},
  );
  try {
    const lines = rows.map((row) => columns.map((column) => row[column as keyof Row]).join(','));
    await writeFile(path.join(folder, 'in.csv'), `${[columns.join(','), ...lines].join('\n')}\n`);
    const read = await race(
      () => readThrough(session, count),
      async () => {
        let got = 0;
        const parser = createReadStream(path.join(folder, 'in.csv')).pipe(parse({ columns: true }));
        for await (const _row of parser) got += 1;
        if (got !== count) throw new Error(`${count - got} rows were not told.`);
      },
    );
    const write = await race(
      () => writeThrough(session, rows, pageSize),
      () =>
        pipeline(
          Readable.from(rows),
          stringify({ header: true, columns }),
          createWriteStream(path.join(folder, 'by-hand.csv')),
        ),
    );
    return [runOf('file', 'write', count, write), runOf('file', 'read', count, read)];
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function opened<Config, Secrets>(
  connector: Connector<Config, Secrets>,
  config: JsonObject,
  secrets: JsonObject,
): ConnectorSession {
  return connector.open({
    connection: 'rows',
    config: connector.config.parse(config),
    secrets: connector.secrets.parse(secrets),
    now: Date.now,
  });
}

async function readThrough({ objects }: ConnectorSession, count: number): Promise<void> {
  const seen = new Set<string>();
  for (let cursor: JsonObject | undefined; ; ) {
    const page = await objects[object]?.list?.({ ...(cursor ? { cursor } : {}), signal });
    for (const { remoteId } of page?.items ?? []) seen.add(remoteId);
    if (page?.more !== true) break;
    cursor = page.cursor;
  }
  if (seen.size !== count) throw new Error(`${count - seen.size} rows were not told.`);
}

async function writeThrough(
  { objects }: ConnectorSession,
  rows: readonly Row[],
  batch: number,
): Promise<void> {
  const items = rows.map((row): WriteItem => ({ key: row.code, body: { ...row } }));
  for (let from = 0; from < items.length; from += batch) {
    const results = await objects[object]?.write?.({
      ...{ step: 'create', items: items.slice(from, from + batch), signal },
    });
    const failed = results?.find((result) => !result.ok);
    if (!results || failed) throw new Error(`A row was not written: ${JSON.stringify(failed)}`);
  }
}

/** Seconds of the one and of the other. */
async function race(connector: () => Promise<void>, byHand: () => Promise<void>): Promise<[number, number]> {
  const seconds: number[] = [];
  for (const run of [connector, byHand]) {
    const began = performance.now();
    await run();
    seconds.push((performance.now() - began) / 1000);
  }
  return seconds as [number, number];
}

function runOf(connector: string, way: Way, rows: number, [mine, byHand]: readonly [number, number]): RowRun {
  return {
    ...{ connector, way, rows },
    rowsPerSecond: round(rows / mine),
    byHand: round(rows / byHand),
    ratio: round(byHand / mine),
  };
}

function invented(count: number): Row[] {
  const first = Date.UTC(2026, 0, 1);
  return Array.from({ length: count }, (_none, at) => ({
    code: `R-${String(at + 1).padStart(7, '0')}`,
    name: `龙井 ${at + 1}`,
    price: `${at % 500}.90`,
    changed: new Date(first + Math.floor(at / 5) * 1000).toISOString(),
  }));
}
