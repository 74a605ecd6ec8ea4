import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** Goods promised or shipped that the owner of the stock has not booked yet. */
export interface Reservation {
  readonly holder_id: string;
  readonly sku_id: string;
  readonly location_id: string;
  /** Decimal string; zero removes the row. */
  readonly quantity: string;
}

/**
 * Locks what these holders reserve, and whatever is reserved of these goods, until the transaction ends: in one
 * order, like everywhere, and before any links, so that two transactions never wait for each other.
 */
export async function holdReservations(
  sql: Sql,
  held: { readonly holderIds: readonly string[]; readonly skuIds: readonly string[] },
): Promise<void> {
  if (held.holderIds.length + held.skuIds.length === 0) return;
  await run(
    sql,
    `select count(*) from (
       select 1 from reservations where holder_id = any($1::uuid[]) or sku_id = any($2::uuid[])
       order by holder_id, sku_id, location_id for update) held`,
    [held.holderIds, held.skuIds],
  );
}

/** Sets what holders reserve. Answers the places whose sellable stock changed. */
export async function writeReservations(
  sql: Sql,
  reservations: readonly Reservation[],
): Promise<{ skuId: string; locationId: string }[]> {
  if (reservations.length === 0) return [];
  return rows<{ skuId: string; locationId: string }>(
    sql,
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as x(holder_id uuid, sku_id uuid, location_id text,
         quantity numeric)),
     gone as (
       delete from reservations r using given g
       where g.quantity <= 0 and r.holder_id = g.holder_id and r.sku_id = g.sku_id
         and r.location_id = g.location_id
       returning r.sku_id, r.location_id),
     kept as (
       insert into reservations as r (holder_id, sku_id, location_id, quantity)
       select holder_id, sku_id, location_id, quantity from given where quantity > 0
       on conflict (holder_id, sku_id, location_id) do update set quantity = excluded.quantity
         where r.quantity <> excluded.quantity
       returning r.sku_id, r.location_id)
     select sku_id as "skuId", location_id as "locationId" from gone
     union select sku_id, location_id from kept`,
    [rowsParameter(reservations)],
  );
}

/** The owner has booked what these holders shipped; its next stock reading will show it. */
export async function releaseReservations(sql: Sql, holderIds: readonly string[]): Promise<void> {
  if (holderIds.length === 0) return;
  await holdReservations(sql, { holderIds, skuIds: [] });
  await run(
    sql,
    `update reservations set released_at = clock_timestamp() where holder_id = any($1::uuid[]) and released_at is null`,
    [holderIds],
  );
}

/** Goods that turned out to be other goods: what was reserved of them is reserved of those. Answers the places. */
export async function moveReservations(
  sql: Sql,
  merged: readonly { readonly from: string; readonly to: string }[],
): Promise<{ skuId: string; locationId: string }[]> {
  if (merged.length === 0) return [];
  return rows<{ skuId: string; locationId: string }>(
    sql,
    `with moved as (
       delete from reservations r using jsonb_to_recordset($1::jsonb) as x("from" uuid, "to" uuid)
       where r.sku_id = x."from"
       returning r.holder_id, x."to" as sku_id, r.location_id, r.quantity, r.released_at)
     insert into reservations as r (holder_id, sku_id, location_id, quantity, released_at)
     select holder_id, sku_id, location_id, sum(quantity),
       case when bool_and(released_at is not null) then max(released_at) end from moved group by 1, 2, 3
     on conflict (holder_id, sku_id, location_id) do update set quantity = r.quantity + excluded.quantity
     returning r.sku_id as "skuId", r.location_id as "locationId"`,
    [rowsParameter(merged)],
  );
}

/**
 * Drops reservations released before a stock reading that is known to show them; answers their places. One that
 * somebody is changing right now is left to the next reading.
 */
export function settleReservations(sql: Sql, before: Date): Promise<{ skuId: string; locationId: string }[]> {
  return rows<{ skuId: string; locationId: string }>(
    sql,
    `with past as (
       select holder_id, sku_id, location_id from reservations where released_at < $1
       order by holder_id, sku_id, location_id for update skip locked)
     delete from reservations r using past p
     where r.holder_id = p.holder_id and r.sku_id = p.sku_id and r.location_id = p.location_id
     returning r.sku_id as "skuId", r.location_id as "locationId"`,
    [before],
  );
}

/** What is reserved of a sku at a location, summed by when it was released. */
export interface Reserved {
  /** Decimal string. */
  readonly quantity: string;
  /** When the owner had booked it; null: it has not. */
  readonly released_at: Date | null;
}

/**
 * What is reserved at each of these places, in their order. What is told of goods that were merged into others is told of
 * those.
 */
export async function reservedAt(
  sql: Sql,
  places: readonly { readonly skuId: string; readonly locationId: string }[],
): Promise<Reserved[][]> {
  if (places.length === 0) return [];
  const found = await rows<Reserved & { n: number }>(
    sql,
    `with recursive asked as (
       select * from jsonb_to_recordset($1::jsonb) as x(n int, "skuId" uuid, "locationId" text)),
     walk(n, id, alias_of) as (
       select a.n, r.id, r.alias_of from asked a join records r on r.id = a."skuId"
       union all
       select w.n, r.id, r.alias_of from walk w join records r on r.id = w.alias_of)
     select a.n, r.released_at, sum(r.quantity)::text as quantity
     from asked a join walk w on w.n = a.n and w.alias_of is null
     join reservations r on r.sku_id = w.id and r.location_id = a."locationId"
     group by a.n, r.released_at order by a.n, r.released_at`,
    [rowsParameter(places.map(({ skuId, locationId }, n) => ({ n, skuId, locationId })))],
  );
  const reserved = places.map((): Reserved[] => []);
  for (const { n, ...sum } of found) reserved[n]?.push(sum);
  return reserved;
}
