import { findIdentities } from '../../ledger/identities.ts';
import { newId } from '../../ledger/ids.ts';
import { linksByReference, type RemoteReference } from '../../ledger/links.ts';
import type { Sql } from '../../ledger/sql.ts';
import { type InwardObject, type InwardValue, PendingReference } from '../../mapping/index.ts';
import { entities, isEntityName, type Json, type JsonObject } from '../../model/index.ts';
import type { World } from '../world.ts';
import { waitForKeys } from './key-locks.ts';
import type { Prepared } from './prepare.ts';
import type { Unit } from './unit.ts';

/** Golden record ids of references spoken in a vendor's terms, keyed by `referenceKey`. */
export type Resolved = ReadonlyMap<string, string>;

export function referenceKey(connection: string, reference: PendingReference): string {
  // Also a lock key in the database, which takes no NUL.
  return [connection, reference.entity, reference.by, reference.value].join('\u001f');
}

/** Of what references mean, the documents: goods and customers belong to no chain. */
export function referredDocuments(resolved: Resolved): string[] {
  return [...resolved].flatMap(([key, id]) => {
    const entity = key.split('\u001f')[1] ?? '';
    return isEntityName(entity) && entities[entity].nature === 'document' ? [id] : [];
  });
}

/** Every reference inside the values of the items, and what they speak about. */
function pendingOf(items: readonly Prepared[]): Map<string, RemoteReference> {
  const found = new Map<string, RemoteReference>();
  const add = (connection: string, reference: PendingReference): void => {
    found.set(referenceKey(connection, reference), { connection, ...reference });
  };
  const walk = (connection: string, value: InwardValue): void => {
    if (value instanceof PendingReference) add(connection, value);
    else if (Array.isArray(value)) for (const element of value) walk(connection, element);
    else if (typeof value === 'object' && value !== null) {
      for (const element of Object.values(value)) walk(connection, element);
    }
  };
  for (const { row, values, about } of items) {
    walk(row.connection, values);
    if (about) add(row.connection, about);
  }
  return found;
}

/**
 * Finds the records that references mean: by the connection's own links, or, for a system that keeps no copy
 * of that entity, by our own number. A state nobody has told yet (a customer known only by its id) gets a
 * placeholder that is filled when it is told; a document is never invented, so it stays unresolved.
 *
 * @param alsoLocked Other keys under which something may be made, given what references will mean; of those that stand
 *   for nobody yet their own key is given instead. All are waited for at once.
 */
export async function resolveReferences(
  world: World,
  unit: Unit,
  items: readonly Prepared[],
  alsoLocked: (likely: Resolved) => readonly string[],
): Promise<Resolved> {
  const pending = pendingOf(items);
  const resolved = new Map<string, string>();
  await lookUp(world, unit.sql, pending, resolved);
  const creatable = [...pending].filter(([key, reference]) => {
    return !resolved.has(key) && canStandIn(world, reference);
  });
  const names = creatable.map(([key]) => key);
  // Two lanes may meet the same unknown customer at once: one makes the placeholder, the other finds it.
  const likely = new Map([...resolved, ...names.map((key) => [key, key] as const)]);
  const keys = [...names, ...alsoLocked(likely)];
  if (keys.length > 0) await waitForKeys(unit, keys);
  if (creatable.length === 0) return resolved;
  await lookUp(world, unit.sql, new Map(creatable), resolved);
  for (const [key, reference] of creatable) {
    if (resolved.has(key)) continue;
    const holder = world.landscape.holder(reference.connection, reference.entity);
    if (!holder) continue;
    const record = unit.create(reference.entity, 'placeholder');
    resolved.set(key, record.id);
    unit.links.push({
      id: newId(),
      record_id: record.id,
      entity: reference.entity,
      connection: reference.connection,
      object: holder.object,
      origin: true,
      remote_id: reference.by === 'id' ? reference.value : null,
      remote_number: reference.by === 'number' ? reference.value : null,
      state: 'idle',
      lane: world.landscape.pushLane(reference.connection, holder.object, record.id),
      priority: 5,
      seen_revision: null,
      seen_hash: null,
    });
  }
  return resolved;
}

async function lookUp(
  world: World,
  sql: Sql,
  wanted: ReadonlyMap<string, RemoteReference>,
  resolved: Map<string, string>,
): Promise<void> {
  const references = [...wanted.values()];
  for (const link of await linksByReference(sql, references)) {
    const reference = new PendingReference(link.entity, link.asked_by, link.asked);
    resolved.set(referenceKey(link.connection, reference), link.record_id);
  }
  const own = [...wanted].filter(
    ([key, reference]) =>
      !resolved.has(key) &&
      reference.by === 'number' &&
      world.landscape.holder(reference.connection, reference.entity) === undefined,
  );
  const claims = await findIdentities(
    sql,
    own.map(([, { entity, value }]) => ({ entity, kind: ownKeyOf(entity), scope: '', value })),
  );
  for (const [key, reference] of own) {
    const claim = claims.find((one) => one.entity === reference.entity && one.value === reference.value);
    if (claim) resolved.set(key, claim.record_id);
  }
}

/** Name of the match key that is an entity's own number. */
export function ownKeyOf(entity: string): string {
  const definition = isEntityName(entity) ? entities[entity] : undefined;
  return definition?.matchKeys.find((key) => key.strength === 'strong')?.name ?? 'number';
}

function canStandIn(world: World, reference: RemoteReference): boolean {
  if (!isEntityName(reference.entity)) return false;
  return (
    entities[reference.entity].nature === 'state' &&
    world.landscape.holder(reference.connection, reference.entity) !== undefined
  );
}

export type Settled =
  | { readonly ok: true; readonly data: JsonObject }
  | { readonly ok: false; readonly missing: PendingReference };

/** What was settled last of an item; several steps of one transaction ask for the same. */
const settled = new WeakMap<Prepared, { readonly resolved: Resolved; readonly answer: Settled }>();

/** Puts golden ids where references of an item stood; tells the first that has none. */
export function withReferences(item: Prepared, resolved: Resolved): Settled {
  const known = settled.get(item);
  if (known?.resolved === resolved) return known.answer;
  const answer = settle(item.row.connection, item.values, resolved);
  settled.set(item, { resolved, answer });
  return answer;
}

function settle(connection: string, values: InwardObject, resolved: Resolved): Settled {
  let missing: PendingReference | undefined;
  const walk = (value: InwardValue): Json => {
    if (value instanceof PendingReference) {
      const id = resolved.get(referenceKey(connection, value));
      if (id === undefined) missing ??= value;
      return id ?? '';
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null) {
      const copy: Record<string, Json> = {};
      for (const [name, element] of Object.entries(value)) copy[name] = walk(element);
      return copy;
    }
    return value as Json;
  };
  const data = walk(values) as JsonObject;
  return missing === undefined ? { ok: true, data } : { ok: false, missing };
}
