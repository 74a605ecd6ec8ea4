import { chainsOf } from '../../ledger/chains.ts';
import { writeConflicts } from '../../ledger/conflicts.ts';
import { finishInbox, type InboxOutcome, lockInbox } from '../../ledger/inbox.ts';
import { type LinkRow, linksByRemote, markSeen, removeLinks } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { releaseWaits, waitingLinks } from '../../ledger/waits.ts';
import { compareRevisions } from '../../merge/index.ts';
import { entities } from '../../model/index.ts';
import { Breath } from '../breath.ts';
import { comesBack, isBack } from '../deletes/comes-back.ts';
import type { World } from '../world.ts';
import { undecided } from './ambiguous.ts';
import { noteClaims, settleConflicts } from './conflicts.ts';
import { followUp } from './effects.ts';
import { LostRace } from './lost-race.ts';
import { mergeItem } from './merge-item.ts';
import { notOurs } from './not-ours.ts';
import { noteLink, type Seen } from './note-link.ts';
import { copiesClaimed, secondOfKey } from './one-key.ts';
import { isPairing, noteEdit, pairingRules, withoutDifferences } from './opening.ts';
import { appliedOf, canRead, orderOf, orderOfAnswer } from './order.ts';
import { originOf } from './origin.ts';
import { dead, dropped, notKnownYet, postponed, refused, withFetched } from './outcomes.ts';
import { overtaken } from './overtaken.ts';
import { missingReference, openCreates, ownCreate } from './own-creates.ts';
import { withoutOwnWrites } from './own-writes.ts';
import {
  aboutId,
  addressOf,
  adoptUnfilled,
  claimIdentities,
  claimsOf,
  type Found,
  filled,
  likelyKeys,
  recordFor,
} from './pairing.ts';
import { adoptPending } from './pending-copies.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, referredDocuments, resolveReferences, withReferences } from './references.ts';
import { confirms, overlay } from './shown.ts';
import { linksLeft, oneOfTwo } from './spoken-twice.ts';
import { Stock } from './stock.ts';
import { superseding } from './supersede.ts';
import type { Unit } from './unit.ts';

/** Entities whose records change together with others of their chain. */
export const documents = Object.entries(entities)
  .filter(([, { nature }]) => nature === 'document')
  .map(([name]) => name);

/** Applies prepared items in the unit's transaction, with all their consequences; answers the lanes to ring. */
export async function applyAll(world: World, unit: Unit, given: readonly Prepared[]): Promise<Set<string>> {
  const { sql } = unit;
  unit.lowStock = world.landscape.stock.low ?? unit.lowStock;
  const locked = await lockInbox(
    sql,
    given.map((item) => item.row),
  );
  const items = given.filter((item) => locked.has(item.row.id));
  // Asked before the links: a create that is resolved in between has its link by then.
  const creating = await openCreates(world, sql, items);
  const remote = items.filter((item) => !item.about).map(remoteKey);
  let links = await linksByRemote(sql, remote);
  const resolved = await resolveReferences(world, unit, items, (likely) =>
    likelyKeys(items, byAddress(links), likely),
  );
  // Whoever held one of these keys may have made some of them.
  if (unit.keys.size > 0) links = await linksByRemote(sql, remote);
  const found: Found = {
    links: byAddress(links),
    shadows: new Map(
      (
        await readShadows(
          sql,
          links.map((link) => link.id),
        )
      ).map((row) => [row.link_id, row]),
    ),
    seconds: new Map(),
  };
  await adoptUnfilled(unit, items, found, resolved);
  const claims = await claimsOf(unit, items, found, resolved);
  const copies = await copiesClaimed(sql, claims);
  await adoptPending(unit, items, found, claims);
  const involved = [
    ...[...found.links.values(), ...found.seconds.values()].map((link) => link.record_id),
    ...claims.values(),
    ...items.flatMap((item) => (item.about ? aboutId(item, resolved) : [])),
  ];
  // What an item refers to may be a document that it will change, and what was derived from that one.
  const chains = await chainsOf(sql, [...new Set([...involved, ...referredDocuments(resolved)])], documents);
  await unit.load([...involved, ...chains]);
  const late = await overtaken(world, sql, items, found);
  const stock = await Stock.open(world, unit, items, resolved);
  const { outcomes } = unit;
  const seen: Seen = new Map();
  const breath = new Breath();
  for (const item of items) {
    if (breath.isDue) await breath.take();
    const outcome =
      late.get(item.row.id) ??
      stock.movement(item, claims, resolved) ??
      ownCreate(world, item, found, creating, resolved) ??
      notOurs(item, found, claims) ??
      applyOne(world, unit, item, found, claims, copies, resolved, seen, stock);
    outcomes.push(superseding(item, withFetched(outcome, item.fetched, item.body)));
  }
  await stock.write();
  const disputes = await settleConflicts(unit, found);
  await followUp(world, unit);
  const there = [
    ...unit.links
      // A record that this unit makes is one nobody can have waited for.
      .filter((link) => link.remote_id !== null && unit.working.get(link.record_id)?.before !== 0)
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
  const waiting = await waitingLinks(sql, waits);
  const left = linksLeft(unit, found);
  await unit.write([...seen.keys(), ...waiting, ...left]);
  await removeLinks(sql, left);
  await writeConflicts(sql, disputes);
  const noted = await markSeen(sql, [...seen.values()]);
  if (noted < seen.size) throw new LostRace('a copy was given to another record meanwhile');
  await finishInbox(sql, outcomes);
  const freed = await releaseWaits(sql, waits, waiting);
  for (const lane of freed) unit.rings.add(lane);
  return unit.rings;
}

function applyOne(
  world: World,
  unit: Unit,
  item: Prepared,
  found: Found,
  claims: ReadonlyMap<string, string>,
  copies: readonly LinkRow[],
  resolved: Resolved,
  seen: Seen,
  stock: Stock,
): InboxOutcome {
  const { row, party } = item;
  const settled = withReferences(item, resolved);
  const missing = missingReference(item, resolved);
  if (!settled.ok || missing) {
    const { entity, by, value } = missing ?? {};
    return notKnownYet(
      row,
      unit.now,
      'apply.unknown-reference',
      `no ${entity} is known in ${row.connection} by ${by} ${value}; it is looked for again`,
    );
  }
  const address = addressOf(row.connection, row.object, row.remote_id);
  const link = item.about ? undefined : found.links.get(address);
  if (link?.gone_at) {
    const back = comesBack(item, link, unit.now, canRead(world, item));
    if (back.kind === 'drop') return dropped(row, link.record_id, back.code, back.error);
    if (back.kind === 'read') return postponed(row, back.code, back.error, 0);
  } else if (link && row.via !== 'answer') {
    const sent = found.shadows.get(link.id)?.outstanding;
    const order = orderOf(
      item,
      appliedOf(link, seen.get(link.id)),
      unit.now,
      canRead(world, item),
      () => !!sent && !confirms(settled.data, sent),
    );
    if (order.kind === 'drop') return dropped(row, link.record_id, order.code, order.error);
    if (order.kind === 'read') return postponed(row, order.code, order.error, 0);
  }
  const doubtful = undecided(unit, item, address, settled.data, claims.get(address));
  if (doubtful) return doubtful;
  const known = item.about ? aboutId(item, resolved)[0] : (link?.record_id ?? claims.get(address));
  const record = recordFor(unit, item, known, claims.get(address), settled.data);
  if (record.state === 'deleted' && !isBack(item, link)) {
    const error = `the record was deleted; ${row.object} ${row.remote_id} in ${row.connection} is only a copy of it`;
    return dropped(row, record.id, 'deletes.record-deleted', error);
  }
  const second = link ? undefined : secondOfKey(item, settled.data, record, found, copies);
  if (second) return second;
  const about = item.about ? `about:${party.mapping.name}` : undefined;
  const lastTold = about === undefined ? undefined : record.provenance[about];
  if (typeof lastTold === 'string' && (compareRevisions(item.revision, lastTold) ?? 0) < 0) {
    return dropped(row, record.id, 'apply.older', `revision ${item.revision} is older than ${lastTold}`);
  }
  const shadow = link ? found.shadows.get(link.id) : undefined;
  const told = withoutOwnWrites(item, settled.data, link, shadow);
  const pairs = isPairing(world, item, record, link, shadow);
  const rules = world.landscape.merging.get(record.entity) ?? {};
  const taken = mergeItem(
    item,
    record,
    told,
    link,
    shadow,
    pairs ? pairingRules(rules) : rules,
    unit.now.toISOString(),
    stock,
  );
  const merged = pairs ? withoutDifferences(taken, record) : taken;
  if (merged.kind === 'invalid' || merged.kind === 'dropped') {
    // Nothing of a refused item stays: a record made for it alone is forgotten.
    if (record.before === 0 && record.patches.length === 0 && known === undefined)
      unit.working.delete(record.id);
    return (merged.kind === 'dropped' ? refused : dead)(row, merged.code, merged.error);
  }
  if (merged.kind === 'changed' && link && row.via === 'answer') {
    const order = orderOfAnswer(item, shadow, canRead(world, item));
    if (order.kind === 'drop') return dropped(row, link.record_id, order.code, order.error);
    if (order.kind === 'read') return postponed(row, order.code, order.error, 0);
  }
  if (merged.kind === 'changed') {
    if (record.state === 'deleted') unit.revived.add(record.id);
    record.state = 'live';
    record.provenance =
      about === undefined || item.revision === null
        ? merged.provenance
        : { ...merged.provenance, [about]: item.revision };
    unit.change(record, merged.data, {
      patch: merged.patch,
      origin: originOf(row),
      ...(merged.conflicts === undefined ? {} : { conflicts: merged.conflicts }),
      mappingVersion: `${party.mapping.name}@${party.mapping.version}`,
      ...(pairs ? { pairs } : {}),
    });
    if (!pairs) noteEdit(unit, record, merged.patch);
    claimIdentities(unit, record);
  }
  oneOfTwo(unit, found, address, record);
  unit.doubts.became(address, record.id);
  const shown = told === settled.data ? told : overlay(shadow?.theirs ?? {}, told);
  noteLink(world, unit, item, record, found, shown, seen, told === settled.data, pairs);
  noteClaims(unit, item, record, found, merged, settled.data);
  return { id: row.id, received_at: row.received_at, state: 'done', record_id: record.id };
}

function byAddress(links: readonly LinkRow[]): Map<string, LinkRow> {
  return new Map(links.map((link) => [addressOf(link.connection, link.object, link.remote_id ?? ''), link]));
}

function remoteKey(item: Prepared): { connection: string; object: string; remoteId: string } {
  return { connection: item.row.connection, object: item.row.object, remoteId: item.row.remote_id };
}
