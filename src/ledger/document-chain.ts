/** What belongs to one business transaction: an order, what ships it, what bills it, what comes back. For people. */
import { rows, type Sql } from './sql.ts';

export interface ChainDocument {
  readonly id: string;
  readonly entity: string;
  readonly number: string | null;
  readonly state: string;
  /** Documents of the chain it was made for or of. */
  readonly after: readonly string[];
}

/** Documents of one chain, at most; a day's summary bills thousands of tickets, and they are not a chain. */
export const longestChain = 200;

const names = `select r.data ->> 'orderId' union all select r.data ->> 'fulfilmentId'
  union all select r.data ->> 'afterSaleId' union all select r.data ->> 'returnId'
  union all select x from jsonb_array_elements_text(
    case when jsonb_typeof(r.data -> 'orderIds') = 'array' then r.data -> 'orderIds' else '[]' end) x`;
const uuid = `'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`;

/**
 * The chain a record belongs to, in the order it was made: up to what it names, and from there down to everything that
 * was made of it. What a summary is made of is not followed: `explainDerived` tells that. Empty for an unknown id.
 */
export function documentChain(sql: Sql, id: string): Promise<ChainDocument[]> {
  return rows<ChainDocument>(
    sql,
    `with recursive
       up(id, depth) as (
         select $1::uuid, 0
         union
         select n.name::uuid, up.depth + 1 from up join records r on r.id = up.id
         cross join lateral (${names}
           union all select split_part(d.group_key, '/', 1) from derived d where d.record_id = up.id) n(name)
         where n.name ~ ${uuid} and up.depth < 5),
       down(id, depth) as (
         select id, 0 from up
         union
         select n.id, down.depth + 1 from down
         cross join lateral (
           (select s.id from records s where s.entity = 'shipment' and s.data ->> 'fulfilmentId' = down.id::text
            limit ${longestChain})
           union all (select s.id from records s where s.entity in ('shipment', 'receivable')
             and s.data ->> 'orderId' = down.id::text limit ${longestChain})
           union all (select s.id from records s where s.entity = 'afterSale' and s.data ->> 'orderId' = down.id::text
             limit ${longestChain})
           union all (select s.id from records s where s.entity in ('return', 'refund')
             and s.data ->> 'afterSaleId' = down.id::text limit ${longestChain})
           union all (select s.id from records s where s.entity = 'fulfilment' and s.data -> 'orderIds' ? down.id::text
             limit ${longestChain})
           union all (select d.record_id from derivations s
             join derived d on d.rule = s.rule and d.group_key = s.group_key
             where s.source_id = down.id limit ${longestChain})) n(id)
         where down.depth < 5),
       chain as (select distinct d.id from down d limit ${longestChain})
     select r.id, r.entity, coalesce(r.data ->> 'number', r.data ->> 'code') as number, r.state,
       array(select distinct n.name from (${names}
           union all select s.source_id::text from derived d join derivations s
             on s.rule = d.rule and s.group_key = d.group_key
             where d.record_id = r.id and s.source_id in (select id from chain)) n(name)
         join chain c on c.id::text = n.name where n.name <> r.id::text order by 1) as after
     from chain join records r on r.id = chain.id order by r.created_at, r.id`,
    [id],
  );
}
