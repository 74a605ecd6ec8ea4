/** Copies and their writes, for people. */
import type { JsonObject } from '../model/json.ts';
import type { LinkState } from './links.ts';
import { planned, type Sql } from './sql.ts';

export interface ListedLink {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  /** Number or code of the record; null: it has none. */
  readonly number: string | null;
  readonly connection: string;
  readonly object: string;
  readonly origin: boolean;
  readonly remote_id: string | null;
  readonly remote_number: string | null;
  readonly remote_status: string | null;
  readonly step: string | null;
  readonly state: LinkState;
  readonly due_at: Date;
  readonly attempts: number;
  readonly dirty_since: Date | null;
  readonly pushed_version: number | null;
  readonly code: string | null;
  readonly error: string | null;
}

export interface LinkFilter {
  readonly id?: string | undefined;
  readonly recordId?: string | undefined;
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
  readonly entity?: string | undefined;
  readonly state?: LinkState | undefined;
  /** Id or number in the system. */
  readonly remote?: string | undefined;
  /** Links after this one. */
  readonly after?: string | undefined;
}

/** Links by id; the filters are met through the indexes of what is stuck, due, or of one record. */
export function listLinks(sql: Sql, filter: LinkFilter, limit: number): Promise<ListedLink[]> {
  const { id, recordId, connection, object, entity, state, remote, after } = filter;
  return planned<ListedLink>(
    sql,
    `select l.id, l.record_id, l.entity, coalesce(r.data ->> 'number', r.data ->> 'code') as number, l.connection,
       l.object, l.origin, l.remote_id, l.remote_number, l.remote_status, l.step, l.state, l.due_at, l.attempts,
       l.dirty_since, l.pushed_version, l.error_code as code, l.error
     from links l left join records r on r.id = l.record_id
     where ($1::uuid is null or l.id = $1) and ($2::uuid is null or l.record_id = $2)
       and ($3::text is null or l.connection = $3) and ($4::text is null or l.object = $4)
       and ($5::text is null or l.entity = $5) and ($6::text is null or l.state = $6)
       and ($7::text is null or l.remote_id = $7 or l.remote_number = $7) and ($8::uuid is null or l.id > $8)
     order by l.id limit $9`,
    [
      id ?? null,
      recordId ?? null,
      connection ?? null,
      object ?? null,
      entity ?? null,
      state ?? null,
      remote ?? null,
      after ?? null,
      limit,
    ],
  );
}

export interface ListedTry {
  readonly id: string;
  readonly step: string;
  readonly key: string;
  readonly body: JsonObject;
  readonly record_version: number;
  readonly outcome: string | null;
  readonly lookups: number;
  readonly answer: JsonObject | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly duration_ms: number | null;
}

/** Writes of one copy, the last one first; `before` is the last of the page before. */
export function listTries(
  sql: Sql,
  linkId: string,
  limit: number,
  before?: { readonly startedAt: Date; readonly id: string },
): Promise<ListedTry[]> {
  return planned<ListedTry>(
    sql,
    `select id, step, key, body, record_version, outcome, lookups, answer, started_at, finished_at, duration_ms
     from tries where link_id = $1 and ($2::timestamptz is null or (date_trunc('milliseconds', started_at), id) < ($2, $3::uuid))
     order by date_trunc('milliseconds', started_at) desc, id desc limit $4`,
    [linkId, before?.startedAt ?? null, before?.id ?? null, limit],
  );
}
