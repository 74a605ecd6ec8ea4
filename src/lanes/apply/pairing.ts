import { findIdentities, type Identity } from '../../ledger/identities.ts';
import { type LinkInsert, type LinkRow, unfilledLinks } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { type InwardObject, PendingReference } from '../../mapping/index.ts';
import { entities, isEntityName, type JsonObject, matchValues } from '../../model/index.ts';
import { type Hit, whoTheyAre } from './ambiguous.ts';
import { takeKeys } from './key-locks.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, referenceKey, withReferences } from './references.ts';
import { giveWay, isNewNumber } from './spoken-twice.ts';
import type { Unit, Working } from './unit.ts';

/** Links and shadows of the remote objects a batch is about; grows as the batch pairs new ones. */
export interface Found {
  readonly links: Map<string, LinkRow>;
  readonly shadows: Map<string, ShadowRow>;
  /** By address: the link under whose number alone an object was spoken of beside the one in `links`. */
  readonly seconds: Map<string, LinkRow>;
}

/**
 * An object that was only spoken of so far has a link nobody has filled: made by this very batch, or earlier,
 * then without an id if it was spoken of by its number. This is where it is found; and where a copy known by its id
 * turns out to be spoken of by its number, too.
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
    if (!isState(item)) continue;
    const known = found.links.get(address);
    const number = numberOf(item, known, resolved);
    const here = known ? undefined : unit.placeholderLink(connection, object, remote_id, number);
    if (here) found.links.set(address, unfilled(here));
    const link = here ? unfilled(here) : known;
    if (link ? isNewNumber(link, number) : number !== null) {
      const { entity } = item.party;
      const second = link && unit.placeholderLink(connection, object, '', number);
      if (second) found.seconds.set(address, unfilled(second));
      else if (number !== null)
        asked.set(`${connection}/${object}/${number}`, { connection, object, entity, number, address });
    }
  }
  // The same keys under which another lane would make a placeholder: one of the two goes first and is seen.
  await takeKeys(
    unit,
    [...asked.values()].map((one) => numberKey(one.connection, one.entity, one.number)),
  );
  for (const link of await unfilledLinks(unit.sql, [...asked.values()])) {
    const one = asked.get(`${link.connection}/${link.object}/${link.remote_number}`);
    if (one) (found.links.has(one.address) ? found.seconds : found.links).set(one.address, link);
  }
}

/**
 * The keys that pairing these items will take, as far as they can be told before references are resolved: with what
 * they will likely mean.
 */
export function likelyKeys(
  items: readonly Prepared[],
  links: ReadonlyMap<string, LinkRow>,
  likely: Resolved,
): string[] {
  return items.flatMap((item) => {
    const { connection, object, remote_id } = item.row;
    const link = links.get(addressOf(connection, object, remote_id));
    const number = isState(item) ? numberOf(item, link, likely) : null;
    const isNew = link ? isNewNumber(link, number) : number !== null;
    return [
      ...(isNew && number !== null ? [numberKey(connection, item.party.entity, number)] : []),
      ...identityKeys(item, link, likely).map(keyOf),
    ];
  });
}

function isState({ party, about }: Prepared): boolean {
  return !about && isEntityName(party.entity) && entities[party.entity].nature === 'state';
}

/** By which number others here may speak of an object; null: none is known. */
function numberOf(item: Prepared, link: LinkRow | undefined, resolved: Resolved): string | null {
  const settled = link ? undefined : withReferences(item, resolved);
  return settled?.ok === false ? null : remoteNumberOf(settled?.data ?? item.values);
}

function numberKey(connection: string, entity: string, number: string): string {
  return referenceKey(connection, new PendingReference(entity, 'number', number));
}

/** The match keys of an object nobody has told yet. Documents are known by their source. */
function identityKeys(
  item: Prepared,
  link: LinkRow | undefined,
  resolved: Resolved,
): (Omit<Wanted, 'address'> & Pick<Identity, 'strength'>)[] {
  const { party } = item;
  // A link nobody has filled yet belongs to a placeholder, which may turn out to be somebody known.
  if (item.about || (link && link.seen_hash !== null) || !isEntityName(party.entity)) return [];
  // A movement is about the stock of its bucket.
  const entity = party.entity === 'movement' ? 'inventory' : party.entity;
  const definition = entities[entity];
  if (definition.nature === 'document') return [];
  const settled = withReferences(item, resolved);
  if (!settled.ok) return [];
  return matchValues(definition, settled.data).map(({ name: kind, scope = '', value, strength }) => ({
    ...{ entity, kind, scope, value, strength },
  }));
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
    const { connection, object, remote_id } = item.row;
    const address = addressOf(connection, object, remote_id);
    for (const { strength, ...key } of identityKeys(item, found.links.get(address), resolved)) {
      if (strength === 'strong') wanted.push({ address, ...key });
      else weak.push(keyOf(key));
    }
  }
  await takeKeys(unit, [...wanted.map(keyOf), ...weak]);
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
  if (record?.state === 'placeholder') {
    const other = claimed === undefined ? unit.claimedHere(item.party.entity, data) : unit.get(claimed);
    if (!other || other.id === record.id) return record;
    giveWay(unit, record, other);
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
export function remoteNumberOf(data: JsonObject | InwardObject): string | null {
  const number = data.number ?? data.code;
  return typeof number === 'string' && number !== '' ? number : null;
}
