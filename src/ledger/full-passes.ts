/** Complete listings of a system's objects: where each goes on, what it showed, and what it did not show. */
import type { JsonObject } from '../model/json.ts';
import type { DeletingObject } from './deletions.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface PassRow {
  readonly connection: string;
  readonly object: string;
  /** Number of the pass under way, or of the last one. */
  readonly pass: number;
  /** `comparing`: all pages were read, and what they did not show is looked for. */
  readonly phase: 'idle' | 'listing' | 'comparing' | 'confirming';
  readonly cursor: JsonObject | null;
  /** Ids listed so far. */
  readonly listed: number;
  readonly asked_to: string | null;
  readonly attempts: number;
  readonly due: boolean;
}

/** Declares what is listed completely and how often; the first time after one interval. */
export async function declarePasses(
  sql: Sql,
  wanted: readonly { readonly connection: string; readonly object: string; readonly interval_ms: number }[],
): Promise<void> {
  await run(
    sql,
    `insert into full_passes as p (connection, object, interval_ms, due_at)
     select connection, object, interval_ms, now() + interval_ms * interval '1 ms'
     from jsonb_to_recordset($1::jsonb) as x(connection text, object text, interval_ms bigint)
     on conflict (connection, object) do update set interval_ms = excluded.interval_ms,
       due_at = least(p.due_at, now() + excluded.interval_ms * interval '1 ms')`,
    [rowsParameter(wanted)],
  );
  await run(
    sql,
    `delete from full_passes p where not exists (
       select 1 from jsonb_to_recordset($1::jsonb) as x(connection text, object text)
       where x.connection = p.connection and x.object = p.object)`,
    [rowsParameter(wanted)],
  );
}

export async function readPass(sql: Sql, connection: string, object: string): Promise<PassRow | undefined> {
  const found = await rows<PassRow>(
    sql,
    `select connection, object, pass, phase, cursor, listed, asked_to, attempts, due_at <= now() as due
     from full_passes where connection = $1 and object = $2`,
    [connection, object],
  );
  return found[0];
}

/** Makes a pass due at once; answers whether there is one. */
export async function passNow(sql: Sql, connection: string, object: string): Promise<boolean> {
  const found = await rows<{ pass: number }>(
    sql,
    `update full_passes set due_at = clock_timestamp() where connection = $1 and object = $2 returning pass`,
    [connection, object],
  );
  return found.length === 1;
}

/** Begins a new pass at a moment; answers its number. */
export async function beginPass(
  sql: Sql,
  connection: string,
  object: string,
  startedAt: Date,
): Promise<number> {
  const found = await rows<{ pass: number }>(
    sql,
    `update full_passes set pass = pass + 1, phase = 'listing', cursor = null, listed = 0, asked_to = null,
       started_at = $3 where connection = $1 and object = $2 returning pass`,
    [connection, object, startedAt],
  );
  return found[0]?.pass ?? 0;
}

/** Marks what a page has shown: in the rows of the copies, because the ids of a whole system are too many to carry. */
export async function markListed(
  sql: Sql,
  connection: string,
  object: string,
  pass: number,
  remoteIds: readonly string[],
): Promise<void> {
  if (remoteIds.length === 0) return;
  await run(
    sql,
    `with mine as (
       select id from links where connection = $1 and object = $2 and remote_id = any($4::text[])
         and full_pass is distinct from $3 order by id for update)
     update links l set full_pass = $3 from mine where l.id = mine.id`,
    [connection, object, pass, remoteIds],
  );
}

/** Moves a pass on past a page. */
export async function advancePass(
  sql: Sql,
  connection: string,
  object: string,
  page: { readonly cursor: JsonObject; readonly listed: number; readonly complete: boolean },
): Promise<void> {
  await run(
    sql,
    `update full_passes set cursor = case when $5 then null else $3::jsonb end, listed = listed + $4, attempts = 0,
       error_code = null, error = null, phase = case when $5 then 'comparing' else phase end
     where connection = $1 and object = $2`,
    [connection, object, JSON.stringify(page.cursor), page.listed, page.complete],
  );
}

/**
 * After the last page: copies that it did not show, of those known before it began, are candidates; what waits and was
 * shown again waits no more. A copy somebody has decided about stays decided. So many copies in the order of their ids
 * there; the pass notes how far it came, and goes on to ask for the candidates after the last.
 *
 * @param after Id of the last copy compared, in that system; null: none was.
 */
export async function collectCandidates(
  sql: Sql,
  of: DeletingObject,
  pass: number,
  after: string | null,
  limit: number,
): Promise<void> {
  const page = await rows<{ id: string; remote_id: string }>(
    sql,
    `select id, remote_id from links where connection = $1 and object = $2 and remote_id is not null
       and ($3::text is null or remote_id > $3) order by remote_id limit $4`,
    [of.connection, of.object, after, limit],
  );
  const values = [of.connection, of.object, of.entities, pass, page.map((link) => link.id)];
  await run(
    sql,
    `delete from deletions d using links l
     where d.connection = $1 and d.object = $2 and d.entity = any($3::text[]) and l.id = d.link_id
       and d.link_id = any($5::uuid[]) and d.state in ('candidate', 'held', 'rejected') and l.full_pass = $4`,
    values,
  );
  await run(
    sql,
    `insert into deletions as d (link_id, record_id, entity, connection, object, remote_id, via, state)
     select l.id, l.record_id, l.entity, l.connection, l.object, l.remote_id, 'pass', 'candidate'
     from links l
     join full_passes p on p.connection = l.connection and p.object = l.object
     join records r on r.id = l.record_id and r.state = 'live'
     where l.id = any($5::uuid[]) and l.connection = $1 and l.object = $2 and l.entity = any($3::text[])
       and l.remote_id is not null and l.gone_at is null and l.full_pass is distinct from $4
       and (l.seen_at is null or l.seen_at < p.started_at) and (l.written_at is null or l.written_at < p.started_at)
     on conflict (link_id) do update set state = 'candidate', via = 'pass', proven_at = null, revision = null,
       error_code = null, error = null, changed_at = now(), record_id = excluded.record_id,
       found_at = case when d.state = 'deleted' then now() else d.found_at end
     where d.state in ('candidate', 'deleted')`,
    values,
  );
  const last = page.length < limit ? undefined : page.at(-1)?.remote_id;
  await run(
    sql,
    `update full_passes set cursor = $3, phase = case when $3::jsonb is null then 'confirming' else phase end,
       attempts = 0, error_code = null, error = null
     where connection = $1 and object = $2`,
    [of.connection, of.object, last === undefined ? null : JSON.stringify({ comparedTo: last })],
  );
}

export interface Candidate {
  readonly link_id: string;
  readonly remote_id: string;
}

/** Candidates nobody has asked for in this pass, in the order of their copies' ids. */
export function nextCandidates(
  sql: Sql,
  { connection, object }: { readonly connection: string; readonly object: string },
  after: string | null,
  limit: number,
): Promise<Candidate[]> {
  return rows<Candidate>(
    sql,
    `select link_id, remote_id from deletions
     where connection = $1 and object = $2 and state = 'candidate' and via = 'pass' and proven_at is null
       and ($3::uuid is null or link_id > $3) order by link_id limit $4`,
    [connection, object, after, limit],
  );
}

/** Notes what asking for candidates has shown, and how far it came. */
export async function noteAsked(
  sql: Sql,
  { connection, object }: { readonly connection: string; readonly object: string },
  asked: {
    readonly to: string;
    readonly absent: readonly string[];
    readonly provenAt: Date;
    readonly unclear: readonly { readonly id: string; readonly code: string; readonly error: string }[];
  },
): Promise<void> {
  await run(
    sql,
    `update deletions set proven_at = $2, changed_at = now() where link_id = any($1::uuid[]) and state = 'candidate'`,
    [asked.absent, asked.provenAt],
  );
  await run(
    sql,
    `update deletions d set error_code = x.code, error = x.error, changed_at = now()
     from jsonb_to_recordset($1::jsonb) as x(id uuid, code text, error text)
     where d.link_id = x.id and d.state = 'candidate'`,
    [rowsParameter(asked.unclear)],
  );
  await run(
    sql,
    `update full_passes set asked_to = $3, attempts = 0, error_code = null, error = null
     where connection = $1 and object = $2`,
    [connection, object, asked.to],
  );
}

/** Some candidates of passes that are proven go on their way. Answers them; fewer than `limit`: those were the last. */
export function settleCandidates(
  sql: Sql,
  { connection, object, entities }: DeletingObject,
  limit: number,
): Promise<(Candidate & { readonly proven_at: Date })[]> {
  return rows<Candidate & { readonly proven_at: Date }>(
    sql,
    `with mine as (
       select link_id from deletions
       where connection = $1 and object = $2 and entity = any($3::text[]) and state = 'candidate' and via = 'pass'
         and proven_at is not null order by link_id limit $4 for update)
     update deletions d set state = 'confirmed', changed_at = now() from mine
     where d.link_id = mine.link_id returning d.link_id, d.remote_id, d.proven_at`,
    [connection, object, entities, limit],
  );
}

/**
 * Some candidates of a pass wait for a person from now on, proven or not; the pass notes how far it came, and why, so that
 * all of them say the same. False: those were the last.
 *
 * @param after Copy up to which this was done before; null: it begins.
 */
export async function holdCandidates(
  sql: Sql,
  { connection, object, entities }: DeletingObject,
  why: string,
  after: string | null,
  limit: number,
): Promise<boolean> {
  const found = await rows<{ link_id: string }>(
    sql,
    `with mine as (
       select link_id from deletions
       where connection = $1 and object = $2 and entity = any($3::text[]) and state = 'candidate' and via = 'pass'
         and error_code is null and ($6::uuid is null or link_id > $6) order by link_id limit $5 for update)
     update deletions d set state = 'held', error_code = 'deletes.brake', error = $4, changed_at = now() from mine
     where d.link_id = mine.link_id returning d.link_id`,
    [connection, object, entities, why, limit, after],
  );
  if (found.length < limit) return false;
  const heldTo = found
    .map((one) => one.link_id)
    .sort()
    .at(-1);
  await run(sql, 'update full_passes set cursor = $3 where connection = $1 and object = $2', [
    connection,
    object,
    JSON.stringify({ why, heldTo }),
  ]);
  return true;
}

/** Ends a pass: the next one begins one interval after this one did. */
export async function endPass(
  sql: Sql,
  connection: string,
  object: string,
  trouble?: { readonly code: string; readonly error: string },
): Promise<void> {
  await run(
    sql,
    `update full_passes set phase = 'idle', cursor = null, asked_to = null, attempts = 0, error_code = $3, error = $4,
       complete_at = case when $3::text is null then clock_timestamp() else complete_at end,
       due_at = greatest(now() + interval '1 s', started_at + interval_ms * interval '1 ms')
     where connection = $1 and object = $2`,
    [connection, object, trouble?.code ?? null, trouble?.error ?? null],
  );
}

/** A page or a question failed: when to try again, and why. `anew`: from the first page. */
export async function postponePass(
  sql: Sql,
  connection: string,
  object: string,
  trouble: {
    readonly delayMs: number;
    readonly code: string;
    readonly error: string;
    readonly anew: boolean;
  },
): Promise<void> {
  await run(
    sql,
    `update full_passes set attempts = case when $6 then 0 else attempts + 1 end,
       due_at = now() + $3::float8 * interval '1 ms', error_code = $4, error = $5,
       phase = case when $6 then 'idle' else phase end, cursor = case when $6 then null else cursor end
     where connection = $1 and object = $2`,
    [connection, object, trouble.delayMs, trouble.code, trouble.error, trouble.anew],
  );
}

export interface PassOverview {
  readonly connection: string;
  readonly object: string;
  readonly phase: string;
  readonly complete_at: Date | null;
  readonly due_at: Date;
  readonly code: string | null;
  readonly error: string | null;
}

/** When each object was last listed completely, and what stands in the way. */
export function listPasses(sql: Sql): Promise<PassOverview[]> {
  return rows<PassOverview>(
    sql,
    `select connection, object, phase, complete_at, due_at, error_code as code, error from full_passes order by 1, 2`,
  );
}
