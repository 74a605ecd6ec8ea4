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

/** A strong key that another record has already: what was to be written cannot be, as long as that is so. */
export class KeyTaken extends Error {
  constructor({ entity, kind, value }: Pick<Identity, 'entity' | 'kind' | 'value'>) {
    super(`${kind} ${value} already belongs to another ${entity}; correct one of the two at its source`);
  }
}

/** Adds claims; one already there stays. Throws KeyTaken when a strong one belongs to another record that lives. */
export async function insertIdentities(sql: Sql, identities: readonly Identity[]): Promise<void> {
  if (identities.length === 0) return;
  const taken = await rows<Identity>(
    sql,
    `with x as (
       select * from jsonb_to_recordset($1::jsonb) as y(entity text, kind text, scope text, value text,
         record_id uuid, strength text)),
     fresh as (
       insert into identities (entity, kind, scope, value, record_id, strength)
       select entity, kind, scope, value, record_id, strength from x on conflict do nothing)
     select x.* from x
     join identities i on i.entity = x.entity and i.kind = x.kind and i.scope = x.scope and i.value = x.value
       and i.strength = 'strong' and i.record_id <> x.record_id
     join records r on r.id = i.record_id and r.state in ('live', 'placeholder')
     where x.strength = 'strong' limit 1`,
    [rowsParameter(identities)],
  );
  if (taken[0]) throw new KeyTaken(taken[0]);
}
