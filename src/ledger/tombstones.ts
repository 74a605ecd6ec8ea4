/** Keyed hashes of what named people who were erased, so that they are known when they are told of again. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface Tombstone {
  readonly hash: Buffer;
  readonly erasure_id: string;
  readonly strength: 'strong' | 'weak';
  readonly sieve: number;
}

export function allTombstones(sql: Sql): Promise<Tombstone[]> {
  return rows<Tombstone>(sql, 'select hash, erasure_id, strength, sieve from tombstones');
}

/** Changes whenever somebody is erased. */
export async function erasuresVersion(sql: Sql): Promise<string> {
  const [found] = await rows<{ version: string }>(
    sql,
    `select count(*) || ' ' || coalesce(max(at)::text, '') as version from erasures`,
  );
  return found?.version ?? '';
}

/** Keeps who was erased, why, and how they are known again. */
export async function insertErasure(
  sql: Sql,
  erasure: { readonly id: string; readonly author: string; readonly reason: string },
  stones: readonly Omit<Tombstone, 'erasure_id'>[],
): Promise<void> {
  await run(sql, 'insert into erasures (id, author, reason) values ($1, $2, $3)', [
    erasure.id,
    erasure.author,
    erasure.reason,
  ]);
  await run(
    sql,
    `insert into tombstones (hash, erasure_id, strength, sieve)
     select decode(hash, 'hex'), $1, strength, sieve from jsonb_to_recordset($2::jsonb) as x(hash text, strength text, sieve int)
     on conflict do nothing`,
    [erasure.id, rowsParameter(stones.map((one) => ({ ...one, hash: one.hash.toString('hex') })))],
  );
}

/** Notes that an erasure is done, and what it has changed. */
export async function finishErasure(
  sql: Sql,
  id: string,
  told: Readonly<Record<string, number>>,
): Promise<void> {
  await run(sql, 'update erasures set finished_at = clock_timestamp(), told = $2 where id = $1', [
    id,
    JSON.stringify(told),
  ]);
}

export async function readErasureKey(sql: Sql): Promise<string | undefined> {
  const [found] = await rows<{ sealed: string }>(sql, 'select sealed from erasure_key');
  return found?.sealed;
}

/** Keeps the first key there is; answers the one that is kept. */
export async function keepErasureKey(sql: Sql, sealed: string): Promise<string> {
  await run(sql, 'insert into erasure_key (sealed) values ($1) on conflict do nothing', [sealed]);
  return (await readErasureKey(sql)) ?? sealed;
}

/** Takes what told an erased person out of messages that were worked on: their content, and whose they were. */
export async function emptyInbox(
  sql: Sql,
  given: readonly { readonly id: number; readonly received_at: Date }[],
  about: 'person' | 'document',
): Promise<void> {
  if (given.length === 0) return;
  await run(
    sql,
    `update inbox i set body = null, hint = null,
       remote_id = case when $3 then 'erased' else i.remote_id end, revision = case when $3 then null else i.revision end
     from unnest($1::timestamptz[], $2::bigint[]) as x(received_at, id)
     where i.received_at = x.received_at and i.id = x.id and ($3 or i.state in ('done', 'dropped', 'dead'))`,
    [given.map((row) => row.received_at), given.map((row) => row.id), about === 'person'],
  );
}
