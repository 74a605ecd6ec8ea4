import { finishInbox, type InboxOutcome, lockInbox } from '../../ledger/inbox.ts';
import { linksByRemote, markSeen } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { unresolvedCreates } from '../../ledger/tries.ts';
import { releaseWaits } from '../../ledger/waits.ts';
import { backoff } from '../retry.ts';
import type { World } from '../world.ts';
import { followUp } from './effects.ts';
import { mergeItem } from './merge-item.ts';
import { noteLink, type Seen } from './note-link.ts';
import { dead, later, postponed } from './outcomes.ts';
import {
  aboutId,
  addressOf,
  adoptUnfilled,
  claimIdentities,
  claimsOf,
  type Found,
  filled,
  recordFor,
} from './pairing.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, resolveReferences, withReferences } from './references.ts';
import type { Unit } from './unit.ts';

/** Applies prepared items in the unit's transaction, with all their consequences; answers the lanes to ring. */
export async function applyAll(world: World, unit: Unit, given: readonly Prepared[]): Promise<Set<string>> {
  const { sql } = unit;
  const locked = await lockInbox(
    sql,
    given.map((item) => item.row),
  );
  const items = given.filter((item) => locked.has(item.row.id));
  const resolved = await resolveReferences(world, unit, items);
  // Asked before the links: a create that is resolved in between has its link by then.
  const creating = await unresolvedCreates(sql, creatable(world, items));
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
  await adoptUnfilled(unit, items, found, resolved);
  const claims = await claimsOf(unit, items, found, resolved);
  await unit.load([
    ...[...found.links.values()].map((link) => link.record_id),
    ...claims.values(),
    ...items.flatMap((item) => (item.about ? aboutId(item, resolved) : [])),
  ]);
  const outcomes: InboxOutcome[] = [];
  const seen: Seen = new Map();
  for (const item of items) {
    outcomes.push(
      ownCreate(item, found, creating) ?? applyOne(world, unit, item, found, claims, resolved, seen),
    );
  }
  await followUp(world, unit);
  await unit.write();
  await markSeen(sql, [...seen.values()]);
  await finishInbox(sql, outcomes);
  const there = [
    ...unit.links
      .filter((link) => link.remote_id !== null)
      .map((link) => `${link.connection}/${link.record_id}`),
    ...[...seen.values()].flatMap((one) =>
      filled(found, one.id).map((connection) => `${connection}/${one.record_id}`),
    ),
    // Whatever waited for any copy of a record that was merged now waits for the one that lives on.
    ...unit.absorbed.flatMap((id) =>
      [...world.landscape.connections.keys()].map((connection) => `${connection}/${id}`),
    ),
  ];
  const freed = await releaseWaits(
    sql,
    there.map((target) => ({ kind: 'ref' as const, target })),
  );
  for (const lane of freed) unit.rings.add(lane);
  return unit.rings;
}

/** Kinds of object among the items that we create ourselves. */
function creatable(
  world: World,
  items: readonly Prepared[],
): { connection: string; object: string; entity: string }[] {
  const kinds = new Map<string, { connection: string; object: string; entity: string }>();
  for (const { row } of items) {
    if (row.via === 'answer') continue;
    for (const { connection, object, entity, writes, mapping } of world.landscape.partiesOf(
      row.connection,
      row.object,
    )) {
      if (writes?.create !== true || mapping.target !== undefined) continue;
      kinds.set(`${connection}/${object}/${entity}`, { connection, object, entity });
    }
  }
  return [...kinds.values()];
}

const createOpen = 'apply.own-create-open';

/**
 * While a create of ours is unresolved, an object nobody knows may be just that one: it is held back. When it
 * was, it is as old as the create, whose answers have told more since.
 */
function ownCreate(item: Prepared, found: Found, creating: ReadonlySet<string>): InboxOutcome | undefined {
  const { row } = item;
  if (item.about || row.via === 'answer') return undefined;
  const link = found.links.get(addressOf(row.connection, row.object, row.remote_id));
  if (link) {
    return row.error_code === createOpen && !link.origin
      ? dropped(item, link.record_id, 'apply.own-create', 'it is what the hub itself created')
      : undefined;
  }
  if (!creating.has(`${row.connection}/${row.object}`)) return undefined;
  const why = `may be what the hub itself is just creating in ${row.connection}; looked at again when that is known`;
  return postponed(row, createOpen, why, backoff(row.attempts, Math.random()));
}

function applyOne(
  world: World,
  unit: Unit,
  item: Prepared,
  found: Found,
  claims: ReadonlyMap<string, string>,
  resolved: Resolved,
  seen: Seen,
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
  const known = item.about ? aboutId(item, resolved)[0] : (link?.record_id ?? claims.get(address));
  const record = recordFor(unit, item, known, claims.get(address), settled.data);
  const told = item.about ? `about:${party.mapping.name}` : undefined;
  const lastTold = told === undefined ? undefined : record.provenance[told];
  if (item.revision !== null && typeof lastTold === 'string' && item.revision < lastTold) {
    return dropped(item, record.id, 'apply.older', `revision ${item.revision} is older than ${lastTold}`);
  }
  const shadow = link ? found.shadows.get(link.id) : undefined;
  const merged = mergeItem(
    item,
    record,
    settled.data,
    link,
    shadow,
    world.landscape.merging.get(record.entity) ?? {},
    unit.now.toISOString(),
  );
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
  noteLink(world, unit, item, record, found, settled.data, seen);
  return { id: row.id, received_at: row.received_at, state: 'done', record_id: record.id };
}

function remoteKey(item: Prepared): { connection: string; object: string; remoteId: string } {
  return { connection: item.row.connection, object: item.row.object, remoteId: item.row.remote_id };
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
