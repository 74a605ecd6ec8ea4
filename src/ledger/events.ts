/** Events: written in the transaction that makes them, read by those who follow them. */
import type { HubEvent, NewEvent } from '../events/event.ts';
import type { JsonObject } from '../model/json.ts';
import { planned, rows, rowsParameter, run, type Sql } from './sql.ts';

/**
 * Writes events in the caller's transaction: one statement, whatever their number. Types nobody listens to are left
 * out. With `withRecord` the golden record is taken from the database, as this transaction has written it. Answers how
 * many were written: then the lane that tells them is to be rung.
 */
export async function insertEvents(sql: Sql, events: readonly NewEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const found = await rows<{ written: number }>(
    sql,
    `with w as (insert into events (at, id, type, subject, key, data)
     select x."occurredAt", x.id, x.type, x.subject, x.key,
       case when x."withRecord" then x.data || jsonb_build_object(
              'entity', r.entity, 'recordVersion', r.version, 'record', r.data)
            else x.data end
     from rows from (jsonb_to_recordset($1::jsonb) as ("occurredAt" timestamptz, id uuid, type text, subject text,
         key text, data jsonb, "withRecord" boolean)) with ordinality
       as x("occurredAt", id, type, subject, key, data, "withRecord", n)
     left join records r on x."withRecord" and r.id = x.subject::uuid
     where x.type in (select i.type from event_interest i)
     order by x.n returning 1)
     select count(*)::int as written from w`,
    [rowsParameter(events)],
  );
  return found[0]?.written ?? 0;
}

/** Says which types a listener hears from now on; none: it is gone. What is written before is not written again. */
export async function declareInterest(sql: Sql, listener: string, types: readonly string[]): Promise<void> {
  await run(sql, `delete from event_interest where listener = $1 and type <> all($2::text[])`, [
    listener,
    types,
  ]);
  await run(
    sql,
    `insert into event_interest (type, listener) select t, $1 from unnest($2::text[]) t on conflict do nothing`,
    [listener, types],
  );
}

/** An event with its place. */
export interface StoredEvent extends HubEvent {
  readonly at: Date;
  readonly seq: number;
}

interface EventRow {
  readonly id: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly version: number;
  readonly subject: string | null;
  readonly key: string | null;
  readonly data: JsonObject;
}

function eventOf({ at, ...row }: EventRow): StoredEvent {
  return { ...row, at, occurredAt: at.toISOString() };
}

/**
 * The next events nobody was told of yet, in their order, and the cursor moved past them: the caller tells everybody in
 * the same transaction. New is what this transaction sees and the one before did not, so nothing is missed that
 * commits late, and what is new of one key comes in the order it was written in.
 */
export async function takeEvents(sql: Sql, limit: number): Promise<StoredEvent[]> {
  // One at a time, and the cursor is looked at by a statement of its own afterwards: one that had waited would compare
  // what it saw before with what was committed since, and take the database for another one. Nor may this transaction
  // have a number yet when a reading begins: a snapshot counts the number of its own transaction as told.
  await run(sql, `select pg_advisory_xact_lock(hashtext('lianhub-fan-out'), hashtext(current_schema()))`);
  const cursor = await rows<{ moved: boolean; reading: boolean }>(
    sql,
    `select pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot()) as moved, reading is not null as reading
     from event_cursor where name = 'fan-out'`,
  );
  if (cursor[0]?.moved) {
    await renumber(sql);
    return [];
  }
  if (!cursor[0]?.reading && !(await beginReading(sql))) return [];
  const found = await rows<EventRow>(
    sql,
    `select e.seq, e.at, e.id, e.type, e.version, e.subject, e.key, e.data
     from event_cursor c, events e
     where c.name = 'fan-out' and e.seq > c.after_seq
       and not pg_visible_in_snapshot(e.xid, c.seen) and pg_visible_in_snapshot(e.xid, c.reading)
     order by e.seq limit $1`,
    [limit],
  );
  const last = found.at(-1);
  const isOver = found.length < limit;
  await run(
    sql,
    isOver
      ? `update event_cursor set seen = reading, reading = null, last_seq = greatest(last_seq, $1) where name = 'fan-out'`
      : `update event_cursor set after_seq = $1, last_seq = greatest(last_seq, $1) where name = 'fan-out'`,
    [last?.seq ?? 0],
  );
  return found.map(eventOf);
}

/** Begins a reading of what is visible now and was not at the end of the one before; false when there is nothing. */
async function beginReading(sql: Sql): Promise<boolean> {
  const begun = await rows<{ name: string }>(
    sql,
    `with new as (
       select pg_current_snapshot() as now, min(e.seq) as first from event_cursor c, events e
       where c.name = 'fan-out' and e.xid >= pg_snapshot_xmin(c.seen) and not pg_visible_in_snapshot(e.xid, c.seen))
     update event_cursor c set reading = new.now, after_seq = new.first - 1 from new
     where c.name = 'fan-out' and new.first is not null returning c.name`,
  );
  return begun.length > 0;
}

/**
 * The database was moved to a server that counts transactions anew: what had been told is as if written long ago, what
 * had not is as if written by this transaction, so that the next one tells it.
 */
async function renumber(sql: Sql): Promise<void> {
  // One statement: what is committed between two would be counted as told by the second.
  await run(
    sql,
    `with renumbered as (
       update events e set xid = case
         when e.seq > c.last_seq then pg_current_xact_id()
         when pg_visible_in_snapshot(e.xid, c.seen)
           or (c.reading is not null and pg_visible_in_snapshot(e.xid, c.reading) and e.seq <= c.after_seq)
         then '3'::xid8 else pg_current_xact_id() end
       from event_cursor c
       where c.name = 'fan-out' and (e.xid >= pg_snapshot_xmax(pg_current_snapshot()) or e.seq > c.last_seq))
     update event_cursor set reading = null, after_seq = 0, seen = pg_current_snapshot() where name = 'fan-out'`,
  );
}

/** An event by its id; undefined when there is none (any more). */
export async function readEvent(sql: Sql, id: string): Promise<StoredEvent | undefined> {
  const found = await rows<EventRow>(
    sql,
    `select seq, at, id, type, version, subject, key, data from events where id = $1`,
    [id],
  );
  return found[0] && eventOf(found[0]);
}

/** Where a page of events ended. */
export type EventPlace = Pick<StoredEvent, 'at' | 'seq'>;

/** Kept events of these types from a moment on, in their order; `after` is the last one of the page before. */
export async function listEvents(
  sql: Sql,
  types: readonly string[],
  since: Date,
  until: Date,
  limit: number,
  after?: EventPlace,
): Promise<StoredEvent[]> {
  const found = await rows<EventRow>(
    sql,
    `select seq, at, id, type, version, subject, key, data from events
     where at >= $2 and at <= $3 and type = any($1::text[])
       and ($4::timestamptz is null or (at, seq) > ($4, $5::bigint))
     order by at, seq limit $6`,
    [types, since, until, after?.at ?? null, after?.seq ?? null, limit],
  );
  return found.map(eventOf);
}

export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  readonly subject?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Events before this one. */
  readonly before?: EventPlace | undefined;
}

/** Kept events, the last first. Partitions are looked through from the newest on, and no further than needed. */
export async function pageOfEvents(
  sql: Sql,
  { types, subject, since, until, before }: EventFilter,
  limit: number,
): Promise<StoredEvent[]> {
  const found = await planned<EventRow>(
    sql,
    `select seq, at, id, type, version, subject, key, '{}'::jsonb as data from events
     where ($1::text[] is null or type = any($1)) and ($2::text is null or subject = $2)
       and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at <= $4)
       and ($5::timestamptz is null or (at, seq) < ($5, $6::bigint))
     order by at desc, seq desc limit $7`,
    [
      types ?? null,
      subject ?? null,
      since ?? null,
      until ?? null,
      before?.at ?? null,
      before?.seq ?? null,
      limit,
    ],
  );
  return found.map(eventOf);
}

/** Events by their places; those that are not kept any more are left out. */
export async function eventsAt(sql: Sql, places: readonly EventPlace[]): Promise<StoredEvent[]> {
  const found = await rows<EventRow>(
    sql,
    `select e.seq, e.at, e.id, e.type, e.version, e.subject, e.key, e.data
     from unnest($1::timestamptz[], $2::bigint[]) as x(at, seq) join events e on e.at = x.at and e.seq = x.seq`,
    [places.map(({ at }) => at), places.map(({ seq }) => seq)],
  );
  return found.map(eventOf);
}

/** The moment of the database, to which everything is compared that it is asked for. */
export async function databaseNow(sql: Sql): Promise<Date> {
  const found = await rows<{ now: Date }>(sql, `select clock_timestamp() as now`);
  return found[0]?.now ?? new Date();
}
