/**
 * Copies that are gone, and deletions that wait for proof or for a person. Whoever writes here goes one after the other
 * per object, by `lockDeletions`, before any record or link is locked: deletions of two lanes are counted together.
 */
import { lockKeys } from './identities.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export type DeletionState = 'candidate' | 'held' | 'confirmed' | 'deleted' | 'rejected';

export interface DeletionRow {
  readonly link_id: string;
  readonly record_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string;
  /** Told by its system, or not shown by a complete listing. */
  readonly via: 'event' | 'pass';
  readonly state: DeletionState;
  /** When its system was asked for it and did not know it, or has told the deletion; null: nobody knows yet. */
  readonly proven_at: Date | null;
  readonly revision: string | null;
  readonly found_at: Date;
  readonly error_code: string | null;
  readonly error: string | null;
}

const columns = `d.link_id, d.record_id, d.entity, d.connection, d.object, d.remote_id, d.via, d.state, d.proven_at,
  d.revision, d.found_at, d.error_code, d.error`;

/** The object a deletion is counted for, and the entities in it whose deletions count. */
export interface DeletingObject {
  readonly connection: string;
  readonly object: string;
  readonly entities: readonly string[];
}

/** Makes whoever decides about deletions of these objects take turns until the transaction ends. */
export function lockDeletions(
  sql: Sql,
  objects: readonly { readonly connection: string; readonly object: string }[],
): Promise<void> {
  return lockKeys(
    sql,
    objects.map(({ connection, object }) => `deletes/${connection}/${object}`),
  );
}

/** Notes that copies are there no more. They keep their ids, so that what is told late is known for what it is. */
export async function markGone(
  sql: Sql,
  gone: readonly { readonly id: string; readonly revision: string | null; readonly readAt: Date | null }[],
): Promise<void> {
  if (gone.length === 0) return;
  await run(
    sql,
    `update links l set gone_at = coalesce(x."readAt", clock_timestamp()), gone_by = 'there', gone_revision = x.revision
     from jsonb_to_recordset($1::jsonb) as x(id uuid, revision text, "readAt" timestamptz) where l.id = x.id`,
    [rowsParameter(gone)],
  );
}

/** Notes that the hub has deleted these copies itself. Of a record that lives again by now they are made anew. */
export async function markRemoved(sql: Sql, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await run(
    sql,
    `update links set gone_at = clock_timestamp(), gone_by = 'hub', gone_revision = null where id = any($1::uuid[])`,
    [linkIds],
  );
  await renewRemoved(sql, linkIds);
}

/** Copies the hub itself has deleted, of records that live again, start anew: nothing is there that they could update. */
export async function renewRemoved(sql: Sql, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await run(
    sql,
    `with anew as (
       update links l set gone_at = null, gone_by = null, remote_id = null, remote_number = null, remote_status = null,
         step = null, seen_revision = null, seen_hash = null, seen_at = null, pushed_version = null, origin = false
       from records r
       where l.id = any($1::uuid[]) and l.gone_by = 'hub' and r.id = l.record_id and r.state = 'live'
         -- One copy of ours per system.
         and (not l.origin or not exists (select 1 from links o where o.record_id = l.record_id
           and o.connection = l.connection and o.object = l.object and not o.origin))
       returning l.id)
     delete from shadows s using anew a where s.link_id = a.id`,
    [linkIds],
  );
}

export interface DeletionCount {
  /** Copies that are there, and those deleted within the hour. */
  readonly copies: number;
  /** Deleted within the hour, or about to be. */
  readonly recent: number;
  /** Complete listings did not show them, and their system does not know them. */
  readonly proven: number;
  /** They wait for a person. */
  readonly held: number;
}

/** How many copies of an object there are, and how many of them were deleted of late. */
export async function countDeletions(sql: Sql, of: DeletingObject): Promise<DeletionCount> {
  const found = await rows<DeletionCount>(
    sql,
    `with d as (
       select count(*) filter (where state in ('confirmed', 'deleted') and changed_at > now() - interval '1 hour')::int as recent,
         count(*) filter (where state = 'candidate' and via = 'pass' and proven_at is not null)::int as proven,
         count(*) filter (where state = 'held')::int as held,
         count(*) filter (where state = 'deleted' and changed_at > now() - interval '1 hour')::int as deleted
       from deletions where connection = $1 and object = $2 and entity = any($3::text[]))
     select recent, proven, held, d.deleted + (select count(*)::int from links l
       where l.connection = $1 and l.object = $2 and l.entity = any($3::text[]) and l.remote_id is not null
         and l.gone_at is null) as copies
     from d`,
    [of.connection, of.object, of.entities],
  );
  return found[0] ?? { copies: 0, recent: 0, proven: 0, held: 0 };
}

/** What is known about the deletion of these copies. */
export function deletionsOf(sql: Sql, linkIds: readonly string[]): Promise<DeletionRow[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<DeletionRow>(
    sql,
    `select ${columns} from deletions d where d.link_id = any($1::uuid[]) order by d.link_id`,
    [linkIds],
  );
}

export type DeletionWrite = Omit<DeletionRow, 'found_at'>;

/** Writes what is known about deletions; one row per copy. */
export async function writeDeletions(sql: Sql, writes: readonly DeletionWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await run(
    sql,
    `insert into deletions as d (link_id, record_id, entity, connection, object, remote_id, via, state, proven_at,
       revision, error_code, error)
     select link_id, record_id, entity, connection, object, remote_id, via, state, proven_at, revision, error_code, error
     from jsonb_to_recordset($1::jsonb) as x(link_id uuid, record_id uuid, entity text, connection text, object text,
       remote_id text, via text, state text, proven_at timestamptz, revision text, error_code text, error text)
     order by link_id
     on conflict (link_id) do update set record_id = excluded.record_id, via = excluded.via, state = excluded.state,
       proven_at = excluded.proven_at, revision = excluded.revision, error_code = excluded.error_code,
       error = excluded.error, changed_at = now(),
       found_at = case when d.state = 'deleted' then now() else d.found_at end`,
    [rowsParameter(writes)],
  );
}

/** They are there after all. */
export async function forgetDeletions(sql: Sql, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await run(
    sql,
    `delete from deletions where link_id = any($1::uuid[]) and state in ('candidate', 'held', 'confirmed', 'rejected')`,
    [linkIds],
  );
}

export interface ListedDeletion extends DeletionRow {
  readonly number: string;
}

/** Deletions that wait, the oldest first; `state` candidate: for proof, held: for a person. */
export function listDeletions(
  sql: Sql,
  filter: {
    readonly connection?: string | undefined;
    readonly object?: string | undefined;
    readonly ids?: readonly string[] | undefined;
  },
  limit: number,
): Promise<ListedDeletion[]> {
  return rows<ListedDeletion>(
    sql,
    `select ${columns}, coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text) as number
     from deletions d join records r on r.id = d.record_id
     where d.state in ('candidate', 'held') and ($1::text is null or d.connection = $1)
       and ($2::text is null or d.object = $2) and ($3::text[] is null or d.remote_id = any($3))
     order by d.found_at, d.link_id limit $4`,
    [filter.connection ?? null, filter.object ?? null, filter.ids ?? null, limit],
  );
}

/** A copy that does not go with its record: gone while the record lives, or left when the record was deleted. */
export interface OddCopy {
  readonly kind: 'gone' | 'left';
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly remote_id: string;
  readonly number: string;
  readonly since: Date;
}

/** Copies that are gone while their record lives, and those left of records that were deleted. */
export function listOddCopies(sql: Sql, connection: string | undefined, limit: number): Promise<OddCopy[]> {
  return rows<OddCopy>(
    sql,
    `(select 'gone' as kind, l.connection, l.object, l.entity, l.remote_id,
        coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text) as number, l.gone_at as since
      from links l join records r on r.id = l.record_id
      where l.gone_at is not null and r.state = 'live' and ($1::text is null or l.connection = $1)
      order by l.gone_at limit $2)
     union all
     (select 'left', l.connection, l.object, l.entity, l.remote_id,
        coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text), r.updated_at
      from records r join links l on l.record_id = r.id
      where r.state = 'deleted' and l.remote_id is not null and l.gone_at is null
        and ($1::text is null or l.connection = $1)
      order by r.updated_at limit $2)`,
    [connection ?? null, limit],
  );
}

export interface WaitingDeletions {
  readonly connection: string;
  readonly object: string;
  readonly state: 'candidate' | 'held';
  readonly count: number;
  readonly since: Date;
  readonly reason: string | null;
}

/** How many deletions wait, and why, for an overview. */
export function countWaitingDeletions(sql: Sql): Promise<WaitingDeletions[]> {
  return rows<WaitingDeletions>(
    sql,
    `select connection, object, state, count(*)::int as count, min(found_at) as since, min(error) as reason
     from deletions where state in ('candidate', 'held') group by 1, 2, 3 order by 1, 2, 3`,
  );
}
