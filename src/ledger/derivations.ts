import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface ShareWrite {
  readonly rule: string;
  readonly group_key: string;
  readonly source_id: string;
  readonly source_version: number;
  readonly share: JsonObject;
}

/** Stores what source records contribute to groups; a newer version of a source replaces its share. */
export async function writeShares(sql: Sql, shares: readonly ShareWrite[]): Promise<void> {
  if (shares.length === 0) return;
  await run(
    sql,
    `insert into derivations as d (rule, group_key, source_id, source_version, share)
     select rule, group_key, source_id, source_version, share
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, source_id uuid, source_version bigint,
       share jsonb)
     on conflict (rule, group_key, source_id) do update
       set source_version = excluded.source_version, share = excluded.share
       where d.source_version < excluded.source_version`,
    [rowsParameter(shares)],
  );
}

/** Takes the shares of sources away from every group of a rule except the one they belong to now. */
export async function moveShares(
  sql: Sql,
  moves: readonly { readonly rule: string; readonly source_id: string; readonly group_key: string | null }[],
): Promise<{ rule: string; group_key: string }[]> {
  if (moves.length === 0) return [];
  return rows<{ rule: string; group_key: string }>(
    sql,
    `delete from derivations d
     using jsonb_to_recordset($1::jsonb) as x(rule text, source_id uuid, group_key text)
     where d.rule = x.rule and d.source_id = x.source_id and d.group_key is distinct from x.group_key
     returning d.rule, d.group_key`,
    [rowsParameter(moves)],
  );
}

export interface GroupDue {
  readonly rule: string;
  readonly group_key: string;
  readonly fields: JsonObject;
  readonly lane: string;
  readonly due_at: string;
}

/** Makes groups due at their closing time; a later change moves it on. */
export async function dueGroups(sql: Sql, groups: readonly GroupDue[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `insert into derivation_groups as g (rule, group_key, fields, lane, state, due_at)
     select rule, group_key, fields, lane, 'due', due_at
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, fields jsonb, lane text,
       due_at timestamptz) order by rule, group_key
     on conflict (rule, group_key) do update set state = 'due', due_at = excluded.due_at, attempts = 0,
       error_code = null, error = null`,
    [rowsParameter(groups)],
  );
}

/** Groups whose content changed although no source told a new closing time: look at them again. */
export async function touchGroups(
  sql: Sql,
  groups: readonly { readonly rule: string; readonly group_key: string }[],
): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `update derivation_groups g set state = 'due', due_at = greatest(due_at, now())
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text)
     where g.rule = x.rule and g.group_key = x.group_key`,
    [rowsParameter(groups)],
  );
}

export interface GroupRow {
  readonly rule: string;
  readonly group_key: string;
  readonly fields: JsonObject;
  readonly attempts: number;
}

export function readDueGroups(sql: Sql, lane: string, limit: number): Promise<GroupRow[]> {
  return rows<GroupRow>(
    sql,
    `select rule, group_key, fields, attempts from derivation_groups
     where lane = $1 and state = 'due' and due_at <= now() order by priority, due_at limit $2`,
    [lane, limit],
  );
}

/** Locks one group if it is still due. */
export async function lockGroup(sql: Sql, rule: string, groupKey: string): Promise<boolean> {
  const found = await rows<{ rule: string }>(
    sql,
    `select rule from derivation_groups where rule = $1 and group_key = $2 and state = 'due' and due_at <= now()
     for update`,
    [rule, groupKey],
  );
  return found.length === 1;
}

export async function finishGroup(
  sql: Sql,
  rule: string,
  groupKey: string,
  outcome: { state: 'due' | 'done' | 'parked'; code?: string; error?: string; delayMs?: number },
): Promise<void> {
  await run(
    sql,
    `update derivation_groups set state = $3, error_code = $4, error = $5, attempts = attempts + 1,
       due_at = case when $3 = 'due' then now() + $6::float8 * interval '1 ms' else due_at end
     where rule = $1 and group_key = $2`,
    [rule, groupKey, outcome.state, outcome.code ?? null, outcome.error ?? null, outcome.delayMs ?? 0],
  );
}

/** All shares of a group. */
export async function sharesOf(sql: Sql, rule: string, groupKey: string): Promise<JsonObject[]> {
  const found = await rows<{ share: JsonObject }>(
    sql,
    `select share from derivations where rule = $1 and group_key = $2`,
    [rule, groupKey],
  );
  return found.map((row) => row.share);
}

export interface DerivedPart {
  readonly part: number;
  readonly record_id: string;
  /** Whether any system was already asked to write it: then it is never revised, the next part follows. */
  readonly posted: boolean;
}

/** The parts derived for a group so far, oldest first. */
export function partsOf(sql: Sql, rule: string, groupKey: string): Promise<DerivedPart[]> {
  return rows<DerivedPart>(
    sql,
    `select d.part, d.record_id,
       exists (select 1 from links l where l.record_id = d.record_id and (l.step is not null
         or exists (select 1 from tries t where t.link_id = l.id))) as posted
     from derived d where d.rule = $1 and d.group_key = $2 order by d.part`,
    [rule, groupKey],
  );
}

/** Notes which record a part became. */
export async function insertDerived(
  sql: Sql,
  derived: readonly { rule: string; group_key: string; part: number; record_id: string }[],
): Promise<void> {
  if (derived.length === 0) return;
  await run(
    sql,
    `insert into derived (rule, group_key, part, record_id)
     select rule, group_key, part, record_id
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, part int, record_id uuid)
     on conflict do nothing`,
    [rowsParameter(derived)],
  );
}

/** Records derived one to one or split from sources: found by rule and key. */
export function findDerived(
  sql: Sql,
  keys: readonly { readonly rule: string; readonly group_key: string }[],
): Promise<{ rule: string; group_key: string; part: number; record_id: string }[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return rows(
    sql,
    `select d.rule, d.group_key, d.part, d.record_id from derived d
     join jsonb_to_recordset($1::jsonb) as x(rule text, group_key text)
       on d.rule = x.rule and d.group_key = x.group_key`,
    [rowsParameter(keys)],
  );
}
