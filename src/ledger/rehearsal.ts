/** Reading real messages and records page by page, newest first, without any chance to write. */
import type { Database } from './database.ts';
import type { InboxVia } from './inbox.ts';
import type { DueLink } from './links.ts';
import type { RecordRow } from './records.ts';
import { rows, run, type Sql } from './sql.ts';

/**
 * Runs `work` in a transaction that the server keeps from writing. What it is given can stand in for the database
 * where something only reads.
 */
export function readOnly<R>(database: Database, work: (reading: Database) => Promise<R>): Promise<R> {
  return database.transaction(
    async (sql) => {
      await run(sql, 'set transaction read only');
      const reading = oneAtATime(sql);
      return work({
        schema: database.schema,
        major: database.major,
        pool: database.pool,
        query: (text, values) => reading.query(text, values),
        transaction: (inner) => inner(reading),
        close: () => Promise.resolve(),
      });
    },
    { isolation: 'repeatable read' },
  );
}

/** The same, for readers that ask several things at once: a transaction has one connection, and answers in turn. */
export function oneAtATime(sql: Sql): Sql {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query<T extends object>(text: Parameters<Sql['query']>[0], values?: readonly unknown[]) {
      const next = last.then(() => sql.query<T>(text, values));
      // Whoever asked hears of the failure; the next question is asked all the same.
      last = next.catch(() => undefined);
      return next;
    },
  };
}

// A page begins where the one before ended, and the first one beyond every id: an index finds both.
const firstId = '00000000-0000-0000-0000-000000000000';
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What a vendor told last about one object. */
export interface BodyRow {
  readonly id: number;
  readonly received_at: Date;
  readonly remote_id: string;
  readonly via: InboxVia;
  readonly body: Buffer;
}

/** The newest body of each object, newest first; `before` is the last row of the page before. */
export function lastBodies(
  sql: Sql,
  connection: string,
  object: string,
  before: Pick<BodyRow, 'id' | 'received_at'> | undefined,
  limit: number,
): Promise<BodyRow[]> {
  return rows<BodyRow>(
    sql,
    `select i.id, i.received_at, i.remote_id, i.via, i.body from inbox i
     where i.connection = $1 and i.object = $2 and i.body is not null and i.state <> 'dead'
       and (i.received_at, i.id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 9223372036854775807))
       and not exists (
         select 1 from inbox n where n.connection = i.connection and n.object = i.object
           and n.remote_id = i.remote_id and n.id > i.id and n.body is not null
           and n.state <> 'dead' and (n.via = 'answer') = (i.via = 'answer'))
     order by i.received_at desc, i.id desc limit $5`,
    [connection, object, before?.received_at ?? null, before?.id ?? null, limit],
  );
}

/** Messages whose content was fetched and not kept: a rehearsal cannot repeat them. */
export async function countHints(sql: Sql, connection: string, object: string): Promise<number> {
  const found = await rows<{ n: number }>(
    sql,
    `select count(*)::int as n from inbox where connection = $1 and object = $2 and body is null`,
    [connection, object],
  );
  return found[0]?.n ?? 0;
}

/** Live records of an entity, the latest made first; `before` is the last id of the page before. */
export function lastRecords(
  sql: Sql,
  entity: string,
  before: string | undefined,
  limit: number,
): Promise<RecordRow[]> {
  return rows<RecordRow>(
    sql,
    `select id, entity, state, alias_of, source_connection, source_kind, source_number, source_part, data, version,
       provenance, conflicted
     from records where entity = $1 and state = 'live' and id < coalesce($2::uuid, '${lastId}')
     order by id desc limit $3`,
    [entity, before ?? null, limit],
  );
}

/** Live records of an entity by a number people know. */
export function recordsByNumber(sql: Sql, entity: string, number: string): Promise<RecordRow[]> {
  return rows<RecordRow>(
    sql,
    `select id, entity, state, alias_of, source_connection, source_kind, source_number, source_part, data, version,
       provenance, conflicted
     from records where entity = $1 and state = 'live'
       and (id::text = $2 or source_number = $2 or data ->> 'number' = $2 or data ->> 'code' = $2)
     order by id desc limit 20`,
    [entity, number],
  );
}

/** Newest body a system told about one of its objects. */
export async function lastBodyOf(
  sql: Sql,
  connection: string,
  object: string,
  remoteId: string,
): Promise<BodyRow | undefined> {
  const found = await rows<BodyRow>(
    sql,
    `select id, received_at, remote_id, via, body from inbox
     where connection = $1 and object = $2 and remote_id = $3 and body is not null order by id desc limit 1`,
    [connection, object, remoteId],
  );
  return found[0];
}

/** Links of the given objects by id, whatever their state; a place is `<connection>/<object>/<entity>`. */
export function linksAfter(
  sql: Sql,
  places: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<DueLink[]> {
  return rows<DueLink>(
    sql,
    `select id, record_id, entity, connection, object, origin, remote_id, remote_number, remote_status, step, state,
       lane, attempts, seen_revision, seen_hash, dirty_since, pushed_version, marks, opening, priority,
       0::float8 as dirty_ms, 0::bigint as activation
     from links where connection || '/' || object || '/' || entity = any($1::text[])
       and id > coalesce($2::uuid, '${firstId}')
     order by id limit $3`,
    [places, after ?? null, limit],
  );
}
