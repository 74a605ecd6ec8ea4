import { findIdentities, type Identity, lockKeys } from '../../ledger/identities.ts';
import { type LinkInsert, type LinkRow, unfilledLinks } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { PendingReference } from '../../mapping/index.ts';
import { entities, isEntityName, type JsonObject, matchValues } from '../../model/index.ts';
import { type Hit, whoTheyAre } from './ambiguous.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, referenceKey, withReferences } from './references.ts';
import type { Unit, Working } from './unit.ts';

/** Links and shadows of the remote objects a batch is about; grows as the batch pairs new ones. */
export interface Found {
  readonly links: Map<string, LinkRow>;
  readonly shadows: Map<string, ShadowRow>;
}

/**
 * An object that was only spoken of so far has a link nobody has filled: made by this very batch, or earlier,
 * then without an id if it was spoken of by its number. This is where it is found.
 */
export async function adoptUnfilled(
  unit: Unit,
  items: readonly Prepared[],
  found: Found,
  resolved: Resolved,
): Promise<void> {
  const asked = new Map<
    string,
    { connection: string; object: string; entity: string; number: string; address: string }
  >();
  for (const item of items) {
    const { connection, object, remote_id } = item.row;
    const address = addressOf(connection, object, remote_id);
    const isState = isEntityName(item.party.entity) && entities[item.party.entity].nature === 'state';
    if (!isState || item.about || found.links.has(address)) continue;
    const settled = withReferences(connection, item.values, resolved);
    const number = settled.ok ? remoteNumberOf(settled.data) : null;
    const here = unit.placeholderLink(connection, object, remote_id, number);
    if (here) found.links.set(address, unfilled(here));
    else if (number !== null) {
      const { entity } = item.party;
      asked.set(`${connection}/${object}/${number}`, { connection, object, entity, number, address });
    }
  }
  // The same keys under which another lane would make a placeholder: one of the two goes first and is seen.
  await lockKeys(
    unit.sql,
    [...asked.values()].map((one) =>
      referenceKey(one.connection, new PendingReference(one.entity, 'number', one.number)),
    ),
  );
  for (const link of await unfilledLinks(unit.sql, [...asked.values()])) {
    const one = asked.get(`${link.connection}/${link.object}/${link.remote_number}`);
    if (one) found.links.set(one.address, link);
  }
}

/** A link of this batch as if it had been read. */
function unfilled(link: LinkInsert): LinkRow {
  const { priority: _priority, ...rest } = link;
  return {
    ...rest,
    remote_status: null,
    step: null,
    attempts: 0,
    dirty_since: null,
    pushed_version: null,
    marks: 0,
    written_at: null,
    seen_at: null,
  };
}

/** The connection of a link that gets its remote id only now. */
export function filled(found: Found, id: string): string[] {
  for (const link of found.links.values()) {
    if (link.id === id) return link.remote_id === null ? [link.connection] : [];
  }
  return [];
}

/**
 * Which known record a new remote object is, by strong match keys; documents are known by their source. Objects
 * whose keys name several records are left to a person: they are noted in the unit.
 */
export async function claimsOf(
  unit: Unit,
  items: readonly Prepared[],
  found: Found,
  resolved: Resolved,
): Promise<Map<string, string>> {
  const wanted: Wanted[] = [];
  // Two that are told at once under one weak key see each other, too: they are proposed, see matches.
  const weak: string[] = [];
  for (const item of items) {
    const { row, party } = item;
    const address = addressOf(row.connection, row.object, row.remote_id);
    // A link nobody has filled yet belongs to a placeholder, which may turn out to be somebody known.
    const untold = found.links.get(address)?.seen_hash === null;
    if (item.about || (found.links.has(address) && !untold) || !isEntityName(party.entity)) continue;
    // A movement is about the stock of its bucket.
    const entity = party.entity === 'movement' ? 'inventory' : party.entity;
    const definition = entities[entity];
    if (definition.nature === 'document') continue;
    const settled = withReferences(row.connection, item.values, resolved);
    if (!settled.ok) continue;
    for (const match of matchValues(definition, settled.data)) {
      const { name: kind, scope = '', value } = match;
      const one = { address, entity, kind, scope, value };
      if (match.strength === 'strong') wanted.push(one);
      else weak.push(keyOf(one));
    }
  }
  await lockKeys(unit.sql, [...wanted.map(keyOf), ...weak]);
  const claims = await findIdentities(
    unit.sql,
    wanted.map(({ entity, kind, scope, value }) => ({ entity, kind, scope, value })),
  );
  const byKey = new Map(claims.map((claim) => [keyOf(claim), claim.record_id]));
  const hits = new Map<string, Hit[]>();
  for (const { address, ...one } of wanted) {
    const record = byKey.get(keyOf(one));
    if (record === undefined) continue;
    hits.set(address, [...(hits.get(address) ?? []), { record, kind: one.kind, scope: one.scope }]);
  }
  return whoTheyAre(unit, items, hits);
}

type Wanted = Pick<Identity, 'entity' | 'kind' | 'scope' | 'value'> & { readonly address: string };

function keyOf({
  entity,
  kind,
  scope,
  value,
}: Pick<Identity, 'entity' | 'kind' | 'scope' | 'value'>): string {
  return `${entity}/${kind}/${scope}/${value}`;
}

export function claimIdentities(unit: Unit, record: Working): void {
  if (!isEntityName(record.entity) || entities[record.entity].nature === 'document') return;
  for (const match of matchValues(entities[record.entity], record.data)) {
    unit.identities.push({
      entity: record.entity,
      kind: match.name,
      scope: match.scope ?? '',
      value: match.value,
      record_id: record.id,
      strength: match.strength,
    });
  }
}

/** The record an item is about; a placeholder that turns out to be somebody known gives way to that record. */
export function recordFor(
  unit: Unit,
  item: Prepared,
  known: string | undefined,
  claimed: string | undefined,
  data: JsonObject,
): Working {
  const record = known === undefined ? undefined : unit.get(known);
  const other = claimed === undefined ? undefined : unit.get(claimed);
  if (record?.state === 'placeholder' && other && other.id !== record.id) {
    record.state = 'merged';
    record.aliasOf = other.id;
    record.changed = true;
    unit.absorbed.push(record.id);
    return other;
  }
  return record ?? unit.claimedHere(item.party.entity, data) ?? newRecord(unit, item, data);
}

function newRecord(unit: Unit, item: Prepared, data: JsonObject): Working {
  const { row, party } = item;
  const isDocument = isEntityName(party.entity) && entities[party.entity].nature === 'document';
  return unit.create(
    party.entity,
    'live',
    isDocument
      ? {
          connection: row.connection,
          kind: row.object,
          number: row.remote_id,
          part: typeof data.part === 'string' ? data.part : '',
        }
      : undefined,
  );
}

export function aboutId(item: Prepared, resolved: Resolved): string[] {
  const id = item.about && resolved.get(referenceKey(item.row.connection, item.about));
  return id === undefined ? [] : [id];
}

export function addressOf(connection: string, object: string, remoteId: string): string {
  return `${connection}\u0000${object}\u0000${remoteId}`;
}

/** What a system calls the object: the number other documents name it by. */
export function remoteNumberOf(data: JsonObject): string | null {
  const number = data.number ?? data.code;
  return typeof number === 'string' && number !== '' ? number : null;
}
