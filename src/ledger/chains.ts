import { rows, type Sql } from './sql.ts';

/**
 * Every document of the chains that records belong to, read without locks: what a shipment ships and orders,
 * what was derived from those. Whoever changes one document of a chain may change the others, so all are locked
 * together, in the order every transaction uses; two lanes on one chain take turns instead of crossing.
 */
export async function chainsOf(
  sql: Sql,
  ids: readonly string[],
  documents: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const found = await rows<{ id: string }>(
    sql,
    `with recursive chain(id) as (
       select r.id::text from records r where r.id = any($1::uuid[]) and r.entity = any($2::text[])
       union
       select next.id from chain c join records r on r.id = c.id::uuid and r.entity = any($2::text[])
       cross join lateral (
         select r.data ->> 'fulfilmentId'
         union all select r.data ->> 'orderId'
         union all select jsonb_array_elements_text(r.data -> 'orderIds')
           where jsonb_typeof(r.data -> 'orderIds') = 'array'
         union all select d.record_id::text from derived d where split_part(d.group_key, '/', 1) = c.id
       ) next(id)
       where next.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
     select id from chain`,
    [ids, documents],
  );
  return found.map((row) => row.id);
}
