/**
 * How things stand now, for monitoring: one statement, read by indexes, whose cost is bounded whatever the tables hold.
 * Moments are seconds since the epoch.
 */
import { waitingGroup } from './periods.ts';
import { rows, rowsParameter, type Sql } from './sql.ts';

/** Rows of a kind that are counted; with more, `capped` says so and the count is what was counted last in the background. */
export const countedRows = 5_000;

export interface CopyCount {
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly state: 'due' | 'waiting' | 'unknown' | 'parked';
  readonly code: string | null;
  readonly count: number;
  /** Since when the oldest of them differs from its record. */
  readonly since: number | null;
}

export interface MessageCount {
  readonly connection: string;
  readonly object: string;
  readonly state: 'due' | 'waiting' | 'dead';
  readonly code: string | null;
  readonly count: number;
  /** When the oldest of them was received. */
  readonly since: number;
}

/** The oldest of what is due in a place, however much is due. */
export interface OldestDue {
  readonly connection: string;
  readonly object: string;
  readonly entity: string | null;
  readonly since: number | null;
}

export interface PollStanding {
  readonly connection: string;
  readonly object: string;
  readonly interval_seconds: number;
  /** Everything is known as of then; null: never yet. */
  readonly covered: number | null;
  readonly due: number;
  readonly attempts: number;
  readonly code: string | null;
}

export interface Snapshot {
  readonly now: number;
  readonly copies: readonly CopyCount[];
  readonly messages: readonly MessageCount[];
  readonly oldest_copies: readonly OldestDue[];
  readonly oldest_messages: readonly OldestDue[];
  readonly connections: readonly {
    readonly id: string;
    readonly mode: 'observe' | 'shadow' | 'live';
    readonly paused_until: number | null;
    readonly reason: string | null;
  }[];
  readonly polls: readonly PollStanding[];
  readonly waits: readonly {
    readonly subject: 'link' | 'inbox';
    readonly kind: string;
    readonly count: number;
  }[];
  readonly conflicts: readonly { readonly entity: string; readonly count: number; readonly since: number }[];
  readonly held_deletions: readonly {
    readonly connection: string;
    readonly object: string;
    readonly count: number;
    readonly since: number;
  }[];
  readonly overdue_requests: readonly {
    readonly connection: string;
    readonly object: string;
    readonly kind: string;
    readonly count: number;
    readonly since: number;
  }[];
  readonly parked_groups: readonly {
    readonly rule: string;
    readonly count: number;
    readonly since: number;
  }[];
  readonly deliveries: readonly {
    readonly subscription: string;
    readonly state: 'enabled' | 'disabled' | 'parked';
    /** Deliveries that are to be posted, and when the oldest of their events happened. */
    readonly count: number;
    readonly since: number | null;
    /** Since when every post has failed. */
    readonly failing: number | null;
  }[];
  /** Actions that have failed, or of which nobody knows whether they were done. */
  readonly stuck_rules: readonly {
    readonly rule: string;
    readonly state: 'failed' | 'unknown';
    readonly count: number;
    readonly since: number;
  }[];
  /** Milestones missed today and yesterday, UTC. */
  readonly missed: readonly { readonly rule: string; readonly count: number }[];
  readonly lanes: readonly { readonly kind: string; readonly held: number }[];
  readonly sign_ins: readonly {
    readonly connection: string;
    readonly credential: string;
    readonly refused: boolean;
  }[];
  /** Documents of a month that are not in a system whose books of it are closed soon; the youngest ones do not count. */
  /** Closed accounting periods that something waits for. `amounts`: by currency, decimal text. */
  readonly closed_periods: readonly {
    readonly connection: string;
    readonly book: string;
    readonly period: string;
    readonly count: number;
    readonly since: number;
    readonly amounts: Readonly<Record<string, string>> | null;
  }[];
  readonly open_documents: readonly {
    readonly connection: string;
    readonly count: number;
    readonly since: number | null;
  }[];
  readonly api_tokens: readonly { readonly name: string; readonly expires: number }[];
  /** What was counted last in the background, for kinds with more rows than are counted here. */
  readonly counted: readonly {
    readonly section: 'links' | 'inbox';
    readonly told: readonly {
      readonly connection: string;
      readonly object: string;
      readonly entity?: string;
      readonly state: string;
      readonly count: number;
    }[];
  }[];
}

/** Which open documents of a connection count: those of these entities that are dated before a day, or a moment (UTC). */
export interface ClosingBooks {
  readonly connection: string;
  readonly entities: readonly string[];
  readonly day: string;
  readonly moment: string;
}

const seconds = (moment: string): string => `extract(epoch from ${moment})::float8`;

/** One entry per part of the snapshot: what others want to be watched is added here, bounded and by an index. */
const parts: Readonly<Record<Exclude<keyof Snapshot, 'now'>, string>> = {
  copies: `
    select connection, object, entity, state, error_code as code, count(*)::int as count,
      ${seconds('min(dirty_since)')} as since
    from (
      (select connection, object, entity, state, null as error_code, dirty_since from links
       where state = 'due' order by lane, priority, due_at limit ${countedRows + 1})
      union all
      (select connection, object, entity, state, error_code, dirty_since from links
       where state in ('waiting', 'unknown', 'parked') order by connection, state limit ${countedRows + 1})) open
    group by 1, 2, 3, 4, 5`,
  messages: `
    select connection, object, state, error_code as code, count(*)::int as count,
      ${seconds('min(received_at)')} as since
    from (
      (select connection, object, state, null as error_code, received_at from inbox
       where state = 'due' order by lane, priority, id limit ${countedRows + 1})
      union all
      (select connection, object, state, error_code, received_at from inbox
       where state in ('dead', 'waiting') order by connection, state, id limit ${countedRows + 1})) open
    group by 1, 2, 3, 4`,
  // One index probe per lane and priority, as the sweep does.
  oldest_copies: `
    with recursive k(lane, priority) as (
      (select lane, priority from links where state = 'due' order by lane, priority limit 1)
      union all
      select n.lane, n.priority from k cross join lateral (
        select lane, priority from links
        where state = 'due' and (lane, priority) > (k.lane, k.priority) order by lane, priority limit 1) n)
    select connection, object, entity, ${seconds('min(dirty_since)')} as since
    from k cross join lateral (
      select connection, object, entity, dirty_since from links
      where state = 'due' and lane = k.lane and priority = k.priority order by due_at limit 1) first
    group by 1, 2, 3`,
  oldest_messages: `
    with recursive k(lane, priority) as (
      (select lane, priority from inbox where state = 'due' order by lane, priority limit 1)
      union all
      select n.lane, n.priority from k cross join lateral (
        select lane, priority from inbox
        where state = 'due' and (lane, priority) > (k.lane, k.priority) order by lane, priority limit 1) n)
    select connection, object, null as entity, ${seconds('min(received_at)')} as since
    from k cross join lateral (
      select connection, object, received_at from inbox
      where state = 'due' and lane = k.lane and priority = k.priority order by id limit 1) first
    group by 1, 2`,
  connections: `
    select id, mode, case when paused_until > now() then ${seconds('paused_until')} end as paused_until,
      case when paused_until > now() then paused_reason end as reason
    from connections order by id`,
  polls: `
    select connection, object, interval_ms / 1000.0 as interval_seconds, ${seconds('covered_at')} as covered,
      ${seconds('due_at')} as due, attempts, error_code as code from cursors`,
  waits: `
    select subject, kind, count(*)::int as count from (select subject, kind from waits limit ${countedRows}) few
    group by 1, 2`,
  conflicts: `
    select entity, count(*)::int as count, ${seconds('min(opened_at)')} as since from (
      select entity, opened_at from conflicts where state = 'open' order by opened_at limit ${countedRows}) few
    group by 1`,
  held_deletions: `
    select connection, object, count(*)::int as count, ${seconds('min(changed_at)')} as since from (
      select connection, object, changed_at from deletions where state = 'held' limit ${countedRows}) few
    group by 1, 2`,
  overdue_requests: `
    select connection, object, kind, count(*)::int as count, ${seconds('min(deadline)')} as since from (
      select connection, object, kind, deadline from requests
      where state in ('asked', 'unknown') and closed_at is null and deadline < now() limit ${countedRows}) few
    group by 1, 2, 3`,
  parked_groups: `
    select rule, count(*)::int as count, ${seconds('min(due_at)')} as since from (
      select rule, due_at from derivation_groups where state = 'parked' limit ${countedRows}) few
    group by 1`,
  deliveries: `
    select s.name as subscription, s.state, ${seconds('s.failing_since')} as failing,
      coalesce(d.count, 0)::int as count, ${seconds('d.since')} as since
    from subscriptions s left join (
      select subscription_id, count(*) as count, min(event_at) as since from (
        select subscription_id, event_at from due_deliveries
        order by lane, due_at, seq limit ${countedRows}) few
      group by 1) d on d.subscription_id = s.id`,
  stuck_rules: `
    select rule, state, count(*)::int as count, ${seconds('min(created_at)')} as since from (
      select rule, state, created_at from rule_timers
      where state in ('failed', 'unknown') order by state, created_at limit ${countedRows}) few
    group by 1, 2`,
  missed: `
    select rule, sum(count)::int as count from rule_counts
    where outcome = 'missed' and day >= (now() at time zone 'UTC')::date - 1 group by 1`,
  lanes: `select kind, (count(*) filter (where lease_until > now()))::int as held from lanes group by 1`,
  sign_ins: `
    select connection, name as credential, coalesce(refused_until > now(), false) as refused from vendor_tokens`,
  api_tokens: `
    select name, ${seconds('expires_at')} as expires from tokens
    where revoked_at is null and expires_at between now() - interval '7 days' and now() + interval '30 days' limit 100`,
  // Dates are texts that sort as they are; one without a time is compared by its day.
  open_documents: `
    select x.connection, count(*)::int as count, ${seconds('min(l.dirty_since)')} as since
    from jsonb_to_recordset($1::jsonb) as x(connection text, entities text[], day text, moment text)
    join (
      (select connection, entity, record_id, dirty_since from links
       where state = 'due' order by lane, priority, due_at limit ${countedRows})
      union all
      (select connection, entity, record_id, dirty_since from links
       where state in ('waiting', 'unknown', 'parked') order by connection, state limit ${countedRows})) l
      on l.connection = x.connection and l.entity = any (x.entities)
        and l.dirty_since < now() - interval '5 minutes'
    join records r on r.id = l.record_id
    cross join lateral (
      select coalesce(r.data ->> 'postingDate', r.data ->> 'businessDate', r.data ->> 'occurredAt',
        r.data ->> 'shippedAt', r.data ->> 'askedAt', r.data ->> 'placedAt') as dated) d
    where d.dated collate "C" < case when length(d.dated) = 10 then x.day else x.moment end collate "C"
    group by 1`,
  closed_periods: `
    select p.connection, p.book, p.period, g.count, ${seconds('g.oldest')} as since, g.amounts
    from periods p
    cross join lateral (${waitingGroup(`concat_ws('/', p.connection, p.book, p.period)`)}) g
    where p.state = 'closed' and g.count > 0 order by 1, 2, 3 limit 100`,
  counted: `select section, told from overview where section in ('links', 'inbox')`,
};

const statement = `select ${seconds('now()')} as now, ${Object.entries(parts)
  .map(([name, text]) => `coalesce((select jsonb_agg(to_jsonb(part)) from (${text}) part), '[]') as ${name}`)
  .join(', ')}`;

/** Milliseconds on a hub at rest; tens of them with a million copies and a million messages, half of them due or stuck. */
export async function takeSnapshot(sql: Sql, closings: readonly ClosingBooks[] = []): Promise<Snapshot> {
  const [found] = await rows<Snapshot>(sql, statement, [rowsParameter(closings)]);
  return found as Snapshot;
}
