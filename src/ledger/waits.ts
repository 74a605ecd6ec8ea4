import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** A copy of a record in a system, a code in a table, or an accounting period that is closed. */
export type WaitKind = 'ref' | 'table' | 'period';

/** Something cannot go on until a target exists, or is open. */
export interface Wait {
  readonly kind: WaitKind;
  /**
   * `ref`: `<connection>/<record id>`; `table`: `<table>/<key>`, see `codeTarget`; `period`: `<connection>/<book>/<period>`,
   * see `periodTarget`.
   */
  readonly target: string;
}
/** What is known of a wait for a code, for people: which way it was asked for and what the waiting record is worth. */
interface CodeWait extends Wait {
  /** The code is the vendor's, and ours for it is missing. */
  readonly back?: boolean | undefined;
  /** Decimal text. */
  readonly amount?: string | undefined;
  readonly currency?: string | undefined;
}
export interface LinkWait extends CodeWait {
  readonly linkId: string;
}
export interface InboxWait extends CodeWait {
  readonly inboxId: number;
  readonly receivedAt: Date;
}

/** The target of a wait for a code: a column named behind the table (`warehouses.owner`) is the same code's. */
export function codeTarget(table: string, key: string): string {
  const dot = table.indexOf('.');
  return `${dot < 0 ? table : table.slice(0, dot)}/${key}`;
}

// A wait that was filled and is asked for anew is missing again: somebody took the code away meanwhile.
const again = `on conflict (subject, subject_id, kind, target) do update set back = excluded.back,
  amount = excluded.amount, currency = excluded.currency, filled_at = null`;

export async function insertLinkWaits(sql: Sql, waits: readonly LinkWait[]): Promise<void> {
  if (waits.length === 0) return;
  await run(
    sql,
    `insert into waits (subject, subject_id, kind, target, back, amount, currency)
     select distinct on ("linkId", kind, target) 'link', "linkId", kind, target, coalesce(back, false), amount, currency
     from jsonb_to_recordset($1::jsonb) as x("linkId" text, kind text, target text, back boolean, amount numeric,
       currency text)
     ${again}`,
    [rowsParameter(waits)],
  );
}

export async function insertInboxWaits(sql: Sql, waits: readonly InboxWait[]): Promise<void> {
  if (waits.length === 0) return;
  await run(
    sql,
    `insert into waits (subject, subject_id, subject_at, kind, target, back, amount, currency)
     select distinct on ("inboxId", kind, target) 'inbox', "inboxId"::text, "receivedAt", kind, target,
       coalesce(back, false), amount, currency
     from jsonb_to_recordset($1::jsonb) as x("inboxId" bigint, "receivedAt" timestamptz, kind text, target text,
       back boolean, amount numeric, currency text)
     ${again}`,
    [rowsParameter(waits)],
  );
}

/** Copies that go on at once when what they wait for is there; what else waits for it follows at the pace below. */
export const freedAtOnce = 500;

/**
 * Lets the links of `held` (locked rows: id, state) go on and forgets all they waited for: one that still lacks
 * something waits again when it is looked at. Links before their waits: the order of all who hold both.
 */
const goOn = `
   gone as (delete from waits w using held where w.subject = 'link' and w.subject_id = held.id::text),
   l as (
     update links k set state = 'due', due_at = now(), attempts = 0, error_code = null, error = null
     from held where k.id = held.id and held.state = 'waiting' returning k.lane)`;

// One by one by their key, whatever the planner believes of how many wait.
const freeLinks = `
  with ids as (select distinct i as id from unnest($1::uuid[]) i order by 1),
   held as (
     select l.id, l.state from ids cross join lateral (
       select k.id, k.state from links k where k.id = ids.id for update) l),${goOn}
   select distinct lane from l`;

// Whoever holds one of them is deciding about it right now; it is come back to.
const freeFilled = `
  with chosen as (
     select * from (
       (select subject, subject_id, subject_at, filled_at, since from waits where filled_at is not null
        order by filled_at, since, subject_id limit $1)
       union all
       select w.subject, w.subject_id, w.subject_at, f.filled_at, w.since from wait_fills f
       cross join lateral (
         select * from waits w where w.kind = f.kind and w.target = f.target and w.since <= f.filled_at
           and w.filled_at is null
         order by w.since, w.subject_id limit $1) w) s
     order by filled_at, since, subject_id limit $1),
   ids as (select distinct c.subject_id::uuid as id from chosen c where c.subject = 'link' order by 1),
   held as (
     select l.id, l.state from ids cross join lateral (
       select k.id, k.state from links k where k.id = ids.id for update skip locked) l),${goOn},
   told as (
     select b.received_at, b.id, b.state from chosen c cross join lateral (
       select n.received_at, n.id, n.state from inbox n
       where c.subject = 'inbox' and n.received_at = c.subject_at and n.id = c.subject_id::bigint
       for update skip locked) b),
   heard as (delete from waits w using told where w.subject = 'inbox' and w.subject_id = told.id::text),
   orphaned as (
     delete from waits w using chosen c where w.subject = c.subject and w.subject_id = c.subject_id
       and case c.subject when 'link' then not exists (select 1 from links k where k.id = c.subject_id::uuid)
         else not exists (
           select 1 from inbox n where n.received_at = c.subject_at and n.id = c.subject_id::bigint) end),
   i as (
     update inbox b set state = 'due', due_at = now(), error_code = null, error = null
     from told where b.received_at = told.received_at and b.id = told.id and told.state = 'waiting'
     returning b.lane),
   n as (select (select count(*) from held) + (select count(distinct id) from told) as freed)
   select lane, n.freed::int as chosen from l, n
   union select lane, n.freed::int from i, n
   union select null, n.freed::int from n`;

interface Freed {
  readonly lane: string | null;
  readonly chosen: number;
}

/**
 * Lets go on what waits for these targets, which are there now: `links`, as `waitingLinks` answered them and the
 * caller holds them. Those beyond `freedAtOnce` follow at the pace of the hub, whatever becomes of this process.
 * Answers the lanes to ring.
 */
export async function releaseWaits(
  sql: Sql,
  waits: readonly Wait[],
  links: readonly string[],
): Promise<string[]> {
  if (links.length === 0) return [];
  const freed = await rows<{ lane: string }>(sql, freeLinks, [links]);
  if (links.length >= freedAtOnce) {
    await run(
      sql,
      `insert into wait_fills (kind, target)
       select x.kind, x.target from jsonb_to_recordset($1::jsonb) as x(kind text, target text)
       where exists (select 1 from waits w where w.kind = x.kind and w.target = x.target)
       group by 1, 2 order by 1, 2
       on conflict (kind, target) do update set filled_at = clock_timestamp()`,
      [rowsParameter(waits)],
    );
  }
  return freed.map((row) => row.lane);
}

/**
 * Notes that these codes are missing no longer, or these periods open. Whatever waits for them goes on when `releaseFilled` comes to it,
 * in whatever process. Answers how many that are.
 */
export async function fillWaits(
  sql: Sql,
  targets: readonly string[],
  kind: 'table' | 'period' = 'table',
): Promise<number> {
  if (targets.length === 0) return 0;
  const found = await rows<{ n: number }>(
    sql,
    `with filled as (
       update waits set filled_at = clock_timestamp()
       where kind = $2 and target = any($1::text[]) and filled_at is null returning 1)
     select count(*)::int as n from filled`,
    [targets, kind],
  );
  return found[0]?.n ?? 0;
}

/** How many links and messages wait for these codes and for nobody's turn yet. */
export async function countWaits(sql: Sql, targets: readonly string[]): Promise<number> {
  if (targets.length === 0) return 0;
  const found = await rows<{ n: number }>(
    sql,
    `select count(distinct (subject, subject_id))::int as n from waits
     where kind = 'table' and target = any($1::text[]) and filled_at is null`,
    [targets],
  );
  return found[0]?.n ?? 0;
}

/** Sets how many subjects a second go on once their code is there. The default is 200. */
export async function setReleasePace(sql: Sql, perSecond: number): Promise<void> {
  await run(
    sql,
    `update release_pace set per_second = $1::float8, tokens = least(tokens, $1::float8)
     where per_second <> $1::float8`,
    [perSecond],
  );
}

/** How many subjects a second go on once their code is there. */
export async function releasePace(sql: Sql): Promise<number> {
  const found = await rows<{ per_second: number }>(sql, `select per_second from release_pace`);
  return found[0]?.per_second ?? 1;
}

/**
 * Lets go on what waits for codes and records that are there now, longest filled first, as many as the pace allows by now
 * over all processes together: a second's worth at once at the most. Answers how many, and the lanes to ring.
 */
export async function releaseFilled(sql: Sql): Promise<{ readonly count: number; readonly lanes: string[] }> {
  const [any] = await rows<{ codes: boolean; fills: boolean }>(
    sql,
    `select exists (select 1 from waits where filled_at is not null) as codes,
       exists (select 1 from wait_fills) as fills`,
  );
  if (!any?.codes && !any?.fills) return { count: 0, lanes: [] };
  const pace = await rows<{ allowed: number }>(
    sql,
    `update release_pace set at = clock_timestamp(), tokens = least(greatest(per_second, 1),
       tokens + per_second * greatest(0, extract(epoch from clock_timestamp() - at)))
     returning floor(tokens)::int as allowed`,
  );
  const allowed = pace[0]?.allowed ?? 0;
  if (allowed < 1) return { count: 0, lanes: [] };
  const freed = await rows<Freed>(sql, freeFilled, [allowed]);
  const count = freed[0]?.chosen ?? 0;
  await run(sql, `update release_pace set tokens = tokens - $1`, [count]);
  if (any.fills) {
    await run(
      sql,
      `delete from wait_fills f where not exists (
         select 1 from waits w where w.kind = f.kind and w.target = f.target and w.since <= f.filled_at)`,
    );
  }
  return { count, lanes: lanesOf(freed) };
}

function lanesOf(freed: readonly Freed[]): string[] {
  return freed.flatMap(({ lane }) => (lane === null ? [] : [lane]));
}

/**
 * Links that wait for these targets, the longest first and `freedAtOnce` of them at the most, unlocked: to be held
 * with all others before they are released. Nobody begins to wait for a record that the caller holds.
 */
export async function waitingLinks(sql: Sql, waits: readonly Wait[]): Promise<string[]> {
  if (waits.length === 0) return [];
  const found = await rows<{ id: string }>(
    sql,
    `select w.subject_id as id from jsonb_to_recordset($1::jsonb) as x(kind text, target text)
     cross join lateral (
       select w.subject_id, w.since from waits w
       where w.kind = x.kind and w.target = x.target and w.subject = 'link'
       order by w.since, w.subject_id limit ${freedAtOnce}) w
     group by 1 order by min(w.since), 1 limit ${freedAtOnce}`,
    [rowsParameter(waits)],
  );
  return found.map((row) => row.id);
}

/**
 * Of the awaited copies, those that exist after all, or whose record was merged into another one meanwhile. The records are share-locked first, so that whoever
 * creates the copy either is seen here or sees the wait.
 */
export async function alreadyThere(
  sql: Sql,
  targets: readonly { readonly connection: string; readonly recordId: string }[],
): Promise<Set<string>> {
  if (targets.length === 0) return new Set();
  await run(sql, `select id from records where id = any($1::uuid[]) order by id for share`, [
    [...new Set(targets.map((target) => target.recordId))].sort(),
  ]);
  const found = await rows<{ target: string }>(
    sql,
    `select l.connection || '/' || l.record_id as target from links l
     join jsonb_to_recordset($1::jsonb) as x(connection text, "recordId" uuid)
       on l.connection = x.connection and l.record_id = x."recordId"
     where l.remote_id is not null and l.gone_at is null
     union
     select x.connection || '/' || r.id from records r
     join jsonb_to_recordset($1::jsonb) as x(connection text, "recordId" uuid) on r.id = x."recordId"
     where r.alias_of is not null`,
    [rowsParameter(targets)],
  );
  return new Set(found.map((row) => row.target));
}
