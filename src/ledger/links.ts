import { heldOf } from './holds.ts';
import { periodsVersion, type Redated } from './periods.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';
import { credentialsOf } from './step-credentials.ts';

export type LinkState = 'idle' | 'due' | 'waiting' | 'unknown' | 'parked';

export interface LinkRow {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly origin: boolean;
  readonly remote_id: string | null;
  readonly remote_number: string | null;
  readonly remote_status: string | null;
  readonly step: string | null;
  readonly state: LinkState;
  readonly lane: string;
  readonly attempts: number;
  readonly seen_revision: string | null;
  readonly seen_hash: string | null;
  readonly dirty_since: Date | null;
  readonly pushed_version: number | null;
  /** How often it was marked dirty so far. */
  readonly marks: number;
  /** When a write of ours there was last known to be done. */
  readonly written_at: Date | null;
  /** When the reading that was applied last was done; null when nothing was read yet, only told. */
  readonly seen_at: Date | null;
  /** When it was found to be deleted there; null or absent: it is there, as far as is known. */
  readonly gone_at?: Date | null;
  /** The revision that deletion had. */
  readonly gone_revision?: string | null;
  /** Paths at which it differed when it was paired, while nobody has decided about them; see adoption.ts. */
  readonly opening?: readonly string[] | null;
  /** What it is dated there instead, since its period is closed; see periods.ts. */
  readonly redated?: Redated | null;
}

const columns = `l.id, l.record_id, l.entity, l.connection, l.object, l.origin, l.remote_id, l.remote_number,
  l.remote_status, l.step, l.state, l.lane, l.attempts, l.seen_revision, l.seen_hash, l.dirty_since, l.pushed_version, l.marks,
  l.written_at, l.seen_at, l.gone_at,
  l.gone_revision, l.opening, l.redated`;

/** Links of remote objects, found by their ids. */
export function linksByRemote(
  sql: Sql,
  keys: readonly { readonly connection: string; readonly object: string; readonly remoteId: string }[],
): Promise<LinkRow[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return rows<LinkRow>(
    sql,
    `select ${columns} from links l
     join unnest($1::text[], $2::text[], $3::text[]) as x(connection, object, remote_id)
       on l.connection = x.connection and l.object = x.object and l.remote_id = x.remote_id`,
    [keys.map((k) => k.connection), keys.map((k) => k.object), keys.map((k) => k.remoteId)],
  );
}

export interface RemoteReference {
  readonly connection: string;
  readonly entity: string;
  readonly by: 'id' | 'number';
  readonly value: string;
}

/** What a reference spoken in a vendor's own terms points to. */
export interface ReferredLink extends Pick<LinkRow, 'record_id' | 'connection' | 'entity'> {
  readonly asked_by: 'id' | 'number';
  readonly asked: string;
}

/** Links that references spoken in a vendor's own terms point to. */
export async function linksByReference(
  sql: Sql,
  references: readonly RemoteReference[],
): Promise<ReferredLink[]> {
  const found: ReferredLink[] = [];
  for (const by of ['id', 'number'] as const) {
    const some = references.filter((reference) => reference.by === by);
    if (some.length === 0) continue;
    const column = by === 'id' ? 'remote_id' : 'remote_number';
    const hits = await rows<ReferredLink>(
      sql,
      `select l.record_id, l.connection, l.entity, '${by}' as asked_by, l.${column} as asked from links l
       join unnest($1::text[], $2::text[], $3::text[]) as x(connection, entity, value)
         on l.connection = x.connection and l.entity = x.entity and l.${column} = x.value`,
      [some.map((r) => r.connection), some.map((r) => r.entity), some.map((r) => r.value)],
    );
    found.push(...hits);
  }
  return found;
}

/** Links made for objects that were only spoken of by their number so far; their id is not known yet. */
export function unfilledLinks(
  sql: Sql,
  keys: readonly { readonly connection: string; readonly object: string; readonly number: string }[],
): Promise<LinkRow[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return rows<LinkRow>(
    sql,
    `select ${columns} from links l
     join unnest($1::text[], $2::text[], $3::text[]) as x(connection, object, number)
       on l.connection = x.connection and l.object = x.object and l.remote_number = x.number
     where l.remote_id is null and l.origin`,
    [keys.map((k) => k.connection), keys.map((k) => k.object), keys.map((k) => k.number)],
  );
}

/** Links by their own ids, unlocked. */
export function linksByIds(sql: Sql, ids: readonly string[]): Promise<LinkRow[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return rows<LinkRow>(sql, `select ${columns} from links l where l.id = any($1::uuid[])`, [ids]);
}

/** Every link of the records; a record's own before those that came with others, and those that exist first. */
export function linksOfRecords(sql: Sql, recordIds: readonly string[]): Promise<LinkRow[]> {
  if (recordIds.length === 0) return Promise.resolve([]);
  return rows<LinkRow>(
    sql,
    `select ${columns} from links l where l.record_id = any($1::uuid[])
     order by l.remote_id is null, l.came_from is not null, l.id`,
    [recordIds],
  );
}

/**
 * The records that referred ones are by now, merged ones followed to the one that lives on, and the copies of those that
 * are there in these connections: in one statement, as every slice of a push lane asks for both.
 */
export async function copiesReferred(
  sql: Sql,
  recordIds: readonly string[],
  connections: readonly string[],
): Promise<{ readonly alive: ReadonlyMap<string, string>; readonly copies: readonly LinkRow[] }> {
  const found = await rows<{ asked: string; alive: string } & (LinkRow | { id: null })>(
    sql,
    `with recursive walk(asked, id, alias_of) as (
       select r.id, r.id, r.alias_of from records r where r.id = any($1::uuid[])
       union all
       select w.asked, r.id, r.alias_of from walk w join records r on r.id = w.alias_of)
     select w.asked, w.id as alive, ${columns} from walk w
     left join links l on l.record_id = w.id and l.connection = any($2::text[]) and l.gone_at is null
     where w.alias_of is null
     order by l.remote_id is null, l.came_from is not null, l.id`,
    [recordIds, connections],
  );
  const copies = new Map<string, LinkRow>();
  for (const row of found) if (row.id !== null) copies.set(row.id, row);
  return { alive: new Map(found.map((row) => [row.asked, row.alive])), copies: [...copies.values()] };
}

export interface LinkInsert {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly origin: boolean;
  readonly remote_id: string | null;
  readonly remote_number: string | null;
  readonly state: LinkState;
  readonly lane: string;
  readonly priority: number;
  readonly seen_revision: string | null;
  readonly seen_hash: string | null;
  readonly seen_at?: Date | null;
}

/** Inserts links; one that exists for the same record and object stays as it is. */
export async function insertLinks(sql: Sql, links: readonly LinkInsert[]): Promise<void> {
  if (links.length === 0) return;
  await run(
    sql,
    `insert into links (id, record_id, entity, connection, object, origin, remote_id, remote_number, state, lane,
       priority, due_at, dirty_since, seen_revision, seen_hash, seen_at)
     select id, record_id, entity, connection, object, origin, remote_id, remote_number, state, lane, priority,
       now(), case when state = 'due' then now() end, seen_revision, seen_hash, seen_at
     from jsonb_to_recordset($1::jsonb) as x(id uuid, record_id uuid, entity text, connection text, object text,
       origin boolean, remote_id text, remote_number text, state text, lane text, priority smallint,
       seen_revision text, seen_hash text, seen_at timestamptz)`,
    [rowsParameter(links)],
  );
}

/**
 * Notes what a system last showed: revision and content hash; a number it told is kept. Answers how many it noted:
 * a link that belongs to another record than `was` by now is left alone, and the caller must start over.
 */
export async function markSeen(
  sql: Sql,
  seen: readonly {
    readonly id: string;
    readonly record_id: string;
    /** The record it belonged to when it was read. */
    readonly was: string;
    readonly seen_revision: string | null;
    readonly seen_hash: string | null;
    readonly seen_at: Date | null;
    readonly remote_id: string | null;
    readonly remote_number: string | null;
    /** The status it showed, and when the reading was begun: one older than a write of ours changes nothing. */
    readonly remote_status?: string | null;
    readonly read_at?: Date | null;
  }[],
): Promise<number> {
  if (seen.length === 0) return 0;
  const noted = await rows<{ id: string }>(
    sql,
    `with x as (
       select y.* from jsonb_to_recordset($1::jsonb) as y(id uuid, record_id uuid, was uuid, seen_revision text,
         seen_hash text, seen_at timestamptz, remote_id text, remote_number text, remote_status text, read_at timestamptz)
       join links k on k.id = y.id and k.record_id = y.was order by k.id for update of k)
     update links l set seen_revision = coalesce(x.seen_revision, l.seen_revision),
       seen_hash = coalesce(x.seen_hash, l.seen_hash), seen_at = greatest(x.seen_at, l.seen_at), record_id = x.record_id,
       remote_id = coalesce(l.remote_id, x.remote_id), remote_number = coalesce(x.remote_number, l.remote_number),
       gone_at = null, gone_by = null, gone_revision = null,
       remote_status = case when l.written_at >= x.read_at then l.remote_status
                            else coalesce(x.remote_status, l.remote_status) end
     from x where l.id = x.id returning l.id`,
    [rowsParameter(seen)],
  );
  return noted.length;
}

/**
 * Marks links dirty. A parked one gets another chance with the new content, and so does a waiting one, which may
 * lack nothing any more; an unknown one is looked at again when that ends. Locked in id order, like everywhere.
 */
export async function markDue(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await run(
    sql,
    `with mine as (select id, state from links where id = any($1::uuid[]) order by id for update),
     gone as (
       delete from waits w using mine m
       where m.state = 'waiting' and w.subject = 'link' and w.subject_id = m.id::text)
     update links l set state = 'due', due_at = least(l.due_at, now()), dirty_since = coalesce(l.dirty_since, now()),
       marks = l.marks + 1, attempts = 0, error_code = null, error = null
     from mine where l.id = mine.id and l.state in ('idle', 'due', 'parked', 'waiting')`,
    [ids],
  );
}

/**
 * Locks links in id order until the transaction ends. Whatever hangs on links (shadows, above all) is written by
 * those who hold them, so that two transactions over the same links never wait for each other.
 */
export async function holdLinks(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await run(
    sql,
    `select count(*) from (select 1 from links where id = any($1::uuid[]) order by id for update) held`,
    [ids],
  );
}

/** Takes links away that stood for an object which has another one; the caller holds them. */
export async function removeLinks(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await run(sql, 'delete from links where id = any($1::uuid[]) and remote_id is null', [ids]);
}

export interface DueLink extends LinkRow {
  readonly priority: number;
  /** How long it has been dirty by the database's clock, milliseconds; 0 when it is not known. */
  readonly dirty_ms: number;
  /** The newest decision about mappings when it was read; see mappings.ts. */
  readonly activation: number;
  /** The version of what is known of accounting periods when it was read; see periods.ts. */
  readonly periods?: number;
  /** The state of what its system is asked about it: open, or a cancellation it has accepted. Absent or null: nothing. */
  readonly request?: 'asked' | 'unknown' | 'accepted' | null;
  /** Who holds it and why; absent or null: nobody. */
  readonly held?: string | null;
  /** Credential a step names → the one this copy uses; absent or null: as named. */
  readonly credentials?: Readonly<Record<string, string>> | null;
}

/** The next due links of a lane. */
export function dueLinks(sql: Sql, lane: string, limit: number): Promise<DueLink[]> {
  return dueLinksOf(sql, [{ lane, limit }], []);
}

/** The next due links of lanes, so many of each, without those that are under way: lane after lane. */
export function dueLinksOf(
  sql: Sql,
  lanes: readonly { readonly lane: string; readonly limit: number }[],
  underWay: readonly string[],
): Promise<DueLink[]> {
  return rows<DueLink>(
    sql,
    `select ${columns}, l.priority,
       coalesce(extract(epoch from clock_timestamp() - l.dirty_since) * 1000, 0)::float8 as dirty_ms,
       (select coalesce(max(id), 0) from mapping_activations) as activation, ${periodsVersion} as periods,
       (select q.state from requests q
        where q.record_id = l.record_id and q.connection = l.connection and q.object = l.object
          and q.state in ('asked', 'unknown', 'accepted') and (q.kind = 'cancel' or q.state <> 'accepted')
        order by q.state = 'accepted' limit 1) as request,
       ${heldOf('l')} as held, ${credentialsOf('l')} as credentials
     from unnest($1::text[], $2::int[]) with ordinality as x(lane, most, place)
     cross join lateral (
       select * from links k
       where k.lane = x.lane and k.state = 'due' and k.due_at <= now() and k.id <> all($3::uuid[])
       order by k.priority, k.due_at limit x.most) l
     order by x.place, l.priority, l.due_at`,
    [lanes.map((one) => one.lane), lanes.map((one) => one.limit), underWay],
  );
}

/**
 * Locks links and answers those still due, with the remote id and the marks each has by now. In id order, after records, before
 * lanes: the order everywhere.
 */
export async function lockDueLinks(
  sql: Sql,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<DueLink, 'remote_id' | 'marks' | 'held'>>> {
  const found = await rows<Pick<DueLink, 'id' | 'remote_id' | 'marks' | 'held'>>(
    sql,
    `select id, remote_id, marks, ${heldOf('links')} as held from links
     where id = any($1::uuid[]) and state = 'due' order by id for update`,
    [ids],
  );
  return new Map(found.map((row) => [row.id, row]));
}

export interface LinkOutcome {
  readonly id: string;
  readonly state: LinkState;
  readonly remote_id?: string;
  readonly remote_number?: string;
  readonly remote_status?: string;
  readonly step?: string | null;
  /** The revision our own write has made. */
  readonly seen_revision?: string;
  readonly pushed_version?: number;
  /** Marks when the link was read: one that was marked since is due again, whatever came out. */
  readonly marks?: number;
  /** A write was done there: readings begun before this moment are older than it. */
  readonly written?: boolean;
  /** With state `due`: when to go on. */
  readonly delayMs?: number;
  /** Counts towards back-off; a success sets it to zero. */
  readonly failed?: boolean;
  readonly code?: string;
  readonly error?: string;
}

/**
 * Records the outcome of pushes, in the caller's transaction. A link whose record changed again meanwhile stays
 * due: `pushed_version` is compared with the record's version, so a change between read and commit is not lost.
 */
export async function finishLinks(sql: Sql, outcomes: readonly LinkOutcome[]): Promise<number> {
  await holdLinks(
    sql,
    outcomes.map((outcome) => outcome.id),
  );
  return finishHeldLinks(sql, outcomes);
}

/**
 * The same for links that the caller's transaction holds by a statement of its own before: whoever changes a record
 * holds its links until that is committed, and the next statement sees what was committed by then. In one statement
 * the version compared would be the one before. Answers how many events it has told: steps reached, copies completed.
 */
export async function finishHeldLinks(sql: Sql, outcomes: readonly LinkOutcome[]): Promise<number> {
  if (outcomes.length === 0) return 0;
  const found = await rows<{ told: number }>(
    sql,
    `with x as (
       select * from jsonb_to_recordset($1::jsonb) as y(id uuid, state text, remote_id text, remote_number text,
         remote_status text, step text, seen_revision text, pushed_version bigint, marks bigint, written boolean, "delayMs" float8, failed boolean, code text,
         error text)),
     before as (
       select l.id, l.step, l.pushed_version, l.written_at, l.dirty_since from x join links l on l.id = x.id),
     done as (
     update links l set
       state = case when x.state = 'idle' and x.pushed_version is not null and r.version > x.pushed_version then 'due'
                    when x.state in ('idle', 'waiting', 'parked') and l.marks > x.marks then 'due'
                    else x.state end,
       remote_id = coalesce(x.remote_id, l.remote_id),
       remote_number = coalesce(x.remote_number, l.remote_number),
       remote_status = coalesce(x.remote_status, l.remote_status),
       step = coalesce(x.step, l.step),
       seen_revision = coalesce(x.seen_revision, l.seen_revision),
       written_at = case when x.written then clock_timestamp() else l.written_at end,
       pushed_version = coalesce(x.pushed_version, l.pushed_version),
       due_at = case when x.state = 'due' then now() + coalesce(x."delayMs", 0) * interval '1 ms' else now() end,
       dirty_since = case when x.state = 'idle' and not coalesce(l.marks > x.marks, false) then null else coalesce(l.dirty_since, now()) end,
       attempts = case when x.failed then l.attempts + 1 else 0 end,
       error_code = x.code, error = x.error
     from x, records r
     where l.id = x.id and r.id = l.record_id
     returning l.id, l.record_id, l.entity, l.connection, l.object, l.remote_id, l.remote_number, l.remote_status,
       l.step, l.state, x.pushed_version is not null as "isPushed", x.written),
     told as (
       insert into events (at, id, type, subject, key, data)
       -- Their order is that of the link, which is locked: copies of one record go on beside each other.
       select date_trunc('milliseconds', clock_timestamp()), new_event_id(), t.type, d.record_id, d.id,
         jsonb_build_object('link', d.id, 'connection', d.connection, 'object', d.object, 'entity', d.entity,
           'remoteId', d.remote_id, 'remoteNumber', d.remote_number, 'remoteStatus', d.remote_status, 'step', d.step,
           'recordVersion', r.version, 'record', r.data)
         || case t.type when 'link.completed' then jsonb_build_object('first', b.pushed_version is null)
                        else jsonb_build_object('before', b.step) end
       from done d join before b on b.id = d.id join records r on r.id = d.record_id
       cross join lateral (
         select 'link.step-changed' as type where d.step is distinct from b.step
         union all
         -- Written since it was last in step, by this outcome or by one before it, and nothing is left to write.
         select 'link.completed' where d.state = 'idle' and d."isPushed" and (d.written or b.written_at >= b.dirty_since)) t
       where exists (select 1 from event_interest i where i.type in ('link.step-changed', 'link.completed'))
         and t.type in (select i.type from event_interest i)
       order by d.id, t.type desc
       returning 1)
     select count(*)::int as told from told`,
    [rowsParameter(outcomes)],
  );
  return found[0]?.told ?? 0;
}
