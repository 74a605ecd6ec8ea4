/** The log of deliveries: what was posted to whom and what came of it; of what waits, that it waits. */
import type { Json } from '../model/json.ts';
import type { DeliveryInsert, DeliveryOutcome } from './due-deliveries.ts';
import { rows, run, type Sql } from './sql.ts';

export type DeliveryState = 'due' | 'done' | 'failed' | 'cancelled';

/** A delivery as people see it. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly subscription: string;
  readonly eventId: string;
  readonly type: string;
  readonly key: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly at: Date;
  readonly eventAt: Date;
  readonly dueAt: Date;
  readonly finishedAt: Date | null;
  readonly status: number | null;
  /** The beginning of the last answer. */
  readonly answer: string | null;
  readonly durationMs: number | null;
  readonly code: string | null;
  readonly error: string | null;
  /** Every try: when, status, duration, code. */
  readonly log: Json;
  readonly replay: boolean;
  /** Whether its subscription gets personal values. */
  readonly personal: 'masked' | 'full';
  /** Where it stands in the log. */
  readonly seq: number;
}

/** Which deliveries are meant; everything given must hold. */
export interface DeliveryFilter {
  readonly id?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly state?: DeliveryState | undefined;
  /** Exact types. */
  readonly types?: readonly string[] | undefined;
  readonly eventId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Those that stand before this one: where a page ended. */
  readonly before?: number | undefined;
}

/** What `DeliveryFilter` says of rows called d. */
const meant = `($1::uuid is null or d.id = $1) and ($2::uuid is null or d.subscription_id = $2)
  and ($4::text[] is null or d.type = any($4)) and ($5::uuid is null or d.event_id = $5)
  and ($6::timestamptz is null or d.at >= $6) and ($7::timestamptz is null or d.at <= $7)
  and ($8::bigint is null or d.seq < $8)`;

/** The log, the newest first; what was not tried yet has no row in it, but a place. */
export function listDeliveries(sql: Sql, filter: DeliveryFilter, limit: number): Promise<Delivery[]> {
  return rows<Delivery>(
    sql,
    `with tried as (
       select d.* from deliveries d where ${meant} and ($3::text is null or d.state = $3) order by d.seq desc limit $9),
     untried as (
       select d.* from due_deliveries d where ${meant} and d.attempts = 0 and coalesce($3, 'due') = 'due'
       order by d.seq desc limit $9),
     both_of as (
       select d.seq, d.id, d.subscription_id, d.event_id, d.type, d.key, d.state, d.attempts, d.at, d.event_at,
         coalesce((select w.due_at from due_deliveries w where w.seq = d.seq), d.due_at) as due_at, d.finished_at,
         d.status, d.answer, d.duration_ms, d.error_code, d.error, d.replay,
         case when d.log <> '[]' then d.log else jsonb_build_array(jsonb_build_object(
           'at', to_char(d.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'status', d.status,
           'durationMs', d.duration_ms, 'code', d.error_code)) end as log
       from tried d
       union all
       select d.seq, d.id, d.subscription_id, d.event_id, d.type, d.key, 'due', d.attempts, d.at, d.event_at, d.due_at,
         null, null, null, null, null, null, d.replay, '[]'
       from untried d)
     select d.id, d.subscription_id as "subscriptionId", s.name as subscription, d.event_id as "eventId", d.type, d.key,
       d.state, d.attempts, d.at, d.event_at as "eventAt", d.due_at as "dueAt", d.finished_at as "finishedAt", d.status,
       d.answer, d.duration_ms as "durationMs", d.error_code as code, d.error, d.log, d.replay, s.personal, d.seq
     from both_of d join subscriptions s on s.id = d.subscription_id order by d.seq desc limit $9`,
    [
      filter.id ?? null,
      filter.subscriptionId ?? null,
      filter.state ?? null,
      filter.types ?? null,
      filter.eventId ?? null,
      filter.since ?? null,
      filter.until ?? null,
      filter.before ?? null,
      limit,
    ],
  );
}

/** Keeps what came of a test that was posted at once. */
export async function insertPing(
  sql: Sql,
  ping: Pick<DeliveryInsert, 'id' | 'subscription_id' | 'event_at' | 'event_id' | 'type'>,
  outcome: Pick<DeliveryOutcome, 'state' | 'status' | 'answer' | 'durationMs' | 'code' | 'error'>,
): Promise<void> {
  await run(
    sql,
    `insert into deliveries (at, seq, id, subscription_id, event_at, event_seq, event_id, type, state, attempts, due_at,
       status, answer, duration_ms, error_code, error, finished_at)
     values (date_trunc('milliseconds', now()), nextval('delivery_places'), $1, $2, $3, 0, $4, $5, $6, 1, now(), $7, $8,
       $9, $10, $11, now())`,
    [
      ping.id,
      ping.subscription_id,
      ping.event_at,
      ping.event_id,
      ping.type,
      outcome.state,
      outcome.status,
      outcome.answer,
      outcome.durationMs,
      outcome.code ?? null,
      outcome.error ?? null,
    ],
  );
}

/** Of these events those that a subscription has taken. */
export async function takenEvents(
  sql: Sql,
  subscriptionId: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await rows<{ event_id: string }>(
    sql,
    `select distinct event_id from deliveries
     where event_id = any($2::uuid[]) and subscription_id = $1 and state = 'done'`,
    [subscriptionId, eventIds],
  );
  return new Set(found.map((row) => row.event_id));
}
