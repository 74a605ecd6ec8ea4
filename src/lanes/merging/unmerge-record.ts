import { HubError } from '../../errors.ts';
import { type ConflictRow, writeConflicts } from '../../ledger/conflicts.ts';
import { linksOfRecords } from '../../ledger/links.ts';
import { rejectUnmerged } from '../../ledger/matches.ts';
import {
  type ChangeRow,
  cameFrom,
  changesAfter,
  closeMerge,
  dropClaims,
  mergedInto,
  mergedShares,
  openMerge,
  type RecordMerge,
  splitReservations,
} from '../../ledger/record-merges.ts';
import { stockRecords } from '../../ledger/records.ts';
import { holdReservations } from '../../ledger/reservations.ts';
import { applyPatch, type Change, diff, shownAt } from '../../merge/index.ts';
import {
  entities,
  equal,
  isEntityName,
  isList,
  isObject,
  type JsonObject,
  matchValues,
  validateRecord,
} from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { claimIdentities } from '../apply/pairing.ts';
import { Unit, type Working } from '../apply/unit.ts';
import { partConflicts } from '../conflicts/follow.ts';
import type { World } from '../world.ts';
import { markReferring } from './mark-referring.ts';
import { writeAndRelease } from './merge-records.ts';

/**
 * Makes two records of what a person made one: the other one comes back with its own copies, with what it was then,
 * and with what its own copies told since; the one that was kept loses all of that and keeps everything else. What
 * refers to the other by its id refers to it again.
 *
 * @throws HubError `records.unknown`, `records.not-merged`, `records.kept-is-merged`, `records.cannot-unmerge`
 */
export async function unmergeRecord(
  world: World,
  other: string,
  author: string,
): Promise<{ readonly kept: string; readonly restored: string }> {
  const { kept: keptId, rings } = await world.database.transaction(async (sql) => {
    const unit = new Unit(sql, new Date(world.now()));
    await unit.load([other]);
    const restored = unit.working.get(other);
    if (!restored) throw new HubError('records.unknown', { name: other });
    const merge = await openMerge(sql, other);
    const kept = merge && unit.working.get(merge.kept);
    if (!kept || restored.aliasOf !== kept.id) throw new HubError('records.not-merged', { name: other });
    if (kept.aliasOf !== null || kept.state !== 'live') {
      throw new HubError('records.kept-is-merged', { name: other, kept: kept.id });
    }
    const disputes = await takeApart(unit, merge, kept, restored, author);
    const shares = await sharesBack(unit, kept, restored);
    await followUp(world, unit);
    await writeAndRelease(world, unit, [kept.id, other]);
    await writeConflicts(sql, disputes);
    await splitReservations(sql, kept.id, other, shares);
    await closeMerge(sql, merge.id, author);
    await rejectUnmerged(sql, kept.id, other, author);
    return { kept: kept.id, rings: unit.rings };
  });
  world.ring(rings);
  await markReferring(world.database);
  return { kept: keptId, restored: other };
}

async function takeApart(
  unit: Unit,
  merge: RecordMerge,
  kept: Working,
  restored: Working,
  author: string,
): Promise<ConflictRow[]> {
  const { sql } = unit;
  const homes = await mergedInto(sql, restored.id);
  const own = new Set(await cameFrom(sql, kept.id, homes));
  const copies = (await linksOfRecords(sql, [kept.id])).filter((link) => own.has(link.id));
  for (const link of copies) {
    const home = restored.id;
    unit.moves.push({ id: link.id, link: { ...link, record_id: home }, home, back: true });
  }
  const addresses = new Set(copies.map((link) => `${link.connection}/${link.object}/${link.remote_id}`));
  const since = await changesAfter(sql, kept.id, merge.kept_version);
  const isTheirs = ({ origin }: ChangeRow): boolean =>
    addresses.has(`${origin.connection}/${origin.object}/${origin.remoteId}`);
  const theirs = since.filter(isTheirs);
  const ours = since.filter((change) => !isTheirs(change));
  const golden = kept.provenance;
  const restoredData = replay(restored.data, theirs);
  const keptData = replay(merge.kept_data, ours);
  restored.provenance = { ...restored.provenance, ...provenanceOfChanges(golden, theirs) };
  kept.provenance = { ...merge.kept_provenance, ...provenanceOfChanges(golden, ours) };
  const patch = diff(kept.data, keptData) as unknown as JsonObject;
  unit.change(kept, keptData, { patch, origin: { unmerged: restored.id, author } });
  const news = diff(restored.data, restoredData) as unknown as JsonObject;
  restored.aliasOf = null;
  // One that was only spoken of then, and that nobody has told since, is still only spoken of.
  restored.state = theirs.length > 0 ? 'live' : merge.merged_state;
  unit.change(restored, restoredData, { patch: news, origin: { unmergedFrom: kept.id, author } });
  for (const record of [kept, restored]) refuseInvalid(record);
  await giveClaimsBack(unit, kept, restored);
  return partConflicts(unit, kept, restored, addresses);
}

function replay(data: JsonObject, changes: readonly ChangeRow[]): JsonObject {
  return changes.reduce((now, change) => {
    const made = applyPatch(now, patchOf(change.patch));
    return applyPatch(made, lostTo(made, change));
  }, data);
}

/** What a copy told and lost only to a newer value of the other record's copies: alone, it would have been taken. */
function lostTo(data: JsonObject, { conflicts }: ChangeRow): Readonly<Record<string, Change>> {
  const fields = isList(conflicts?.fields) ? conflicts.fields.filter(isObject) : [];
  const lost = fields.filter(
    ({ path, decidedBy, kept, golden }) =>
      decidedBy === 'newest' && kept === 'golden' && !equal(shownAt(data, String(path))?.value, golden),
  );
  return Object.fromEntries(
    lost.map(({ path, incoming }) => [String(path), incoming === undefined ? {} : { to: incoming }]),
  );
}

function patchOf(patch: JsonObject): Readonly<Record<string, Change>> {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([path, change]) => (isObject(change) ? [[path, change]] : [])),
  );
}

/** Who set the paths that these changes touched, as far as that still holds. */
function provenanceOfChanges(golden: JsonObject, changes: readonly ChangeRow[]): JsonObject {
  const paths = new Set(changes.flatMap(({ patch }) => Object.keys(patch)));
  return Object.fromEntries(Object.entries(golden).filter(([path]) => paths.has(path)));
}

function refuseInvalid(record: Working): void {
  if (record.state !== 'live' || !isEntityName(record.entity)) return;
  const [issue] = validateRecord(entities[record.entity], record.data);
  if (issue) throw new HubError('records.cannot-unmerge', { name: record.id, reason: issue.message });
}

/** What the restored record is known by is its own again, unless the other one is known by it, too. */
async function giveClaimsBack(unit: Unit, kept: Working, restored: Working): Promise<void> {
  if (!isEntityName(kept.entity)) return;
  const definition = entities[kept.entity];
  const keyOf = ({ name, scope = '', value }: { name: string; scope?: string; value: string }): string =>
    JSON.stringify([name, scope, value]);
  const stays = new Set(matchValues(definition, kept.data).map(keyOf));
  const goes = matchValues(definition, restored.data).filter((match) => !stays.has(keyOf(match)));
  await dropClaims(
    unit.sql,
    kept.id,
    goes.map(({ name, scope = '', value }) => ({ entity: kept.entity, kind: name, scope, value })),
  );
  claimIdentities(unit, restored);
  claimIdentities(unit, kept);
}

/** Goods that are promised under the kept record although their holders name the restored one. */
async function sharesBack(
  unit: Unit,
  kept: Working,
  restored: Working,
): Promise<Awaited<ReturnType<typeof mergedShares>>> {
  if (kept.entity !== 'product') return [];
  await holdReservations(unit.sql, { holderIds: [], skuIds: [kept.id, restored.id] });
  const shares = await mergedShares(unit.sql, kept.id, restored.id);
  const places = shares.flatMap(({ location_id: locationId }) =>
    [kept.id, restored.id].map((skuId) => ({ skuId, locationId })),
  );
  for (const link of await linksOfRecords(unit.sql, await stockRecords(unit.sql, places))) {
    unit.due.add(link.id);
    unit.rings.add(link.lane);
  }
  return shares;
}
