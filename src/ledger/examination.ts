/** What the database says about itself and about the work in it: what `lianhub doctor` judges. Changes nothing. */
import { neglectedLanes } from './lanes.ts';
import { partitioned } from './partitions.ts';
import { rows, type Sql } from './sql.ts';

export interface ServerFacts {
  readonly version: string;
  readonly maxConnections: number;
  /** Kept for superusers. */
  readonly reserved: number;
  /** Open now, by whatever program. */
  readonly used: number;
  /** Of those, whose name begins with `lianhub`. */
  readonly ours: number;
  readonly bytes: number;
}

export async function serverFacts(sql: Sql): Promise<ServerFacts> {
  const [found] = await rows<ServerFacts>(
    sql,
    `select current_setting('server_version') as version,
       current_setting('max_connections')::int as "maxConnections",
       current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
       (select count(*)::int from pg_stat_activity where application_name like 'lianhub%') as ours,
       pg_database_size(current_database())::float8 as bytes`,
  );
  return found as ServerFacts;
}

/** The database's clock, milliseconds since 1970. */
export async function serverClock(sql: Sql): Promise<number> {
  const [found] = await rows<{ ms: number }>(
    sql,
    `select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  return found?.ms ?? Number.NaN;
}

/** Migrations that were applied; undefined where there are no tables of a hub. */
export async function appliedMigrations(sql: Sql): Promise<string[] | undefined> {
  const [there] = await rows<{ there: boolean }>(
    sql,
    `select to_regclass('migrations') is not null as there`,
  );
  if (there?.there !== true) return undefined;
  return (await rows<{ id: string }>(sql, 'select id from migrations order by id')).map((row) => row.id);
}

export interface NeglectedLane {
  readonly lane: string;
  /** How long its oldest due row waits, seconds. */
  readonly seconds: number;
}

/** Lanes with work that has been due for so long and that no process holds, the longest first. */
export async function lanesNobodyDrains(sql: Sql, seconds: number, limit: number): Promise<NeglectedLane[]> {
  const lanes = await neglectedLanes(sql);
  if (lanes.length === 0) return [];
  return rows<NeglectedLane>(
    sql,
    `select lane, seconds from (
       select x.lane, extract(epoch from now() - least(
         (select min(due_at) from inbox d where d.state = 'due' and d.lane = x.lane),
         (select min(due_at) from links d where d.state = 'due' and d.lane = x.lane),
         (select min(due_at) from derivation_groups d where d.state = 'due' and d.lane = x.lane),
         (select min(due_at) from due_deliveries d where d.lane = x.lane),
         (select min(due_at) from rule_timers d where d.state in ('due', 'running') and d.lane = x.lane),
         (select min(due_at) from cursors d where 'poll/' || d.connection || '/' || d.object = x.lane),
         (select min(due_at) from backfills d where d.state = 'running'
            and 'backfill/' || d.connection || '/' || d.object = x.lane),
         (select min(due_at) from full_passes d where 'full/' || d.connection || '/' || d.object = x.lane)
       ))::float8 as seconds
       from unnest($1::text[]) as x(lane)) l
     where seconds > $2 order by seconds desc limit $3`,
    [lanes, seconds, limit],
  );
}

export interface OpenTries {
  readonly connection: string;
  readonly object: string;
  /** open: nobody knows whether it was sent. unknown: sent, and nobody knows whether it took effect. */
  readonly outcome: 'open' | 'unknown';
  readonly count: number;
  /** Of the oldest, since its time was over. */
  readonly seconds: number;
}

/** Vendor writes that should have come to an end so many seconds ago. */
export function overdueTries(sql: Sql, seconds: number): Promise<OpenTries[]> {
  return rows<OpenTries>(
    sql,
    `select l.connection, l.object, case when t.outcome is null then 'open' else 'unknown' end as outcome,
       count(*)::int as count, max(extract(epoch from now() - t.send_by))::float8 as seconds
     from tries t join links l on l.id = t.link_id
     where (t.outcome is null or (t.outcome = 'unknown' and l.state = 'unknown'))
       and t.send_by < now() - $1 * interval '1 s'
     group by 1, 2, 3 order by 5 desc`,
    [seconds],
  );
}

export interface OldWaits {
  readonly kind: string;
  readonly count: number;
  readonly seconds: number;
  /** What the oldest of them waits for. */
  readonly target: string;
}

/** Copies and messages that wait for something longer than so many seconds, by what they wait for. */
export function oldWaits(sql: Sql, seconds: number): Promise<OldWaits[]> {
  return rows<OldWaits>(
    sql,
    `select kind, count(*)::int as count, max(extract(epoch from now() - since))::float8 as seconds,
       (array_agg(target order by since))[1] as target
     from waits where filled_at is null and since < now() - $1 * interval '1 s' group by kind order by kind`,
    [seconds],
  );
}

export interface PartitionFacts {
  /** Tables that have no partition for a moment that is near: their next row cannot be written. */
  readonly missing: readonly string[];
  /** Tables named like a partition that belong to no table any more. */
  readonly orphans: readonly string[];
  /** Partitions there are. */
  readonly count: number;
}

/** Whether every partitioned table has its weeks, now and in eight days, and nothing is left over beside them. */
export async function partitionFacts(sql: Sql): Promise<PartitionFacts> {
  const [found] = await rows<{ missing: string[]; orphans: string[]; count: number }>(
    sql,
    `with parents as (
       select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = current_schema() and c.relkind = 'p' and c.relname = any($1)),
     parts as (
       select p.relname as parent, c.relname,
         (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz as from_at,
         (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz as to_at
       from parents p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid)
     select
       array(select t.name from unnest($1::text[]) as t(name) where exists (
         select from (values (now()), (now() + interval '8 days')) as w(at)
         where not exists (select from parts q where q.parent = t.name and q.from_at <= w.at and w.at < q.to_at))
         order by 1) as missing,
       array(select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = current_schema() and c.relkind = 'r' and not c.relispartition
           and c.relname ~ ('^(' || array_to_string($1::text[], '|') || ')_\\d{8}$') order by 1) as orphans,
       (select count(*)::int from parts) as count`,
    [[...partitioned]],
  );
  return found ?? { missing: [], orphans: [], count: 0 };
}
