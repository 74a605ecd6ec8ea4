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

/** Takes more of these locks without waiting for any; false: somebody else holds one of them. */
export async function tryLockKeys(sql: Sql, keys: readonly string[]): Promise<boolean> {
  const found = await rows<{ all: boolean }>(
    sql,
    `select bool_and(pg_try_advisory_xact_lock(h)) as all from (
       select distinct hashtextextended(k, 7) as h from unnest($1::text[]) as k) s`,
    [keys],
  );
  return found[0]?.all === true;
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

/** Two records under one key: both claim it strongly, or one has just claimed it weakly. */
export interface Clash {
  readonly entity: string;
  readonly kind: string;
  readonly scope: string;
  readonly strength: 'strong' | 'weak';
  /** The record that claims it now. */
  readonly mine: string;
  readonly other: string;
}

/** A weak key that more records than this share says nothing about any of them. */
export const tooMany = 5;

/**
 * Adds claims; one already there stays. Answers who else claims the same: of strong keys anybody, of weak ones
 * only where the claim is new, and up to one more than `tooMany`.
 */
export async function insertIdentities(sql: Sql, identities: readonly Identity[]): Promise<Clash[]> {
  if (identities.length === 0) return [];
  return rows<Clash>(
    sql,
    `with given as materialized (
       select distinct entity, kind, scope, value, record_id, strength
       from jsonb_to_recordset($1::jsonb) as x(entity text, kind text, scope text, value text, record_id uuid,
         strength text)),
     added as (
       insert into identities (entity, kind, scope, value, record_id, strength)
       select entity, kind, scope, value, record_id, strength from given
       on conflict do nothing returning entity, kind, scope, value, record_id, strength),
     asked as (
       select * from given where strength = 'strong' union all select * from added where strength = 'weak')
     select a.entity, a.kind, a.scope, a.strength, a.record_id as mine, o.record_id as other from asked a
     cross join lateral (
       select i.record_id from identities i
       where i.entity = a.entity and i.kind = a.kind and i.scope = a.scope and i.value = a.value
         and i.record_id <> a.record_id and (a.strength = 'weak' or i.strength = 'strong')
       limit ${tooMany + 1}) o
     union
     select a.entity, a.kind, a.scope, a.strength, a.record_id, g.record_id from asked a
     join given g on g.entity = a.entity and g.kind = a.kind and g.scope = a.scope and g.value = a.value
       and g.record_id <> a.record_id`,
    [rowsParameter(identities)],
  );
}
