import { rows, run, type Sql } from './sql.ts';

/** Copies that were last written with certain codes, by system and entity. */
export interface TouchedCopies {
  readonly connection: string;
  readonly entity: string;
  readonly object: string;
  readonly count: number;
  /** Numbers of up to five of the records, the newest first. */
  readonly examples: readonly string[];
}

export interface TouchQuestion {
  readonly table: string;
  /** Empty: the codes serve every connection that has none of its own. */
  readonly connection: string;
  /** Our keys and the first business day on which the answer for each changes. */
  readonly keys: readonly { readonly key: string; readonly from: string }[];
}

const used = `
  select distinct l.id, l.connection, l.entity, l.object, r.updated_at,
    coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text) as number
  from shadows s
  join links l on l.id = s.link_id
  join records r on r.id = l.record_id and r.state = 'live'
  cross join lateral unnest(s.codes) as code
  join jsonb_to_recordset($2::jsonb) as x(key text, "from" date) on code = $1 || '/' || x.key
  where ($3 = '' and not exists (
           select 1 from crossrefs c where c.name = $1 and c.connection = l.connection and c.key = x.key
             and c.removed_at is null)
         or l.connection = $3)
    and (r.data ->> 'businessDate' is null or r.data ->> 'businessDate' >= x."from"::text)`;

function parameters({ table, connection, keys }: TouchQuestion): readonly unknown[] {
  return [table, JSON.stringify(keys), connection];
}

/**
 * A question reads every copy once and a change may be of thousands of codes: the one kind of statement here that
 * is served best by hashing. For this transaction.
 */
async function allowHashing(sql: Sql): Promise<void> {
  await run(sql, `select set_config('enable_hashjoin', 'on', true)`);
}

/**
 * Live records whose copy was last written with one of the codes, on a business day (or none) for which they would
 * be others now. Every push notes the codes its body was made with; a copy written before that was noted is not seen.
 */
export async function touchedCopies(sql: Sql, question: TouchQuestion): Promise<TouchedCopies[]> {
  await allowHashing(sql);
  return rows<TouchedCopies>(
    sql,
    `select connection, entity, object, count(*)::int as count,
       (array_agg(number order by updated_at desc, number))[1:5] as examples
     from (${used}) as copies group by 1, 2, 3 order by 1, 2, 3`,
    parameters(question),
  );
}

/**
 * Marks those copies dirty, so many a second: each is mapped again when its turn comes, and written where what it
 * should look like differs from what was sent and its party updates. Answers how many.
 */
export async function writeTouchedAgain(
  sql: Sql,
  question: TouchQuestion,
  perSecond: number,
): Promise<number> {
  await allowHashing(sql);
  const found = await rows<{ id: string }>(
    sql,
    `with copies as (${used}),
     mine as (select l.id from links l where l.id in (select id from copies) order by l.id for update),
     turns as (select id, row_number() over (order by id) - 1 as turn from mine)
     update links l set state = 'due', due_at = now() + t.turn / $4::float8 * interval '1 s', marks = l.marks + 1,
       dirty_since = coalesce(l.dirty_since, now()), attempts = 0, error_code = null, error = null
     from turns t where l.id = t.id and l.state in ('idle', 'parked')
     returning l.id`,
    [...parameters(question), perSecond],
  );
  return found.length;
}
