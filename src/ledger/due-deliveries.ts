/** Deliveries that are still to be posted: one narrow row per event and subscription, which goes when it is settled. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** A delivery about to be written, for an event that is stored. */
export interface DeliveryInsert {
  readonly id: string;
  readonly subscription_id: string;
  readonly event_at: Date;
  readonly event_seq: number;
  readonly event_id: string;
  readonly type: string;
  readonly key: string | null;
  readonly lane: string;
  /** It waits for those of its key that came before. */
  readonly ordered: boolean;
}

/** Whom an event goes to, and as which delivery: places in lists beside it. */
interface Told extends Pick<DeliveryInsert, 'event_at' | 'event_seq' | 'event_id' | 'type' | 'key'> {
  readonly ids: string[];
  readonly places: number[];
}

/** Keeps deliveries, in the order they are given in; those of one event stand together. */
export async function insertDeliveries(sql: Sql, deliveries: readonly DeliveryInsert[]): Promise<void> {
  if (deliveries.length === 0) return;
  // What is the same for many is sent once: events go to many, and a subscription gets many.
  const places = new Map<string, number>();
  const targets: { subscription: string; lane: string; ordered: boolean }[] = [];
  const told: Told[] = [];
  for (const { id, subscription_id: subscription, lane, ordered, ...event } of deliveries) {
    const name = `${lane} ${ordered}`;
    let place = places.get(name);
    if (place === undefined) {
      place = targets.push({ subscription, lane, ordered });
      places.set(name, place);
    }
    let last = told.at(-1);
    if (last?.event_id !== event.event_id) {
      last = { ...event, ids: [], places: [] };
      told.push(last);
    }
    last.ids.push(id);
    last.places.push(place);
  }
  await run(
    sql,
    `insert into due_deliveries (at, id, subscription_id, event_at, event_seq, event_id, type, key, lane, due_at)
     select date_trunc('milliseconds', now()), p.id, ($2::uuid[])[p.place], x.event_at, x.event_seq, x.event_id, x.type,
       x.key, ($3::text[])[p.place], case when ($4::bool[])[p.place] then greatest(now(), (
         select max(b.due_at) from due_deliveries b
         where b.subscription_id = ($2::uuid[])[p.place] and b.key = x.key)) else now() end
     from rows from (jsonb_to_recordset($1::jsonb) as (event_at timestamptz, event_seq bigint, event_id uuid, type text,
         key text, ids uuid[], places int[])) with ordinality
       as x(event_at, event_seq, event_id, type, key, ids, places, n)
     cross join lateral unnest(x.ids, x.places) with ordinality as p(id, place, m)
     order by x.n, p.m`,
    [
      rowsParameter(told),
      targets.map(({ subscription }) => subscription),
      targets.map(({ lane }) => lane),
      targets.map(({ ordered }) => ordered),
    ],
  );
}

/** Due times of replays: the first at once, the others so far behind each other. */
export interface Pace {
  readonly perSecond: number;
  /** Turns given out before. */
  readonly turn: number;
}

/** Writes deliveries of events that were kept once more, in their order; those that went before keep their place. */
export async function insertReplays(
  sql: Sql,
  deliveries: readonly DeliveryInsert[],
  start: Date,
  pace: Pace,
): Promise<void> {
  if (deliveries.length === 0) return;
  await run(
    sql,
    `insert into due_deliveries (at, id, subscription_id, event_at, event_seq, event_id, type, key, lane, due_at, replay)
     select date_trunc('milliseconds', now()), x.id, x.subscription_id, x.event_at, x.event_seq, x.event_id, x.type,
       x.key, x.lane, $2::timestamptz + ($3::float8 + x.n - 1) / $4::float8 * interval '1 s', true
     from rows from (jsonb_to_recordset($1::jsonb) as (id uuid, subscription_id uuid, event_at timestamptz,
         event_seq bigint, event_id uuid, type text, key text, lane text)) with ordinality
       as x(id, subscription_id, event_at, event_seq, event_id, type, key, lane, n)
     order by x.n`,
    [rowsParameter(deliveries), start, pace.turn, pace.perSecond],
  );
}

/** A delivery whose turn it is. */
export interface DueDelivery {
  readonly seq: number;
  readonly key: string | null;
  readonly attempts: number;
  /** Where its event is. */
  readonly event_id: string;
  readonly event_at: Date;
  readonly event_seq: number;
}

interface DueRow extends Omit<DueDelivery, 'event_at'> {
  /** Milliseconds since the epoch: a date costs as much to read as the rest of the row. */
  readonly event_ms: number;
}

const dueColumns = `d.seq, d.key, d.attempts, d.event_id, d.event_seq, date_part('epoch', d.event_at) * 1000 as event_ms`;

function dueOf({ event_ms, ...row }: DueRow): DueDelivery {
  return { ...row, event_at: new Date(Math.round(event_ms)) };
}

/** What a lane has to do next, and how its subscription is. */
export interface DueOfLane {
  readonly version: number;
  /** Since when nothing was taken; null while it works. */
  readonly failing_since: Date | null;
  readonly due: readonly DueDelivery[];
}

/**
 * The next due deliveries of each of these lanes, those that are due longest first: `limit` at the most, and those of a
 * second where a subscription has a rate. Undefined: its subscription is not enabled. Of those whose keys are in order,
 * only how the subscription is: see `dueInOrder`.
 */
export async function dueOfLanes(
  sql: Sql,
  lanes: readonly { readonly lane: string; readonly subscription: string }[],
  limit: number,
): Promise<(DueOfLane | undefined)[]> {
  type Found = Pick<DueOfLane, 'version' | 'failing_since'> &
    (DueRow | { readonly seq: null }) & { n: number };
  const found = await rows<Found>(
    sql,
    `select l.n::int as n, s.version, s.failing_since, ${dueColumns}
     from unnest($1::text[], $2::uuid[]) with ordinality as l(lane, subscription, n)
     join subscriptions s on s.id = l.subscription and s.state = 'enabled'
     left join lateral (
       select * from due_deliveries d where d.lane = l.lane and d.due_at <= now() and not s.ordered
       order by d.due_at, d.seq limit least($3, greatest(1, floor(coalesce(s.per_second, $3))))) d on true
     order by l.n, d.due_at, d.seq`,
    [lanes.map(({ lane }) => lane), lanes.map(({ subscription }) => subscription), limit],
  );
  const all: ({ version: number; failing_since: Date | null; due: DueDelivery[] } | undefined)[] = lanes.map(
    () => undefined,
  );
  for (const { n, version, failing_since, ...row } of found) {
    let one = all[n - 1];
    if (one === undefined) {
      one = { version, failing_since, due: [] };
      all[n - 1] = one;
    }
    if (row.seq !== null) one.due.push(dueOf(row));
  }
  return all;
}

/** Of one key no more are read at once behind the first. */
const longestChain = 16;

/**
 * The next of a lane where order within a key matters: of each key the first that is not settled, if it is due, and
 * those behind it that are due as well; keys one after the other, each in its order.
 */
export async function dueInOrder(sql: Sql, lane: string, limit: number): Promise<DueDelivery[]> {
  const found = await rows<DueRow>(
    sql,
    `with heads as (
       select d.seq, d.subscription_id, d.key, d.due_at from due_deliveries d
       where d.lane = $1 and d.due_at <= now()
         and (d.key is null or not exists (
           select 1 from due_deliveries p where p.subscription_id = d.subscription_id and p.key = d.key
             and p.seq < d.seq))
       order by d.due_at, d.seq limit $2),
     chains as (
       select h.seq, h.due_at as first, h.seq as head from heads h
       union all
       select b.seq, h.due_at, h.seq from heads h
       cross join lateral (
         select d.seq from due_deliveries d
         where d.subscription_id = h.subscription_id and d.key = h.key and d.seq > h.seq and d.due_at <= now()
           and not exists (select 1 from due_deliveries g where g.subscription_id = h.subscription_id
             and g.key = h.key and g.seq > h.seq and g.seq < d.seq and g.due_at > now())
         order by d.seq limit ${longestChain}) b)
     select ${dueColumns} from chains c join due_deliveries d on d.seq = c.seq
     order by c.first, c.head, d.seq limit $2`,
    [lane, limit],
  );
  return found.map(dueOf);
}

/** What came of a try. */
export interface DeliveryOutcome {
  readonly seq: number;
  /** Tries before this one: whoever settles it first decides. */
  readonly attempts: number;
  readonly state: 'due' | 'done' | 'failed';
  /** With `due`: how long until the next try. */
  readonly delayMs?: number;
  readonly status: number | null;
  readonly answer: string;
  readonly durationMs: number;
  readonly code?: string;
  readonly error?: string;
  /** What stands behind it in its key waits as long as it does. */
  readonly ordered: boolean;
}

/** Records what came of tries, of whichever subscriptions: what is settled goes into the log, what is not stays due. */
export async function finishDeliveries(sql: Sql, tried: readonly DeliveryOutcome[]): Promise<void> {
  if (tried.length === 0) return;
  // In one order, so that two who hold the same do not wait for each other.
  const outcomes = tried.toSorted((a, b) => a.seq - b.seq);
  const column = <T>(of: (outcome: DeliveryOutcome) => T): T[] => outcomes.map(of);
  const seqs = (isMeant: (outcome: DeliveryOutcome) => boolean): number[] =>
    outcomes.filter(isMeant).map(({ seq }) => seq);
  // The first try that settles a delivery is not written down twice: the row itself tells of it. Rows are named in a list, not
  // joined: a plan of a moment in which the table is empty would begin with reading all of it, and is kept.
  await run(
    sql,
    `with settled as (
       delete from due_deliveries d
       where d.seq = any($10::bigint[]) and d.attempts = ($2::int[])[array_position($1::bigint[], d.seq)]
       returning d.*, array_position($1::bigint[], d.seq) as place),
     again as (
       update due_deliveries d set attempts = d.attempts + 1,
         due_at = now() + ($4::float8[])[array_position($1::bigint[], d.seq)] * interval '1 ms'
       where d.seq = any($11::bigint[]) and d.attempts = ($2::int[])[array_position($1::bigint[], d.seq)]
       returning d.*, array_position($1::bigint[], d.seq) as place),
     tried as (
       select s.*, s.attempts + 1 as tries, clock_timestamp() as ended from settled s
       union all select a.*, a.attempts, null from again a),
     told as (
       select t.*, ($3::text[])[t.place] as state, ($5::int[])[t.place] as status, ($6::text[])[t.place] as answer,
         ($7::int[])[t.place] as duration_ms, ($8::text[])[t.place] as code, ($9::text[])[t.place] as error
       from tried t)
     insert into deliveries as l (at, seq, id, subscription_id, event_at, event_seq, event_id, type, key, state,
       attempts, due_at, status, answer, duration_ms, error_code, error, replay, finished_at, log)
     select t.at, t.seq, t.id, t.subscription_id, t.event_at, t.event_seq, t.event_id, t.type, t.key, t.state,
       t.tries, t.due_at, t.status, t.answer, t.duration_ms, t.code, t.error, t.replay, t.ended,
       case when t.tries = 1 and t.state <> 'due' then '[]' else jsonb_build_array(jsonb_build_object(
         'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'status', t.status,
         'durationMs', t.duration_ms, 'code', t.code)) end
     from told t
     on conflict (id, at) do update set state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at,
       status = excluded.status, answer = excluded.answer, duration_ms = excluded.duration_ms,
       error_code = excluded.error_code, error = excluded.error, finished_at = excluded.finished_at,
       log = l.log || excluded.log`,
    [
      column(({ seq }) => seq),
      column(({ attempts }) => attempts),
      column(({ state }) => state),
      column(({ delayMs }) => delayMs ?? null),
      column(({ status }) => status),
      column(({ answer }) => answer),
      column(({ durationMs }) => durationMs),
      column(({ code }) => code ?? null),
      column(({ error }) => error ?? null),
      seqs(({ state }) => state !== 'due'),
      seqs(({ state }) => state === 'due'),
    ],
  );
  const again = outcomes.filter(({ state, ordered }) => ordered && state === 'due');
  if (again.length === 0) return;
  await run(
    sql,
    `with first as (
       select d.subscription_id, d.key, d.seq, d.due_at from due_deliveries d
       where d.seq = any($1::bigint[]) and d.key is not null),
     behind as (
       select d.seq, f.due_at from first f
       join due_deliveries d on d.subscription_id = f.subscription_id and d.key = f.key and d.seq > f.seq
         and d.due_at < f.due_at
       order by d.seq for update of d)
     update due_deliveries d set due_at = b.due_at from behind b where d.seq = b.seq`,
    [again.map(({ seq }) => seq)],
  );
}
