import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** What we know of a system's copy: what it last showed, what we last sent, how its lines map to ours. */
export interface ShadowRow {
  readonly link_id: string;
  readonly theirs: JsonObject | null;
  readonly sent_hash: string | null;
  /** Canonical values sent and not yet seen there: seeing them is our own write arriving. */
  readonly outstanding: JsonObject | null;
  /** What was outstanding when the last write replaced it, newest first. */
  readonly earlier: readonly JsonObject[] | null;
  readonly lines: Record<string, string> | null;
  readonly mapping_version: string | null;
  /** The body last sent, where updates are told apart from it. */
  readonly sent_body?: JsonObject | null;
}

export function readShadows(sql: Sql, linkIds: readonly string[]): Promise<ShadowRow[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<ShadowRow>(
    sql,
    `select link_id, theirs, sent_hash, outstanding, earlier, lines, mapping_version, sent_body from shadows where link_id = any($1::uuid[])`,
    [linkIds],
  );
}

export interface ShadowWrite {
  readonly link_id: string;
  readonly theirs?: JsonObject;
  readonly sent_hash?: string;
  /** Null: seen there, nothing is outstanding. */
  readonly outstanding?: JsonObject | null;
  /** With `outstanding: null`: what was seen there. Anything else that is outstanding by now was sent meanwhile. */
  readonly confirmed?: JsonObject;
  readonly lines?: Readonly<Record<string, string>>;
  readonly mapping_version?: string;
  /** Codes the body last sent was made with, as table/key. */
  readonly codes?: readonly string[];
  readonly sent_body?: JsonObject;
}

/** Inserts or updates shadows; what a write does not name stays. Line maps grow, they are never replaced. */
export async function writeShadows(sql: Sql, writes: readonly ShadowWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await run(
    sql,
    `insert into shadows as s (link_id, theirs, sent_hash, outstanding, lines, mapping_version, codes, sent_body)
     select link_id, theirs, sent_hash, outstanding, lines, mapping_version, codes, sent_body
     from jsonb_to_recordset($1::jsonb) as x(link_id uuid, theirs jsonb, sent_hash text, outstanding jsonb,
       lines jsonb, mapping_version text, codes text[], sent_body jsonb)
     on conflict (link_id) do update set theirs = coalesce(excluded.theirs, s.theirs),
       sent_hash = coalesce(excluded.sent_hash, s.sent_hash),
       outstanding = case when excluded.outstanding = 'null'::jsonb then (
                            select nullif(s.outstanding, c.confirmed)
                            from jsonb_to_recordset($1::jsonb) as c(link_id uuid, confirmed jsonb)
                            where c.link_id = s.link_id)
                          else coalesce(excluded.outstanding, s.outstanding) end,
       earlier = case when excluded.outstanding = 'null'::jsonb then (
                        select case when s.outstanding = c.confirmed then null else s.earlier end
                        from jsonb_to_recordset($1::jsonb) as c(link_id uuid, confirmed jsonb)
                        where c.link_id = s.link_id)
                      when s.outstanding <> excluded.outstanding then
                        jsonb_path_query_array(jsonb_build_array(s.outstanding) || coalesce(s.earlier, '[]'), '$[0 to 7]')
                      else s.earlier end,
       lines = coalesce(s.lines, '{}') || coalesce(excluded.lines, '{}'),
       mapping_version = coalesce(excluded.mapping_version, s.mapping_version),
       codes = coalesce(excluded.codes, s.codes),
       sent_body = coalesce(excluded.sent_body, s.sent_body)`,
    [rowsParameter(writes)],
  );
}
