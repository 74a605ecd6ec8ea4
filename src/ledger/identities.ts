import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface Identity {
  readonly entity: string;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  readonly record_id: string;
  readonly strength: 'strong' | 'weak';
}

/** Takes the advisory locks that serialise who may create something under these keys, in sorted order. */
export async function lockKeys(sql: Sql, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await run(
    sql,
    `select pg_advisory_xact_lock(h) from (
       select distinct hashtextextended(k, 7) as h from unnest($1::text[]) as k order by 1) s`,
    [keys],
  );
}

/** Who claims these strong identities. */
export function findIdentities(
  sql: Sql,
  keys: readonly Pick<Identity, 'entity' | 'kind' | 'scope' | 'value'>[],
): Promise<Identity[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return rows<Identity>(
    sql,
    `select i.entity, i.kind, i.scope, i.value, i.record_id, i.strength from identities i
     join jsonb_to_recordset($1::jsonb) as x(entity text, kind text, scope text, value text)
       on i.entity = x.entity and i.kind = x.kind and i.scope = x.scope and i.value = x.value
     where i.strength = 'strong'`,
    [rowsParameter(keys)],
  );
}

/** Adds claims; one already there stays. */
export async function insertIdentities(sql: Sql, identities: readonly Identity[]): Promise<void> {
  if (identities.length === 0) return;
  await run(
    sql,
    `insert into identities (entity, kind, scope, value, record_id, strength)
     select entity, kind, scope, value, record_id, strength
     from jsonb_to_recordset($1::jsonb) as x(entity text, kind text, scope text, value text, record_id uuid,
       strength text)
     on conflict do nothing`,
    [rowsParameter(identities)],
  );
}
