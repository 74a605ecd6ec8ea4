import { rows, type Sql } from './sql.ts';

export interface LaneClaim {
  readonly rings: number;
  readonly epoch: number;
  /** True when the caller is the holder now. */
  readonly held: boolean;
}

/**
 * Rings a lane and claims it in one statement: rings + 1 always; holder and epoch only when no lease is
 * alive. A ring that finds the lane held has been counted and may end: the holder will see it.
 */
export async function claimLane(sql: Sql, lane: string, holder: string, leaseMs: number): Promise<LaneClaim> {
  const found = await rows<{ rings: number; epoch: number; held: boolean }>(
    sql,
    `insert into lanes as l (lane, kind, rings, holder, epoch, lease_until)
     values ($1, split_part($1, '/', 1), 1, $2::uuid, 1, clock_timestamp() + $3 * interval '1 ms')
     on conflict (lane) do update set
       rings = l.rings + 1,
       epoch = case when l.lease_until is null or l.lease_until < clock_timestamp() then l.epoch + 1 else l.epoch end,
       holder = case when l.lease_until is null or l.lease_until < clock_timestamp() then excluded.holder else l.holder end,
       lease_until = case when l.lease_until is null or l.lease_until < clock_timestamp() then excluded.lease_until else l.lease_until end
     returning rings, epoch, holder = $2::uuid as held`,
    [lane, holder, leaseMs],
  );
  return found[0] as LaneClaim;
}

/** Prolongs the lease; answers the ring count, or undefined when the lane was lost to somebody else. */
export async function renewLane(
  sql: Sql,
  lane: string,
  holder: string,
  epoch: number,
  leaseMs: number,
): Promise<number | undefined> {
  const found = await rows<{ rings: number }>(
    sql,
    `update lanes set lease_until = clock_timestamp() + $4 * interval '1 ms'
     where lane = $1 and holder = $2::uuid and epoch = $3 returning rings`,
    [lane, holder, epoch, leaseMs],
  );
  return found[0]?.rings;
}

/** Lets the lane go only if nobody rang since `rings` was read (`undefined`: whoever rang). False: read again. */
export async function releaseLane(
  sql: Sql,
  lane: string,
  holder: string,
  epoch: number,
  rings: number | undefined,
): Promise<boolean> {
  const found = await rows<{ lane: string }>(
    sql,
    `update lanes set holder = null, lease_until = null
     where lane = $1 and holder = $2::uuid and epoch = $3 and ($4::bigint is null or rings = $4) returning lane`,
    [lane, holder, epoch, rings ?? null],
  );
  return found.length === 1;
}

/** Whether this holder still has the lane; asked inside the transaction that journals a vendor write. */
export async function holdsLane(sql: Sql, lane: string, holder: string, epoch: number): Promise<boolean> {
  const found = await rows<{ ok: boolean }>(
    sql,
    `select true as ok from lanes where lane = $1 and holder = $2::uuid and epoch = $3
       and lease_until > clock_timestamp() for share`,
    [lane, holder, epoch],
  );
  return found.length === 1;
}

/** Of these lanes, those their holders still have; asked like `holdsLane`, of several at once. */
export async function heldLanes(
  sql: Sql,
  holds: readonly { readonly lane: string; readonly holder: string; readonly epoch: number }[],
): Promise<ReadonlySet<string>> {
  const found = await rows<{ lane: string }>(
    sql,
    `select l.lane from lanes l
     join unnest($1::text[], $2::uuid[], $3::bigint[]) as x(lane, holder, epoch)
       on l.lane = x.lane and l.holder = x.holder and l.epoch = x.epoch
     where l.lease_until > clock_timestamp() order by l.lane for share of l`,
    [holds.map((one) => one.lane), holds.map((one) => one.holder), holds.map((one) => one.epoch)],
  );
  return new Set(found.map((row) => row.lane));
}

/**
 * Lanes with due work and no live lease. A recursive skip scan over the partial indexes: one index probe per
 * lane instead of a pass over every due row. Links and derivation groups are plain tables; the inbox is
 * scanned per partition by the planner.
 */
export async function neglectedLanes(sql: Sql): Promise<string[]> {
  const found = await rows<{ lane: string }>(
    sql,
    `with recursive
       i(lane) as (
         (select lane from inbox where state = 'due' order by lane limit 1)
         union all
         select (select n.lane from inbox n where n.state = 'due' and n.lane > i.lane order by n.lane limit 1)
         from i where i.lane is not null),
       k(lane) as (
         (select lane from links where state = 'due' order by lane limit 1)
         union all
         select (select n.lane from links n where n.state = 'due' and n.lane > k.lane order by n.lane limit 1)
         from k where k.lane is not null),
       g(lane) as (
         (select lane from derivation_groups where state = 'due' order by lane limit 1)
         union all
         select (select n.lane from derivation_groups n where n.state = 'due' and n.lane > g.lane order by n.lane limit 1)
         from g where g.lane is not null),
       o(lane) as (
         (select lane from due_deliveries order by lane limit 1)
         union all
         select (select n.lane from due_deliveries n where n.lane > o.lane order by n.lane limit 1)
         from o where o.lane is not null),
       t(lane) as (
         (select lane from rule_timers where state in ('due', 'running') order by lane limit 1)
         union all
         select (select n.lane from rule_timers n where n.state in ('due', 'running') and n.lane > t.lane order by n.lane limit 1)
         from t where t.lane is not null),
       busy(lane) as (
         select lane from i where lane is not null and exists (
           select 1 from inbox d where d.state = 'due' and d.lane = i.lane and d.due_at <= now())
         union
         select lane from k where lane is not null and exists (
           select 1 from links d where d.state = 'due' and d.lane = k.lane and d.due_at <= now())
         union
         select lane from g where lane is not null and exists (
           select 1 from derivation_groups d where d.state = 'due' and d.lane = g.lane and d.due_at <= now())
         union
         select o.lane from o join subscriptions s on s.id = split_part(o.lane, '/', 2)::uuid and s.state = 'enabled'
         where o.lane is not null and exists (
           select 1 from due_deliveries d where d.lane = o.lane and d.due_at <= now())
         union
         select 'fan-out/events' from event_cursor c where c.reading is not null or exists (
           select 1 from events e where e.xid >= pg_snapshot_xmin(c.seen) and not pg_visible_in_snapshot(e.xid, c.seen))
         union
         select lane from t where lane is not null and exists (
           select 1 from rule_timers d where d.state in ('due', 'running') and d.lane = t.lane and d.due_at <= now())
         union
         select 'poll/' || connection || '/' || object from cursors where due_at <= now()
         union
         select 'backfill/' || connection || '/' || object from backfills where state = 'running' and due_at <= now()
         union
         select 'full/' || connection || '/' || object from full_passes where due_at <= now())
     select b.lane from busy b left join lanes l using (lane)
     where l.lane is null or l.lease_until is null or l.lease_until < clock_timestamp()`,
  );
  return found.map((row) => row.lane);
}

/** True for the one process of this schema that sweeps now; held until the transaction ends. */
export async function electSweeper(sql: Sql): Promise<boolean> {
  const found = await rows<{ mine: boolean }>(
    sql,
    `select pg_try_advisory_xact_lock(hashtext('lianhub-sweep'), hashtext(current_schema())) as mine`,
  );
  return found[0]?.mine === true;
}
