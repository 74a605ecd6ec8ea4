/** Messages of systems, for people. */
import { planned, rows, type Sql } from './sql.ts';

export type InboxState = 'due' | 'waiting' | 'done' | 'dropped' | 'dead';

export interface ListedMessage {
  readonly id: number;
  readonly received_at: Date;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string;
  readonly via: string;
  readonly revision: string | null;
  readonly state: InboxState;
  readonly lane: string;
  readonly attempts: number;
  readonly due_at: Date;
  readonly code: string | null;
  readonly error: string | null;
  readonly record_id: string | null;
  readonly finished_at: Date | null;
  /** It carries the object itself. */
  readonly carries: boolean;
}

export interface InboxFilter {
  readonly id?: number | undefined;
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
  readonly remoteId?: string | undefined;
  readonly state?: InboxState | undefined;
  readonly since?: Date | undefined;
  /** Messages before this one. */
  readonly before?: { readonly receivedAt: Date; readonly id: number } | undefined;
}

/** Messages, the last received first. Partitions are looked through from the newest on, and no further than needed. */
export function listMessages(sql: Sql, filter: InboxFilter, limit: number): Promise<ListedMessage[]> {
  const { id, connection, object, remoteId, state, since, before } = filter;
  return planned<ListedMessage>(
    sql,
    `select i.id, i.received_at, i.connection, i.object, i.remote_id, i.via, i.revision, i.state, i.lane, i.attempts,
       i.due_at, i.error_code as code, i.error, i.record_id, i.finished_at, i.body is not null as carries
     from inbox i
     where ($1::bigint is null or i.id = $1) and ($2::text is null or i.connection = $2)
       and ($3::text is null or i.object = $3) and ($4::text is null or i.remote_id = $4)
       and ($5::text is null or i.state = $5) and ($6::timestamptz is null or i.received_at >= $6)
       and ($7::timestamptz is null or (i.received_at, i.id) < ($7, $8::bigint))
     order by i.received_at desc, i.id desc limit $9`,
    [
      id ?? null,
      connection ?? null,
      object ?? null,
      remoteId ?? null,
      state ?? null,
      since ?? null,
      before?.receivedAt ?? null,
      before?.id ?? null,
      limit,
    ],
  );
}

/** The message a person has put in the place of another one. */
export async function replacementOf(sql: Sql, id: number): Promise<number | undefined> {
  const found = await rows<{ id: number }>(
    sql,
    'select n.id from inbox o join inbox n on n.received_at >= o.received_at and n.edited_from = o.id where o.id = $1 limit 1',
    [id],
  );
  return found[0]?.id;
}
