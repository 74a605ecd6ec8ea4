/** Copies that a changed mapping concerns become due, spread over time. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

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

/** A page of messages looked at: the last of them (null: there are no more), and how many go on. */
export interface MessagePage {
  readonly to: number | null;
  readonly released: number;
}

/**
 * Messages of objects that wait for a code, or that their mapping refused, are read again with the mapping that is in
 * use now, so many in a second; not those of which something newer was applied since. One page, in the order of the
 * messages. The sweep rings their lanes.
 *
 * @param pace.delayMs When the first of them is read, milliseconds from now.
 */
export async function releaseMessages(
  sql: Sql,
  places: readonly { readonly connection: string; readonly object: string }[],
  after: number,
  limit: number,
  pace: { readonly delayMs: number; readonly perSecond: number },
): Promise<MessagePage> {
  const found = await rows<{ looked: number; last: number | null; released: number }>(
    sql,
    // Per connection and state the index tells them in their order, however many there are.
    `with page as materialized (
       select one.* from (
         select distinct x.connection, s.state
         from jsonb_to_recordset($1::jsonb) as x(connection text, object text),
           (values ('waiting'), ('dead')) as s(state)) p
       cross join lateral (
         select i.received_at, i.id, i.connection, i.object, i.remote_id, i.state, i.error_code from inbox i
         where i.connection = p.connection and i.state = p.state and i.state in ('dead', 'waiting') and i.id > $2
         order by i.id limit $3) one
       order by one.id limit $3),
     mine as (
       select i.received_at, i.id from page
       join inbox i on i.received_at = page.received_at and i.id = page.id
       where (page.connection, page.object) in (
           select connection, object from jsonb_to_recordset($1::jsonb) as x(connection text, object text))
         and (i.state = 'waiting' or (i.state = 'dead' and i.error_code like 'mapping.%'))
         and not exists (
           select 1 from inbox n where n.connection = i.connection and n.object = i.object
             and n.remote_id = i.remote_id and n.id > i.id and n.state in ('done', 'dropped'))
       order by i.id for update of i skip locked),
     freed as (
       delete from waits w using mine where w.subject = 'inbox' and w.subject_id = mine.id::text),
     going as (
       update inbox i set state = 'due', error_code = null, error = null, finished_at = null,
         due_at = now() + $4::float8 * interval '1 ms' + mine.place / $5::float8 * interval '1 s'
       from (select received_at, id, row_number() over (order by id) as place from mine) mine
       where i.received_at = mine.received_at and i.id = mine.id returning i.id)
     select (select count(*)::int from page) as looked, (select max(id) from page) as last,
       (select count(*)::int from going) as released`,
    [rowsParameter(places), after, limit, pace.delayMs, pace.perSecond],
  );
  const { looked = 0, last = null, released = 0 } = found[0] ?? {};
  return { to: looked < limit ? null : last, released };
}
