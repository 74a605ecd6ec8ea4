import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** Something cannot go on until a target exists: a copy of a record in a system, or a code in a table. */
export interface Wait {
  readonly kind: 'ref' | 'table';
  /** `ref`: `<connection>/<record id>`; `table`: `<table>/<key>`, see `codeTarget`. */
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

/**
 * Lets subjects go on and forgets all they waited for: one that still lacks something waits again when it is
 * looked at. `chosen` answers rows of waits. Links are locked in id order, one by one by their key, whatever the
 * planner believes of how many wait.
 */
const free = (chosen: string): string =>
  `with chosen as (${chosen}),
   gone as (
     delete from waits w using chosen c where w.subject = c.subject and w.subject_id = c.subject_id),
   ids as (select distinct c.subject_id::uuid as id from chosen c where c.subject = 'link' order by 1),
   held as (
     select l.id from ids cross join lateral (
       select k.id from links k where k.id = ids.id and k.state = 'waiting' for update) l),
   l as (
     update links k set state = 'due', due_at = now(), attempts = 0, error_code = null, error = null
     from held where k.id = held.id returning k.lane),
   i as (
     update inbox b set state = 'due', due_at = now(), error_code = null, error = null
     from chosen c where c.subject = 'inbox' and b.received_at = c.subject_at and b.id = c.subject_id::bigint
       and b.state = 'waiting'
     returning b.lane)
   select lane, (select count(*)::int from chosen) as chosen from l
   union select lane, (select count(*)::int from chosen) from i
   union select null, (select count(*)::int from chosen)`;

const freeTargets = free(
  `select w.subject, w.subject_id, w.subject_at from waits w
   join jsonb_to_recordset($1::jsonb) as x(kind text, target text) on w.kind = x.kind and w.target = x.target
   order by w.subject, w.subject_id for update of w`,
);
const freeFilled = free(
  `select subject, subject_id, subject_at from waits where filled_at is not null
   order by filled_at, since, subject_id limit $1 for update skip locked`,
);

interface Freed {
  readonly lane: string | null;
  readonly chosen: number;
}

/** Frees at once everything that waited for these targets and answers the lanes to ring. */
export async function releaseWaits(sql: Sql, waits: readonly Wait[]): Promise<string[]> {
  if (waits.length === 0) return [];
  return lanesOf(await rows<Freed>(sql, freeTargets, [rowsParameter(waits)]));
}

/**
 * Notes that these codes are missing no longer. Whatever waits for them goes on when `releaseFilled` comes to it,
 * in whatever process. Answers how many that are.
 */
export async function fillWaits(sql: Sql, targets: readonly string[]): Promise<number> {
  if (targets.length === 0) return 0;
  const found = await rows<{ n: number }>(
    sql,
    `with filled as (
       update waits set filled_at = clock_timestamp()
       where kind = 'table' and target = any($1::text[]) and filled_at is null returning 1)
     select count(*)::int as n from filled`,
    [targets],
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
 * Lets go on what waits for codes that are there now, longest filled first, as many as the pace allows by now
 * over all processes together: a second's worth at once at the most. Answers how many, and the lanes to ring.
 */
export async function releaseFilled(sql: Sql): Promise<{ readonly count: number; readonly lanes: string[] }> {
  const any = await rows(sql, `select 1 from waits where filled_at is not null limit 1`);
  if (any.length === 0) return { count: 0, lanes: [] };
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
  return { count, lanes: lanesOf(freed) };
}

function lanesOf(freed: readonly Freed[]): string[] {
  return freed.flatMap(({ lane }) => (lane === null ? [] : [lane]));
}

/** Links that wait for these targets, unlocked: to be held with all others before they are released. */
export async function waitingLinks(sql: Sql, waits: readonly Wait[]): Promise<string[]> {
  if (waits.length === 0) return [];
  const found = await rows<{ id: string }>(
    sql,
    `select distinct w.subject_id as id from waits w
     join jsonb_to_recordset($1::jsonb) as x(kind text, target text) on w.kind = x.kind and w.target = x.target
     where w.subject = 'link'`,
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
     where l.remote_id is not null
     union
     select x.connection || '/' || r.id from records r
     join jsonb_to_recordset($1::jsonb) as x(connection text, "recordId" uuid) on r.id = x."recordId"
     where r.alias_of is not null`,
    [rowsParameter(targets)],
  );
  return new Set(found.map((row) => row.target));
}
