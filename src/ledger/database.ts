/**
 * The hub's way to PostgreSQL: a pool, transactions that retry what may be retried, prepared statements.
 * Knows no table; statements live in the modules beside this one.
 *
 * Values come back as: int8 → number (bigint beyond 2^53), numeric → text, timestamptz → Date,
 * date → 'yyyy-mm-dd', json → parsed, bytea → Buffer.
 */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { HubError, reasonOf } from '../errors.ts';
import { redacted } from '../security/redact.ts';

/** Oldest PostgreSQL the hub's statements run on. */
export const oldestMajor = 14;

export type Row = Record<string, unknown>;

export interface Result<T> {
  readonly rows: T[];
  /** Rows returned or changed. */
  readonly rowCount: number;
}

/** A statement the server parses and plans once per connection. The name must be unique to the text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Queryable {
  query<T extends object = Row>(text: string | Statement, values?: readonly unknown[]): Promise<Result<T>>;
}

export interface TransactionOptions {
  /** How often to run again after a deadlock or a serialization failure. @default 3 */
  readonly retry?: number;
  /**
   * Plans of its statements are made once per connection, for any values. For those that always reach their rows by
   * key: over partitioned tables a plan for the values at hand costs as much as what it plans. @default false
   */
  readonly fixedPlans?: boolean;
  /**
   * Its statements reach rows by key however few there are when they are planned. For tables that are nearly empty and
   * fill up within seconds: a plan made for the empty one would read all of it, and is kept. @default false
   */
  readonly byKey?: boolean;
  /** @default 'read committed' */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

export interface Database extends Queryable {
  readonly schema: string;
  /** Major version of the server, e.g. 18. */
  readonly major: number;
  /**
   * Runs `work` between BEGIN and COMMIT on one connection; ROLLBACK when it throws. `work` may run more than
   * once, so it must touch nothing but the database.
   */
  transaction<R>(work: (transaction: Queryable) => Promise<R>, options?: TransactionOptions): Promise<R>;
  /** Connections open, idle, and callers waiting for one. */
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Schema every unqualified name means: a tenant. @default 'lianhub' */
  readonly schema?: string;
  /** Most connections at once. @default 10 */
  readonly max?: number;
  /** Shown in pg_stat_activity. @default 'lianhub' */
  readonly applicationName?: string;
  /**
   * A transaction that sits idle this long is ended by the server, so that a frozen process does not hold its
   * locks for ever. Milliseconds; 0 is never. @default 10000
   */
  readonly idleInTransactionMs?: number;
  /** Told of errors on idle connections (the pool replaces them). @default nobody */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Opens a pool and checks the server. Errors: `database.bad-url`, `database.unreachable`, `database.refused`,
 * `database.too-old`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const schema = options.schema ?? 'lianhub';
  const { config, where } = connectionOf(options, schema);
  const pool = new pg.Pool(config);
  // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
  pool.on('error', (error) => {
    // How connections end that a closing pool has told to end is no news.
    if (!pool.ending) options.onIdleError?.(error);
  });
  try {
    const major = await serverMajor(pool, where);
    if (major < oldestMajor) {
      throw new HubError('database.too-old', { found: major, expected: oldestMajor });
    }
    return databaseOver(pool, schema, major);
  } catch (thrown) {
    await pool.end();
    throw thrown;
  }
}

/** A schema name for use in SQL text; refuses anything but a plain identifier. */
export function quoteSchema(schema: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new TypeError(
      `not a schema name: ${JSON.stringify(schema)} (expected lower-case letters, digits, _)`,
    );
  }
  return `"${schema}"`;
}

interface Connection {
  readonly config: pg.PoolConfig;
  /** Host, port and name, without user and password: for sentences. */
  readonly where: string;
}

function connectionOf(options: DatabaseOptions, schema: string): Connection {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) throw new HubError('database.bad-url', {});
  redacted.add(decodeURIComponent(url.password));
  const settings = [
    url.searchParams.get('options') ?? '',
    `-c search_path=${quoteSchema(schema)}`,
    '-c timezone=UTC',
    // Every statement reaches its rows by key, a batch at a time. A plan made while a table was small would join
    // it by reading all of it, and a prepared statement keeps its plan: work would slow down with every row.
    '-c enable_hashjoin=off -c enable_mergejoin=off -c random_page_cost=1.1',
    // Compiling a statement of milliseconds takes hundreds of them, and joins that are to be avoided count as costly
    // enough for it before PostgreSQL 18.
    '-c jit=off',
    `-c idle_in_transaction_session_timeout=${options.idleInTransactionMs ?? 10_000}`,
    '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  ];
  // In the address it would win over the setting below.
  url.searchParams.delete('options');
  return {
    config: {
      connectionString: url.href,
      options: settings.join(' ').trim(),
      max: options.max ?? 10,
      application_name: options.applicationName ?? 'lianhub',
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      types: { getTypeParser },
    },
    where: `${url.hostname || 'localhost'}:${url.port || 5432}${url.pathname}`,
  };
}

async function serverMajor(pool: pg.Pool, where: string): Promise<number> {
  try {
    const { rows } = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    return Math.floor(Number(rows[0]?.version) / 10_000);
  } catch (cause) {
    const reason = redacted.text(reasonOf(cause));
    // 28: authorisation; 3D: no such database. Everything else: nobody answered in the way expected.
    const refused = /^(28|3D)/.test(sqlState(cause) ?? '');
    throw new HubError(refused ? 'database.refused' : 'database.unreachable', { where, reason }, cause);
  }
}

const pools = new WeakMap<Database, pg.Pool>();

/** The pool itself, for a library that makes its own statements. They are neither prepared nor tried again. */
export function poolOf(database: Database): pg.Pool {
  const pool = pools.get(database);
  if (!pool) throw new TypeError('this database was not opened by openDatabase');
  return pool;
}

function databaseOver(pool: pg.Pool, schema: string, major: number): Database {
  let closing: Promise<void> | undefined;
  const database: Database = {
    schema,
    major,
    query: (text, values) => send(pool, text, values),
    transaction: (work, options) => transaction(pool, work, options),
    get pool() {
      return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    },
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
  pools.set(database, pool);
  return database;
}

async function send<T extends object>(
  to: pg.Pool | pg.PoolClient,
  statement: string | Statement,
  values: readonly unknown[] = [],
): Promise<Result<T>> {
  const config = typeof statement === 'string' ? { text: statement } : statement;
  const answer: pg.QueryResult<T & pg.QueryResultRow> | pg.QueryResult<T & pg.QueryResultRow>[] =
    await to.query<T & pg.QueryResultRow>({ ...config, values: [...values] });
  // A text of several statements is answered with a list, whatever the declaration says: the last one counts.
  const result = Array.isArray(answer) ? answer.at(-1) : answer;
  return { rows: result?.rows ?? [], rowCount: result?.rowCount ?? 0 };
}

async function transaction<R>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<R>,
  options: TransactionOptions = {},
): Promise<R> {
  const retries = options.retry ?? 3;
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(pool, work, options);
    } catch (thrown) {
      if (attempt >= retries || !isRepeatable(thrown)) throw thrown;
      await wait(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function once<R>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<R>,
  options: TransactionOptions,
): Promise<R> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks while checked out tells its next statement; unheard it would end the process.
  const hear = (error: Error) => {
    broken = error;
  };
  client.on('error', hear);
  try {
    await client.query(beginOf(options));
    const result = await work({ query: (text, values) => send(client, text, values) });
    await client.query('COMMIT');
    return result;
  } catch (thrown) {
    await client.query('ROLLBACK').catch((error: unknown) => {
      // The connection is unusable: the server rolls back by itself, the pool must not use it again.
      broken = error instanceof Error ? error : new Error(String(error));
    });
    throw thrown;
  } finally {
    client.off('error', hear);
    client.release(broken);
  }
}

/** For transactions whose statements are the same all day long. */
export const fixedPlans: TransactionOptions = { fixedPlans: true };

/** The same for statements over a table that is empty now and full in a moment. */
export const fixedPlansByKey: TransactionOptions = { fixedPlans: true, byKey: true };

function beginOf({ isolation, fixedPlans, byKey }: TransactionOptions): string {
  const begin = isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`;
  return [
    begin,
    ...(fixedPlans ? ['SET LOCAL plan_cache_mode = force_generic_plan'] : []),
    ...(byKey ? ['SET LOCAL enable_seqscan = off'] : []),
  ].join('; ');
}

/** Whether the server asks for the transaction to be run again: serialization failure or deadlock. */
export function isRepeatable(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state === '40001' || state === '40P01';
}

/** True when the database refused what it was given (a value, a constraint, a bound), not for trouble of its own. */
export function isAboutData(thrown: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(thrown) ?? '');
}

/** The five-letter SQLSTATE of a server error; undefined for anything else. */
export function sqlState(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' && /^[0-9A-Z]{5}$/.test(thrown.code) ? thrown.code : undefined;
}

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, parseInteger],
  [pg.types.builtins.DATE, (text) => text],
  [1016, (text) => parseArray(text).map(parseInteger)], // int8[]
]);

function parseInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function parseArray(text: string): string[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',');
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return (format !== 'binary' ? parsers.get(oid) : undefined) ?? pg.types.getTypeParser(oid, format);
}
