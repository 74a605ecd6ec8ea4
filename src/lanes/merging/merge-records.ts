import { HubError } from '../../errors.ts';
import { writeConflicts } from '../../ledger/conflicts.ts';
import { newId } from '../../ledger/ids.ts';
import { linksOfRecords } from '../../ledger/links.ts';
import { closeMerged } from '../../ledger/matches.ts';
import { insertMerge } from '../../ledger/record-merges.ts';
import { releaseWaits, type Wait, waitingLinks } from '../../ledger/waits.ts';
import { foldStates, type Provenance } from '../../merge/index.ts';
import {
  type EntityDefinition,
  entities,
  isEntityName,
  type JsonObject,
  validateRecord,
} from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { claimIdentities } from '../apply/pairing.ts';
import { Unit, type Working } from '../apply/unit.ts';
import { moveConflicts } from '../conflicts/follow.ts';
import type { World } from '../world.ts';
import { markReferring } from './mark-referring.ts';

/**
 * Makes two golden records one: `other` lives on in `keep`, which gets what only the other knew, its copies and
 * whatever is newer. Copies of both are compared with the result; what refers to the other follows. `unmergeRecord`
 * takes it back.
 *
 * @param keep,other Ids of records.
 * @throws HubError `records.unknown`, `records.already-merged`, `records.cannot-merge`
 */
export async function mergeRecords(
  world: World,
  keep: string,
  other: string,
  author: string,
): Promise<{ readonly kept: string; readonly merged: string }> {
  const rings = await world.database.transaction(async (sql) => {
    const unit = new Unit(sql, new Date(world.now()));
    await unit.load([keep, other]);
    const kept = unit.working.get(keep);
    const merged = unit.working.get(other);
    if (!kept) throw new HubError('records.unknown', { name: keep });
    if (!merged) throw new HubError('records.unknown', { name: other });
    const definition = mergeable(kept, merged);
    const before = { data: kept.data, provenance: kept.provenance, state: merged.state };
    fold(world, unit, definition, kept, merged, author);
    for (const link of await linksOfRecords(sql, [other])) {
      unit.moves.push({ id: link.id, link: { ...link, record_id: keep }, home: other, back: false });
    }
    unit.absorbed.push(other);
    claimIdentities(unit, kept);
    const disputes = await moveConflicts(unit, kept, merged);
    await followUp(world, unit);
    await writeAndRelease(world, unit, [keep, other]);
    await writeConflicts(sql, disputes);
    await insertMerge(
      sql,
      {
        id: newId(),
        kept: keep,
        merged: other,
        merged_state: before.state,
        kept_data: before.data,
        kept_provenance: before.provenance,
        kept_version: kept.before + 1,
      },
      author,
    );
    await closeMerged(sql, keep, other, author);
    return unit.rings;
  });
  world.ring(rings);
  await markReferring(world.database);
  return { kept: keep, merged: other };
}

/** Refuses what cannot be one; answers what both are. */
function mergeable(kept: Working, merged: Working): EntityDefinition {
  const refuse = (reason: string): never => {
    throw new HubError('records.cannot-merge', { keep: kept.id, other: merged.id, reason });
  };
  if (kept.id === merged.id) refuse('they are the same record');
  for (const one of [kept, merged]) {
    if (one.aliasOf !== null)
      throw new HubError('records.already-merged', { name: one.id, into: one.aliasOf });
    if (one.state === 'deleted') refuse(`${one.id} was deleted`);
  }
  if (kept.entity !== merged.entity) refuse(`one is a ${kept.entity}, the other a ${merged.entity}`);
  if (!isEntityName(kept.entity)) return refuse(`${kept.entity} is not an entity`);
  const definition = entities[kept.entity];
  if (definition.nature === 'document') refuse('documents belong to whoever issued them and add up');
  if (definition.nature === 'quantity') refuse('what is counted in two places is never added up');
  return definition;
}

function fold(
  world: World,
  unit: Unit,
  definition: EntityDefinition,
  kept: Working,
  merged: Working,
  author: string,
): void {
  const folded = foldStates({
    golden: kept.data,
    provenance: provenanceOf(kept),
    other: merged.data,
    otherProvenance: provenanceOf(merged),
    // Its own number stays: a person chose which of the two lives on.
    keep: definition.matchKeys.flatMap((key) => (key.strength === 'strong' ? key.paths : [])),
    parked: kept.conflicted,
    rules: world.landscape.merging.get(kept.entity) ?? {},
    now: unit.now.toISOString(),
  });
  if (merged.state === 'live') kept.state = 'live';
  const [issue] = kept.state === 'live' ? validateRecord(definition, folded.data) : [];
  if (issue)
    throw new HubError('records.cannot-merge', { keep: kept.id, other: merged.id, reason: issue.message });
  kept.provenance = folded.provenance as unknown as JsonObject;
  unit.change(kept, folded.data, {
    patch: folded.patch as unknown as JsonObject,
    origin: { merged: merged.id, author },
    ...(folded.conflicts.length === 0
      ? {}
      : { conflicts: { fields: folded.conflicts as unknown as JsonObject[] } }),
  });
  merged.state = 'merged';
  merged.aliasOf = kept.id;
  unit.change(merged, merged.data, { patch: {}, origin: { mergedInto: kept.id, author } });
}

/** Who set which field; notes about other objects stand beside them and are none. */
export function provenanceOf(record: Pick<Working, 'provenance'>): Readonly<Record<string, Provenance>> {
  const fields = Object.entries(record.provenance).filter(([, value]) => typeof value === 'object');
  return Object.fromEntries(fields) as unknown as Readonly<Record<string, Provenance>>;
}

/** Writes a unit, and lets everything go on that waits for a copy of one of these records, whichever it is now. */
export async function writeAndRelease(world: World, unit: Unit, recordIds: readonly string[]): Promise<void> {
  const waits = recordIds.flatMap((id) =>
    [...world.landscape.connections.keys()].map(
      (connection): Wait => ({
        kind: 'ref',
        target: `${connection}/${id}`,
      }),
    ),
  );
  const waiting = await waitingLinks(unit.sql, waits);
  await unit.write(waiting);
  for (const lane of await releaseWaits(unit.sql, waits, waiting)) unit.rings.add(lane);
}
