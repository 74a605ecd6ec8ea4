/** Accounting periods of systems: which are closed, since when and how that is known, and what waits for them. */
import type { LinkOutcome } from './links.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';
import { fillWaits } from './waits.ts';

/** Which period of whose books. `book` is '' for all books of the system; `period` a month, `2026-10`. */
export interface PeriodName {
  readonly connection: string;
  readonly book: string;
  readonly period: string;
}

export interface ClosedPeriod extends PeriodName {
  /** The copy that is tried now, although the period counts as closed. */
  readonly probe_link: string | null;
}

/** How the state of a period is known: a write was refused, a write was taken again, or a person said so. */
export type PeriodKnownBy = 'refused' | 'accepted' | 'set';

/** What a copy is dated in its system instead. Days are `YYYY-MM-DD`. */
export interface Redated {
  /** Canonical fields that carry the new day there. */
  readonly fields: readonly string[];
  readonly from: string;
  readonly to: string;
  /** The closed period. */
  readonly period: string;
  readonly book: string;
  /** Whether the remark there tells the original day. */
  readonly note: boolean;
}

/** What waits for a period is this target's; see `Wait`. */
export function periodTarget({ connection, book, period }: PeriodName): string {
  return `${connection}/${book}/${period}`;
}

/** A number that is another one after every change of a period, whoever committed first. */
export const periodsVersion = '(select coalesce(sum(version), 0)::float8 from periods)';

/** Minutes between tries of a closed period that was learnt from a refusal. */
const probeMinutes = 60;

/** The periods that are closed, and the version they have. */
export async function closedPeriods(
  sql: Sql,
): Promise<{ readonly version: number; readonly closed: readonly ClosedPeriod[] }> {
  const found = await rows<{ version: number } & (ClosedPeriod | { connection: null })>(
    sql,
    `select v.version, p.connection, p.book, p.period, p.probe_link
     from (select ${periodsVersion} as version) v left join periods p on p.state = 'closed'`,
  );
  return {
    version: found[0]?.version ?? 0,
    closed: found.flatMap((row) => (row.connection === null ? [] : [row])),
  };
}

/** A write that was refused because its period is closed. */
export interface RefusedPeriod extends PeriodName {
  /** When that write began: a period that was opened later is not closed by its refusal. */
  readonly startedAt: Date;
}

/**
 * Notes refusals, and answers which of their periods are closed now, as targets. Their rows are held until the
 * transaction ends: before links, as whoever opens one does.
 */
export async function closeRefused(
  sql: Sql,
  refused: readonly RefusedPeriod[],
): Promise<ReadonlySet<string>> {
  if (refused.length === 0) return new Set();
  await run(
    sql,
    `insert into periods as p (connection, book, period, state, since, known_by, probe_at)
     select distinct on (1, 2, 3) connection, book, period, 'closed', "startedAt", 'refused',
       now() + interval '${probeMinutes} minutes'
     from jsonb_to_recordset($1::jsonb) as x(connection text, book text, period text, "startedAt" timestamptz)
     order by 1, 2, 3, "startedAt" desc
     on conflict (connection, book, period) do update set version = p.version + 1, state = 'closed',
       since = case when p.state = 'open' then now() else p.since end,
       known_by = case when p.state = 'open' then 'refused' else p.known_by end,
       author = case when p.state = 'open' then null else p.author end,
       note = case when p.state = 'open' then null else p.note end,
       probe_link = null, probe_at = excluded.probe_at
     where (p.state = 'open' and p.since < excluded.since) or p.probe_link is not null`,
    [rowsParameter(refused)],
  );
  return stillClosed(sql, refused);
}

/** Of these periods, those that are closed, as targets. Nobody opens one of them before the transaction ends. */
export async function stillClosed(sql: Sql, periods: readonly PeriodName[]): Promise<ReadonlySet<string>> {
  if (periods.length === 0) return new Set();
  const found = await rows<PeriodName & { state: string }>(
    sql,
    `select p.connection, p.book, p.period, p.state from periods p
     where (p.connection, p.book, p.period) in (
       select connection, book, period from jsonb_to_recordset($1::jsonb)
         as x(connection text, book text, period text))
     order by 1, 2, 3 for share of p`,
    [rowsParameter(periods)],
  );
  return new Set(found.filter((row) => row.state === 'closed').map(periodTarget));
}

/** Opens the periods that these copies were tried for: their writes were taken. Answers how many copies go on. */
export async function openProbed(sql: Sql, linkIds: readonly string[]): Promise<number> {
  if (linkIds.length === 0) return 0;
  const opened = await rows<PeriodName>(
    sql,
    `with mine as (
       select connection, book, period from periods where state = 'closed' and probe_link = any($1::uuid[])
       order by 1, 2, 3 for update)
     update periods p set state = 'open', known_by = 'accepted', author = null, note = null, since = now(),
       probe_link = null, probe_at = null, version = p.version + 1
     from mine m where (p.connection, p.book, p.period) = (m.connection, m.book, m.period)
     returning p.connection, p.book, p.period`,
    [linkIds],
  );
  return fillWaits(sql, opened.map(periodTarget), 'period');
}

/**
 * Lets one copy of each closed period try whether it is open again, when it is time for that: those learnt from a
 * refusal once an hour. What a person closed stays closed until a person opens it. Answers how many go on.
 */
export async function probePeriods(sql: Sql): Promise<number> {
  const tried = await rows<{ n: number }>(
    sql,
    `with ready as (
       select connection, book, period from periods
       where state = 'closed' and known_by <> 'set' and probe_at <= now() order by 1, 2, 3 for update skip locked),
     chosen as (
       select r.*, w.subject_id from ready r left join lateral (
         select w.subject_id from waits w
         where w.kind = 'period' and w.target = concat_ws('/', r.connection, r.book, r.period)
           and w.subject = 'link' and w.filled_at is null
         order by w.since, w.subject_id limit 1) w on true),
     noted as (
       update periods p set probe_link = c.subject_id::uuid, version = p.version + 1,
         probe_at = now() + interval '${probeMinutes} minutes'
       from chosen c where (p.connection, p.book, p.period) = (c.connection, c.book, c.period)),
     freed as (
       update waits w set filled_at = clock_timestamp() from chosen c
       where w.kind = 'period' and w.subject = 'link' and w.subject_id = c.subject_id
         and w.target = concat_ws('/', c.connection, c.book, c.period) returning 1)
     select count(*)::int as n from freed`,
  );
  return tried[0]?.n ?? 0;
}

/** Says that a period is closed or open; null: it was so already, by the word of a person. */
export async function setPeriod(
  sql: Sql,
  { connection, book, period }: PeriodName,
  state: 'open' | 'closed',
  by: { readonly author: string; readonly note: string },
): Promise<'set' | null> {
  const done = await rows<{ state: string }>(
    sql,
    `insert into periods as p (connection, book, period, state, known_by, author, note)
     values ($1, $2, $3, $4, 'set', $5, $6)
     on conflict (connection, book, period) do update set state = excluded.state, known_by = 'set',
       author = excluded.author, note = excluded.note, version = p.version + 1, probe_link = null, probe_at = null,
       since = case when p.state = excluded.state then p.since else now() end
     where p.state <> excluded.state or p.known_by <> 'set'
     returning p.state`,
    [connection, book, period, state, by.author, by.note],
  );
  return done.length === 0 ? null : 'set';
}

/** A period with what waits for it. */
export interface PeriodRow extends PeriodName {
  readonly state: 'open' | 'closed';
  readonly since: Date;
  readonly known_by: PeriodKnownBy;
  readonly author: string | null;
  readonly note: string | null;
  /** When one copy is tried; null: not before a person opens it. */
  readonly probe_at: Date | null;
  /** Copies that wait for it. */
  readonly count: number;
  /** Currency → what they are worth, decimal text; '' where no currency was told. */
  readonly amounts: Readonly<Record<string, string>>;
  /** Since when the longest of them waits. */
  readonly oldest: Date | null;
}

export interface PeriodFilter {
  readonly connection?: string | undefined;
  readonly state?: 'open' | 'closed' | undefined;
}

/** Periods that anything is known of, by name; `after` is the last of the page before. */
export function listPeriods(
  sql: Sql,
  filter: PeriodFilter,
  limit: number,
  after?: PeriodName,
): Promise<PeriodRow[]> {
  return rows<PeriodRow>(
    sql,
    `select p.connection, p.book, p.period, p.state, p.since, p.known_by, p.author, p.note, p.probe_at,
       coalesce(g.count, 0) as count, coalesce(g.amounts, '{}') as amounts, g.oldest
     from (
       select * from periods
       where ($1::text is null or connection = $1) and ($2::text is null or state = $2)
         and ($3::text is null or (connection, book, period) > ($3, $4::text, $5::text))
       order by connection, book, period limit $6) p
     left join lateral (${waitingGroup(`concat_ws('/', p.connection, p.book, p.period)`)}) g on true
     order by p.connection, p.book, p.period`,
    [
      filter.connection ?? null,
      filter.state ?? null,
      after?.connection ?? null,
      after?.book ?? null,
      after?.period ?? null,
      limit,
    ],
  );
}

/** What waits for a target: how many, since when, and what they are worth by currency. */
export function waitingGroup(target: string): string {
  return `select sum(c.count)::int as count, min(c.oldest) as oldest,
      jsonb_object_agg(c.currency, c.amount::text) filter (where c.amount is not null) as amounts
    from (
      select coalesce(w.currency, '') as currency, count(*) as count, min(w.since) as oldest, sum(w.amount) as amount
      from waits w where w.kind = 'period' and w.target = ${target} group by 1) c`;
}

/** Copies that go on when a period is opened: how many, what they are worth, since when. */
export async function waitingFor(
  sql: Sql,
  name: PeriodName,
): Promise<Pick<PeriodRow, 'count' | 'amounts' | 'oldest'>> {
  const [found] = await rows<{
    count: number | null;
    amounts: Record<string, string> | null;
    oldest: Date | null;
  }>(sql, waitingGroup('$1'), [periodTarget(name)]);
  return { count: found?.count ?? 0, amounts: found?.amounts ?? {}, oldest: found?.oldest ?? null };
}

/** Copies that are to be written there, dated in a month: what closing it holds. Days in `zone`. */
export function openCopies(
  sql: Sql,
  connection: string,
  entities: readonly string[],
  period: string,
  zone: string,
  limit: number,
): Promise<{ readonly id: string; readonly data: object }[]> {
  return rows(
    sql,
    `select l.id, r.data from links l join records r on r.id = l.record_id
     cross join lateral (
       select coalesce(r.data ->> 'postingDate', r.data ->> 'businessDate', r.data ->> 'occurredAt',
         r.data ->> 'shippedAt', r.data ->> 'askedAt', r.data ->> 'placedAt') as dated) d
     where l.connection = $1 and l.entity = any($2::text[]) and l.state in ('due', 'waiting', 'parked')
       and to_char(case when length(d.dated) = 10 then d.dated::timestamp
                        else d.dated::timestamptz at time zone $4 end, 'YYYY-MM') = $3
     order by l.id limit $5`,
    [connection, entities, period, zone, limit],
  );
}

/** Notes what copies are dated instead; the caller holds them. */
export async function redateLinks(
  sql: Sql,
  redates: readonly { readonly id: LinkOutcome['id']; readonly redated: Redated }[],
): Promise<void> {
  if (redates.length === 0) return;
  await run(
    sql,
    `update links l set redated = x.redated
     from jsonb_to_recordset($1::jsonb) as x(id uuid, redated jsonb) where l.id = x.id`,
    [rowsParameter(redates)],
  );
}
