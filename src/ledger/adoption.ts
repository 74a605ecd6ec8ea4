/** What copies of systems that are not live would be written, and where copies differed when they were paired. */
import type { Json, JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** A write that is not made. Without a body nobody has worked out what it would be. */
export interface Intent {
  readonly link_id: string;
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly step?: string;
  readonly key?: string;
  readonly body?: JsonObject;
  /** Canonical values that differ from what the system shows: path → `{ shown, wanted }`. Absent: it showed nothing. */
  readonly difference?: JsonObject;
  readonly record_version?: number;
}

/** Keeps what would be written, the newest per copy, and forgets it of copies that are in step. The caller holds the links. */
export async function writeIntents(
  sql: Sql,
  intents: readonly Intent[],
  inStep: readonly string[],
): Promise<void> {
  if (inStep.length > 0) await run(sql, `delete from intents where link_id = any($1::uuid[])`, [inStep]);
  if (intents.length === 0) return;
  await run(
    sql,
    `insert into intents as i (link_id, connection, object, entity, step, key, body, difference, record_version)
     select link_id, connection, object, entity, step, key, body, difference, record_version
     from jsonb_to_recordset($1::jsonb) as x(link_id uuid, connection text, object text, entity text, step text,
       key text, body jsonb, difference jsonb, record_version bigint)
     on conflict (link_id) do update set step = excluded.step, key = excluded.key, body = excluded.body,
       difference = excluded.difference, record_version = excluded.record_version, at = now()`,
    [rowsParameter(intents)],
  );
}

/** Copies made due in one statement. */
const releaseSize = 5_000;

/**
 * Makes copies due that were held back while their party wrote nothing. Those of `live` parties are forgotten as
 * intents, those that were only observed are worked out where the party is in `shadow` now. A place is
 * `<connection>/<object>/<entity>`. Answers how many.
 */
export async function releaseIntents(
  transaction: <R>(work: (sql: Sql) => Promise<R>) => Promise<R>,
  places: { readonly live: readonly string[]; readonly shadow: readonly string[] },
): Promise<number> {
  let released = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await transaction(async (sql) => {
      const found = await rows<{ id: string; live: boolean }>(
        sql,
        `select l.id, i.connection || '/' || i.object || '/' || i.entity = any($1::text[]) as live
         from links l join intents i on i.link_id = l.id
         where i.link_id > $3::uuid and (i.connection || '/' || i.object || '/' || i.entity = any($1::text[])
           or (i.body is null and i.connection || '/' || i.object || '/' || i.entity = any($2::text[])))
         order by l.id limit ${releaseSize} for update of l`,
        [places.live, places.shadow, after],
      );
      const ids = found.map((row) => row.id);
      await run(
        sql,
        `update links set state = 'due', due_at = now(), dirty_since = coalesce(dirty_since, now()), marks = marks + 1
         where id = any($1::uuid[]) and state in ('idle', 'due')`,
        [ids],
      );
      await run(sql, `delete from intents where link_id = any($1::uuid[])`, [
        found.flatMap((row) => (row.live ? [row.id] : [])),
      ]);
      return ids;
    });
    released += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < releaseSize) return released;
    after = last;
  }
}

/** Gives copies the paths nobody has decided about; an empty list: nothing is open. The caller holds the links. */
export async function writeOpenings(
  sql: Sql,
  openings: readonly { readonly id: string; readonly paths: readonly string[] }[],
): Promise<void> {
  if (openings.length === 0) return;
  await run(
    sql,
    `update links l set opening = nullif(x.paths, '{}')
     from jsonb_to_recordset($1::jsonb) as x(id uuid, paths text[]) where l.id = x.id`,
    [rowsParameter(openings)],
  );
}

export interface IntentRow extends Required<Omit<Intent, 'difference'>> {
  readonly difference: JsonObject | null;
  readonly record: string;
  readonly at: Date;
}

/** Copies of live records: what people call one. */
const called = `coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text)`;

export interface PlaceFilter {
  readonly connection?: string | undefined;
  readonly object?: string | undefined;
}

/** What would be written, by the id of the copy. */
export function listIntents(
  sql: Sql,
  filter: PlaceFilter & { readonly after?: string | undefined; readonly limit: number },
): Promise<IntentRow[]> {
  return rows<IntentRow>(
    sql,
    `select i.link_id, i.connection, i.object, i.entity, i.step, i.key, i.body, i.difference, i.record_version, i.at,
       ${called} as record
     from intents i join links l on l.id = i.link_id join records r on r.id = l.record_id
     where i.body is not null and ($1::text is null or i.connection = $1) and ($2::text is null or i.object = $2)
       and i.link_id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
     order by i.link_id limit $4`,
    [filter.connection ?? null, filter.object ?? null, filter.after ?? null, filter.limit],
  );
}

export interface IntentCount {
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly step: string;
  readonly count: number;
}

/** How many writes are not made, by object and step. */
export function countIntents(sql: Sql, filter: PlaceFilter = {}): Promise<IntentCount[]> {
  return rows<IntentCount>(
    sql,
    `select connection, object, entity, step, count(*)::int as count from intents
     where body is not null and ($1::text is null or connection = $1) and ($2::text is null or object = $2)
     group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    [filter.connection ?? null, filter.object ?? null],
  );
}

export interface AdoptionCount {
  readonly connection: string;
  /** Copies of states whose record another connection has a copy of, too. */
  readonly paired: number;
  /** Copies that would be written if their party were live. */
  readonly wouldWrite: number;
  /** Copies with differences from the start that nobody has decided about. */
  readonly undecided: number;
}

/** How far each connection is taken over. */
export function countAdoption(sql: Sql, states: readonly string[]): Promise<AdoptionCount[]> {
  return rows<AdoptionCount>(
    sql,
    `with shared as (
       select record_id from links where entity = any($1::text[]) and remote_id is not null
       group by record_id having min(connection) <> max(connection)),
     counted as (
       select l.connection, count(*) as paired, 0 as would, 0 as undecided
         from links l join shared s on s.record_id = l.record_id where l.remote_id is not null group by 1
       union all
       select connection, 0, count(*), 0 from intents where body is not null group by 1
       union all
       select l.connection, 0, 0, count(*) from links l join records r on r.id = l.record_id and r.state = 'live'
         where l.opening is not null group by 1)
     select c.id as connection, coalesce(sum(x.paired), 0)::int as paired,
       coalesce(sum(x.would), 0)::int as "wouldWrite", coalesce(sum(x.undecided), 0)::int as undecided
     from connections c left join counted x on x.connection = c.id group by 1 order by 1`,
    [states],
  );
}

export interface FieldCount {
  readonly object: string;
  readonly entity: string;
  /** Without keys: `barcodes[].unitId`. */
  readonly path: string;
  readonly count: number;
}

const keyless = `regexp_replace(p.path, '\\[[^]]*\\]', '[]', 'g')`;

/** At how many copies of a connection each field is undecided. */
export function countDifferences(sql: Sql, connection: string, object?: string): Promise<FieldCount[]> {
  return rows<FieldCount>(
    sql,
    `select l.object, l.entity, ${keyless} as path, count(*)::int as count
     from links l join records r on r.id = l.record_id and r.state = 'live'
     cross join lateral unnest(l.opening) as p(path)
     where l.opening is not null and l.connection = $1 and ($2::text is null or l.object = $2)
     group by 1, 2, 3 order by 1, 2, 3`,
    [connection, object ?? null],
  );
}

export interface OpeningExample {
  readonly object: string;
  readonly field: string;
  readonly path: string;
  readonly record: string;
  readonly remote_id: string | null;
  readonly data: JsonObject;
  readonly theirs: Json;
}

/** A few undecided copies of each field. */
export function exampleDifferences(
  sql: Sql,
  connection: string,
  object: string | undefined,
  each: number,
): Promise<OpeningExample[]> {
  return rows<OpeningExample>(
    sql,
    `select x.object, x.field, x.path, ${called} as record, x.remote_id, r.data, s.theirs
     from (select l.id, l.record_id, l.object, l.remote_id, p.path, ${keyless} as field,
             row_number() over (partition by l.object, ${keyless} order by l.id, p.path) as n
           from links l cross join lateral unnest(l.opening) as p(path)
           where l.opening is not null and l.connection = $1 and ($2::text is null or l.object = $2)) x
     join records r on r.id = x.record_id and r.state = 'live'
     left join shadows s on s.link_id = x.id
     where x.n <= $3 order by x.object, x.field, x.n`,
    [connection, object ?? null, each],
  );
}

/** Copies with something undecided, by id; unlocked. */
export function openingLinks(
  sql: Sql,
  connection: string,
  object: string | undefined,
  after: string | undefined,
  limit: number,
): Promise<{ readonly id: string; readonly record_id: string }[]> {
  return rows(
    sql,
    `select l.id, l.record_id from links l join records r on r.id = l.record_id and r.state = 'live'
     where l.opening is not null and l.connection = $1 and ($2::text is null or l.object = $2)
       and l.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
     order by l.id limit $4`,
    [connection, object ?? null, after ?? null, limit],
  );
}
