import { rows, rowsParameter, type Sql } from './sql.ts';

/** The bucket of stock something is about. */
export interface Bucket {
  readonly sku_id: string;
  readonly location_id: string;
  /** Empty: ourselves. */
  readonly owner_id: string;
  /** Empty: not told. */
  readonly quality: string;
}

export interface MovementRow extends Bucket {
  readonly connection: string;
  readonly key: string;
  /** Decimal string. */
  readonly delta: string;
  /** UTC; when it happened as the system told it, and as far as its clock is believed. */
  readonly told_at: string;
  readonly occurred_at: string;
  readonly inbox_id: number;
  readonly reason?: string;
}

/** Movements that were counted already under these keys. */
export async function countedMovements(
  sql: Sql,
  keys: readonly { readonly connection: string; readonly key: string }[],
): Promise<MovementRow[]> {
  if (keys.length === 0) return [];
  const found = await rows<
    Omit<MovementRow, 'told_at' | 'occurred_at'> & { told_at: Date; occurred_at: Date }
  >(
    sql,
    `select m.connection, m.key, m.sku_id, m.location_id, m.owner_id, m.quality, m.delta::text as delta, m.told_at,
       m.occurred_at, m.inbox_id
     from movements m join jsonb_to_recordset($1::jsonb) as x(connection text, key text)
       on m.connection = x.connection and m.key = x.key`,
    [rowsParameter(keys)],
  );
  return found.map((row) => ({
    ...row,
    told_at: row.told_at.toISOString(),
    occurred_at: row.occurred_at.toISOString(),
  }));
}

/** What moved in buckets after a moment, by the given number; nothing for a bucket where nothing did. */
export async function movedSince(
  sql: Sql,
  asked: readonly (Bucket & { readonly n: number; readonly since: string })[],
): Promise<Map<number, string>> {
  if (asked.length === 0) return new Map();
  const found = await rows<{ n: number; delta: string }>(
    sql,
    `select x.n, sum(m.delta)::text as delta
     from jsonb_to_recordset($1::jsonb) as x(n int, sku_id uuid, location_id text, owner_id text, quality text,
       since timestamptz)
     join movements m on m.sku_id = x.sku_id and m.location_id = x.location_id and m.owner_id = x.owner_id
       and m.quality = x.quality and m.occurred_at > x.since
     group by x.n`,
    [rowsParameter(asked)],
  );
  return new Map(found.map((row) => [row.n, row.delta]));
}

/** Notes movements that are counted now, in the order of their keys; answers how many nobody had noted before. */
export async function insertMovements(sql: Sql, movements: readonly MovementRow[]): Promise<number> {
  if (movements.length === 0) return 0;
  const found = await rows<{ key: string }>(
    sql,
    `insert into movements (connection, key, sku_id, location_id, owner_id, quality, delta, told_at, occurred_at,
       reason, inbox_id)
     select connection, key, sku_id, location_id, owner_id, quality, delta, told_at, occurred_at, reason, inbox_id
     from jsonb_to_recordset($1::jsonb) as x(connection text, key text, sku_id uuid, location_id text,
       owner_id text, quality text, delta numeric, told_at timestamptz, occurred_at timestamptz, reason text,
       inbox_id bigint)
     order by connection, key
     on conflict do nothing returning key`,
    [rowsParameter(movements)],
  );
  return found.length;
}
