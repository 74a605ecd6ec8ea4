import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** Something cannot go on until a target exists: a copy of a record in a system, or a code in a table. */
export interface Wait {
  readonly kind: 'ref' | 'table';
  /** `ref`: `<connection>/<record id>`; `table`: `<table>/<key>`. */
  readonly target: string;
}
export interface LinkWait extends Wait {
  readonly linkId: string;
}
export interface InboxWait extends Wait {
  readonly inboxId: number;
  readonly receivedAt: Date;
}

export async function insertLinkWaits(sql: Sql, waits: readonly LinkWait[]): Promise<void> {
  if (waits.length === 0) return;
  await run(
    sql,
    `insert into waits (subject, subject_id, kind, target)
     select 'link', "linkId", kind, target
     from jsonb_to_recordset($1::jsonb) as x("linkId" text, kind text, target text)
     on conflict do nothing`,
    [rowsParameter(waits)],
  );
}

export async function insertInboxWaits(sql: Sql, waits: readonly InboxWait[]): Promise<void> {
  if (waits.length === 0) return;
  await run(
    sql,
    `insert into waits (subject, subject_id, subject_at, kind, target)
     select 'inbox', "inboxId"::text, "receivedAt", kind, target
     from jsonb_to_recordset($1::jsonb) as x("inboxId" bigint, "receivedAt" timestamptz, kind text, target text)
     on conflict do nothing`,
    [rowsParameter(waits)],
  );
}

/**
 * Frees everything that waited for these targets and answers the lanes to ring. A subject that still lacks
 * something else simply waits again when it is looked at.
 */
export async function releaseWaits(sql: Sql, waits: readonly Wait[]): Promise<string[]> {
  if (waits.length === 0) return [];
  const found = await rows<{ lane: string }>(
    sql,
    `with freed as (
       delete from waits w using jsonb_to_recordset($1::jsonb) as x(kind text, target text)
       where w.kind = x.kind and w.target = x.target
       returning w.subject, w.subject_id, w.subject_at),
     l as (
       update links set state = 'due', due_at = now(), attempts = 0, error_code = null, error = null
       where state = 'waiting' and id in (select subject_id::uuid from freed where subject = 'link')
       returning lane),
     i as (
       update inbox b set state = 'due', due_at = now(), error_code = null, error = null
       from freed f where f.subject = 'inbox' and b.received_at = f.subject_at and b.id = f.subject_id::bigint
         and b.state = 'waiting'
       returning b.lane)
     select lane from l union select lane from i`,
    [rowsParameter(waits)],
  );
  return found.map((row) => row.lane);
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

/** How much waits for what, for people: one row per target with count and oldest. */
export function waitsByTarget(
  sql: Sql,
): Promise<{ kind: string; target: string; count: number; oldest: Date }[]> {
  return rows(
    sql,
    `select kind, target, count(*)::int as count, min(since) as oldest from waits group by 1, 2 order by 3 desc`,
  );
}
