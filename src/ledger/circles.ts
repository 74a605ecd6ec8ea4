/** Links that wait for what is itself waiting: where circles are found. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** A waiting link, and another one, waiting too, that it waits for. */
export interface AwaitedLink {
  readonly from: string;
  readonly to: string;
  readonly connection: string;
  /** For people: entity and number of either. */
  readonly waiting: string;
  readonly awaited: string;
}

const named = (record: string): string =>
  `${record}.entity || ' ' || coalesce(${record}.data ->> 'number', ${record}.data ->> 'code', ${record}.id::text)`;

// From each wait to what it waits for by key, whatever the planner believes of how many wait.
const awaited = (from: string): string => `
  from ${from}
  cross join lateral (
    select w.target from waits w where w.subject = 'link' and w.subject_id = l.id::text and w.kind = 'ref') w
  cross join lateral (
    select k.id, k.record_id from links k
    where k.record_id = split_part(w.target, '/', 2)::uuid and k.connection = split_part(w.target, '/', 1)
      and k.state = 'waiting') k`;

/** Of the links these wait for, those that wait as well. */
export function awaitedLinks(sql: Sql, linkIds: readonly string[]): Promise<AwaitedLink[]> {
  if (linkIds.length === 0) return Promise.resolve([]);
  return rows<AwaitedLink>(
    sql,
    `select l.id as "from", k.id as "to", l.connection, ${named('a')} as waiting, ${named('b')} as awaited
     ${awaited(`(select * from links where id = any($1::uuid[]) and state = 'waiting') l`)}
     join records a on a.id = l.record_id join records b on b.id = k.record_id
     order by l.id, k.id`,
    [linkIds],
  );
}

/** Links that wait for a record whose copy waits too, and have not been told of a circle. */
export async function waitingPairs(sql: Sql, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(
    sql,
    `select distinct l.id
     ${awaited(`(select * from links where state = 'waiting' and error_code = 'push.waits-for-record') l`)}
     limit $1`,
    [limit],
  );
  return found.map((row) => row.id);
}

/** Tells links that still wait that they are part of a circle. Locked in id order, like everywhere. */
export async function noteCircles(
  sql: Sql,
  told: readonly { readonly id: string; readonly error: string }[],
): Promise<void> {
  await run(
    sql,
    `with x as (
       select distinct on (y.id) y.id, y.error from jsonb_to_recordset($1::jsonb) as y(id uuid, error text)),
     mine as (
       select l.id, x.error from links l join x on x.id = l.id where l.state = 'waiting' order by l.id for update of l)
     update links l set error_code = 'push.reference-cycle', error = mine.error from mine where l.id = mine.id`,
    [rowsParameter(told)],
  );
}
