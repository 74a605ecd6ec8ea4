/** What explains a record: its history, its copies and their writes, what it waits for, what was made of it. For people, not for lanes. */
import type { JsonObject } from '../model/json.ts';
import { waitingGroup } from './periods.ts';
import type { RecordRow, RecordState } from './records.ts';
import { rows, type Sql } from './sql.ts';
import type { WaitKind } from './waits.ts';

export interface NamedRecord extends RecordRow {
  readonly mapping_version: string | null;
  readonly updated_at: Date;
}

/**
 * Records of an entity by what people call them: the id of the record, its number or code, the value of an identity,
 * the number of its source, or its id or number in any system. Of several ways only the first that finds any counts.
 */
export async function recordsNamed(sql: Sql, entity: string, name: string): Promise<NamedRecord[]> {
  const found = await rows<NamedRecord & { rank: number }>(
    sql,
    `with hits as (
       select id, 1 as rank from records where entity = $1 and id::text = lower($2)
       union all
       select id, 2 from records where entity = $1 and (data ->> 'number' = $2 or data ->> 'code' = $2)
       union all
       select record_id, 3 from identities where entity = $1 and value = $2
       union all
       select id, 4 from records where entity = $1 and source_number = $2
       union all
       select record_id, 5 from links where entity = $1 and (remote_id = $2 or remote_number = $2)),
     best as (select distinct id from hits where rank = (select min(rank) from hits))
     select r.id, r.entity, r.state, r.alias_of, r.source_connection, r.source_kind, r.source_number, r.source_part,
       r.data, r.version, r.provenance, r.mapping_version, r.updated_at
     from best b join records r on r.id = b.id order by (r.state = 'live') desc, r.id limit 20`,
    [entity, name],
  );
  return found;
}

/** Numbers and codes of an entity, the latest made first: what a wrong one may have meant. */
export async function numbersOf(sql: Sql, entity: string, limit: number): Promise<string[]> {
  const found = await rows<{ number: string }>(
    sql,
    `select coalesce(data ->> 'number', data ->> 'code') as number from records
     where entity = $1 and state = 'live' and coalesce(data ->> 'number', data ->> 'code') is not null
     order by id desc limit $2`,
    [entity, limit],
  );
  return found.map((row) => row.number);
}

export interface ChangeRow {
  readonly record_id: string;
  readonly at: Date;
  readonly version: number;
  readonly origin: JsonObject;
  readonly patch: JsonObject;
  readonly conflicts: JsonObject | null;
  readonly mapping_version: string | null;
}

const changeColumns = `c.record_id, c.at, c.version, c.origin, patch_of(c.patch, c.created) as patch, c.conflicts, c.mapping_version`;

/** The latest changes of a record, or the latest before a version, the last one first. */
export function changesOf(sql: Sql, recordId: string, limit: number, before?: number): Promise<ChangeRow[]> {
  return rows<ChangeRow>(
    sql,
    `select ${changeColumns} from changes c
     where c.record_id = $1 and ($3::bigint is null or c.version < $3)
     order by c.version desc, c.id desc limit $2`,
    [recordId, limit, before ?? null],
  );
}

/** Changes of several records, each up to the version that counts, the last one first. */
export function changesUpTo(
  sql: Sql,
  sources: readonly { readonly recordId: string; readonly version: number }[],
): Promise<ChangeRow[]> {
  if (sources.length === 0) return Promise.resolve([]);
  return rows<ChangeRow>(
    sql,
    `select ${changeColumns} from unnest($1::uuid[], $2::bigint[]) as x(record_id, version)
     join changes c on c.record_id = x.record_id and c.version <= x.version
     order by c.record_id, c.version desc, c.id desc`,
    [sources.map((source) => source.recordId), sources.map((source) => source.version)],
  );
}

export interface CarriedTry {
  readonly id: string;
  readonly link_id: string;
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  /** The body carries the object itself; other steps only name it. */
  readonly carries: boolean;
  readonly record_version: number;
  readonly outcome: string | null;
  readonly answer: JsonObject | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

/** The latest tries of each copy, the oldest of them first. */
export function triesOf(sql: Sql, linkIds: readonly string[], limit: number): Promise<CarriedTry[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<CarriedTry>(
    sql,
    `select t.* from unnest($1::uuid[]) as x(link_id)
     cross join lateral (
       select id, link_id, step, key, body, body_hash is not null as carries, record_version, outcome, answer,
         started_at, finished_at
       from tries where tries.link_id = x.link_id order by started_at desc, id desc limit $2) t
     order by t.link_id, t.started_at, t.id`,
    [linkIds, limit],
  );
}

/** What is the matter with a copy. */
export interface LinkTrouble {
  readonly id: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly due_at: Date;
}

export function troubleOf(sql: Sql, linkIds: readonly string[]): Promise<LinkTrouble[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<LinkTrouble>(
    sql,
    `select id, error_code as code, error, attempts, due_at from links where id = any($1::uuid[])`,
    [linkIds],
  );
}

/** What a copy waits for, and how it stands with it. */
export interface WaitRow {
  readonly link_id: string;
  readonly kind: WaitKind;
  readonly target: string;
  readonly since: Date;
  readonly filled_at: Date | null;
  /** Of a reference: the record that is not there yet, and its own copy in that system. */
  readonly entity: string | null;
  readonly number: string | null;
  readonly copy_state: string | null;
  readonly copy_code: string | null;
  readonly copy_error: string | null;
  /** Of a period: all that waits for it. */
  readonly together: {
    readonly count: number;
    readonly oldest: string;
    readonly amounts: JsonObject | null;
  } | null;
}

export function waitsOf(sql: Sql, linkIds: readonly string[]): Promise<WaitRow[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<WaitRow>(
    sql,
    `select w.subject_id as link_id, w.kind, w.target, w.since, w.filled_at, r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code') as number, c.state as copy_state, c.error_code as copy_code,
       c.error as copy_error,
       case when w.kind = 'period' then (select to_jsonb(g) from (${waitingGroup('w.target')}) g) end as together
     from waits w
     left join records r on w.kind = 'ref' and r.id::text = split_part(w.target, '/', 2)
     left join lateral (
       select state, error_code, error from links l
       where l.record_id = r.id and l.connection = split_part(w.target, '/', 1)
       order by l.remote_id is null limit 1) c on true
     where w.subject = 'link' and w.subject_id = any($1::text[]) order by w.since, w.target`,
    [linkIds],
  );
}

/** Messages about the copies of a record that are not applied. */
export interface PendingMessage {
  readonly name: string;
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly received_at: Date;
}

export function pendingMessages(sql: Sql, linkIds: readonly string[]): Promise<PendingMessage[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<PendingMessage>(
    sql,
    `select 'inbox/' || i.id as name, i.connection, i.object, i.state, i.error_code as code, i.error, i.received_at
     from links l
     join inbox i on i.connection = l.connection and i.object = l.object and i.remote_id = l.remote_id
     where l.id = any($1::uuid[]) and i.state in ('due', 'waiting', 'dead') order by i.id`,
    [linkIds],
  );
}

/** Documents that rules have made of a record. */
export interface MadeOfIt {
  readonly rule: string;
  readonly group: string;
  readonly part: number;
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  readonly state: RecordState;
}

export function madeOf(sql: Sql, recordId: string): Promise<MadeOfIt[]> {
  return rows<MadeOfIt>(
    sql,
    `select distinct d.rule, d.group_key as "group", d.part, r.id as "recordId", r.entity,
       r.data ->> 'number' as number, r.state
     from derivations s
     join derived d on d.rule = s.rule and d.group_key = s.group_key and (d.part = s.part or d.part in (
       select (e ->> 'part')::int from jsonb_array_elements(coalesce(s.earlier, '[]')) e))
     join records r on r.id = d.record_id
     where s.source_id = $1 order by d.rule, d.group_key, d.part limit 100`,
    [recordId],
  );
}
