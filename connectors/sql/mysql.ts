/** MySQL and MariaDB through `mysql2`. */
import type { FieldPacket, Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { ConnectionContext, Json, JsonObject } from '../kit/index.ts';
import type { SqlConfig, SqlSecrets } from './config.ts';
import type { DatabaseFault, Driver, Result } from './driver.ts';
import { type Lease, transactionsOf } from './transactions.ts';

/** Column types of the protocol, which never change. */
const types = { timestamp: 7, int8: 8, bit: 16, blob: [249, 250, 251, 252] };
/** The character set of bytes that are no text. */
const binary = 63;

/** Opens a pool; nothing is sent yet. */
export function openMysql(context: ConnectionContext<SqlConfig, SqlSecrets>): Driver {
  const { config, secrets } = context;
  let pool: Promise<Pool> | undefined;
  const createPool = async (): Promise<Pool> => {
    // Loaded by those who use it: it takes a while.
    const { createPool: create } = await import('mysql2/promise');
    return create({
      host: config.host,
      port: config.port ?? 3306,
      database: config.database,
      user: config.user,
      password: secrets.password,
      connectionLimit: config.maxConnections,
      connectTimeout: config.timeoutMs,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      ...(config.tls === 'off' ? {} : { ssl: { rejectUnauthorized: config.tls === 'verify' } }),
    });
  };
  const prepared = new WeakSet<PoolConnection>();
  const transactions = transactionsOf(context, () => lease(), faultOf);
  let closed = false;

  async function lease(): Promise<Lease> {
    pool ??= createPool();
    const connection = await (await pool).getConnection();
    if (!prepared.has(connection)) {
      try {
        // A value that does not fit is refused instead of being cut; TIMESTAMP columns are told in UTC.
        await connection.query(
          "set session time_zone = '+00:00', sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')",
        );
      } catch (error) {
        connection.destroy();
        throw error;
      }
      prepared.add(connection);
    }
    return {
      run: (text, values = []) => run(connection, text, values, config.timeoutMs),
      begin: () => connection.beginTransaction(),
      commit: () => connection.commit(),
      rollback: () => connection.rollback(),
      release: (broken) => (broken ? connection.destroy() : connection.release()),
    };
  }

  return {
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    returnsKeys: false,
    transaction: (work, how) => transactions.run(work, how),
    async uniqueIndexes(statements, schema, table) {
      const { rows } = await statements.run(
        `select index_name as i, column_name as n from information_schema.statistics
          where table_schema = ? and table_name = ? and non_unique = 0`,
        [schema ?? config.database, table],
      );
      const sets = new Map<string, string[]>();
      for (const row of rows) sets.set(String(row.i), [...(sets.get(String(row.i)) ?? []), String(row.n)]);
      return [...sets.values()];
    },
    async close() {
      if (closed) return;
      closed = true;
      await (await pool)?.end();
    },
  };
}

async function run(
  connection: PoolConnection,
  sql: string,
  values: readonly Json[],
  timeout: number,
): Promise<Result> {
  const [answer, fields] = await connection.execute<RowDataPacket[] | ResultSetHeader>(
    { sql, timeout },
    values.map(bound),
  );
  if (!Array.isArray(answer)) {
    const made = answer.insertId === 0 ? {} : { madeKey: String(answer.insertId) };
    return { rows: [], count: answer.affectedRows, ...made };
  }
  return { rows: answer.map((row) => plain(row, fields)), count: answer.length };
}

/** Lists and maps as JSON; times in UTC as this protocol writes them. */
function bound(value: Json): string | number | boolean | null {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  const time =
    typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d*Z$/.exec(value) : null;
  return time ? `${time[1]} ${time[2]}` : value;
}

function plain(row: RowDataPacket, fields: FieldPacket[]): JsonObject {
  return Object.fromEntries(
    fields.map((field) => [field.name, read(row[field.name] as unknown, field)] as [string, Json]),
  );
}

function read(value: unknown, field: FieldPacket): Json {
  if (value === null || value === undefined) return null;
  const type = field.columnType;
  if (Buffer.isBuffer(value)) {
    if (type === types.bit) return value.reduce((sum, byte) => sum * 256 + byte, 0);
    const isText = 'characterSet' in field && field.characterSet !== binary;
    return value.toString(isText ? 'utf8' : 'base64');
  }
  if (typeof value === 'string') {
    if (type === types.timestamp) return `${value.replace(' ', 'T')}Z`;
    return type === types.int8 && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  return value as Json;
}

function faultOf(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { code?: unknown };
  if (typeof code !== 'string') {
    return /closed|timeout/i.test(error.message)
      ? { code: '', message: error.message, column: undefined }
      : undefined;
  }
  const column = /[Cc]olumn '([^']+)'|[Ff]ield '([^']+)'/.exec(error.message);
  return { code, message: error.message, column: column?.[1] ?? column?.[2] };
}
