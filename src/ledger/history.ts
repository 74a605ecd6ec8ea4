import type { JsonObject } from '../model/json.ts';
import { rowsParameter, run, type Sql } from './sql.ts';

export interface ChangeWrite {
  readonly id: string;
  readonly at: Date;
  readonly record_id: string;
  readonly version: number;
  /** What caused it: inbox row, answer of a write, derivation rule. */
  readonly origin: JsonObject;
  readonly patch: JsonObject;
  readonly conflicts?: JsonObject;
  readonly mapping_version?: string;
}

/** Appends to the history of records. */
export async function insertChanges(sql: Sql, changes: readonly ChangeWrite[]): Promise<void> {
  if (changes.length === 0) return;
  await run(
    sql,
    `insert into changes (id, at, record_id, version, origin, patch, conflicts, mapping_version)
     select id, at, record_id, version, origin, patch, conflicts, mapping_version
     from jsonb_to_recordset($1::jsonb) as x(id uuid, at timestamptz, record_id uuid, version bigint, origin jsonb,
       patch jsonb, conflicts jsonb, mapping_version text)`,
    [rowsParameter(changes)],
  );
}

export interface EventWrite {
  readonly at: Date;
  readonly type: string;
  readonly entity: string;
  readonly record_id: string;
  readonly version: number;
}

/** Appends domain events; their delivery is somebody else's drain. */
export async function insertEvents(sql: Sql, events: readonly EventWrite[]): Promise<void> {
  if (events.length === 0) return;
  await run(
    sql,
    `insert into events (at, type, entity, record_id, version)
     select at, type, entity, record_id, version
     from jsonb_to_recordset($1::jsonb) as x(at timestamptz, type text, entity text, record_id uuid, version bigint)`,
    [rowsParameter(events)],
  );
}
