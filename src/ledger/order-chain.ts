/** The documents around an order. For people, one order at a time. */
import type { JsonObject } from '../model/json.ts';
import type { RecordState } from './records.ts';
import { rows, type Sql } from './sql.ts';

export interface ChainRow {
  readonly id: string;
  readonly entity: string;
  readonly state: RecordState;
  readonly data: JsonObject;
  readonly source_connection: string | null;
  readonly source_kind: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** How it belongs to the order: 1 directly, 2 through an instruction. */
  readonly depth: number;
}

/**
 * The order itself and what belongs to it, in the order it was made: documents that rules made of it, alone or with
 * others, that name it, and that belong to one of those. At most `limit`.
 */
export function chainOf(sql: Sql, orderId: string, limit: number): Promise<ChainRow[]> {
  return rows<ChainRow>(
    sql,
    `with made as (
       select d.record_id as id from derived d where split_part(d.group_key, '/', 1) = $1::text
       union
       select d.record_id from derivations s join derived d on d.rule = s.rule and d.group_key = s.group_key
         and d.part = coalesce(s.part, d.part)
       where s.source_id = $1::uuid and s.share is not null
       union
       select id from records where entity in ('shipment', 'receivable') and data ->> 'orderId' = $1::text
       union
       select id from records where entity in ('afterSale', 'return', 'refund', 'receipt')
         and data ->> 'orderId' = $1::text),
     below as (
       select s.id from records s join made m on s.data ->> 'fulfilmentId' = m.id::text
       where s.entity = 'shipment'),
     chain as (
       select $1::uuid as id, 0 as depth union all select id, 1 from made union all select id, 2 from below)
     select r.id, r.entity, r.state, r.data, r.source_connection, r.source_kind, r.version, r.created_at, r.updated_at,
       c.depth
     from (select id, min(depth) as depth from chain group by 1) c join records r on r.id = c.id
     order by c.depth = 0 desc, r.created_at, r.id limit $2`,
    [orderId, limit],
  );
}
