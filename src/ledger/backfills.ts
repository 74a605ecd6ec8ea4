import type { JsonObject } from '../model/json.ts';
import { planned, rows, run, type Sql } from './sql.ts';

/** Priority of what a backfill brings: behind everything told, polled or asked for. */
export const backfillPriority = 9;

export type BackfillState = 'running' | 'done' | 'cancelled' | 'failed';

/** A complete reading of one object of one system, and how far it is. */
export interface BackfillRow {
  readonly id: number;
  readonly connection: string;
  readonly object: string;
  /** Nothing older is read; null: all there is. */
  readonly since: Date | null;
  /** Nothing newer is kept; null: all there is. */
  readonly until: Date | null;
  /** `fetch`: a person has asked for these, and what is known word for word is kept as well. */
  readonly via: 'poll' | 'fetch';
  /** Rows a second at the most; null: as fast as it is applied. */
  readonly rate: number | null;
  readonly state: BackfillState;
  /** Rows read. */
  readonly done: number;
  /** Of those, the ones that told something the hub did not know word for word. */
  readonly kept: number;
  /** Rows there are, where the system tells. */
  readonly total: number | null;
  readonly author: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  /** Pages that could not be read, one after the other. */
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error: string | null;
  /** Seconds it has run since it was started or resumed last. */
  readonly seconds: number;
  /** Rows read in that time. */
  readonly lately: number;
}

const columns = `id, connection, object, since, until, via, rate, state, done, kept, total, author, started_at, finished_at, attempts,
  error_code, error, done - resumed_done as lately,
  extract(epoch from coalesce(finished_at, clock_timestamp()) - resumed_at)::float8 as seconds`;

export interface NewBackfill {
  readonly connection: string;
  readonly object: string;
  readonly since: Date | undefined;
  readonly rate: number | undefined;
  readonly author: string;
  readonly until?: Date | undefined;
  readonly via?: BackfillRow['via'];
}

/** Starts one; undefined when one of this object is running already. */
export async function insertBackfill(sql: Sql, one: NewBackfill): Promise<BackfillRow | undefined> {
  const found = await rows<BackfillRow>(
    sql,
    `insert into backfills (connection, object, since, rate, author, until, via) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing returning ${columns}`,
    [one.connection, one.object, one.since, one.rate, one.author, one.until ?? null, one.via ?? 'poll'],
  );
  return found[0];
}

/** All of them, or those of one state or before one, the latest first. */
export function listBackfills(
  sql: Sql,
  limit: number,
  {
    state,
    before,
  }: { readonly state?: BackfillState | undefined; readonly before?: number | undefined } = {},
): Promise<BackfillRow[]> {
  return planned<BackfillRow>(
    sql,
    `select ${columns} from backfills
     where ($2::text is null or state = $2) and ($3::bigint is null or id < $3) order by id desc limit $1`,
    [limit, state ?? null, before ?? null],
  );
}

export interface ShownBackfill extends BackfillRow {
  /** Rows of this object it has read that are not applied yet. */
  readonly unapplied: number;
}

export async function showBackfill(sql: Sql, id: number): Promise<ShownBackfill | undefined> {
  const found = await rows<ShownBackfill>(
    sql,
    `select ${columns}, (select count(*)::int from inbox i where i.connection = b.connection and i.object = b.object
       and i.state = 'due' and i.priority = 9) as unapplied
     from backfills b where id = $1`,
    [id],
  );
  return found[0];
}

/** Stops one that runs; undefined when it does not. */
export async function cancelBackfill(sql: Sql, id: number): Promise<BackfillRow | undefined> {
  const found = await rows<BackfillRow>(
    sql,
    `update backfills set state = 'cancelled', finished_at = clock_timestamp()
     where id = $1 and state = 'running' returning ${columns}`,
    [id],
  );
  return found[0];
}

/**
 * Lets one that was cancelled or has failed go on where it stopped; undefined when it is neither, or when another one
 * of its object runs.
 */
export async function resumeBackfill(sql: Sql, id: number): Promise<BackfillRow | undefined> {
  const found = await rows<BackfillRow>(
    sql,
    `update backfills b set state = 'running', finished_at = null, attempts = 0, error_code = null, error = null,
       due_at = clock_timestamp(), resumed_at = clock_timestamp(), resumed_done = done
     where id = $1 and state in ('cancelled', 'failed') and not exists (
       select 1 from backfills o where o.connection = b.connection and o.object = b.object and o.state = 'running')
     returning ${columns}`,
    [id],
  );
  return found[0];
}

/** What the drain of a running one works with. */
export interface BackfillStep {
  readonly id: number;
  readonly cursor: JsonObject | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly via: BackfillRow['via'];
  readonly rate: number | null;
  readonly attempts: number;
  /** Milliseconds until its next page may be read; not above 0: now. */
  readonly wait_ms: number;
  /** Rows it has read that could be applied and are not yet; counted up to the limit that was given. */
  readonly unapplied: number;
  /** Whether the connection rests. */
  readonly paused: boolean;
  /** Now, by the database's clock, to the microsecond. */
  readonly now: string;
}

export async function backfillStep(
  sql: Sql,
  connection: string,
  object: string,
  limit: number,
): Promise<BackfillStep | undefined> {
  const found = await rows<BackfillStep>(
    sql,
    `select id, cursor, since, until, via, rate, attempts, clock_timestamp()::text as now,
       extract(epoch from due_at - clock_timestamp())::float8 * 1000 as wait_ms,
       (select count(*)::int from (
         select 1 from inbox i where i.connection = $1 and i.object = $2 and i.state = 'due' and i.priority = 9
           and i.due_at <= now() limit $3) x) as unapplied,
       exists (select 1 from connections c where c.id = $1 and c.paused_until > now()) as paused
     from backfills where connection = $1 and object = $2 and state = 'running'`,
    [connection, object, limit],
  );
  return found[0];
}

export interface ReadPage {
  readonly cursor: JsonObject;
  readonly more: boolean;
  readonly rows: number;
  readonly kept: number;
  readonly total: number | undefined;
}

/**
 * Moves one on past a page, in the transaction that keeps the page's rows. With a rate the next page is due when this
 * one has been paid for. False: it was stopped meanwhile, and the page must not be kept.
 */
export async function advanceBackfill(sql: Sql, id: number, page: ReadPage): Promise<boolean> {
  const found = await rows<{ id: number }>(
    sql,
    `update backfills set cursor = $2, done = done + $4, kept = kept + $5, total = coalesce($6, total),
       attempts = 0, error_code = null, error = null,
       state = case when $3 then 'running' else 'done' end,
       finished_at = case when $3 then null else clock_timestamp() end,
       due_at = greatest(due_at, clock_timestamp() - interval '1 s') + coalesce($4 / rate, 0) * interval '1 s'
     where id = $1 and state = 'running' returning id`,
    [id, JSON.stringify(page.cursor), page.more, page.rows, page.kept, page.total],
  );
  return found.length === 1;
}

/** A page could not be read: when to try again, and why, for people. */
export async function postponeBackfill(
  sql: Sql,
  id: number,
  delayMs: number,
  code: string,
  error: string,
): Promise<void> {
  await run(
    sql,
    `update backfills set attempts = attempts + 1, error_code = $3, error = left($4, 2000),
       due_at = clock_timestamp() + $2::float8 * interval '1 ms'
     where id = $1 and state = 'running'`,
    [id, delayMs, code, error],
  );
}

/** It cannot go on before somebody has done something; it keeps its place. */
export async function failBackfill(sql: Sql, id: number, code: string, error: string): Promise<void> {
  await run(
    sql,
    `update backfills set state = 'failed', finished_at = clock_timestamp(), attempts = attempts + 1, error_code = $2,
       error = left($3, 2000)
     where id = $1 and state = 'running'`,
    [id, code, error],
  );
}
