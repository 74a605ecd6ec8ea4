import { chainsOf } from '../../ledger/chains.ts';
import { finishInbox, type InboxOutcome, lockInbox } from '../../ledger/inbox.ts';
import { linksByRemote, markSeen } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { releaseWaits, waitingLinks } from '../../ledger/waits.ts';
import { entities } from '../../model/index.ts';
import type { World } from '../world.ts';
import { followUp } from './effects.ts';
import { mergeItem } from './merge-item.ts';
import { noteLink, type Seen } from './note-link.ts';
import { dead, dropped, later } from './outcomes.ts';
import { missingReference, openCreates, ownCreate } from './own-creates.ts';
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
import { adoptPending } from './pending-copies.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, resolveReferences, withReferences } from './references.ts';
import type { Unit } from './unit.ts';

/** Entities whose records change together with others of their chain. */
export const documents = Object.entries(entities)
  .filter(([, { nature }]) => nature === 'document')
  .map(([name]) => name);

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
  const creating = await openCreates(world, sql, items);
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
  await adoptPending(unit, items, found, claims);
  const involved = [
    ...[...found.links.values()].map((link) => link.record_id),
    ...claims.values(),
    ...items.flatMap((item) => (item.about ? aboutId(item, resolved) : [])),
  ];
  // What an item refers to may be a document that it will change, and what was derived from that one.
  const chains = await chainsOf(sql, [...new Set([...involved, ...resolved.values()])], documents);
  await unit.load([...involved, ...chains]);
  const outcomes: InboxOutcome[] = [];
  const seen: Seen = new Map();
  for (const item of items) {
    const outcome =
      ownCreate(world, item, found, creating, resolved) ??
      applyOne(world, unit, item, found, claims, resolved, seen);
    // What was fetched is kept like what was told: it explains the record, and a rehearsal can repeat it.
    const fetched = outcome.state === 'done' && item.row.body === null;
    outcomes.push(fetched ? { ...outcome, body: JSON.stringify(item.body) } : outcome);
  }
  await followUp(world, unit);
  const there = [
    ...unit.links
      .filter((link) => link.remote_id !== null)
      .map((link) => `${link.connection}/${link.record_id}`),
    ...[...seen.values()].flatMap((one) =>
      filled(found, one.id).map((connection) => `${connection}/${one.record_id}`),
    ),
    // Whatever waited for any copy of a record that was merged now waits for the one that lives on, and that one
    // has the copies of both.
    ...unit.absorbed.flatMap((id) =>
      [id, unit.get(id)?.id ?? id].flatMap((one) =>
        [...world.landscape.connections.keys()].map((connection) => `${connection}/${one}`),
      ),
    ),
  ];
  const waits = there.map((target) => ({ kind: 'ref' as const, target }));
  await unit.write([...seen.keys(), ...(await waitingLinks(sql, waits))]);
  await markSeen(sql, [...seen.values()]);
  await finishInbox(sql, outcomes);
  const freed = await releaseWaits(sql, waits);
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
  seen: Seen,
): InboxOutcome {
  const { row, party } = item;
  const settled = withReferences(row.connection, item.values, resolved);
  const missing = missingReference(item, resolved);
  if (!settled.ok || missing) {
    const { entity, by, value } = missing ?? {};
    return later(
      row,
      'apply.unknown-reference',
      `no ${entity} is known in ${row.connection} by ${by} ${value}; it is looked for again`,
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
        row,
        link.record_id,
        'apply.older',
        `revision ${item.revision} is older than ${lastRevision}`,
      );
    }
    // Our own answer has told more since. Whatever else the reading may have shown is read again: the write has
    // made the object newer than the reading.
    if (row.read_at && link.written_at && link.written_at >= row.read_at) {
      return dropped(
        row,
        link.record_id,
        'apply.read-before-write',
        `read at ${row.read_at.toISOString()}, before our own write there was done`,
      );
    }
    if (lastHash === item.contentHash && lastRevision === item.revision) {
      return dropped(row, link.record_id, 'apply.no-news', 'the same content was applied before');
    }
  }
  const known = item.about ? aboutId(item, resolved)[0] : (link?.record_id ?? claims.get(address));
  const record = recordFor(unit, item, known, claims.get(address), settled.data);
  const told = item.about ? `about:${party.mapping.name}` : undefined;
  const lastTold = told === undefined ? undefined : record.provenance[told];
  if (item.revision !== null && typeof lastTold === 'string' && item.revision < lastTold) {
    return dropped(row, record.id, 'apply.older', `revision ${item.revision} is older than ${lastTold}`);
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
