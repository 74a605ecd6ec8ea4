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
  readonly record_version: number;
  readonly send_by: Date;
  readonly outcome: string | null;
  readonly lookups: number;
}

/** Tries whose outcome nobody knows: still open, or ended ambiguously. */
export function openTries(sql: Sql, linkIds: readonly string[]): Promise<TryRow[]> {
  return rows<TryRow>(
    sql,
    `select id, started_at, link_id, step, key, body, body_hash, record_version, send_by, outcome, lookups
     from tries where link_id = any($1::uuid[]) and (outcome is null or outcome = 'unknown')`,
    [linkIds],
  );
}

export interface TryInsert {
  readonly id: string;
  readonly started_at: Date;
  readonly link_id: string;
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  readonly body_hash: string | null;
  readonly record_version: number;
  readonly send_by: Date;
}

/** Journals writes before they are sent. */
export async function journalTries(sql: Sql, tries: readonly TryInsert[]): Promise<void> {
  if (tries.length === 0) return;
  await run(
    sql,
    `insert into tries (id, started_at, link_id, step, key, body, body_hash, record_version, send_by)
     select id, started_at, link_id, step, key, body, body_hash, record_version, send_by
     from jsonb_to_recordset($1::jsonb) as x(id uuid, started_at timestamptz, link_id uuid, step text, key text,
       body jsonb, body_hash text, record_version bigint, send_by timestamptz)`,
    [rowsParameter(tries)],
  );
}

export interface TryOutcome {
  readonly id: string;
  readonly started_at: Date;
  readonly outcome: 'done' | 'failed' | 'unknown' | 'absent' | 'abandoned';
  readonly answer?: unknown;
  readonly duration_ms?: number;
  readonly lookups?: number;
}

/** Adds the evidence. */
export async function closeTries(sql: Sql, outcomes: readonly TryOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await run(
    sql,
    `update tries t set outcome = x.outcome, answer = x.answer, duration_ms = coalesce(x.duration_ms, t.duration_ms),
       lookups = coalesce(x.lookups, t.lookups), finished_at = now()
     from jsonb_to_recordset($1::jsonb) as x(id uuid, started_at timestamptz, outcome text, answer jsonb,
       duration_ms int, lookups int)
     where t.started_at = x.started_at and t.id = x.id`,
    [rowsParameter(outcomes)],
  );
}
