import { v7 as uuidv7 } from 'uuid';
import { sqlState } from '../../ledger/database.ts';
import { findIdentities, lockKeys } from '../../ledger/identities.ts';
import { dueInbox, finishInbox, type InboxOutcome, lockInbox } from '../../ledger/inbox.ts';
import { type LinkRow, linksByRemote, markSeen } from '../../ledger/links.ts';
import { readShadows, type ShadowRow } from '../../ledger/shadows.ts';
import { insertInboxWaits, releaseWaits } from '../../ledger/waits.ts';
import { entities, isEntityName, type JsonObject, matchValues } from '../../model/index.ts';
import type { Drain } from '../runner.ts';
import type { World } from '../world.ts';
import { baselineOf } from './baseline.ts';
import { followUp } from './effects.ts';
import { mergeItem } from './merge-item.ts';
import { dead, later, type Prepared, prepare } from './prepare.ts';
import { type Resolved, referenceKey, resolveReferences, withReferences } from './references.ts';
import { LostRace, Unit, type Working } from './unit.ts';

/** Inbox rows applied in one transaction. */
const sliceSize = 200;

/** Drains one slice of an apply lane: what vendors told becomes golden records, and their consequences. */
export function applyDrain(world: World): Drain {
  return async (hold) => {
    const rows = await dueInbox(world.database, hold.lane, sliceSize);
    if (rows.length === 0) return 0;
    await world.tables.refresh(world.database, 10_000);
    const prepared = await prepare(world, hold, rows);
    if (prepared.outcomes.length > 0) {
      await world.database.transaction(async (sql) => {
        await insertInboxWaits(sql, prepared.waits);
        await finishInbox(sql, prepared.outcomes);
      });
    }
    await applyBatch(world, prepared.items);
    return rows.length;
  };
}

/** Applies items in one transaction; when it fails, halves it until the item at fault stands alone. */
async function applyBatch(world: World, items: readonly Prepared[]): Promise<void> {
  if (items.length === 0) return;
  try {
    world.ring(
      await world.database.transaction((sql) => applyAll(world, new Unit(sql, new Date(world.now())), items)),
    );
  } catch (error) {
    const [only] = items;
    if (items.length > 1 || !only) {
      const half = Math.ceil(items.length / 2);
      await applyBatch(world, items.slice(0, half));
      await applyBatch(world, items.slice(half));
      return;
    }
    await finishInbox(world.database, [outcomeOfError(world, only, error)]);
  }
}

function outcomeOfError(world: World, item: Prepared, error: unknown): InboxOutcome {
  const state = sqlState(error);
  // Class 22 is the data's own fault; a unique violation or a lost race is settled by reading again.
  const permanent = state?.startsWith('22') === true || (state === undefined && !(error instanceof LostRace));
  if (permanent) {
    world.log.error({ err: error, inbox: item.row.id }, 'a message could not be applied');
    return dead(
      item.row,
      'apply.failed',
      error instanceof Error ? error.message.slice(0, 500) : 'unknown failure',
    );
  }
  return later(item.row, 'apply.try-again', 'somebody else changed the same record; it is read again');
}

interface Found {
  readonly links: Map<string, LinkRow>;
  readonly shadows: Map<string, ShadowRow>;
}

async function applyAll(world: World, unit: Unit, given: readonly Prepared[]): Promise<Set<string>> {
  const { sql } = unit;
  const locked = await lockInbox(
    sql,
    given.map((item) => item.row),
  );
  const items = given.filter((item) => locked.has(item.row.id));
  const resolved = await resolveReferences(world, unit, items);
  const links = await linksByRemote(sql, items.filter((item) => !item.about).map(remoteKey));
  const found: Found = {
    links: new Map(
      links.map((link) => [addressOf(link.connection, link.object, link.remote_id ?? ''), link]),
    ),
    shadows: new Map(
      (
        await readShadows(
          sql,
          links.map((link) => link.id),
        )
      ).map((row) => [row.link_id, row]),
    ),
  };
  const claims = await claimsOf(unit, items, found, resolved);
  await unit.load([
    ...links.map((link) => link.record_id),
    ...claims.values(),
    ...items.flatMap((item) => (item.about ? aboutId(item, resolved) : [])),
  ]);
  const outcomes: InboxOutcome[] = [];
  const seen = new Map<string, Parameters<typeof markSeen>[1][number]>();
  for (const item of items) outcomes.push(applyOne(world, unit, item, found, claims, resolved, seen));
  await followUp(world, unit);
  await unit.write();
  await markSeen(sql, [...seen.values()]);
  await finishInbox(sql, outcomes);
  const there = [
    ...unit.links
      .filter((link) => link.remote_id !== null)
      .map((link) => `${link.connection}/${link.record_id}`),
    ...unit.absorbed.map((one) => `${one.connection}/${one.recordId}`),
  ];
  const freed = await releaseWaits(
    sql,
    there.map((target) => ({ kind: 'ref' as const, target })),
  );
  for (const lane of freed) unit.rings.add(lane);
  return unit.rings;
}

function applyOne(
  world: World,
  unit: Unit,
  item: Prepared,
  found: Found,
  claims: ReadonlyMap<string, string>,
  resolved: Resolved,
  seen: Map<string, Parameters<typeof markSeen>[1][number]>,
): InboxOutcome {
  const { row, party } = item;
  const settled = withReferences(row.connection, item.values, resolved);
  if (!settled.ok || (item.about && aboutId(item, resolved).length === 0)) {
    const missing = settled.ok ? item.about : settled.missing;
    return later(
      row,
      'apply.unknown-reference',
      `no ${missing?.entity} is known in ${row.connection} by ${missing?.by} ${missing?.value}; it is looked for again`,
    );
  }
  const address = addressOf(row.connection, row.object, row.remote_id);
  const link = item.about ? undefined : found.links.get(address);
  const before = link ? seen.get(link.id) : undefined;
  const lastHash = before?.seen_hash ?? link?.seen_hash;
  const lastRevision = before?.seen_revision ?? link?.seen_revision;
  if (link && row.via !== 'answer') {
    if (item.revision !== null && lastRevision && item.revision < lastRevision) {
      return dropped(
        item,
        link.record_id,
        'apply.older',
        `revision ${item.revision} is older than ${lastRevision}`,
      );
    }
    if (lastHash === item.contentHash && lastRevision === item.revision) {
      return dropped(item, link.record_id, 'apply.no-news', 'the same content was applied before');
    }
  }
  const known = item.about
    ? aboutId(item, resolved)[0]
    : (link?.record_id ??
      claims.get(address) ??
      unit.links.find((one) => addressOf(one.connection, one.object, one.remote_id ?? '') === address)
        ?.record_id);
  const record = recordFor(unit, item, known, claims.get(address), settled.data);
  const told = item.about ? `about:${party.mapping.name}` : undefined;
  const lastTold = told === undefined ? undefined : record.provenance[told];
  if (item.revision !== null && typeof lastTold === 'string' && item.revision < lastTold) {
    return dropped(item, record.id, 'apply.older', `revision ${item.revision} is older than ${lastTold}`);
  }
  const shadow = link ? found.shadows.get(link.id) : undefined;
  const merged = mergeItem(item, record, settled.data, link, shadow, {}, unit.now.toISOString());
  if (merged.kind === 'invalid') {
    // Nothing of a refused item stays: a record made for it alone is forgotten.
    if (record.before === 0 && record.patches.length === 0 && known === undefined)
      unit.working.delete(record.id);
    return dead(row, merged.code, merged.error);
  }
  if (merged.kind === 'changed') {
    record.state = 'live';
    record.provenance =
      told === undefined || item.revision === null
        ? merged.provenance
        : { ...merged.provenance, [told]: item.revision };
    unit.change(record, merged.data, {
      patch: merged.patch,
      origin: {
        inbox: row.id,
        receivedAt: row.received_at.toISOString(),
        connection: row.connection,
        object: row.object,
        via: row.via,
      },
      ...(merged.conflicts === undefined ? {} : { conflicts: merged.conflicts }),
      mappingVersion: `${party.mapping.name}@${party.mapping.version}`,
    });
    claimIdentities(unit, record);
  }
  noteLink(world, unit, item, record, link, settled.data, seen);
  return { id: row.id, received_at: row.received_at, state: 'done', record_id: record.id };
}

/** Keeps what this system showed: on its link, or on a new one when the record was just paired or made. */
function noteLink(
  world: World,
  unit: Unit,
  item: Prepared,
  record: Working,
  link: LinkRow | undefined,
  shown: JsonObject,
  seen: Map<string, Parameters<typeof markSeen>[1][number]>,
): void {
  const { row, party } = item;
  // A message about another object (a process report) is evidence on that record, not a copy of its own.
  if (item.about) return;
  const answer = row.via === 'answer';
  const number = remoteNumberOf(shown);
  const address = addressOf(row.connection, row.object, row.remote_id);
  const fresh = unit.links.find(
    (one) => addressOf(one.connection, one.object, one.remote_id ?? '') === address,
  );
  const linkId = link?.id ?? fresh?.id ?? uuidv7();
  if (link || fresh) {
    seen.set(linkId, {
      id: linkId,
      record_id: record.id,
      seen_revision: answer ? null : item.revision,
      seen_hash: answer ? null : item.contentHash,
      remote_id: row.remote_id,
      remote_number: number,
    });
  } else {
    unit.links.push({
      id: linkId,
      record_id: record.id,
      entity: record.entity,
      connection: row.connection,
      object: row.object,
      origin: true,
      remote_id: row.remote_id,
      remote_number: number,
      state: 'idle',
      lane: world.landscape.pushLane(row.connection, row.object, record.id),
      priority: 5,
      seen_revision: item.revision,
      seen_hash: item.contentHash,
    });
  }
  const baseline = link ? undefined : baselineOf(world, party, record.data);
  const previous = unit.shadows.findIndex((shadow) => shadow.link_id === linkId);
  const shadow = {
    link_id: linkId,
    ...(answer ? {} : { theirs: shown, mapping_version: party.mapping.version }),
    ...(baseline === undefined ? {} : { sent_hash: baseline }),
  };
  if (previous >= 0) unit.shadows[previous] = { ...unit.shadows[previous], ...shadow };
  else unit.shadows.push(shadow);
}

/** The record an item is about; a placeholder that turns out to be somebody known gives way to that record. */
function recordFor(
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
    unit.absorbed.push({ connection: item.row.connection, recordId: record.id });
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

/** Which known record a new remote object is, by strong match keys; documents are known by their source. */
async function claimsOf(
  unit: Unit,
  items: readonly Prepared[],
  found: Found,
  resolved: Resolved,
): Promise<Map<string, string>> {
  const wanted: { address: string; entity: string; kind: string; value: string }[] = [];
  for (const item of items) {
    const { row, party } = item;
    const address = addressOf(row.connection, row.object, row.remote_id);
    // A link nobody has filled yet belongs to a placeholder, which may turn out to be somebody known.
    const untold = found.links.get(address)?.seen_hash === null;
    if (item.about || (found.links.has(address) && !untold) || !isEntityName(party.entity)) continue;
    const definition = entities[party.entity];
    if (definition.nature === 'document') continue;
    const settled = withReferences(row.connection, item.values, resolved);
    if (!settled.ok) continue;
    for (const match of matchValues(definition, settled.data)) {
      if (match.strength === 'strong') {
        wanted.push({ address, entity: party.entity, kind: match.name, value: match.value });
      }
    }
  }
  await lockKeys(
    unit.sql,
    wanted.map((one) => `${one.entity}/${one.kind}/${one.value}`),
  );
  const claims = await findIdentities(
    unit.sql,
    wanted.map(({ entity, kind, value }) => ({ entity, kind, scope: '', value })),
  );
  const byKey = new Map(
    claims.map((claim) => [`${claim.entity}/${claim.kind}/${claim.value}`, claim.record_id]),
  );
  const result = new Map<string, string>();
  for (const one of wanted) {
    const record = byKey.get(`${one.entity}/${one.kind}/${one.value}`);
    if (record !== undefined) result.set(one.address, record);
  }
  return result;
}

function claimIdentities(unit: Unit, record: Working): void {
  if (!isEntityName(record.entity) || entities[record.entity].nature === 'document') return;
  for (const match of matchValues(entities[record.entity], record.data)) {
    unit.identities.push({
      entity: record.entity,
      kind: match.name,
      scope: '',
      value: match.value,
      record_id: record.id,
      strength: match.strength,
    });
  }
}

function aboutId(item: Prepared, resolved: Resolved): string[] {
  const id = item.about && resolved.get(referenceKey(item.row.connection, item.about));
  return id === undefined ? [] : [id];
}

/** What a system calls the object: the number other documents name it by. */
function remoteNumberOf(data: JsonObject): string | null {
  const number = data.number ?? data.code;
  return typeof number === 'string' && number !== '' ? number : null;
}

function remoteKey(item: Prepared): { connection: string; object: string; remoteId: string } {
  return { connection: item.row.connection, object: item.row.object, remoteId: item.row.remote_id };
}

function addressOf(connection: string, object: string, remoteId: string): string {
  return `${connection}\u0000${object}\u0000${remoteId}`;
}

function dropped(item: Prepared, recordId: string, code: string, error: string): InboxOutcome {
  return {
    id: item.row.id,
    received_at: item.row.received_at,
    state: 'dropped',
    record_id: recordId,
    code,
    error,
  };
}
