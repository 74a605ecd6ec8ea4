import { rows, rowsParameter, run, type Sql } from './sql.ts';
import type { WebhookMessage } from './webhook-messages.ts';

/** `fetch`: a person has asked for it. */
export type InboxVia = 'webhook' | 'poll' | 'answer' | 'fetch';

/** One thing a vendor told us about one object, before it has a row. */
export interface InboxEntry {
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string;
  readonly via: InboxVia;
  readonly messageId?: string;
  readonly revision?: string;
  /** JSON text of the object; absent for a hint. */
  readonly body?: string;
  /** JSON text of what is needed to fetch it. */
  readonly hint?: string;
  readonly lane: string;
  readonly priority?: number;
  /** When the reading that showed it was begun, by the database's clock; not known of what is pushed to us. */
  readonly readAt?: string;
  /** It tells that the object was deleted there. */
  readonly deleted?: boolean;
  /** The kept message it was split from once more. */
  readonly replayOf?: number;
  /** Set for an entry that cannot be applied at all: kept, with its reason. */
  readonly dead?: { readonly code: string; readonly message: string };
}

export interface InboxRow {
  readonly id: number;
  readonly received_at: Date;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string;
  readonly via: InboxVia;
  readonly revision: string | null;
  readonly body: Buffer | null;
  readonly hint: unknown;
  readonly attempts: number;
  /** When the reading that showed it was begun. */
  readonly read_at: Date | null;
  /** Why it was not applied before, when it was tried. */
  readonly error_code: string | null;
  /** Its place in the lane, where it was read from there. */
  readonly priority?: number;
}

/**
 * Keeps entries durably, and the webhook messages they came in beside them, all with one commit. A vendor message id
 * seen before drops its entry, not its message. Answers how many rows were new.
 * Times are cut to milliseconds because the partition key travels through JavaScript dates.
 */
export async function insertInbox(
  sql: Sql,
  entries: readonly InboxEntry[],
  messages: readonly WebhookMessage[] = [],
): Promise<number> {
  if (entries.length === 0 && messages.length === 0) return 0;
  const bodies = new Bodies();
  const given = entries.map((entry, n) => ({
    n,
    connection: entry.connection,
    object: entry.object,
    remoteId: entry.remoteId,
    via: entry.via,
    messageId: entry.messageId,
    revision: entry.revision,
    ...bodies.place(entry.body),
    hint: entry.hint === undefined ? undefined : (JSON.parse(entry.hint) as unknown),
    lane: entry.lane,
    priority: entry.priority,
    readAt: entry.readAt,
    deleted: entry.deleted,
    replayOf: entry.replayOf,
    code: entry.dead?.code,
    error: entry.dead?.message,
  }));
  const values: unknown[] = [rowsParameter(given)];
  if (messages.length > 0) {
    values.push(
      rowsParameter(messages.map(({ body, ...message }) => ({ ...message, ...bodies.placeBytes(body) }))),
    );
  }
  const found = await rows<{ n: number }>(sql, messages.length > 0 ? insertWithMessages : insertAlone, [
    bodies.bytes(),
    ...values,
  ]);
  return found[0]?.n ?? 0;
}

const insertAlone = insertText('');
const insertWithMessages = insertText(`,
     messages as (
       insert into webhook_messages (received_at, connection, method, query, headers, body, previous_secret)
       select date_trunc('milliseconds', clock_timestamp()), connection, method, query, headers,
              substr($1::bytea, at, size), "previousSecret"
       from jsonb_to_recordset($3::jsonb) as m(
         connection text, method text, query text, headers jsonb, at int, size int, "previousSecret" boolean))`);

/** @param beside one more part of the statement, after a comma */
function insertText(beside: string): string {
  return `with given as (
       select * from jsonb_to_recordset($2::jsonb) as x(
         n int, connection text, object text, "remoteId" text, via text, "messageId" text, revision text,
         at int, size int, hint jsonb, lane text, priority smallint, "readAt" timestamptz,
         deleted boolean, "replayOf" bigint, code text, error text)),
     fresh as (
       insert into seen (connection, message_id)
       select distinct connection, "messageId" from given where "messageId" is not null
       on conflict do nothing returning connection, message_id),
     wanted as (
       select distinct on (g.connection, coalesce(g."messageId", g.n::text)) g.* from given g
       where g."messageId" is null
          or exists (select 1 from fresh f where f.connection = g.connection and f.message_id = g."messageId")
       order by g.connection, coalesce(g."messageId", g.n::text), g.n),
     kept as (
       insert into inbox (received_at, connection, object, remote_id, via, revision, body, hint, lane, priority, read_at,
                          deleted, replay_of, state, due_at, error_code, error, finished_at)
       select date_trunc('milliseconds', clock_timestamp()), connection, object, "remoteId", via, revision,
              substr($1::bytea, at, size), hint, lane, coalesce(priority, 5), "readAt",
              coalesce(deleted, false), "replayOf", case when code is null then 'due' else 'dead' end, now(), code, error,
              case when code is null then null else now() end
       from wanted order by n
       returning 1)${beside}
     select count(*)::int as n from kept`;
}

export interface DueInboxRow extends InboxRow {
  /** It tells that the object was deleted there. */
  readonly deleted: boolean;
  readonly lane: string;
  /** The newest decision about mappings when it was read; see mappings.ts. */
  readonly activation: number;
}

/** The next due rows of lanes, so many of each: lane after lane, oldest first within priority. */
export function dueInbox(
  sql: Sql,
  lanes: readonly { readonly lane: string; readonly limit: number }[],
): Promise<DueInboxRow[]> {
  return rows<DueInboxRow>(
    sql,
    `select i.*, (select coalesce(max(id), 0) from mapping_activations) as activation
     from unnest($1::text[], $2::int[]) with ordinality as l(lane, most, place)
     cross join lateral (
       select id, received_at, connection, object, remote_id, via, revision, body, hint, attempts, read_at, error_code,
         priority, deleted, lane
       from inbox where inbox.lane = l.lane and state = 'due' and due_at <= now()
       order by priority, id limit l.most) i
     order by l.place, i.priority, i.id`,
    [lanes.map((one) => one.lane), lanes.map((one) => one.limit)],
  );
}

/** Locks those of the rows that are still due; others were taken by somebody else meanwhile. */
export async function lockInbox(sql: Sql, given: readonly InboxRow[]): Promise<Set<number>> {
  const locked = await rows<{ id: number }>(
    sql,
    `select i.id from inbox i
     join unnest($1::timestamptz[], $2::bigint[]) as x(received_at, id)
       on i.received_at = x.received_at and i.id = x.id
     where i.state = 'due' order by i.id for update of i skip locked`,
    [given.map((row) => row.received_at), given.map((row) => row.id)],
  );
  return new Set(locked.map((row) => row.id));
}

export interface InboxOutcome {
  readonly id: number;
  readonly received_at: Date;
  readonly state: 'due' | 'waiting' | 'done' | 'dropped' | 'dead';
  readonly record_id?: string;
  readonly code?: string;
  readonly error?: string;
  /** Only with state `due`: when to try again. */
  readonly delayMs?: number;
  /** JSON text of what a hint pointed to, to be kept with it. */
  readonly body?: string;
  /** It tells the whole object: earlier messages about it that are dead letters are none any more. */
  readonly supersedes?: boolean;
}

/** Records what became of rows. */
export async function finishInbox(sql: Sql, outcomes: readonly InboxOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const bodies = new Bodies();
  const given = outcomes.map(({ body, ...outcome }) => ({ ...outcome, ...bodies.place(body) }));
  await run(
    sql,
    `with x as (
       select * from jsonb_to_recordset($1::jsonb) as y(id bigint, received_at timestamptz, state text, record_id uuid,
         code text, error text, "delayMs" float8, at int, size int, supersedes boolean)),
     ${closeSuperseded}
     update inbox i set state = x.state, record_id = coalesce(x.record_id, i.record_id), error_code = x.code,
       error = x.error, attempts = i.attempts + 1,
       body = case when x.at is null then i.body else substr($2::bytea, x.at, x.size) end,
       fetched_at = case when x.at is null then i.fetched_at else now() end,
       due_at = case when x.state = 'due' then now() + x."delayMs" * interval '1 ms' else i.due_at end,
       finished_at = case when x.state in ('done', 'dropped', 'dead') then now() end
     from x where i.received_at = x.received_at and i.id = x.id`,
    [rowsParameter(given), bodies.bytes()],
  );
}

/**
 * Letters of the objects that `x` tells whole, older than what it tells. Asked of the letters alone, by an index that
 * holds nothing else; where there are none, not even that.
 */
const closeSuperseded = `closed as (
  update inbox d set state = 'dropped', finished_at = now(), error_code = 'inbox.superseded',
    error = left('a later version succeeded (message ' || c.by || '); before: ' || coalesce(d.error, ''), 2000)
  from (
    select l.received_at, l.id, n.id as by from x
    join inbox n on n.received_at = x.received_at and n.id = x.id
    cross join lateral (
      select d.received_at, d.id from inbox d
      where (d.state = 'dead' or (d.state = 'due' and d.error_code = 'inbox.retried'))
        and d.connection = n.connection and d.object = n.object and d.remote_id = n.remote_id and d.id < n.id
        and not exists (select 1 from x y where y.id = d.id)
      for update of d skip locked) l
    where x.supersedes
      and exists (select 1 from inbox any_letter
        where any_letter.state = 'dead' or (any_letter.state = 'due' and any_letter.error_code = 'inbox.retried'))) c
  where d.received_at = c.received_at and d.id = c.id)`;

/** Bodies travel beside the rows, as the bytes they are: inside JSON they would be escaped and read once more. */
class Bodies {
  readonly #bytes: Uint8Array[] = [];
  #next = 1;

  /** Where a body stands among the bytes, counted from 1. */
  place(body: string | undefined): { at?: number; size?: number } {
    if (body === undefined) return {};
    return this.placeBytes(Buffer.from(body, 'utf8'));
  }

  placeBytes(bytes: Uint8Array): { at: number; size: number } {
    const at = this.#next;
    this.#bytes.push(bytes);
    this.#next += bytes.length;
    return { at, size: bytes.length };
  }

  bytes(): Buffer {
    return Buffer.concat(this.#bytes);
  }
}

/**
 * Content of the newest row kept for each object, to drop a poll that tells nothing new. What was dropped because it is
 * old is not what is known; and after a write of ours even what was told before may be news.
 */
export async function newestOf(
  sql: Sql,
  connection: string,
  object: string,
  remoteIds: readonly string[],
): Promise<Map<string, { revision: string | null; body: string | null }>> {
  const found = await rows<{ remote_id: string; revision: string | null; body: Buffer | null }>(
    sql,
    `select x.remote_id, n.revision, n.body from unnest($3::text[]) as x(remote_id)
     cross join lateral (
       select revision, body, received_at from inbox i
       where i.connection = $1 and i.object = $2 and i.remote_id = x.remote_id and i.via <> 'answer'
         and i.edited_from is null
         and (i.error_code is null
           or i.error_code not in ('apply.read-before-write', 'apply.older', 'apply.older-reading'))
       order by i.id desc limit 1) n
     left join links l on l.connection = $1 and l.object = $2 and l.remote_id = x.remote_id
     where l.written_at is null or l.written_at < n.received_at`,
    [connection, object, remoteIds],
  );
  return new Map(
    found.map((row) => [row.remote_id, { revision: row.revision, body: row.body?.toString('utf8') ?? null }]),
  );
}

/** Of these rows those whose object was told or read again later and that has been applied already. */
export async function newerApplied(
  sql: Sql,
  given: readonly Pick<InboxRow, 'id' | 'connection' | 'object' | 'remote_id'>[],
): Promise<ReadonlySet<number>> {
  if (given.length === 0) return new Set();
  const found = await rows<{ id: number }>(
    sql,
    `select x.id from jsonb_to_recordset($1::jsonb) as x(id bigint, connection text, object text, remote_id text)
     where exists (
       select 1 from inbox n where n.connection = x.connection and n.object = x.object
         and n.remote_id = x.remote_id and n.id > x.id and n.via <> 'answer'
         and (n.state = 'done' or n.error_code = 'apply.no-news'))`,
    [
      rowsParameter(
        given.map(({ id, connection, object, remote_id }) => ({ id, connection, object, remote_id })),
      ),
    ],
  );
  return new Set(found.map((row) => row.id));
}

/** Whether rows of this object, received before `before`, are still to be applied. */
export async function unfinishedInbox(
  sql: Sql,
  connection: string,
  object: string,
  before: Date,
): Promise<boolean> {
  const found = await rows<{ found: boolean }>(
    sql,
    `select exists (select 1 from inbox where connection = $1 and object = $2
       and state = 'due' and received_at < $3) as found`,
    [connection, object, before],
  );
  return found[0]?.found === true;
}
