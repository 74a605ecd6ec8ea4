import type { JsonObject } from '../model/json.ts';
import { rowsParameter, run, type Sql } from './sql.ts';

export interface ChangeWrite {
  readonly id: string;
  readonly at: Date;
  readonly record_id: string;
  readonly version: number;
  /** What caused it: inbox row, answer of a write, derivation rule. */
  readonly origin: JsonObject;
  /** Absent: the record is new, and every field it has was set. */
  readonly patch?: JsonObject;
  readonly conflicts?: JsonObject;
  readonly mapping_version?: string;
}

/** Appends to the history of records, which are written before. */
export async function insertChanges(sql: Sql, changes: readonly ChangeWrite[]): Promise<void> {
  if (changes.length === 0) return;
  await run(
    sql,
    `insert into changes (id, at, record_id, version, origin, patch, created, conflicts, mapping_version)
     select id, at, record_id, version, origin, patch,
       case when patch is null then (select r.data from records r where r.id = x.record_id) end,
       conflicts, mapping_version
     from jsonb_to_recordset($1::jsonb) as x(id uuid, at timestamptz, record_id uuid, version bigint, origin jsonb,
       patch jsonb, conflicts jsonb, mapping_version text)`,
    [rowsParameter(changes)],
  );
}
