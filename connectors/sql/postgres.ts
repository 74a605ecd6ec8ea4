/** PostgreSQL through `pg`. */
import pg from 'pg';
import { type ConnectionContext, type Json, parseJson } from '../kit/index.ts';
import type { SqlConfig, SqlSecrets } from './config.ts';
import type { DatabaseFault, Driver, Result } from './driver.ts';
import { type Lease, transactionsOf } from './transactions.ts';

/** Type numbers of PostgreSQL, which never change. */
const types = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  json: 114,
  float4: 700,
  float8: 701,
  timestamptz: 1184,
  jsonb: 3802,
};

/** Opens a pool; nothing is sent yet. */
export function openPostgres(context: ConnectionContext<SqlConfig, SqlSecrets>): Driver {
  const { config, secrets } = context;
  const pool = new pg.Pool({
    host: config.host,
    port: config.port ?? 5432,
    database: config.database,
    user: config.user,
    password: secrets.password,
    max: config.maxConnections,
    ssl: config.tls === 'off' ? false : { rejectUnauthorized: config.tls === 'verify' },
    application_name: 'lianhub',
    connectionTimeoutMillis: config.timeoutMs,
    query_timeout: config.timeoutMs + 1000,
    statement_timeout: config.timeoutMs,
    idle_in_transaction_session_timeout: config.timeoutMs,
    options: '-c timezone=UTC -c datestyle=ISO',
    types: { getTypeParser: (type: number) => (text: string | null) => read(type, text) },
  });
  // An idle connection that breaks is replaced; unheard, its error would end the process.
  pool.on('error', () => undefined);
  const transactions = transactionsOf(context, () => lease(pool), faultOf);
  return {
    quote: (name) => pg.escapeIdentifier(name),
    returnsKeys: true,
    transaction: (work, how) => transactions.run(work, how),
    async uniqueIndexes(statements, schema, table) {
      const full = `${pg.escapeIdentifier(schema ?? 'public')}.${pg.escapeIdentifier(table)}`;
      const { rows } = await statements.run(
        `select i.indexrelid::text as index, a.attname::text as name from pg_index i
           join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
          where i.indrelid = to_regclass(?::text) and i.indisunique and i.indpred is null and i.indexprs is null`,
        [full],
      );
      const sets = new Map<string, string[]>();
      for (const { index, name } of rows)
        sets.set(String(index), [...(sets.get(String(index)) ?? []), String(name)]);
      return [...sets.values()];
    },
    async close() {
      if (!pool.ended) await pool.end();
    },
  };
}

async function lease(pool: pg.Pool): Promise<Lease> {
  const client = await pool.connect();
  // A connection that breaks tells whoever waits for its answer; unheard, its own event would end the process.
  const heard = (): void => undefined;
  client.on('error', heard);
  const plain = async (text: string): Promise<void> => void (await client.query(text));
  return {
    async run(text, values = []): Promise<Result> {
      let place = 0;
      // A question mark inside a quoted name is part of the name.
      const numbered = text.replace(/"[^"]*"|\?/g, (found) => (found === '?' ? `$${++place}` : found));
      const { rows, rowCount } = await client.query<Record<string, Json>>(numbered, values.map(bound));
      return { rows, count: rowCount ?? 0 };
    },
    begin: () => plain('begin'),
    commit: () => plain('commit'),
    rollback: () => plain('rollback'),
    release: (broken) => {
      client.off('error', heard);
      client.release(broken);
    },
  };
}

/** Lists and maps as JSON; everything else as the driver writes it. */
function bound(value: Json): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function read(type: number, text: string | null): Json {
  if (text === null) return null;
  switch (type) {
    case types.bool:
      return text === 't';
    case types.int2:
    case types.int4:
      return Number(text);
    case types.int8:
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case types.float4:
    case types.float8:
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case types.json:
    case types.jsonb:
      return parseJson(text);
    case types.timestamptz:
      return text.replace(' ', 'T').replace(/\+00$/, 'Z');
    default:
      return text;
  }
}

function faultOf(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, column } = error as Error & { code?: unknown; column?: unknown };
  // The driver's own time-outs and breaks carry no code.
  const told =
    typeof code === 'string' ? code : /timeout|terminated|ended/i.test(error.message) ? '' : undefined;
  if (told === undefined) return undefined;
  return { code: told, message: error.message, column: typeof column === 'string' ? column : undefined };
}
