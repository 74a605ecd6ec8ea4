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
  /** Where what it showed last stands in the order of things. Absent or null: nobody noted it. */
  readonly told?: ToldWhen | null;
  /** What the last write that was done has put there. */
  readonly landed?: Landed | null;
  readonly lines: Record<string, string> | null;
  readonly mapping_version: string | null;
  /** The body last sent, where updates are told apart from it. */
  readonly sent_body?: JsonObject | null;
}

export function readShadows(sql: Sql, linkIds: readonly string[]): Promise<ShadowRow[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<ShadowRow>(
    sql,
    `select link_id, theirs, sent_hash, outstanding, earlier, lines, mapping_version, sent_body, told, landed from shadows where link_id = any($1::uuid[])`,
    [linkIds],
  );
}

/** What says whether something was told before or after a write of ours; times are the database's, ISO 8601. */
export interface ToldWhen {
  /** When it was noted. */
  readonly at: string;
  /** When the reading that showed it was begun. */
  readonly readAt?: string;
  readonly revision?: string;
}

/** A write of ours that was done; times are the database's, ISO 8601. */
export interface Landing {
  /** What it carried, in canonical terms. */
  readonly values: JsonObject;
  readonly sentAt: string;
  readonly doneAt: string;
  /** The revision it made there. */
  readonly revision?: string;
}

/** The last one. */
export interface Landed extends Landing {
  /** Of an update of parts: those before it, newest first, back to one that carried everything or seven at most. */
  readonly earlier?: readonly Landing[];
}

export interface ShadowWrite {
  readonly link_id: string;
  readonly theirs?: JsonObject;
  /** Instead of `theirs`: a record of this transaction whose content it shows just as it is. */
  readonly theirs_of?: string;
  readonly sent_hash?: string;
  /** Null: seen there, nothing is outstanding. */
  readonly outstanding?: JsonObject | null;
  /**
   * What was outstanding before something was seen there: `outstanding` is what is left of it. Anything else that is
   * outstanding by now was sent meanwhile.
   */
  readonly confirmed?: JsonObject;
  /** With `theirs`: what says when it was told. */
  readonly told?: Omit<ToldWhen, 'at'>;
  /** What is outstanding is sent now. */
  readonly sends?: true;
  /**
   * The write of what is outstanding was done, and has made this revision, where that is known. `values`: it carried no
   * more than these. Only of a row that exists.
   */
  readonly done?: { readonly revision?: string; readonly values?: JsonObject };
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
    // What only changes a row that exists travels in columns no new row has: `earlier` brings what was confirmed,
    // `landed` what is known of a write that was done.
    `insert into shadows as s (link_id, theirs, sent_hash, outstanding, earlier, lines, mapping_version, codes, sent_body,
       told, sent_at, landed)
     select link_id, coalesce(theirs, (select data from records r where r.id = theirs_of)), sent_hash, outstanding,
       confirmed, lines, mapping_version, codes, sent_body,
       told || jsonb_build_object('at', clock_timestamp()), case when sends then clock_timestamp() end, done
     from jsonb_to_recordset($1::jsonb) as x(link_id uuid, theirs jsonb, theirs_of uuid, sent_hash text,
       outstanding jsonb, confirmed jsonb, lines jsonb, mapping_version text, codes text[], sent_body jsonb, told jsonb,
       sends boolean, done jsonb)
     on conflict (link_id) do update set theirs = coalesce(excluded.theirs, s.theirs),
       sent_hash = coalesce(excluded.sent_hash, s.sent_hash),
       outstanding = case when excluded.earlier is null then coalesce(excluded.outstanding, s.outstanding)
                          when s.outstanding = excluded.earlier then excluded.outstanding
                          else s.outstanding end,
       earlier = case when excluded.earlier is not null then
                        case when s.outstanding = excluded.earlier and excluded.outstanding is null then null
                             else s.earlier end
                      when s.outstanding <> excluded.outstanding then
                        jsonb_path_query_array(jsonb_build_array(s.outstanding) || coalesce(s.earlier, '[]'), '$[0 to 7]')
                      else s.earlier end,
       told = coalesce(excluded.told, s.told),
       sent_at = coalesce(excluded.sent_at, s.sent_at),
       landed = case when excluded.landed is null then s.landed
                     when s.outstanding is null or s.sent_at is null then null
                     else jsonb_build_object('values', s.outstanding) || excluded.landed
                       || case when excluded.landed ? 'values' and s.landed is not null
                               then jsonb_build_object('earlier', jsonb_path_query_array(
                                 jsonb_build_array(s.landed - 'earlier') || coalesce(s.landed->'earlier', '[]'), '$[0 to 6]'))
                               else '{}' end
                       || jsonb_build_object('sentAt', s.sent_at, 'doneAt', clock_timestamp()) end,
       lines = coalesce(s.lines, '{}') || coalesce(excluded.lines, '{}'),
       mapping_version = coalesce(excluded.mapping_version, s.mapping_version),
       codes = coalesce(excluded.codes, s.codes),
       sent_body = coalesce(excluded.sent_body, s.sent_body)`,
    [rowsParameter(writes)],
  );
}
