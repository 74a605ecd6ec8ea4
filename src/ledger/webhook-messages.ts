/** Accepted webhook messages as they came. They are written with the inbox rows split from them; see inbox.ts. */
import { rows, rowsParameter, type Sql } from './sql.ts';

/** A message before it has a row. Headers are those it is understood by; keys and signatures are not kept. */
export interface WebhookMessage {
  readonly connection: string;
  readonly method: string;
  /** Raw query text without `?`. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** It was verified with the secret that is being replaced. */
  readonly previousSecret: boolean;
}

export interface WebhookMessageRow {
  readonly id: number;
  readonly received_at: Date;
  readonly method: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly previous_secret: boolean;
}

/** Where a reading of messages goes on. */
export interface MessagePlace {
  readonly at: Date;
  readonly id: number;
}

/** Messages of a connection from a place on (itself left out) and before `until`, in the order they came. */
export function messagesAfter(
  sql: Sql,
  connection: string,
  after: MessagePlace,
  until: Date,
  limit: number,
): Promise<WebhookMessageRow[]> {
  return rows<WebhookMessageRow>(
    sql,
    `select id, received_at, method, query, headers, body, previous_secret from webhook_messages
     where connection = $1 and (received_at, id) > ($2, $3) and received_at >= $2 and received_at < $4
     order by received_at, id limit $5`,
    [connection, after.at, after.id, until, limit],
  );
}

/** When the oldest message of any connection that is still kept came; undefined: none is. */
export async function oldestMessage(sql: Sql): Promise<Date | undefined> {
  const found = await rows<{ at: Date | null }>(sql, 'select min(received_at) as at from webhook_messages');
  return found[0]?.at ?? undefined;
}

/** Of these objects those that were told since a moment, by a message that is not one told again. */
export async function toldSince(
  sql: Sql,
  connection: string,
  since: Date,
  objects: readonly { readonly object: string; readonly remoteId: string }[],
): Promise<ReadonlySet<string>> {
  if (objects.length === 0) return new Set();
  const given = objects.map(({ object, remoteId }) => ({ object, remoteId }));
  const found = await rows<{ object: string; remote_id: string }>(
    sql,
    `select distinct x.object, x."remoteId" as remote_id
     from jsonb_to_recordset($3::jsonb) as x(object text, "remoteId" text)
     where exists (select 1 from inbox i where i.connection = $1 and i.object = x.object
       and i.remote_id = x."remoteId" and i.received_at >= $2 and i.replay_of is null and i.via <> 'answer')`,
    [connection, since, rowsParameter(given)],
  );
  return new Set(found.map((row) => toldName(row.object, row.remote_id)));
}

/** How `toldSince` names an object. */
export function toldName(object: string, remoteId: string): string {
  return `${object}\n${remoteId}`;
}

/** Drops the partitions in which every message came before a moment; answers their names. */
export async function dropMessagesBefore(sql: Sql, moment: Date): Promise<readonly string[]> {
  const found = await rows<{ name: string }>(
    sql,
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'webhook_messages'::regclass
       and (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz <= $1
     order by 1`,
    [moment],
  );
  for (const { name } of found) await sql.query(`drop table "${name.replaceAll('"', '""')}"`);
  return found.map(({ name }) => name);
}
