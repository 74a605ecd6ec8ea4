/** Copies that a changed mapping concerns become due, spread over time. */
import { rowsParameter, run, type Sql } from './sql.ts';

/** A copy that becomes due, and when; milliseconds from now. */
export interface Release {
  readonly id: string;
  readonly delayMs: number;
}

/**
 * Makes copies due that rest, wait or are parked. One that is due already stays due when it was. Ids are locked in
 * order, like everywhere.
 */
export async function releaseLinks(sql: Sql, releases: readonly Release[]): Promise<void> {
  if (releases.length === 0) return;
  const parameter = rowsParameter(releases);
  await run(
    sql,
    `with mine as (
       select l.id, x."delayMs" from jsonb_to_recordset($1::jsonb) as x(id uuid, "delayMs" float8)
       join links l on l.id = x.id order by l.id for update of l)
     update links l set state = 'due', due_at = now() + mine."delayMs" * interval '1 ms',
       dirty_since = coalesce(l.dirty_since, now()), marks = l.marks + 1, attempts = 0, error_code = null, error = null
     from mine where l.id = mine.id and l.state in ('idle', 'waiting', 'parked')`,
    [parameter],
  );
  await run(
    sql,
    `delete from waits w using jsonb_to_recordset($1::jsonb) as x(id uuid, "delayMs" float8)
     where w.subject = 'link' and w.subject_id = x.id::text`,
    [parameter],
  );
}

/**
 * Tells whoever is writing these copies now that there is news: when the write ends, they are compared once more.
 */
export async function remark(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await run(
    sql,
    `with mine as (select id from links where id = any($1::uuid[]) order by id for update)
     update links l set marks = l.marks + 1 from mine where l.id = mine.id`,
    [ids],
  );
}

/**
 * Messages of an object that wait for a code, or that its mapping refused, are read again with the mapping that is in
 * use now, so many in a second; not those of which something newer was applied since. The sweep rings their lanes.
 */
export async function releaseMessages(
  sql: Sql,
  connection: string,
  object: string,
  perSecond: number,
): Promise<void> {
  await run(
    sql,
    `with mine as (
       select i.received_at, i.id from inbox i
       where i.connection = $1 and i.object = $2
         and (i.state = 'waiting' or (i.state = 'dead' and i.error_code like 'mapping.%'))
         and not exists (
           select 1 from inbox n where n.connection = i.connection and n.object = i.object
             and n.remote_id = i.remote_id and n.id > i.id and n.state in ('done', 'dropped'))
       order by i.id for update of i skip locked),
     freed as (
       delete from waits w using mine where w.subject = 'inbox' and w.subject_id = mine.id::text)
     update inbox i set state = 'due', due_at = now() + mine.place / $3::float8 * interval '1 s', error_code = null,
       error = null, finished_at = null
     from (select received_at, id, row_number() over (order by id) as place from mine) mine
     where i.received_at = mine.received_at and i.id = mine.id`,
    [connection, object, perSecond],
  );
}
