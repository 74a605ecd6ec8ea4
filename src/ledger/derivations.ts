import type { JsonObject } from '../model/json.ts';
import type { GroupName } from './derivation-groups.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface ShareWrite extends GroupName {
  readonly source_id: string;
  readonly source_version: number;
  readonly share: JsonObject;
  /** The part it counts in, where that is known already; else the part that is settled next. */
  readonly part?: number;
}

/**
 * Stores what source records contribute to documents; a newer version of a source replaces its share, where it is
 * another one. What an earlier part has counted is kept beside it, so that this part can still be explained.
 */
export async function writeShares(sql: Sql, shares: readonly ShareWrite[]): Promise<void> {
  if (shares.length === 0) return;
  await run(
    sql,
    `insert into derivations as d (rule, group_key, source_id, source_version, share, part)
     select rule, group_key, source_id, source_version, share, part
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, source_id uuid, source_version bigint,
       share jsonb, part int)
     order by rule, group_key, source_id
     on conflict (rule, group_key, source_id) do update
       set source_version = excluded.source_version, share = excluded.share, part = excluded.part,
         earlier = case when d.part is null or d.part = excluded.part then d.earlier
           else coalesce(d.earlier, '[]')
             || jsonb_build_object('part', d.part, 'version', d.source_version, 'share', d.share) end
       where d.source_version <= excluded.source_version and d.share is distinct from excluded.share`,
    [rowsParameter(shares)],
  );
}

/**
 * Takes the shares of sources away from every document of a rule except the one they belong to now; answers the
 * documents that lost one. A share that a part has counted leaves its trace there.
 */
export async function moveShares(
  sql: Sql,
  moves: readonly { readonly rule: string; readonly source_id: string; readonly group_key: string | null }[],
): Promise<GroupName[]> {
  if (moves.length === 0) return [];
  return rows<GroupName>(
    sql,
    `with x as (
       select d.rule, d.group_key, d.source_id, d.part is null and d.earlier is null as traceless
       from derivations d
       join jsonb_to_recordset($1::jsonb) as m(rule text, source_id uuid, group_key text)
         on d.rule = m.rule and d.source_id = m.source_id and d.group_key is distinct from m.group_key
       where d.share is not null
       order by d.rule, d.group_key, d.source_id for update of d),
     gone as (
       delete from derivations d using x
       where x.traceless and d.rule = x.rule and d.group_key = x.group_key and d.source_id = x.source_id),
     kept as (
       update derivations d set share = null, part = null,
         earlier = case when d.part is null then d.earlier else coalesce(d.earlier, '[]')
           || jsonb_build_object('part', d.part, 'version', d.source_version, 'share', d.share) end
       from x
       where not x.traceless and d.rule = x.rule and d.group_key = x.group_key and d.source_id = x.source_id)
     select distinct rule, group_key from x`,
    [rowsParameter(moves)],
  );
}

/**
 * Notes that a part counts the shares of a group as they are now, those that were not counted before. To be called
 * while the group is locked: nobody changes its shares meanwhile.
 */
export async function countShares(sql: Sql, rule: string, groupKey: string, part: number): Promise<void> {
  await run(
    sql,
    `update derivations set part = $3,
       earlier = (select jsonb_agg(e) from jsonb_array_elements(earlier) e where (e ->> 'part')::int <> $3)
     where rule = $1 and group_key = $2 and part is null`,
    [rule, groupKey, part],
  );
}

/** How many shares are read at once. */
const page = 1_000;

/** All shares of a group, page by page: what is held in memory does not grow with the group. */
export async function* sharesOf(sql: Sql, rule: string, groupKey: string): AsyncGenerator<JsonObject> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const found = await rows<{ source_id: string; share: JsonObject }>(
      sql,
      `select source_id, share from derivations
       where rule = $1 and group_key = $2 and source_id > $3::uuid and share is not null
       order by source_id limit $4`,
      [rule, groupKey, after, page],
    );
    for (const row of found) yield row.share;
    const last = found.at(-1);
    if (last === undefined || found.length < page) return;
    after = last.source_id;
  }
}

export interface DerivedRow extends GroupName {
  readonly part: number;
  readonly record_id: string;
}

/** The parts derived for a group so far, oldest first. */
export function partsOf(sql: Sql, rule: string, groupKey: string): Promise<DerivedRow[]> {
  return rows<DerivedRow>(
    sql,
    `select rule, group_key, part, record_id from derived where rule = $1 and group_key = $2 order by part`,
    [rule, groupKey],
  );
}

/** The documents that rules have made of these sources one by one, oldest part first; not of groups. */
export function derivedFrom(
  sql: Sql,
  sourceIds: readonly string[],
  rules: readonly string[],
): Promise<DerivedRow[]> {
  if (sourceIds.length === 0 || rules.length === 0) return Promise.resolve([]);
  return rows<DerivedRow>(
    sql,
    `select rule, group_key, part, record_id from derived
     where split_part(group_key, '/', 1) = any($1::text[]) and rule = any($2::text[]) order by rule, group_key, part`,
    [sourceIds, rules],
  );
}

/**
 * Of derived records, those that stand: a system was asked to write them and has not refused, or a person has
 * settled them. To be asked while the records are locked: no write of them begins meanwhile.
 */
export async function postedOf(sql: Sql, recordIds: readonly string[]): Promise<Set<string>> {
  if (recordIds.length === 0) return new Set();
  const found = await rows<{ record_id: string }>(
    sql,
    `select d.record_id from derived d
     where d.record_id = any($1::uuid[]) and (d.left_by is not null or exists (
       select 1 from links l where l.record_id = d.record_id and (l.step is not null or l.remote_id is not null
         or exists (select 1 from tries t where t.link_id = l.id
           and (t.outcome is null or t.outcome in ('done', 'unknown'))))))`,
    [recordIds],
  );
  return new Set(found.map((row) => row.record_id));
}

export interface DerivedWrite extends DerivedRow {
  /** Who decided that this difference is not posted. */
  readonly left_by?: string;
}

/** Notes which record a part became. */
export async function insertDerived(sql: Sql, derived: readonly DerivedWrite[]): Promise<void> {
  if (derived.length === 0) return;
  await run(
    sql,
    `insert into derived (rule, group_key, part, record_id, left_by)
     select rule, group_key, part, record_id, left_by
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, part int, record_id uuid, left_by text)
     on conflict do nothing`,
    [rowsParameter(derived)],
  );
}
