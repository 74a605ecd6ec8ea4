/** Rules and milestones for people: what waits, what could not be done, and what they decide about it. */
import type { JsonObject } from '../model/json.ts';
import type { TimerState } from './rule-timers.ts';
import { planned, rows, type Sql } from './sql.ts';

export interface ListedTimer {
  readonly id: string;
  readonly rule: string;
  readonly state: TimerState;
  readonly event_id: string;
  readonly event_type: string;
  readonly event_at: Date;
  readonly subject: string | null;
  /** Of the record it is about: its number or code, else its id; null where it is about none. */
  readonly number: string | null;
  readonly entity: string | null;
  readonly due_at: Date;
  readonly connection: string | null;
  readonly action: string | null;
  readonly input: JsonObject | null;
  readonly attempts: number;
  readonly code: string | null;
  readonly reason: string | null;
  readonly answer: JsonObject | null;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

export interface TimerFilter {
  readonly id?: string | undefined;
  /** As in hub.yaml: `rules.<name>`, `milestones.<name>`, or the name alone. */
  readonly rule?: string | undefined;
  readonly states?: readonly TimerState[] | undefined;
  /** Id of the record it is about. */
  readonly subject?: string | undefined;
  readonly code?: string | undefined;
  readonly limit?: number;
  /** The last one of the page before. */
  readonly after?: string | undefined;
}

/** Timers, the oldest first. */
export function listTimers(sql: Sql, filter: TimerFilter): Promise<ListedTimer[]> {
  const { id, rule, states, subject, code, limit, after } = filter;
  return planned<ListedTimer>(
    sql,
    `select t.id, t.rule, t.state, t.event_id, t.event_type, t.event_at, t.subject, r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code', t.subject) as number, t.due_at, t.connection, t.action, t.input,
       t.attempts, t.code, t.reason, t.answer, t.ended_by, t.ended_at, t.created_at, t.finished_at
     from rule_timers t
     left join records r on r.id = case when t.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then t.subject::uuid end
     where ($1::uuid is null or t.id = $1) and ($2::text is null or t.rule in ($2, 'rules.' || $2, 'milestones.' || $2))
       and ($3::text[] is null or t.state = any($3)) and ($4::text is null or t.subject = $4)
       and ($5::text is null or t.code = $5)
       and ($7::uuid is null or (t.created_at, t.id) > (select l.created_at, l.id from rule_timers l where l.id = $7))
     order by t.created_at, t.id limit $6`,
    [id ?? null, rule ?? null, states ?? null, subject ?? null, code ?? null, limit ?? 1_000, after ?? null],
  );
}

/** Ids of timers that begin so; two are enough to say that it is ambiguous. */
export async function timersNamed(sql: Sql, prefix: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    sql,
    `select id from rule_timers where starts_with(id::text, $1) order by id limit 2`,
    [prefix.toLowerCase()],
  );
  return found.map((row) => row.id);
}

/** What people decide: another try, none any more, or what became of one nobody knows the outcome of. */
export type TimerDecision = 'retry' | 'skip' | 'done' | 'not-done';

/** The states a decision is about. */
export const decidable: Readonly<Record<TimerDecision, readonly TimerState[]>> = {
  retry: ['failed'],
  skip: ['due', 'failed', 'unknown'],
  done: ['unknown'],
  'not-done': ['unknown'],
};

/**
 * Carries a decision out, for those it can be about; answers them. What is to be done once more is made anew from its
 * event, as far as that is still kept: whoever corrects the rule is heard.
 */
export async function decideTimers(
  sql: Sql,
  ids: readonly string[],
  decision: TimerDecision,
  reason: string,
): Promise<
  { readonly id: string; readonly rule: string; readonly state: TimerState; readonly lane: string }[]
> {
  return rows(
    sql,
    `with held as materialized (
       select id from rule_timers where id = any($1::uuid[]) and state = any($2::text[]) order by id for update),
     x as (
       select h.id, case $3 when 'done' then 'done' when 'skip' then 'skipped' else 'due' end as state,
         case when $3 in ('retry', 'not-done') then (
           select jsonb_build_object('id', e.id, 'type', e.type, 'version', e.version, 'occurredAt',
             to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'subject', e.subject, 'key', e.key,
             'data', e.data)
           from events e where e.id = t.event_id limit 1) end as event
       from held h join rule_timers t using (id)),
     gone as (
       delete from rule_keys k using x where k.timer_id = x.id and x.state <> 'due')
     update rule_timers t set state = x.state, attempts = 0, code = null, reason = case when x.state = 'due' then null else $4 end,
       event = coalesce(x.event, t.event), due_at = case when x.state = 'due' then clock_timestamp() else t.due_at end,
       finished_at = case when x.state = 'due' then null else clock_timestamp() end, version = t.version + 1
     from x where t.id = x.id returning t.id, t.rule, t.state, t.lane`,
    [ids, decidable[decision], decision, reason],
  );
}

export interface RuleStatus {
  readonly rule: string;
  /** What waits now, by state. */
  readonly waiting: number;
  readonly failed: number;
  readonly unknown: number;
  /** When the next of those that wait is due. */
  readonly next: Date | null;
  /** What has become of it in the last 30 days, by outcome: done, cancelled, met, missed, late … */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** How each rule and milestone is doing. */
export function statusOfRules(sql: Sql): Promise<RuleStatus[]> {
  return rows<RuleStatus>(
    sql,
    `with open as (
       select rule, count(*) filter (where state in ('due', 'running'))::int as waiting,
         count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'unknown')::int as unknown,
         min(due_at) filter (where state in ('due', 'running')) as next
       from rule_timers where state in ('due', 'running', 'failed', 'unknown') group by rule),
     past as (
       select rule, jsonb_object_agg(outcome, count) as outcomes from (
         select rule, outcome, sum(count)::int as count from rule_counts
         where day > (now() at time zone 'UTC')::date - 30 group by rule, outcome) c group by rule)
     select rule, coalesce(o.waiting, 0) as waiting, coalesce(o.failed, 0) as failed, coalesce(o.unknown, 0) as unknown,
       o.next, coalesce(p.outcomes, '{}') as outcomes
     from open o full join past p using (rule) order by rule`,
  );
}
