/** Who a person is in the ledger: golden records, their copies, and the documents about them. */
import type { JsonObject } from '../model/json.ts';
import { rows, type Sql } from './sql.ts';

/** What somebody may be named by; everything given must hold. */
export interface PersonQuery {
  /** Customer number: code of the record, or number of any copy. */
  readonly number?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  /** Number in a programme of members. */
  readonly member?: string | undefined;
  readonly unionId?: string | undefined;
  /** Id of the golden record, or an identity of the kind oneId. */
  readonly oneId?: string | undefined;
}

export interface PersonRecord {
  readonly id: string;
  readonly entity: string;
  readonly state: string;
  readonly source_number: string | null;
  readonly data: JsonObject;
}

/** Customers that are meant, and all that were merged with them. */
export function customersNamed(sql: Sql, query: PersonQuery): Promise<PersonRecord[]> {
  const { number, phone, member, unionId, oneId } = query;
  return rows<PersonRecord>(
    sql,
    `with recursive named as (
       select r.id from records r where r.entity = 'customer'
         and ($1::text is null or r.data ->> 'code' = $1 or r.source_number = $1
           or r.id in (select record_id from links where remote_number = $1 or remote_id = $1))
         and ($2::text is null or r.data -> 'phone' ->> 'e164' = $2
           or r.id in (select record_id from identities where kind = 'phone' and value = $2))
         and ($3::text is null or r.data ->> 'code' = $3
           or r.id in (select record_id from identities where kind ilike 'member%' and value = $3))
         and ($4::text is null
           or r.id in (select record_id from identities where lower(kind) = 'unionid' and value = $4))
         and ($5::text is null or r.id::text = lower($5)
           or r.id in (select record_id from identities where lower(kind) in ('oneid', 'one-id', 'one_id') and value = $5))),
     together as (
       select id from named
       union
       select case when r.id = t.id then r.alias_of else r.id end
       from together t join records r on r.alias_of = t.id or (r.id = t.id and r.alias_of is not null))
     select r.id, r.entity, r.state, r.source_number, r.data from records r join together using (id) order by r.id`,
    [number ?? null, phone ?? null, member ?? null, unionId ?? null, oneId ?? null],
  );
}

export interface PersonCopy {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string | null;
  readonly remote_number: string | null;
  readonly state: string;
}

/** Copies of records in all systems. */
export function copiesOf(sql: Sql, records: readonly string[]): Promise<PersonCopy[]> {
  return rows<PersonCopy>(
    sql,
    `select id, record_id, entity, connection, object, remote_id, remote_number, state
     from links where record_id = any($1::uuid[]) order by id`,
    [records],
  );
}

/** Numbers and names they claim in systems and programmes. */
export function identitiesOf(
  sql: Sql,
  records: readonly string[],
): Promise<{ readonly kind: string; readonly value: string }[]> {
  return rows(
    sql,
    `select distinct kind, value from identities where record_id = any($1::uuid[]) and kind not like '% and %' order by 1, 2`,
    [records],
  );
}

/** Records in which one of the patterns (of LIKE) stands, but for those named. */
export function recordsWith(
  sql: Sql,
  patterns: readonly string[],
  but: readonly string[],
): Promise<PersonRecord[]> {
  return rows<PersonRecord>(
    sql,
    `select id, entity, state, source_number, data from records
     where data::text like any($1) and not id = any($2::uuid[]) order by id`,
    [patterns, but],
  );
}

/** Of these values those that another customer has, too. */
export async function sharedValues(
  sql: Sql,
  values: readonly string[],
  but: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await rows<{ value: string }>(
    sql,
    `select x.value from unnest($1::text[]) as x(value) where exists (
       select from records r where r.entity = 'customer' and r.state = 'live' and not r.id = any($2::uuid[])
         and strpos(r.data::text, x.value) > 0)`,
    [values, but],
  );
  return new Set(found.map((row) => row.value));
}

/** Leaves nothing of a record but that there was one. */
export async function emptyRecords(sql: Sql, ids: readonly string[]): Promise<void> {
  await rows(
    sql,
    `update records set state = 'deleted', alias_of = null, source_connection = null, source_kind = null,
       source_number = null, source_part = '', data = '{}', provenance = '{}', conflicted = null, asked = false,
       version = version + 1, updated_at = now()
     where id = any($1::uuid[])`,
    [ids],
  );
}

/** Gives a record other content, without a change anybody is told of. */
export async function rewriteRecord(sql: Sql, id: string, data: JsonObject): Promise<void> {
  await rows(
    sql,
    'update records set data = $2, version = version + 1, updated_at = now() where id = $1::uuid',
    [id, JSON.stringify(data)],
  );
}
