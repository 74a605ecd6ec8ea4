/** Who may be whom: proposals that a person confirms or rejects. */
import { planned, rows, rowsParameter, run, type Sql } from './sql.ts';

/** A key that a candidate shares with the record or object in question. Its value stays in the records. */
export interface CandidateKey {
  readonly kind: string;
  readonly scope: string;
  readonly strength: 'strong' | 'weak';
}

/** Two records that may be one. */
export interface RecordPair {
  readonly id: string;
  readonly entity: string;
  readonly record: string;
  readonly candidate: string;
  readonly keys: readonly CandidateKey[];
}

/** An object that strongly matches several records. */
export interface ObjectMatch {
  readonly id: string;
  readonly entity: string;
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string;
  readonly candidates: readonly { readonly record: string; readonly keys: readonly CandidateKey[] }[];
}

/**
 * Proposes pairs of living records. A pair that somebody has decided against is not proposed again, in neither
 * direction; one that is proposed already stays as it is.
 */
export async function insertRecordMatches(sql: Sql, pairs: readonly RecordPair[]): Promise<void> {
  await run(
    sql,
    `with pairs as (
       select p.* from jsonb_to_recordset($1::jsonb) as p(id uuid, entity text, record uuid, candidate uuid, keys jsonb)
       join records a on a.id = p.record and a.state = 'live'
       join records b on b.id = p.candidate and b.state = 'live'
       where not exists (
         select 1 from match_candidates c join matches m on m.id = c.match_id
         where ((m.record_id = p.record and c.record_id = p.candidate)
             or (m.record_id = p.candidate and c.record_id = p.record))
           and (m.state = 'open' or m.chosen is distinct from c.record_id))),
     proposed as (
       insert into matches (id, entity, record_id)
       select distinct on (record) id, entity, record from pairs order by record, id
       on conflict (record_id) where state = 'open' and remote_id is null do update set entity = excluded.entity
       returning id, record_id)
     insert into match_candidates (match_id, record_id, keys)
     select m.id, p.candidate, p.keys from pairs p join proposed m on m.record_id = p.record
     on conflict do nothing`,
    [rowsParameter(pairs)],
  );
}

/**
 * Notes objects that strongly match several records; one that is known already stays as it is. Answers whether all
 * of them are still to be decided: false means that somebody has just decided about one.
 */
export async function insertObjectMatches(sql: Sql, objects: readonly ObjectMatch[]): Promise<boolean> {
  const found = await rows<{ n: number }>(
    sql,
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as x(id uuid, entity text, connection text, object text,
         "remoteId" text, candidates jsonb)),
     noted as (
       insert into matches (id, entity, connection, object, remote_id)
       select distinct on (connection, object, "remoteId") id, entity, connection, object, "remoteId" from given
       order by connection, object, "remoteId", id
       on conflict (connection, object, remote_id) where remote_id is not null do update set entity = excluded.entity
       returning id, connection, object, remote_id, state),
     candidates as (
     insert into match_candidates (match_id, record_id, keys)
     select distinct on (n.id, (c ->> 'record')) n.id, (c ->> 'record')::uuid, c -> 'keys'
     from given g join noted n on n.connection = g.connection and n.object = g.object and n.remote_id = g."remoteId"
     cross join lateral jsonb_array_elements(g.candidates) c
     on conflict do nothing)
     select count(*)::int as n from noted where state <> 'open'`,
    [rowsParameter(objects)],
  );
  return found[0]?.n === 0;
}

export interface DecidedObject {
  readonly id: string;
  readonly connection: string;
  readonly object: string;
  readonly remote_id: string;
  /** The record it is; null: one of its own. */
  readonly chosen: string | null;
}

/** What has been decided about objects. */
export function decidedObjects(
  sql: Sql,
  objects: readonly { readonly connection: string; readonly object: string; readonly remote_id: string }[],
): Promise<DecidedObject[]> {
  return rows<DecidedObject>(
    sql,
    `select m.id, m.connection, m.object, m.remote_id, m.chosen from matches m
     join unnest($1::text[], $2::text[], $3::text[]) as x(connection, object, remote_id)
       on m.connection = x.connection and m.object = x.object and m.remote_id = x.remote_id
     where m.state <> 'open'`,
    [
      objects.map((one) => one.connection),
      objects.map((one) => one.object),
      objects.map((one) => one.remote_id),
    ],
  );
}

/** Notes which records objects became that were decided to be none of their candidates. */
export async function noteBecame(
  sql: Sql,
  settled: readonly { readonly matchId: string; readonly recordId: string }[],
): Promise<void> {
  await run(
    sql,
    `update matches m set record_id = x."recordId"
     from jsonb_to_recordset($1::jsonb) as x("matchId" uuid, "recordId" uuid) where m.id = x."matchId"`,
    [rowsParameter(settled)],
  );
}

export interface MatchRow {
  readonly id: string;
  readonly entity: string;
  /** The record in question; null for an object that is none yet. */
  readonly recordId: string | null;
  readonly connection: string | null;
  readonly object: string | null;
  readonly remoteId: string | null;
  readonly since: Date;
  readonly state: 'open' | 'confirmed' | 'rejected';
  readonly chosen: string | null;
  readonly decidedBy: string | null;
  readonly candidates: readonly { readonly record: string; readonly keys: readonly CandidateKey[] }[];
}

const columns = `m.id, m.entity, m.record_id as "recordId", m.connection, m.object, m.remote_id as "remoteId", m.since,
  m.state, m.chosen, m.decided_by as "decidedBy",
  (select coalesce(jsonb_agg(jsonb_build_object('record', c.record_id, 'keys', c.keys) order by c.record_id), '[]')
   from match_candidates c where c.match_id = m.id) as candidates`;

/** Proposals, the oldest first. */
export function listMatches(
  sql: Sql,
  filter: {
    readonly entity?: string | undefined;
    readonly decided?: boolean | undefined;
    readonly limit: number;
    /** The last one of the page before. */
    readonly after?: string | undefined;
  },
): Promise<MatchRow[]> {
  return planned<MatchRow>(
    sql,
    `select ${columns} from matches m
     where ($1::text is null or m.entity = $1) and (m.state = 'open') <> $2::boolean
       and ($4::uuid is null or (m.since, m.id) > (select l.since, l.id from matches l where l.id = $4))
     order by m.since, m.id limit $3`,
    [filter.entity ?? null, filter.decided ?? false, filter.limit, filter.after ?? null],
  );
}

/** Proposals whose id begins like this, two at the most. */
export function matchesNamed(sql: Sql, id: string): Promise<MatchRow[]> {
  return rows<MatchRow>(sql, `select ${columns} from matches m where starts_with(m.id::text, $1) limit 2`, [
    id.toLowerCase(),
  ]);
}

/** How many proposals wait for a person, by entity; the oldest tells since when. */
export function countMatches(
  sql: Sql,
): Promise<{ readonly entity: string; readonly count: number; readonly oldest: Date }[]> {
  return rows(
    sql,
    `select entity, count(*)::int as count, min(since) as oldest from matches where state = 'open' group by 1 order by 1`,
  );
}

export interface MatchDecision {
  readonly id: string;
  readonly state: 'confirmed' | 'rejected';
  /** The record it is; null: none of them. */
  readonly chosen: string | null;
  readonly author: string;
}

/** Decides an open proposal; false when somebody else was first. Of an object, `chosen` is then its record. */
export async function decideMatch(sql: Sql, decision: MatchDecision): Promise<boolean> {
  const found = await rows<{ id: string }>(
    sql,
    `update matches set state = $2, chosen = $3, decided_by = $4, decided_at = now(),
       record_id = coalesce(record_id, $3)
     where id = $1 and state = 'open' returning id`,
    [decision.id, decision.state, decision.chosen, decision.author],
  );
  return found.length > 0;
}

/** Closes proposals that two records are one, now that they are. */
export async function closeMerged(sql: Sql, kept: string, merged: string, author: string): Promise<void> {
  await run(
    sql,
    `update matches m set state = 'confirmed', chosen = c.record_id, decided_by = $3, decided_at = now()
     from match_candidates c
     where c.match_id = m.id and m.state = 'open' and m.remote_id is null
       and ((m.record_id = $1 and c.record_id = $2) or (m.record_id = $2 and c.record_id = $1))`,
    [kept, merged, author],
  );
}

/** Two records that were one are two again: nobody proposes that pair any more. */
export async function rejectUnmerged(sql: Sql, kept: string, merged: string, author: string): Promise<void> {
  await run(
    sql,
    `update matches m set state = 'rejected', chosen = null, decided_by = $3, decided_at = now()
     from match_candidates c
     where c.match_id = m.id and m.remote_id is null
       and ((m.record_id = $1 and c.record_id = $2) or (m.record_id = $2 and c.record_id = $1))`,
    [kept, merged, author],
  );
}

/** Lets messages about an object go on that waited for the decision who it is. */
export async function releaseAmbiguous(
  sql: Sql,
  connection: string,
  object: string,
  remoteId: string,
): Promise<string[]> {
  const found = await rows<{ lane: string }>(
    sql,
    `with mine as (
       select received_at, id from inbox
       where connection = $1 and object = $2 and remote_id = $3 and state = 'waiting'
         and error_code = 'apply.ambiguous-match'
       order by id for update)
     update inbox i set state = 'due', due_at = now(), error_code = null, error = null
     from mine where i.received_at = mine.received_at and i.id = mine.id returning i.lane`,
    [connection, object, remoteId],
  );
  return [...new Set(found.map((row) => row.lane))];
}
