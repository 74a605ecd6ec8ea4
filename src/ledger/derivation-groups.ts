import type { JsonObject } from '../model/json.ts';
import { databaseNow } from './clock.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** Names a group of a rule, one document of a split, or a source that a rule could not be followed for. */
export interface GroupName {
  readonly rule: string;
  readonly group_key: string;
}

export interface GroupDue extends GroupName {
  readonly fields: JsonObject;
  readonly lane: string;
  readonly due_at: string;
}

/** Locks groups in the order every transaction uses; those that are not there yet are not missed. */
export async function holdGroups(sql: Sql, groups: readonly GroupName[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `select count(*) from (
       select 1 from derivation_groups g
       join jsonb_to_recordset($1::jsonb) as x(rule text, group_key text)
         on g.rule = x.rule and g.group_key = x.group_key
       order by g.rule, g.group_key for update of g) held`,
    [rowsParameter(groups)],
  );
}

/** Makes groups due at their closing time; a later change moves it on, and what a person decided before it lapses. */
export async function dueGroups(sql: Sql, groups: readonly GroupDue[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `insert into derivation_groups as g (rule, group_key, fields, lane, state, due_at)
     select rule, group_key, fields, lane, 'due', due_at
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, fields jsonb, lane text,
       due_at timestamptz) order by rule, group_key
     on conflict (rule, group_key) do update set state = 'due', due_at = excluded.due_at, attempts = 0,
       error_code = null, error = null, decision = null, decided_by = null`,
    [rowsParameter(groups)],
  );
}

/** Groups whose content changed although no source told a new closing time: look at them again. The caller holds them. */
export async function touchGroups(sql: Sql, groups: readonly GroupName[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `update derivation_groups g set state = 'due', due_at = greatest(due_at, now()), attempts = 0,
       error_code = null, error = null, decision = null, decided_by = null
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text)
     where g.rule = x.rule and g.group_key = x.group_key`,
    [rowsParameter(groups)],
  );
}

export interface GroupParked extends GroupName {
  readonly lane: string;
  /** The source it is derived from, to be derived from again. */
  readonly source_id: string;
  readonly code: string;
  readonly error: string;
}

/** Parks what could not be derived from one source; it holds back nothing else. */
export async function parkGroups(sql: Sql, groups: readonly GroupParked[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `insert into derivation_groups as g (rule, group_key, fields, lane, state, due_at, source_id, error_code, error)
     select rule, group_key, '{}', lane, 'parked', now(), source_id, code, error
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text, lane text, source_id uuid, code text,
       error text) order by rule, group_key
     on conflict (rule, group_key) do update set state = 'parked', source_id = excluded.source_id,
       due_at = least(g.due_at, excluded.due_at), error_code = excluded.error_code, error = excluded.error, decision = null, decided_by = null`,
    [rowsParameter(groups)],
  );
}

/** Ends what was parked for sources that could be derived from meanwhile. The caller holds the groups. */
export async function unparkSources(sql: Sql, groups: readonly GroupName[]): Promise<void> {
  if (groups.length === 0) return;
  await run(
    sql,
    `update derivation_groups g set state = 'done', error_code = null, error = null, decision = null,
       decided_by = null
     from jsonb_to_recordset($1::jsonb) as x(rule text, group_key text)
     where g.rule = x.rule and g.group_key = x.group_key and g.source_id is not null and g.state = 'parked'`,
    [rowsParameter(groups)],
  );
}

export interface GroupRow extends GroupName {
  readonly fields: JsonObject;
  readonly attempts: number;
  /** Set: not a group, but a source to be derived from again. */
  readonly source_id: string | null;
  /** What a person decided about a difference that came after posting. */
  readonly decision: 'post' | 'leave' | null;
  readonly decided_by: string | null;
}

const columns = 'rule, group_key, fields, attempts, source_id, decision, decided_by';

export function readDueGroups(sql: Sql, lane: string, limit: number): Promise<GroupRow[]> {
  return rows<GroupRow>(
    sql,
    `select ${columns} from derivation_groups
     where lane = $1 and state = 'due' and due_at <= now() order by priority, due_at limit $2`,
    [lane, limit],
  );
}

/** Locks one group if it is still due, and answers it as it is now. */
export async function lockGroup(sql: Sql, rule: string, groupKey: string): Promise<GroupRow | undefined> {
  const found = await rows<GroupRow>(
    sql,
    `select ${columns} from derivation_groups
     where rule = $1 and group_key = $2 and state = 'due' and due_at <= now() for update`,
    [rule, groupKey],
  );
  return found[0];
}

export async function finishGroup(
  sql: Sql,
  rule: string,
  groupKey: string,
  outcome: {
    readonly state: 'due' | 'done' | 'parked';
    readonly code?: string;
    readonly error?: string;
    readonly delayMs?: number;
  },
): Promise<void> {
  await run(
    sql,
    `update derivation_groups set state = $3, error_code = $4, error = $5, attempts = attempts + 1,
       due_at = case when $3 = 'due' then now() + $6::float8 * interval '1 ms' else due_at end,
       decision = case when $3 = 'due' then decision end, decided_by = case when $3 = 'due' then decided_by end
     where rule = $1 and group_key = $2`,
    [rule, groupKey, outcome.state, outcome.code ?? null, outcome.error ?? null, outcome.delayMs ?? 0],
  );
}

/**
 * Notes what a person decided about a difference that came after posting, and makes the group due. Answers its
 * lane, to be rung; undefined when nothing of that name is parked for a decision.
 */
export async function decideGroup(
  sql: Sql,
  { rule, group_key }: GroupName,
  decision: 'post' | 'leave',
  author: string,
): Promise<string | undefined> {
  const found = await rows<{ lane: string }>(
    sql,
    `update derivation_groups set state = 'due', due_at = now(), attempts = 0, decision = $3, decided_by = $4
     where rule = $1 and group_key = $2 and state = 'parked' and error_code = 'derive.late' returning lane`,
    [rule, group_key, decision, author],
  );
  return found[0]?.lane;
}

/**
 * Tries parked derivations again: those of a rule, or one by name; so many at a time, until none is left that was parked
 * when this began. What somebody holds just now is tried by that one. Answers the lanes to ring.
 *
 * @param sql Not a transaction: each part is one of its own.
 */
export async function retryGroups(
  sql: Sql,
  which: { readonly rule?: string; readonly group_key?: string },
  limit = 500,
): Promise<string[]> {
  const began = await databaseNow(sql);
  const lanes = new Set<string>();
  for (let found: { lane: string }[] | undefined; found === undefined || found.length === limit; ) {
    found = await rows<{ lane: string }>(
      sql,
      `with mine as (
         select rule, group_key from derivation_groups
         where state = 'parked' and due_at < $3::timestamptz and ($1::text is null or rule = $1)
           and ($2::text is null or group_key = $2)
         order by rule, group_key limit $4 for update skip locked)
       update derivation_groups g set state = 'due', due_at = clock_timestamp(), attempts = 0
       from mine where g.rule = mine.rule and g.group_key = mine.group_key returning g.lane`,
      [which.rule ?? null, which.group_key ?? null, began, limit],
    );
    for (const { lane } of found) lanes.add(lane);
  }
  return [...lanes];
}

export interface ParkedGroup extends GroupName {
  readonly source_id: string | null;
  readonly code: string | null;
  readonly error: string | null;
}

/** What is parked, in pages: pass the last row of a page to get the next. */
export function parkedGroups(
  sql: Sql,
  options: { readonly rule?: string; readonly limit?: number; readonly after?: GroupName } = {},
): Promise<ParkedGroup[]> {
  return rows<ParkedGroup>(
    sql,
    `select rule, group_key, source_id, error_code as code, error from derivation_groups
     where state = 'parked' and ($1::text is null or rule = $1)
       and ($2::text is null or (rule, group_key) > ($2, $3::text))
     order by rule, group_key limit $4`,
    [
      options.rule ?? null,
      options.after?.rule ?? null,
      options.after?.group_key ?? null,
      options.limit ?? 200,
    ],
  );
}
