/** What people decide about dead letters. Every statement takes many, and leaves alone what is no letter any more. */
import { rows, rowsParameter, type Sql } from './sql.ts';

/** A letter that was acted upon, as it was before. */
export interface Handled {
  readonly name: string;
  readonly code: string | null;
  readonly error: string | null;
}

/** A message by when it came and its number: what its partition is found by. */
export interface MessageKey {
  readonly id: number;
  readonly receivedAt: Date;
}

/** Its turn: the first one goes at once, each next one a moment later. */
interface Turn {
  readonly turn: number;
}

/**
 * Messages to be applied again (read anew where the hub had asked for the object) from `start` on, `perSecond` of them a second; the turns are due times in the rows, so
 * whoever dies after the commit takes nothing back. One whose object was told again and applied since by one of
 * `fullPlaces` (`<connection>/<object>` that tell objects whole) is closed instead: it would undo what is newer.
 */
export async function retryMessages(
  sql: Sql,
  turns: readonly (MessageKey & Turn)[],
  pace: { readonly start: Date; readonly perSecond: number; readonly fullPlaces: readonly string[] },
): Promise<(Handled & { readonly superseded: boolean })[]> {
  if (turns.length === 0) return [];
  return rows(
    sql,
    `with mine as (
       select i.received_at, i.id, i.error_code, i.error, x.turn,
         i.connection || '/' || i.object = any($4::text[]) and exists (
           select 1 from inbox n where n.connection = i.connection and n.object = i.object
             and n.remote_id = i.remote_id and n.id > i.id and n.state = 'done' and n.via <> 'answer') as superseded
       from jsonb_to_recordset($1::jsonb) as x(id bigint, "receivedAt" timestamptz, turn int)
       join inbox i on i.received_at = x."receivedAt" and i.id = x.id where i.state = 'dead' order by i.id for update of i skip locked)
     update inbox i set state = case when m.superseded then 'dropped' else 'due' end,
       due_at = $2::timestamptz + m.turn / $3::float8 * interval '1 s', attempts = 0,
       error_code = case when m.superseded then 'inbox.superseded' else 'inbox.retried' end,
       error = left(case when m.superseded then 'a later version succeeded' else 'tried again' end
         || '; before: ' || coalesce(m.error, ''), 2000),
       finished_at = case when m.superseded then now() end,
       body = case when i.fetched_at is null or m.superseded then i.body end
     from mine m where i.received_at = m.received_at and i.id = m.id
     returning 'inbox/' || i.id as name, m.error_code as code, m.error, m.superseded`,
    [rowsParameter(turns), pace.start, pace.perSecond, pace.fullPlaces],
  );
}

/** The same for copies that are parked; one whose write is unknown is not tried again before a person has looked. */
export async function retryLinks(
  sql: Sql,
  turns: readonly ({ readonly id: string } & Turn)[],
  pace: { readonly start: Date; readonly perSecond: number },
): Promise<Handled[]> {
  if (turns.length === 0) return [];
  return rows(
    sql,
    `with mine as (
       select l.id, l.error_code, l.error, x.turn from jsonb_to_recordset($1::jsonb) as x(id uuid, turn int)
       join links l on l.id = x.id where l.state = 'parked' order by l.id for update of l)
     update links l set state = 'due', due_at = $2::timestamptz + m.turn / $3::float8 * interval '1 s',
       dirty_since = coalesce(l.dirty_since, now()), marks = l.marks + 1, attempts = 0, error_code = null, error = null
     from mine m where l.id = m.id
     returning 'push/' || l.id as name, m.error_code as code, m.error`,
    [rowsParameter(turns), pace.start, pace.perSecond],
  );
}

/** Closes messages. They do not come back unless the source tells their object again. */
export async function skipMessages(sql: Sql, keys: readonly MessageKey[], why: string): Promise<Handled[]> {
  if (keys.length === 0) return [];
  return rows(
    sql,
    `with mine as (
       select i.received_at, i.id, i.error_code, i.error
       from jsonb_to_recordset($1::jsonb) as x(id bigint, "receivedAt" timestamptz)
       join inbox i on i.received_at = x."receivedAt" and i.id = x.id
       where i.state = 'dead' order by i.id for update of i skip locked)
     update inbox i set state = 'dropped', finished_at = now(), error_code = 'inbox.skipped',
       error = left($2 || '; before: ' || coalesce(m.error, ''), 2000)
     from mine m where i.received_at = m.received_at and i.id = m.id
     returning 'inbox/' || i.id as name, m.error_code as code, m.error`,
    [rowsParameter(keys), why],
  );
}

/** Leaves parked copies as they are there. They are written again when their record changes. */
export async function skipLinks(sql: Sql, ids: readonly string[], why: string): Promise<Handled[]> {
  if (ids.length === 0) return [];
  return rows(
    sql,
    `with mine as (
       select id, error_code, error from links
       where id = any($1::uuid[]) and state = 'parked' order by id for update)
     update links l set state = 'idle', due_at = now(), dirty_since = null, attempts = 0,
       error_code = 'push.skipped', error = left($2 || '; before: ' || coalesce(m.error, ''), 2000)
     from mine m where l.id = m.id
     returning 'push/' || l.id as name, m.error_code as code, m.error`,
    [ids, why],
  );
}

/** A dead message, locked until the transaction ends; undefined when it is none any more. */
export async function holdDeadMessage(
  sql: Sql,
  { id, receivedAt }: MessageKey,
): Promise<{ readonly body: Buffer | null; readonly code: string | null } | undefined> {
  const found = await rows<{ body: Buffer | null; code: string | null }>(
    sql,
    `select body, error_code as code from inbox
     where received_at = $1 and id = $2 and state = 'dead' for update`,
    [receivedAt, id],
  );
  return found[0];
}

/**
 * Puts a message with another body in the place of a dead one. What the vendor told stays as it is, so that telling
 * the same again is no news. Answers the id of the new one, and its lane.
 */
export async function replaceMessage(
  sql: Sql,
  { id, receivedAt }: MessageKey,
  body: string,
  why: string,
): Promise<{ readonly id: number; readonly lane: string } | undefined> {
  const found = await rows<{ id: number; lane: string }>(
    sql,
    `with fresh as (
       insert into inbox (received_at, connection, object, remote_id, via, revision, body, hint, lane, priority, read_at,
                          state, due_at, edited_from, error_code, error)
       select date_trunc('milliseconds', clock_timestamp()), connection, object, remote_id, via, revision, $2::bytea,
         hint, lane, priority, read_at, 'due', now(), id, 'inbox.retried', $3
       from inbox where received_at = $4 and id = $1 and state = 'dead'
       returning id, lane),
     gone as (
       update inbox i set state = 'dropped', finished_at = now(), error_code = 'inbox.edited',
         error = left($3 || ' (message ' || f.id || '); before: ' || coalesce(i.error, ''), 2000)
       from fresh f where i.received_at = $4 and i.id = $1 and i.state = 'dead' returning i.id)
     select f.id, f.lane from fresh f, gone`,
    [id, Buffer.from(body, 'utf8'), why, receivedAt],
  );
  return found[0];
}
