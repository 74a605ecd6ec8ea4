import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface CursorRow {
  readonly connection: string;
  readonly object: string;
  readonly cursor: JsonObject | null;
  readonly interval_ms: number;
  /** When the round under way began, or would begin now; by the database's clock, to the microsecond. */
  readonly started: string;
  /** When the last complete round began: everything is known as of then. */
  readonly covered_at: Date | null;
  readonly attempts: number;
  /** Now, by the database's clock, to the microsecond. */
  readonly now: string;
}

/** Declares what is polled and how often; keeps cursors that exist, drops those no longer wanted. */
export async function declareCursors(
  sql: Sql,
  wanted: readonly { readonly connection: string; readonly object: string; readonly interval_ms: number }[],
): Promise<void> {
  await run(
    sql,
    `insert into cursors as c (connection, object, interval_ms, due_at)
     select connection, object, interval_ms, now()
     from jsonb_to_recordset($1::jsonb) as x(connection text, object text, interval_ms bigint)
     on conflict (connection, object) do update set interval_ms = excluded.interval_ms,
       due_at = least(c.due_at, now() + excluded.interval_ms * interval '1 ms')`,
    [rowsParameter(wanted)],
  );
  await run(
    sql,
    `delete from cursors c where not exists (
       select 1 from jsonb_to_recordset($1::jsonb) as x(connection text, object text)
       where x.connection = c.connection and x.object = c.object)`,
    [rowsParameter(wanted)],
  );
}

export async function readCursor(
  sql: Sql,
  connection: string,
  object: string,
): Promise<(CursorRow & { due: boolean }) | undefined> {
  const found = await rows<CursorRow & { due: boolean }>(
    sql,
    `select connection, object, cursor, interval_ms, covered_at, attempts, due_at <= now() as due,
       coalesce(started_at, clock_timestamp())::text as started, clock_timestamp()::text as now
     from cursors where connection = $1 and object = $2`,
    [connection, object],
  );
  return found[0];
}

/**
 * Moves a cursor on, in the same transaction as the rows of its page. The last page ends the round; a poll that
 * was asked for since the round began stays due, because its first pages may be older than the question.
 */
export async function advanceCursor(
  sql: Sql,
  connection: string,
  object: string,
  cursor: JsonObject,
  round: { readonly started: string; readonly complete: boolean },
): Promise<void> {
  await run(
    sql,
    `update cursors set cursor = $3, attempts = 0, error_code = null, error = null,
       started_at = case when $5 then null else $4::timestamptz end,
       covered_at = case when $5 then $4::timestamptz else covered_at end,
       due_at = case when $5 and due_at <= $4::timestamptz then now() + interval_ms * interval '1 ms'
         else due_at end
     where connection = $1 and object = $2`,
    [connection, object, JSON.stringify(cursor), round.started, round.complete],
  );
}

/** A poll failed: when to try again, and why, for people. */
export async function postponeCursor(
  sql: Sql,
  connection: string,
  object: string,
  delayMs: number,
  code: string,
  error: string,
): Promise<void> {
  await run(
    sql,
    `update cursors set attempts = attempts + 1, due_at = now() + $3::float8 * interval '1 ms', error_code = $4, error = $5
     where connection = $1 and object = $2`,
    [connection, object, delayMs, code, error],
  );
}

/** What the database's clock says: readings are put in order by it, whichever machine made them. */
export async function clock(sql: Sql): Promise<Date> {
  const found = await rows<{ now: Date }>(sql, 'select clock_timestamp() as now', []);
  return found[0]?.now ?? new Date();
}

/** Makes polls due at once. */
export async function pollNow(sql: Sql, connection: string, object: string): Promise<void> {
  await run(sql, `update cursors set due_at = clock_timestamp() where connection = $1 and object = $2`, [
    connection,
    object,
  ]);
}

/** How reading an object for changes goes. */
export interface ReadingRow {
  readonly object: string;
  /** When the last complete round began: everything is known as of then. */
  readonly covered_at: Date | null;
  readonly due_at: Date;
  /** How often in a row it has failed. */
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error: string | null;
}

export function readingsOf(sql: Sql, connection: string): Promise<ReadingRow[]> {
  return rows<ReadingRow>(
    sql,
    'select object, covered_at, due_at, attempts, error_code, error from cursors where connection = $1',
    [connection],
  );
}
