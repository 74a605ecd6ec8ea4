/** What rules and milestones wait for and do. A rule is named by its place in hub.yaml: rules.<name>, milestones.<name>. */
import type { HubEvent } from '../events/event.ts';
import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/**
 * `due`: waits for its time, or to be tried again. `running`: its action is being done. `cancelled`, `met`: an event came
 * first. `failed`: it cannot be done as it is. `unknown`: nobody knows whether it was done. `skipped`: it will not be done.
 */
export type TimerState =
  | 'due'
  | 'running'
  | 'done'
  | 'cancelled'
  | 'met'
  | 'missed'
  | 'failed'
  | 'unknown'
  | 'skipped';

export interface TimerInsert {
  readonly id: string;
  readonly rule: string;
  /** What it is done once for. */
  readonly once: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly event_at: string;
  readonly subject: string | null;
  readonly lane: string;
  readonly state: Extract<TimerState, 'due' | 'cancelled' | 'met' | 'failed'>;
  readonly guarded: boolean;
  /** UTC ISO-8601. */
  readonly due_at: string;
  /** What it is about, for events that may still end it. */
  readonly keys: readonly string[];
  readonly connection?: string;
  readonly action?: string;
  readonly credential?: string;
  readonly input?: JsonObject;
  /** Kept where its input could not be made. */
  readonly event?: HubEvent;
  readonly code?: string;
  readonly reason?: string;
  readonly ended_by?: string;
  readonly ended_at?: string;
}

/** Adds timers; one that is there already for the same rule and the same thing stays. Answers those that are new. */
export async function insertTimers(sql: Sql, timers: readonly TimerInsert[]): Promise<Set<string>> {
  if (timers.length === 0) return new Set();
  const made = await rows<{ id: string }>(
    sql,
    `with x as materialized (
       select * from jsonb_to_recordset($1::jsonb) as x(id uuid, rule text, once text, event_id uuid, event_type text,
         event_at timestamptz, subject text, lane text, state text, guarded boolean, due_at timestamptz, keys text[],
         connection text, action text, credential text, input jsonb, event jsonb, code text, reason text, ended_by uuid,
         ended_at timestamptz)),
     made as (
       insert into rule_timers (id, rule, once, event_id, event_type, event_at, subject, lane, state, guarded, due_at,
         connection, action, credential, input, event, code, reason, ended_by, ended_at, finished_at)
       select id, rule, once, event_id, event_type, event_at, subject, lane, state, guarded, due_at, connection, action,
         credential, input, event, code, reason, ended_by, ended_at,
         case when state in ('cancelled', 'met') then clock_timestamp() end
       from x on conflict (rule, once) do nothing returning id),
     keyed as (
       insert into rule_keys (rule, key, timer_id)
       select x.rule, k.key, x.id from x join made using (id) cross join lateral unnest(x.keys) k(key)
       where x.state in ('due', 'failed') on conflict do nothing)
     select id from made`,
    [rowsParameter(timers)],
  );
  return new Set(made.map((row) => row.id));
}

/** An event that ends what a rule has begun about the same thing. */
export interface TimerEnd {
  readonly rule: string;
  readonly key: string;
  readonly event_id: string;
  /** UTC ISO-8601. */
  readonly at: string;
}

/**
 * Ends what waits, is to be tried again or failed; of a milestone that was missed it notes when it was done after all. The
 * first event counts. Answers what was ended, with its state now.
 */
export async function endTimers(
  sql: Sql,
  ends: readonly TimerEnd[],
): Promise<{ readonly id: string; readonly rule: string; readonly state: TimerState }[]> {
  if (ends.length === 0) return [];
  return rows(
    sql,
    `with x as materialized (
       select * from rows from (jsonb_to_recordset($1::jsonb) as (rule text, key text, event_id uuid, at timestamptz))
         with ordinality as x(rule, key, event_id, at, n)),
     hit as materialized (
       select distinct on (k.timer_id) k.timer_id, x.event_id, x.at
       from x join rule_keys k on k.rule = x.rule and k.key = x.key order by k.timer_id, x.n),
     held as materialized (
       select t.id, h.event_id, h.at from rule_timers t join hit h on h.timer_id = t.id
       where t.state in ('due', 'failed', 'missed') and t.ended_by is null order by t.id for update of t),
     gone as (
       delete from rule_keys k using held where k.timer_id = held.id)
     update rule_timers t set ended_by = held.event_id, ended_at = held.at,
       state = case when t.state = 'missed' then 'missed' when t.rule like 'milestones.%' then 'met' else 'cancelled' end,
       finished_at = coalesce(t.finished_at, clock_timestamp()), version = t.version + 1
     from held where t.id = held.id returning t.id, t.rule, t.state`,
    [rowsParameter(ends)],
  );
}

/** Stops what waits about the same things, because nobody can say whether the event ends it. Answers what was stopped. */
export async function stopTimers(
  sql: Sql,
  ends: readonly (Omit<TimerEnd, 'at'> & { readonly reason: string })[],
  code: string,
): Promise<{ readonly id: string; readonly rule: string }[]> {
  if (ends.length === 0) return [];
  return rows(
    sql,
    `with x as materialized (
       select * from jsonb_to_recordset($1::jsonb) as x(rule text, key text, event_id uuid, reason text)),
     held as materialized (
       select t.id, x.reason from rule_timers t join rule_keys k on k.timer_id = t.id
       join x on k.rule = x.rule and k.key = x.key
       where t.state = 'due' and t.rule like 'rules.%' order by t.id for update of t)
     update rule_timers t set state = 'failed', code = $2, reason = held.reason, version = t.version + 1
     from held where t.id = held.id returning t.id, t.rule`,
    [rowsParameter(ends), code],
  );
}

/** Keeps that these events were heard of, for what begins later about the same thing. */
export async function rememberEnds(sql: Sql, ends: readonly TimerEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await run(
    sql,
    `insert into rule_ends (rule, key, event_id, at)
     select distinct on (rule, key) rule, key, event_id, at
     from rows from (jsonb_to_recordset($1::jsonb) as (rule text, key text, event_id uuid, at timestamptz))
       with ordinality as x(rule, key, event_id, at, n)
     order by rule, key, n desc
     on conflict (rule, key) do update set event_id = excluded.event_id, at = excluded.at`,
    [rowsParameter(ends)],
  );
}

/** Which of these have been ended before they begin; the first of the keys that was. */
export async function earlierEnds(
  sql: Sql,
  begins: readonly { readonly id: string; readonly rule: string; readonly keys: readonly string[] }[],
): Promise<Map<string, { readonly event_id: string; readonly at: Date }>> {
  if (begins.length === 0) return new Map();
  const found = await rows<{ id: string; event_id: string; at: Date }>(
    sql,
    `select distinct on (x.id) x.id, e.event_id, e.at
     from jsonb_to_recordset($1::jsonb) as x(id uuid, rule text, keys text[])
     join rule_ends e on e.rule = x.rule and e.key = any(x.keys) order by x.id, e.at`,
    [rowsParameter(begins)],
  );
  return new Map(found.map(({ id, ...row }) => [id, row]));
}

export interface DueTimer {
  readonly id: string;
  readonly rule: string;
  readonly state: 'due' | 'running';
  readonly event_id: string;
  readonly event_type: string;
  readonly event_at: Date;
  readonly subject: string | null;
  readonly due_at: Date;
  readonly connection: string | null;
  readonly action: string | null;
  readonly credential: string | null;
  readonly input: JsonObject | null;
  readonly event: HubEvent | null;
  readonly attempts: number;
  readonly try_id: string | null;
  readonly try_at: Date | null;
}

/**
 * What of a lane is due, the longest first. What an event may still end waits until everybody was told the events up to
 * its time: after a standstill an event that came in time would be told too late.
 */
export async function dueTimers(sql: Sql, lane: string, limit: number): Promise<DueTimer[]> {
  return rows<DueTimer>(
    sql,
    `with untold as materialized (
       select e.at from events e, event_cursor c
       where c.name = 'fan-out' and e.xid >= pg_snapshot_xmin(c.seen) and not pg_visible_in_snapshot(e.xid, c.seen)
         and (c.reading is null or not pg_visible_in_snapshot(e.xid, c.reading) or e.seq > c.after_seq)
       order by e.xid, e.seq limit 1)
     select id, rule, state, event_id, event_type, event_at, subject, due_at, connection, action, credential, input, event,
       attempts, try_id, try_at
     from rule_timers
     where lane = $1 and state in ('due', 'running') and due_at <= clock_timestamp()
       and (not guarded or state = 'running' or due_at <= coalesce((select at from untold), 'infinity'))
     order by due_at limit $2`,
    [lane, limit],
  );
}

export interface RunStart {
  readonly id: string;
  readonly input: JsonObject;
  readonly try_id: string;
  readonly try_at: Date;
  /** Milliseconds until nobody can be at it any more. */
  readonly for_ms: number;
}

/** Marks what is about to be done; answers those nothing has ended meanwhile. */
export async function startRuns(sql: Sql, starts: readonly RunStart[]): Promise<Set<string>> {
  if (starts.length === 0) return new Set();
  const started = await rows<{ id: string }>(
    sql,
    `with x as materialized (
       select * from jsonb_to_recordset($1::jsonb) as x(id uuid, input jsonb, try_id uuid, try_at timestamptz,
         for_ms float8)),
     held as materialized (
       select t.id from rule_timers t join x on x.id = t.id where t.state in ('due', 'running') order by t.id for update of t)
     update rule_timers t set state = 'running', input = x.input, event = null, try_id = x.try_id, try_at = x.try_at,
       due_at = clock_timestamp() + x.for_ms * interval '1 ms', version = t.version + 1
     from held join x using (id) where t.id = held.id returning t.id`,
    [rowsParameter(starts)],
  );
  return new Set(started.map((row) => row.id));
}

export interface RunOutcome {
  readonly id: string;
  /** The try it comes of; absent: it was not tried. */
  readonly try_id?: string;
  readonly state: Extract<TimerState, 'due' | 'done' | 'failed' | 'unknown' | 'skipped'>;
  readonly code?: string;
  readonly reason?: string;
  readonly answer?: JsonObject;
  /** When to try again. */
  readonly delayMs?: number;
  /** Counts towards back-off. */
  readonly failed?: boolean;
}

/** Notes what came of runs; one that somebody has decided about meanwhile stays. Answers those that were noted. */
export async function finishRuns(
  sql: Sql,
  outcomes: readonly RunOutcome[],
): Promise<{ readonly id: string; readonly rule: string; readonly state: TimerState }[]> {
  if (outcomes.length === 0) return [];
  return rows(
    sql,
    `with x as materialized (
       select * from jsonb_to_recordset($1::jsonb) as x(id uuid, try_id uuid, state text, code text, reason text,
         answer jsonb, "delayMs" float8, failed boolean)),
     held as materialized (
       select t.id from rule_timers t join x on x.id = t.id
       where case when x.try_id is null then t.state = 'due' else t.state = 'running' and t.try_id = x.try_id end
       order by t.id for update of t),
     gone as (
       delete from rule_keys k using held, x where k.timer_id = held.id and x.id = held.id and x.state in ('done', 'skipped'))
     update rule_timers t set state = x.state, code = x.code, reason = x.reason,
       answer = coalesce(x.answer, t.answer), attempts = t.attempts + case when x.failed then 1 else 0 end,
       due_at = case when x.state = 'due' then clock_timestamp() + coalesce(x."delayMs", 0) * interval '1 ms' else t.due_at end,
       finished_at = case when x.state in ('done', 'skipped') then clock_timestamp() end, version = t.version + 1
     from held join x using (id) where t.id = held.id returning t.id, t.rule, t.state`,
    [rowsParameter(outcomes)],
  );
}

/** Milestones whose time is over; answers those that nothing has met meanwhile. Their keys stay: they may be met late. */
export async function missTimers(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const missed = await rows<{ id: string }>(
    sql,
    `with held as materialized (
       select id from rule_timers where id = any($1::uuid[]) and state = 'due' order by id for update)
     update rule_timers t set state = 'missed', finished_at = clock_timestamp(), version = version + 1
     from held where t.id = held.id returning t.id`,
    [ids],
  );
  return new Set(missed.map((row) => row.id));
}

/** Counts what became of rules today; to be called last in a transaction, as many add to the same rows. */
export async function countOutcomes(
  sql: Sql,
  outcomes: readonly { readonly rule: string; readonly outcome: string }[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await run(
    sql,
    `insert into rule_counts (rule, day, outcome, count)
     select rule, (clock_timestamp() at time zone 'UTC')::date, outcome, count(*)
     from jsonb_to_recordset($1::jsonb) as x(rule text, outcome text) group by rule, outcome order by rule, outcome
     on conflict (rule, day, outcome) do update set count = rule_counts.count + excluded.count`,
    [rowsParameter(outcomes)],
  );
}

/** Forgets what is long over: rules after 30 days, milestones and what ended them after 90. A thousand rows at most. */
export async function forgetTimers(sql: Sql): Promise<void> {
  await run(
    sql,
    `delete from rule_timers where id in (
       select id from rule_timers
       where finished_at < now() - interval '30 days' and (rule like 'rules.%' or finished_at < now() - interval '90 days')
       order by finished_at limit 1000)`,
  );
  await run(
    sql,
    `delete from rule_ends where (rule, key) in (
       select rule, key from rule_ends where at < now() - interval '90 days' order by at limit 1000)`,
  );
}
