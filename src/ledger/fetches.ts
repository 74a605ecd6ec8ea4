/** What people ask to be read again. */
import type { JsonObject } from '../model/json.ts';
import { rows, type Sql } from './sql.ts';

/** What was needed to fetch these objects when they were told last, by their id. */
export async function lastHints(
  sql: Sql,
  connection: string,
  object: string,
  remoteIds: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = await rows<{ remote_id: string; hint: JsonObject }>(
    sql,
    `select x.remote_id, n.hint from unnest($3::text[]) as x(remote_id)
     cross join lateral (
       select hint from inbox i where i.connection = $1 and i.object = $2 and i.remote_id = x.remote_id
         and i.via <> 'answer' and i.hint is not null order by i.id desc limit 1) n`,
    [connection, object, remoteIds],
  );
  return new Map(found.map((row) => [row.remote_id, row.hint]));
}

/** Ids of objects by their numbers there, as far as copies know them. */
export async function idsOfNumbers(
  sql: Sql,
  connection: string,
  object: string,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ number: string; id: string }>(
    sql,
    `select remote_number as number, remote_id as id from links
     where connection = $1 and object = $2 and remote_number = any($3::text[]) and remote_id is not null`,
    [connection, object, numbers],
  );
  return new Map(found.map((row) => [row.number, row.id]));
}

export interface FetchedRow {
  readonly remote_id: string;
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly record_id: string | null;
}

/** What became of objects that were asked for at a moment or later: the latest row of each. */
export function fetchedSince(
  sql: Sql,
  connection: string,
  object: string,
  remoteIds: readonly string[],
  since: Date,
): Promise<FetchedRow[]> {
  return rows<FetchedRow>(
    sql,
    `select distinct on (remote_id) remote_id, state, error_code as code, error, record_id from inbox
     where connection = $1 and object = $2 and remote_id = any($3::text[]) and via = 'fetch' and received_at >= $4
     order by remote_id, id desc`,
    [connection, object, remoteIds, since],
  );
}

/** Whether something told about an object is still to be applied: it would find the record again. */
export async function hasUnapplied(
  sql: Sql,
  connection: string,
  object: string,
  remoteId: string,
): Promise<boolean> {
  const found = await rows(
    sql,
    `select 1 as one from inbox where connection = $1 and object = $2 and remote_id = $3 and state = 'due' limit 1`,
    [connection, object, remoteId],
  );
  return found.length > 0;
}
