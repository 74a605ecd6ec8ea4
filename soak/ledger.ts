/** What the soak asks the hubs' database: only to know when to count, and to explain what it counted. */
import { typesOf } from '../src/events/catalog.ts';
import type { Database } from '../src/ledger/database.ts';
import { subscribed, type ToldEvent } from './subscribers.ts';

/** Work that goes on by itself, and what waits for a person. */
export interface Situation {
  readonly due: number;
  /** `<connection>/<object>/<number>` of writes of which nobody can tell whether they happened. */
  readonly unknown: readonly string[];
}

/** What the soak calls the stock of an article at a place. */
const bucket = `r.data->>'locationId' || '/' ||
  (select p.data->>'code' from records p where p.id::text = r.data->>'skuId')`;

export async function situationOf(database: Database): Promise<Situation> {
  const due = await database.query<{ n: number }>(
    `select ((select count(*) from inbox where state = 'due') + (select count(*) from links where state = 'due')
       + (select count(*) from derivation_groups where state = 'due')
       + (select count(*) from due_deliveries)
       + (select count(*) from event_cursor c, events e where e.xid >= pg_snapshot_xmin(c.seen)
            and not pg_visible_in_snapshot(e.xid, c.seen))
       + (select count(*) from tries t join links l on l.id = t.link_id
            where t.outcome is null and l.state <> 'unknown'))::int as n`,
  );
  const unknown = await database.query<{ name: string }>(
    `select l.connection || '/' || l.object || '/' || coalesce(r.data->>'number', r.data->>'code', ${bucket}, r.id::text) as name
     from links l join records r on r.id = l.record_id where l.state = 'unknown'`,
  );
  return {
    due: due.rows[0]?.n ?? 0,
    unknown: unknown.rows.map((row) => row.name),
  };
}

/** Events the subscribers should have got, in their order. */
export async function toldEvents(database: Database): Promise<readonly ToldEvent[]> {
  const found = await database.query<ToldEvent>(
    'select id, type, key from events where type = any($1::text[]) order by seq',
    [typesOf(subscribed).map(({ type }) => type)],
  );
  return found.rows;
}

/** What is parked, waiting or refused, in words. */
export async function stuckIn(database: Database): Promise<readonly string[]> {
  const stuck = await database.query<{ text: string }>(
    `select connection || '/' || object || ' ' || state || ' ' || coalesce(error_code, '') || ' ×' || count(*) || ': '
         || min(coalesce(error, '')) as text
       from inbox where state in ('dead', 'waiting') group by connection, object, state, error_code
     union all
     select connection || '/' || object || ' ' || state || ' ' || coalesce(error_code, '') || ' ×' || count(*) || ': '
         || min(coalesce(error, ''))
       from links where state in ('parked', 'waiting') or (state = 'due' and error_code is not null)
       group by connection, object, state, error_code
     union all
     select connection || '/' || object || ' inbox due ' || error_code || ' ×' || count(*) || ': ' || min(error)
       from inbox where state = 'due' and error_code is not null group by connection, object, error_code`,
  );
  return stuck.rows.map((row) => row.text);
}

/** How many goods the hubs know from the shop and from the books. */
export async function goodsKnown(database: Database): Promise<number> {
  const found = await database.query<{ n: number }>(
    `select count(distinct r.id)::int as n from records r
     join links p on p.record_id = r.id and p.connection = 'pos' and p.object = 'product'
     join links e on e.record_id = r.id and e.connection = 'erp' and e.object = 'BD_MATERIAL'
     where r.entity = 'product' and r.state = 'live'`,
  );
  return found.rows[0]?.n ?? 0;
}

/** What copies and messages wait for, with the record each one names and what is known of it by now. */
export async function waitsOf(database: Database): Promise<readonly object[]> {
  const found = await database.query(
    `select w.*, l.connection, l.object, l.state, l.dirty_since, l.due_at, l.marks, r.state as record_state,
       r.alias_of, r.created_at as record_made_at, r.updated_at as record_changed_at,
       (select json_agg(json_build_object('record', k.record_id, 'connection', k.connection, 'object', k.object,
                                          'remoteId', k.remote_id, 'writtenAt', k.written_at))
          from links k where k.record_id in (r.id, r.alias_of)) as copies
     from waits w
     left join links l on w.subject = 'link' and l.id::text = w.subject_id
     left join records r on w.kind = 'ref' and r.id::text = split_part(w.target, '/', 2)
     limit 200`,
  );
  return found.rows;
}

/** Cards on which the hub noticed that two systems had changed the contested field. */
export async function conflictsFound(database: Database): Promise<number> {
  const found = await database.query<{ n: number }>(
    `select count(distinct c.record_id)::int as n from changes c, jsonb_array_elements(c.conflicts->'fields') f
     where f->>'path' = 'orgId'`,
  );
  return found.rows[0]?.n ?? 0;
}

/** Deadlocks the server has broken up since it was started last. */
export async function deadlocks(database: Database): Promise<number> {
  const found = await database.query<{ n: number }>(
    'select deadlocks::int as n from pg_stat_database where datname = current_database()',
  );
  return found.rows[0]?.n ?? 0;
}

/** Everything the hubs know of a card or slip: record, copies, tries, messages, changes. */
export async function storyOf(database: Database, number: string): Promise<object> {
  const records = await database.query<{ id: string }>(
    `select id, entity, state, version, data, provenance from records r
     where data->>'number' = $1 or data->>'code' = $1 or (entity = 'inventory' and ${bucket} = $1)`,
    [number],
  );
  const ids = records.rows.map((row) => row.id);
  const links = await database.query<{ id: string; connection: string; object: string; remote_id: string }>(
    `select l.*, s.theirs, s.sent_hash, s.outstanding from links l left join shadows s on s.link_id = l.id
     where l.record_id = any($1::uuid[])`,
    [ids],
  );
  const tries = await database.query(
    'select * from tries where link_id = any($1::uuid[]) order by started_at',
    [links.rows.map((row) => row.id)],
  );
  const inbox = await database.query(
    `select i.id, i.received_at, i.connection, i.object, i.remote_id, i.via, i.revision, i.state, i.attempts,
       i.error_code, i.error, i.read_at, i.finished_at, convert_from(i.body, 'UTF8') as body
     from inbox i join unnest($1::text[], $2::text[], $3::text[]) as x(connection, object, remote_id)
       using (connection, object, remote_id) order by i.id`,
    [
      links.rows.map((row) => row.connection),
      links.rows.map((row) => row.object),
      links.rows.map((row) => row.remote_id),
    ],
  );
  const changes = await database.query(
    'select *, patch_of(patch, created) as patch from changes where record_id = any($1::uuid[]) order by at, version',
    [ids],
  );
  const movements = await database.query(
    `select m.* from movements m join records r on r.data->>'skuId' = m.sku_id::text and r.data->>'locationId' = m.location_id
     where r.id = any($1::uuid[]) and r.entity = 'inventory' order by m.occurred_at`,
    [ids],
  );
  return {
    records: records.rows,
    links: links.rows,
    tries: tries.rows,
    inbox: inbox.rows,
    changes: changes.rows,
    movements: movements.rows,
  };
}
