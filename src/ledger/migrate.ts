/** Forward-only migrations, each in a transaction of its own, one process at a time. */
import { HubError, reasonOf } from '../errors.ts';
import { type Database, quoteSchema } from './database.ts';

export interface Migration {
  /** Sorts by age: `0001-inbox`. Never changed once released. */
  readonly id: string;
  /** Statements that may run inside a transaction; unqualified names mean the hub's schema. */
  readonly sql: string;
}

/** First half of the advisory lock's key; the second is a hash of the schema. `LIAM` in ASCII. */
const migrationLock = 0x4c49414d;

/**
 * Brings a schema up to date and returns the ids that were applied now. Processes that start together take
 * turns; the later ones find nothing left to do. Errors: `database.newer-schema`, `database.migration-failed`.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const ids = migrations.map((migration) => migration.id);
  if (ids.some((id, index) => index > 0 && id <= (ids[index - 1] ?? ''))) {
    throw new TypeError(`migrations are not in order: ${ids.join(', ')}`);
  }
  // What was applied once stays so: a schema that is up to date costs one look.
  const done = await prepare(database, ids);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (!done.has(migration.id) && (await apply(database, migration))) applied.push(migration.id);
  }
  return applied;
}

/** Makes the journal if there is none; answers what it says has been applied. */
async function prepare(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return await database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      migrationLock,
      database.schema,
    ]);
    // Asked first: CREATE … IF NOT EXISTS needs rights that a hub with a prepared database may lack.
    const { rows: found } = await transaction.query<{ schema: boolean; journal: boolean }>(
      `SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass('migrations') IS NOT NULL AS journal`,
      [quoteSchema(database.schema)],
    );
    if (found[0]?.schema !== true) await transaction.query(`CREATE SCHEMA ${quoteSchema(database.schema)}`);
    if (found[0]?.journal !== true) {
      await transaction.query(
        'CREATE TABLE migrations (id text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      );
    }
    const { rows } = await transaction.query<{ id: string }>('SELECT id FROM migrations ORDER BY id');
    const unknown = rows.map((row) => row.id).filter((id) => !ids.includes(id));
    if (unknown.length > 0) throw new HubError('database.newer-schema', { unknown: unknown.join(', ') });
    return new Set(rows.map((row) => row.id));
  });
}

async function apply(database: Database, { id, sql }: Migration): Promise<boolean> {
  try {
    return await database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
        migrationLock,
        database.schema,
      ]);
      const { rowCount } = await transaction.query('SELECT 1 FROM migrations WHERE id = $1', [id]);
      if (rowCount > 0) return false;
      // Without values the server takes several statements in one text.
      await transaction.query(sql);
      await transaction.query('INSERT INTO migrations (id) VALUES ($1)', [id]);
      return true;
    });
  } catch (cause) {
    throw new HubError('database.migration-failed', { id, reason: reasonOf(cause) }, cause);
  }
}
