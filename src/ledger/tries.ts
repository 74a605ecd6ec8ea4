import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** One vendor write: journal before it is sent, evidence after. */
export interface TryRow {
  readonly id: string;
  readonly started_at: Date;
  readonly link_id: string;
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  readonly body_hash: string | null;
  /** Codes the body was made with, as table/key; null for a step that carries none. */
  readonly codes: string[] | null;
  readonly record_version: number;
  readonly send_by: Date;
  /** Milliseconds until nothing more is sent of it, by the database's clock; below zero: since then. */
  readonly ends_in_ms: number;
  readonly outcome: string | null;
  readonly lookups: number;
  /** It was sent only what differed from what was there. */
  readonly is_part: boolean;
}

/** Tries of writes whose outcome nobody knows: still open, or ended ambiguously. Those of requests are not among them. */
export function openTries(sql: Sql, linkIds: readonly string[]): Promise<TryRow[]> {
  return rows<TryRow>(
    sql,
    `select id, started_at, link_id, step, key, body, body_hash, codes, record_version, send_by,
       (extract(epoch from send_by - clock_timestamp()) * 1000)::float8 as ends_in_ms, outcome, lookups,
       difference is not null as is_part
     from tries where link_id = any($1::uuid[]) and (outcome is null or outcome = 'unknown')
       and step not like 'request:%'`,
    [linkIds],
  );
}

/** Creates of one kind of object whose outcome nobody knows yet. */
export interface OpenCreates {
  readonly connection: string;
  readonly object: string;
  /** When the first of those began that may still be found out by itself; null: there is none. */
  readonly began: Date | null;
  /** Our numbers of those that nobody could find out about in time; up to a thousand. */
  readonly keys: readonly string[];
}

/**
 * Of these kinds of object, the creates of ours under way whose outcome nobody knows yet. After `patienceMs` past its
 * deadline one is not waited for any more, only remembered by its key.
 */
export async function unresolvedCreates(
  sql: Sql,
  kinds: readonly { readonly connection: string; readonly object: string; readonly entity: string }[],
  patienceMs: number,
): Promise<Map<string, OpenCreates>> {
  if (kinds.length === 0) return new Map();
  const found = await rows<OpenCreates>(
    sql,
    `select l.connection, l.object,
       min(t.started_at) filter (where t.send_by > now() - $2::float8 * interval '1 ms') as began,
       coalesce((array_agg(t.key order by t.started_at desc)
         filter (where t.send_by <= now() - $2::float8 * interval '1 ms'))[1:1000], '{}') as keys
     from tries t
     join links l on l.id = t.link_id
     join jsonb_to_recordset($1::jsonb) as x(connection text, object text, entity text)
       on l.connection = x.connection and l.object = x.object and l.entity = x.entity
     where (t.outcome is null or t.outcome = 'unknown') and l.remote_id is null and not l.origin
     group by 1, 2`,
    [rowsParameter(kinds), patienceMs],
  );
  return new Map(found.map((row) => [`${row.connection}/${row.object}`, row]));
}

export interface TryInsert {
  readonly id: string;
  readonly started_at: Date;
  readonly link_id: string;
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  readonly body_hash: string | null;
  readonly codes?: readonly string[] | null;
  readonly record_version: number;
  readonly send_by: Date;
  /** What of the body is sent, where that is not all of it. */
  readonly difference?: unknown;
}

/**
 * Journals writes before they are sent. Processes have clocks of their own: the deadline is kept by the clock of the
 * database, as long after this moment as `send_by` is after `started_at`. It is never before the sender's own.
 */
export async function journalTries(sql: Sql, tries: readonly TryInsert[]): Promise<void> {
  if (tries.length === 0) return;
  await run(
    sql,
    `insert into tries (id, started_at, link_id, step, key, body, body_hash, codes, record_version, send_by,
       difference)
     select id, started_at, link_id, step, key, body, body_hash, codes, record_version,
       clock_timestamp() + (send_by - started_at), difference
     from jsonb_to_recordset($1::jsonb) as x(id uuid, started_at timestamptz, link_id uuid, step text, key text,
       body jsonb, body_hash text, codes text[], record_version bigint, send_by timestamptz,
       difference jsonb)`,
    [rowsParameter(tries)],
  );
}

/** How long ago a step of each of these links was first tried, milliseconds. */
export async function firstTried(
  sql: Sql,
  linkIds: readonly string[],
  step: string,
): Promise<Map<string, number>> {
  if (linkIds.length === 0) return new Map();
  const found = await rows<{ link_id: string; ms: number }>(
    sql,
    `select link_id, (extract(epoch from clock_timestamp() - min(started_at)) * 1000)::float8 as ms
     from tries where link_id = any($1::uuid[]) and step = $2 and coalesce(outcome, '') <> 'abandoned'
     group by link_id`,
    [linkIds, step],
  );
  return new Map(found.map((row) => [row.link_id, row.ms]));
}

export interface TryOutcome {
  readonly id: string;
  readonly started_at: Date;
  /** `absent`: it did not happen. `abandoned`: never sent. `repeated`: sent again under a key the vendor takes once. */
  readonly outcome: 'done' | 'failed' | 'unknown' | 'absent' | 'abandoned' | 'repeated';
  readonly answer?: unknown;
  readonly duration_ms?: number;
  readonly lookups?: number;
}

/**
 * Adds the evidence and answers the tries it was added to. One that has an outcome already keeps it: whoever was
 * frozen and comes back late finds it settled by somebody else.
 */
export async function closeTries(sql: Sql, outcomes: readonly TryOutcome[]): Promise<Set<string>> {
  if (outcomes.length === 0) return new Set();
  const closed = await rows<{ id: string }>(
    sql,
    `with mine as (
       select x.* from jsonb_to_recordset($1::jsonb) as x(id uuid, started_at timestamptz, outcome text,
         answer jsonb, duration_ms int, lookups int)
       join tries o on o.started_at = x.started_at and o.id = x.id
       where o.outcome is null or o.outcome = 'unknown' order by o.id for update of o)
     update tries t set outcome = m.outcome, answer = m.answer, duration_ms = coalesce(m.duration_ms, t.duration_ms),
       lookups = coalesce(m.lookups, t.lookups), finished_at = now()
     from mine m where t.started_at = m.started_at and t.id = m.id returning t.id`,
    [rowsParameter(outcomes)],
  );
  return new Set(closed.map((row) => row.id));
}
