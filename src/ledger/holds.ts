/** Records and copies that a person holds: nothing of them is written until they are released. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface Hold {
  readonly record_id: string;
  /** '' is every system. */
  readonly connection: string;
  /** '' is every object. */
  readonly object: string;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
}

/**
 * Who holds a link, as text for a column; null: nobody. A record that is held as a whole holds the documents that rules
 * make of it alone, too. While nothing is held this costs nothing: the outer question is asked once a statement.
 */
export function heldOf(alias: string): string {
  return `case when (select true from holds limit 1) then (
    select h.author || ': ' || h.reason from holds h
    where (h.record_id = ${alias}.record_id and h.connection in ('', ${alias}.connection)
        and h.object in ('', ${alias}.object))
      or (h.connection = '' and h.record_id::text in (
        select split_part(d.group_key, '/', 1) from derived d where d.record_id = ${alias}.record_id))
    order by h.at limit 1) end`;
}

/** Holds; what is held in the same way already stays as it is. Answers those that are new. */
export function insertHolds(
  sql: Sql,
  holds: readonly Omit<Hold, 'at'>[],
): Promise<Pick<Hold, 'record_id' | 'connection' | 'object'>[]> {
  if (holds.length === 0) return Promise.resolve([]);
  return rows(
    sql,
    `insert into holds (record_id, connection, object, author, reason)
     select record_id, connection, object, author, reason
     from jsonb_to_recordset($1::jsonb) as x(record_id uuid, connection text, object text, author text, reason text)
     order by 1, 2, 3 on conflict do nothing returning record_id, connection, object`,
    [rowsParameter(holds)],
  );
}

/** Which holds of a record are meant: all of them, or those of a system. */
export interface HoldPlace {
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
}

/** Takes holds of a record away and answers them. */
export function removeHolds(sql: Sql, recordId: string, place: HoldPlace): Promise<Hold[]> {
  return rows<Hold>(
    sql,
    `delete from holds where record_id = $1 and ($2::text is null or connection = $2)
       and ($3::text is null or object = $3)
     returning record_id, connection, object, author, reason, at`,
    [recordId, place.connection ?? null, place.object ?? null],
  );
}

/** What holds these records, the oldest first. */
export function holdsOf(sql: Sql, recordIds: readonly string[]): Promise<Hold[]> {
  if (recordIds.length === 0) return Promise.resolve([]);
  return rows<Hold>(
    sql,
    `select record_id, connection, object, author, reason, at from holds where record_id = any($1::uuid[])
     order by at, record_id, connection, object`,
    [recordIds],
  );
}

export interface ListedHold extends Hold {
  readonly entity: string;
  readonly number: string | null;
}

/** Every hold, the oldest first; `after` is the last of the page before. */
export function listHolds(
  sql: Sql,
  limit: number,
  after?: Pick<Hold, 'at' | 'record_id' | 'connection' | 'object'>,
): Promise<ListedHold[]> {
  return rows<ListedHold>(
    sql,
    `select h.record_id, h.connection, h.object, h.author, h.reason, date_trunc('milliseconds', h.at) as at, r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code') as number
     from holds h join records r on r.id = h.record_id
     where $2::timestamptz is null
       or (date_trunc('milliseconds', h.at), h.record_id, h.connection, h.object) > ($2, $3::uuid, $4::text, $5::text)
     order by date_trunc('milliseconds', h.at), h.record_id, h.connection, h.object limit $1`,
    [limit, after?.at ?? null, after?.record_id ?? null, after?.connection ?? null, after?.object ?? null],
  );
}

/** How many records are held, by entity and system. */
export function countHolds(
  sql: Sql,
): Promise<{ entity: string; connection: string; count: number; oldest: Date }[]> {
  return rows(
    sql,
    `select r.entity, h.connection, count(*)::int as count, min(h.at) as oldest
     from holds h join records r on r.id = h.record_id group by 1, 2 order by 1, 2`,
  );
}

/** Of links, those that are held, and by whom. */
export async function heldLinks(sql: Sql, linkIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (linkIds.length === 0) return new Map();
  const found = await rows<{ id: string; held: string }>(
    sql,
    `select * from (select l.id, ${heldOf('l')} as held from links l where l.id = any($1::uuid[])) x
     where held is not null`,
    [linkIds],
  );
  return new Map(found.map((row) => [row.id, row.held]));
}

/** Copies of a record, and of documents that rules make of it alone, that stand still because they were held. */
export function linksHeldBy(sql: Sql, recordId: string): Promise<{ id: string; lane: string }[]> {
  return rows(
    sql,
    `select l.id, l.lane from links l
     where l.state = 'waiting' and l.error_code = 'push.held'
       and (l.record_id = $1::uuid or l.record_id in (
         select d.record_id from derived d where split_part(d.group_key, '/', 1) = $1::text))
     order by l.id`,
    [recordId],
  );
}

/** A copy that was taken off its object there is nobody's: as it was before anything was known of it. */
export async function clearLink(sql: Sql, id: string): Promise<void> {
  await run(
    sql,
    `with gone as (delete from shadows where link_id = $1)
     update links set remote_id = null, remote_number = null, remote_status = null, step = null, state = 'idle',
       attempts = 0, seen_revision = null, seen_hash = null, seen_at = null, written_at = null, gone_at = null,
       gone_by = null, gone_revision = null, opening = null, redated = null, pushed_version = null, dirty_since = null,
       error_code = null, error = null, marks = marks + 1
     where id = $1`,
    [id],
  );
}
