import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export type RecordState = 'live' | 'placeholder' | 'merged' | 'deleted';

export interface RecordRow {
  readonly id: string;
  readonly entity: string;
  readonly state: RecordState;
  readonly alias_of: string | null;
  readonly source_connection: string | null;
  readonly source_kind: string | null;
  readonly source_number: string | null;
  readonly source_part: string;
  readonly data: JsonObject;
  readonly version: number;
  readonly provenance: JsonObject;
  /** Paths with an open conflict; null or absent: none. */
  readonly conflicted?: readonly string[] | null;
  /** Some system was asked something about it at some time; see requests.ts. */
  readonly asked?: boolean;
}

const columns = `id, entity, state, alias_of, source_connection, source_kind, source_number, source_part, data, version, provenance, conflicted, asked`;

/** Reads records without locking them; aliases are not followed. */
export function readRecords(sql: Sql, ids: readonly string[]): Promise<RecordRow[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return rows<RecordRow>(sql, `select ${columns} from records where id = any($1::uuid[])`, [ids]);
}

/** Locks records in id order, the order every transaction uses. */
export function lockRecords(sql: Sql, ids: readonly string[]): Promise<RecordRow[]> {
  return rows<RecordRow>(
    sql,
    `select ${columns} from records where id = any($1::uuid[]) order by id for update`,
    [[...ids].sort()],
  );
}

/** Keeps records from being changed until the transaction ends, in id order; answers their versions. */
export async function shareRecords(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const found = await rows<{ id: string; version: number }>(
    sql,
    `select id, version from records where id = any($1::uuid[]) order by id for key share`,
    [ids],
  );
  return new Map(found.map((row) => [row.id, row.version]));
}

/** Locks records like `lockRecords`, without reading what is in them; answers those that were merged into another. */
export async function holdRecords(sql: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const merged = await rows<{ id: string }>(
    sql,
    // A condition outside a plain subquery would be asked before the rows are locked, and those it leaves out would not be.
    `with held as materialized (
       select id, alias_of from records where id = any($1::uuid[]) order by id for update)
     select id from held where alias_of is not null`,
    [ids],
  );
  return merged.map((row) => row.id);
}

/** Follows merged records to the one that lives on. */
export async function survivors(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await rows<{ asked: string; id: string }>(
    sql,
    `with recursive walk(asked, id, alias_of) as (
       select r.id, r.id, r.alias_of from records r where r.id = any($1::uuid[])
       union all
       select w.asked, r.id, r.alias_of from walk w join records r on r.id = w.alias_of)
     select asked, id from walk where alias_of is null`,
    [ids],
  );
  return new Map(found.map((row) => [row.asked, row.id]));
}

export interface RecordSource {
  readonly connection: string;
  readonly kind: string;
  readonly number: string;
  readonly part: string;
}

export interface RecordWrite {
  readonly id: string;
  readonly entity: string;
  readonly state: RecordState;
  readonly alias_of: string | null;
  readonly source?: RecordSource;
  readonly data: JsonObject;
  readonly version: number;
  readonly provenance: JsonObject;
  readonly mapping_version: string | null;
  /** Paths with an open conflict. Absent or null: as they are. */
  readonly conflicted?: readonly string[] | null;
}

/** Inserts new records. A second record of the same source fails on the unique index: the batch is re-read. */
export async function insertRecords(sql: Sql, writes: readonly RecordWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await run(
    sql,
    `insert into records (id, entity, state, alias_of, source_connection, source_kind, source_number, source_part,
       data, version, provenance, mapping_version, conflicted)
     select id, entity, state, alias_of, source ->> 'connection', source ->> 'kind', source ->> 'number',
       coalesce(source ->> 'part', ''), data, version, provenance, mapping_version, nullif(conflicted, '{}')
     from jsonb_to_recordset($1::jsonb) as x(id uuid, entity text, state text, alias_of uuid, source jsonb,
       data jsonb, version bigint, provenance jsonb, mapping_version text, conflicted text[])`,
    [rowsParameter(writes)],
  );
}

/**
 * Writes new versions by compare-and-set on the version before. Answers how many rows it hit; fewer than
 * given means somebody else was first and the caller must start over.
 */
export async function updateRecords(sql: Sql, writes: readonly RecordWrite[]): Promise<number> {
  if (writes.length === 0) return 0;
  const found = await rows<{ id: string }>(
    sql,
    `update records r set data = x.data, version = x.version, provenance = x.provenance, state = x.state,
       alias_of = x.alias_of, mapping_version = coalesce(x.mapping_version, r.mapping_version),
       conflicted = nullif(coalesce(x.conflicted, r.conflicted), '{}'), updated_at = now()
     from jsonb_to_recordset($1::jsonb) as x(id uuid, state text, alias_of uuid, data jsonb, version bigint,
       provenance jsonb, mapping_version text, conflicted text[])
     where r.id = x.id and r.version = x.version - 1
     returning r.id`,
    [rowsParameter(writes)],
  );
  return found.length;
}

/** Shipments of fulfilments that are not deleted, unlocked: their fulfilment is locked by whoever adds one. */
export function shipmentsOf(sql: Sql, fulfilmentIds: readonly string[]): Promise<RecordRow[]> {
  return rows<RecordRow>(
    sql,
    `select ${columns} from records where entity = 'shipment' and data ->> 'fulfilmentId' = any($1::text[])
       and state = 'live'`,
    [fulfilmentIds],
  );
}

/** Shipments of orders that are not deleted. */
export function shipmentsOfOrders(sql: Sql, orderIds: readonly string[]): Promise<RecordRow[]> {
  return rows<RecordRow>(
    sql,
    `select ${columns} from records where entity = 'shipment' and data ->> 'orderId' = any($1::text[])
       and state = 'live'`,
    [orderIds],
  );
}

/** Ids of the stock records of goods at locations; those that name goods which were merged into these are theirs. */
export async function stockRecords(
  sql: Sql,
  places: readonly { readonly skuId: string; readonly locationId: string }[],
): Promise<string[]> {
  if (places.length === 0) return [];
  const found = await rows<{ id: string }>(
    sql,
    `with recursive asked as (
       select * from jsonb_to_recordset($1::jsonb) as x("skuId" uuid, "locationId" text)),
     same(sku, id) as (
       select "skuId", "skuId" from asked
       union
       select s.sku, r.id from same s join records r on r.alias_of = s.id)
     select distinct r.id from asked a join same s on s.sku = a."skuId"
     join records r on r.data ->> 'skuId' = s.id::text and r.data ->> 'locationId' = a."locationId"
     where r.entity = 'inventory'`,
    [rowsParameter(places)],
  );
  return found.map((row) => row.id);
}
