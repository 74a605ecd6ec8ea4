import { rows, rowsParameter, type Sql } from './sql.ts';

/** Documents derived from documents: so many steps back are taken, at most. */
const mostSteps = 6;

/**
 * Record id → the message behind a version of it: the last one that changed it up to then, or the one behind the document
 * it was derived from. Records that no message is behind are left out.
 */
export async function messagesBehind(
  sql: Sql,
  versions: readonly { readonly record_id: string; readonly version: number }[],
): Promise<ReadonlyMap<string, number>> {
  const cause = (record: string, version: string): string => `
    cross join lateral (
      select origin from changes
      where record_id = ${record} and version <= ${version} and (origin ? 'inbox' or origin ? 'source')
      order by version desc limit 1) c`;
  const found = await rows<{ record_id: string; message: number }>(
    sql,
    `with recursive way(record_id, origin, steps) as (
       select x.record_id, c.origin, 0
       from jsonb_to_recordset($1::jsonb) as x(record_id uuid, version bigint)
       ${cause('x.record_id', 'x.version')}
       union all
       select w.record_id, c.origin, w.steps + 1 from way w
       ${cause("(w.origin ->> 'source')::uuid", "(w.origin ->> 'sourceVersion')::bigint")}
       where not w.origin ? 'inbox' and w.steps < ${mostSteps})
     select record_id, (origin ->> 'inbox')::bigint as message from way where origin ? 'inbox'`,
    [rowsParameter(versions)],
  );
  return new Map(found.map((row) => [row.record_id, row.message]));
}
