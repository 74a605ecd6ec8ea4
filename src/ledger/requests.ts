/** What systems are asked to do and may refuse. A row is changed only in a transaction that holds its record. */
import type { JsonObject } from '../model/json.ts';
import { planned, rows, rowsParameter, run, type Sql } from './sql.ts';

/** `asked` and `unknown` are open; `unknown`: it was sent, and nobody knows what became of it. */
export type RequestState = 'asked' | 'accepted' | 'refused' | 'unknown' | 'overtaken' | 'withdrawn';

export interface RequestRow {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly link_id: string | null;
  readonly kind: string;
  readonly payload: JsonObject;
  /** `rule:<name>` or `person:<name>`. */
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly deadline: Date;
  readonly state: RequestState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly answered_at: Date | null;
  /** What its acceptance has changed. */
  readonly undo: JsonObject | null;
  readonly attempts: number;
  /** The rule that asked does not hold any more: it is not asked again. */
  readonly unwanted: boolean;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly note: string | null;
  readonly version: number;
}

const columns = `q.id, q.record_id, q.entity, q.connection, q.object, q.link_id, q.kind, q.payload, q.asked_by,
  q.asked_at, q.deadline, q.state, q.code, q.reason, q.answered_at, q.undo, q.attempts, q.unwanted, q.closed_at, q.closed_by,
  q.note, q.version`;

/** A request that is new. */
export interface RequestInsert
  extends Pick<
    RequestRow,
    'id' | 'record_id' | 'entity' | 'connection' | 'object' | 'link_id' | 'kind' | 'payload' | 'asked_by'
  > {
  /** Milliseconds from now until an answer is expected. */
  readonly deadline_ms: number;
  /** Accepted at once: nothing had been sent there. */
  readonly accepted?: { readonly reason: string; readonly undo: JsonObject };
}

/**
 * Notes requests; one that is open already for the same copy and kind stays as it is. The copies, which are marked due
 * and held by the caller like the records, go before others until they are answered.
 */
export async function insertRequests(sql: Sql, requests: readonly RequestInsert[]): Promise<void> {
  if (requests.length === 0) return;
  await run(
    sql,
    `with x as (
       select y.*, coalesce(l.priority, 5) as own from jsonb_to_recordset($1::jsonb) as y(id uuid, record_id uuid,
         entity text, connection text, object text, link_id uuid, kind text, payload jsonb, asked_by text,
         deadline_ms float8, accepted jsonb)
       left join links l on l.id = y.link_id),
     noted as (
       insert into requests (id, record_id, entity, connection, object, link_id, kind, payload, asked_by, deadline, state,
         reason, undo, answered_at, priority)
       select id, record_id, entity, connection, object, link_id, kind, payload, asked_by,
         clock_timestamp() + deadline_ms * interval '1 ms', case when accepted is null then 'asked' else 'accepted' end,
         accepted ->> 'reason', accepted -> 'undo', case when accepted is not null then clock_timestamp() end, own
       from x on conflict do nothing returning record_id, link_id, state),
     ahead as (
       update links l set priority = 0 from noted n where l.id = n.link_id and n.state = 'asked')
     update records r set asked = true from noted n where r.id = n.record_id and not r.asked`,
    [rowsParameter(requests)],
  );
}

/** Of records, the requests that are open, and those that were accepted. */
export function standingRequests(sql: Sql, recordIds: readonly string[]): Promise<RequestRow[]> {
  if (recordIds.length === 0) return Promise.resolve([]);
  return rows<RequestRow>(
    sql,
    `select ${columns} from requests q
     where q.record_id = any($1::uuid[]) and q.state in ('asked', 'unknown', 'accepted') order by q.asked_at, q.id`,
    [recordIds],
  );
}

/** An open request of a copy, with what became of it when it was sent last. */
export interface OpenRequest extends RequestRow {
  /** Milliseconds until it is to be sent or looked at again; below zero: it is due. */
  readonly due_in_ms: number;
  readonly try_id: string | null;
  readonly try_at: Date | null;
  /** Outcome of that try; null: it is open, or there was none. */
  readonly try_outcome: string | null;
  /** Milliseconds until nothing more is sent of that try; below zero: since then. */
  readonly try_ends_in_ms: number | null;
}

/** The oldest open request of each copy. */
export function openRequests(sql: Sql, linkIds: readonly string[]): Promise<OpenRequest[]> {
  return rows<OpenRequest>(
    sql,
    `select distinct on (q.link_id) ${columns}, q.try_id, q.try_at, t.outcome as try_outcome,
       (extract(epoch from q.due_at - clock_timestamp()) * 1000)::float8 as due_in_ms,
       (extract(epoch from t.send_by - clock_timestamp()) * 1000)::float8 as try_ends_in_ms
     from requests q left join tries t on t.started_at = q.try_at and t.id = q.try_id
     where q.link_id = any($1::uuid[]) and q.state in ('asked', 'unknown')
     order by q.link_id, q.asked_at, q.id`,
    [linkIds],
  );
}

export function requestsByIds(sql: Sql, ids: readonly string[]): Promise<RequestRow[]> {
  return rows<RequestRow>(sql, `select ${columns} from requests q where q.id = any($1::uuid[])`, [ids]);
}

/** Requests whose id begins so; two are enough to say that it is ambiguous. */
export function requestsNamed(sql: Sql, prefix: string): Promise<RequestRow[]> {
  return rows<RequestRow>(
    sql,
    `select ${columns} from requests q where starts_with(q.id::text, $1) order by q.id limit 2`,
    [prefix.toLowerCase()],
  );
}

/** Open requests of records that were never sent, or were told apart from having any effect. */
export function unsentRequests(sql: Sql, recordIds: readonly string[]): Promise<RequestRow[]> {
  if (recordIds.length === 0) return Promise.resolve([]);
  return rows<RequestRow>(
    sql,
    `select ${columns} from requests q left join tries t on t.started_at = q.try_at and t.id = q.try_id
     where q.record_id = any($1::uuid[]) and q.state = 'asked'
       and (q.try_id is null or t.outcome in ('failed', 'absent', 'abandoned'))`,
    [recordIds],
  );
}

/** Documents that rules have made of a record one by one. */
export async function documentsOf(sql: Sql, sourceId: string): Promise<string[]> {
  const found = await rows<{ record_id: string }>(
    sql,
    `select record_id from derived where split_part(group_key, '/', 1) = $1`,
    [sourceId],
  );
  return found.map((row) => row.record_id);
}

/**
 * Of records, the documents of rules that no system was asked to write, or every one has refused. To be asked while
 * they are locked.
 */
export async function unsentDocuments(sql: Sql, recordIds: readonly string[]): Promise<Set<string>> {
  if (recordIds.length === 0) return new Set();
  const found = await rows<{ record_id: string }>(
    sql,
    `select d.record_id from derived d
     where d.record_id = any($1::uuid[]) and not exists (
       select 1 from links l where l.record_id = d.record_id and (l.step is not null or l.remote_id is not null
         or exists (select 1 from tries t where t.link_id = l.id
           and (t.outcome is null or t.outcome in ('done', 'unknown')))))`,
    [recordIds],
  );
  return new Set(found.map((row) => row.record_id));
}

/** What is noted about requests that are open. */
export interface RequestNote {
  readonly id: string;
  readonly state: RequestState;
  readonly code?: string;
  readonly reason?: string;
  readonly undo?: JsonObject;
  /** It is over now. */
  readonly answered?: boolean;
  /** When to go on, for one that stays open. */
  readonly delayMs?: number;
  /** Counts towards back-off. */
  readonly failed?: boolean;
  readonly unwanted?: true;
  /** It is sent now; what was told before stays until there is an answer. */
  readonly try?: { readonly id: string; readonly started_at: Date };
}

/** Notes what became of open requests, and answers those that were still open (an accepted one may be overtaken). */
export async function noteRequests(sql: Sql, notes: readonly RequestNote[]): Promise<Set<string>> {
  if (notes.length === 0) return new Set();
  const noted = await rows<{ id: string }>(
    sql,
    `update requests q set state = x.state, code = case when x.try is null then x.code else q.code end,
       reason = case when x.try is null then x.reason else q.reason end,
       undo = coalesce(x.undo, q.undo), answered_at = case when x.answered then clock_timestamp() else q.answered_at end,
       due_at = clock_timestamp() + coalesce(x."delayMs", 0) * interval '1 ms',
       attempts = q.attempts + case when x.failed then 1 else 0 end, unwanted = q.unwanted or coalesce(x.unwanted, false),
       try_id = coalesce((x.try ->> 'id')::uuid, q.try_id),
       try_at = coalesce((x.try ->> 'started_at')::timestamptz, q.try_at), version = q.version + 1
     from jsonb_to_recordset($1::jsonb) as x(id uuid, state text, code text, reason text, undo jsonb, answered boolean,
       "delayMs" float8, failed boolean, unwanted boolean, try jsonb)
     where q.id = x.id and (q.state in ('asked', 'unknown') or (q.state = 'accepted' and x.state = 'overtaken'))
     returning q.id`,
    [rowsParameter(notes)],
  );
  return new Set(noted.map((row) => row.id));
}

/** The copies take their usual turn again, as far as nothing else is asked about them. They are held by the caller. */
export async function backInLine(sql: Sql, requestIds: readonly string[]): Promise<void> {
  if (requestIds.length === 0) return;
  await run(
    sql,
    `update links l set priority = q.priority from requests q
     where q.id = any($1::uuid[]) and l.id = q.link_id and not exists (
       select 1 from requests o where o.link_id = l.id and o.state in ('asked', 'unknown'))`,
    [requestIds],
  );
}

/** A person has dealt with what came out. False: somebody was first. */
export async function closeRequest(
  sql: Sql,
  { id, version }: Pick<RequestRow, 'id' | 'version'>,
  by: { readonly author: string; readonly note: string },
): Promise<boolean> {
  const closed = await rows<{ id: string }>(
    sql,
    `update requests set closed_at = clock_timestamp(), closed_by = $3, note = $4, version = version + 1
     where id = $1 and version = $2 and closed_at is null returning id`,
    [id, version, by.author, by.note],
  );
  return closed.length === 1;
}

export interface ListedRequest extends RequestRow {
  /** The record's number; its id where it has none. */
  readonly number: string;
  /** Milliseconds past the deadline of an open one; null: it is answered, or there is time left. */
  readonly overdue_ms: number | null;
}

export interface RequestFilter {
  readonly id?: string | undefined;
  /** Absent: every state. */
  readonly states?: readonly RequestState[] | undefined;
  readonly connection?: string | undefined;
  readonly entity?: string | undefined;
  /** Also those a person has closed. */
  readonly closed?: boolean | undefined;
  readonly limit?: number;
  /** The last one of the page before. */
  readonly after?: string | undefined;
}

/** Requests with the numbers of their records, the oldest first. */
export function listRequests(sql: Sql, filter: RequestFilter): Promise<ListedRequest[]> {
  const { id, states, connection, entity, closed, limit, after } = filter;
  return planned<ListedRequest>(
    sql,
    `select ${columns}, coalesce(r.data ->> 'number', r.data ->> 'code', q.record_id::text) as number,
       case when q.state in ('asked', 'unknown') and q.deadline < now()
            then (extract(epoch from now() - q.deadline) * 1000)::float8 end as overdue_ms
     from requests q left join records r on r.id = q.record_id
     where ($1::uuid is null or q.id = $1) and ($2::text[] is null or q.state = any($2))
       and ($3::text is null or q.connection = $3) and ($4::text is null or q.entity = $4)
       and ($5 or q.closed_at is null)
       and ($7::uuid is null or (q.asked_at, q.id) > (select l.asked_at, l.id from requests l where l.id = $7))
     order by q.asked_at, q.id limit $6`,
    [
      id ?? null,
      states ?? null,
      connection ?? null,
      entity ?? null,
      closed === true,
      limit ?? 1_000,
      after ?? null,
    ],
  );
}

export interface RequestCount {
  readonly state: RequestState;
  readonly count: number;
  readonly oldest: Date;
  /** Of those, how many have had no answer by their deadline. */
  readonly overdue: number;
}

/** How many requests are in which state; those a person has closed are not counted. */
export function countRequests(sql: Sql): Promise<RequestCount[]> {
  return rows<RequestCount>(
    sql,
    `select state, count(*)::int as count, min(asked_at) as oldest,
       count(*) filter (where state in ('asked', 'unknown') and deadline < now())::int as overdue
     from requests where closed_at is null group by 1 order by 1`,
  );
}
