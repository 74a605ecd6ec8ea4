import { newId } from '../../ledger/ids.ts';
import type { InboxOutcome } from '../../ledger/inbox.ts';
import { type CandidateKey, decidedObjects } from '../../ledger/matches.ts';
import { survivors } from '../../ledger/records.ts';
import type { JsonObject } from '../../model/index.ts';
import { later } from './outcomes.ts';
import type { Prepared } from './prepare.ts';
import type { Unit } from './unit.ts';

/** A record that claims a strong key of an object. */
export interface Hit {
  readonly record: string;
  readonly kind: string;
  readonly scope: string;
}

/**
 * The record each object is by its strong keys. One whose keys name several is nobody until a person has said who:
 * then that one, or (noted in the unit) a record of its own.
 *
 * @param hits By address; see `addressOf`.
 */
export async function whoTheyAre(
  unit: Unit,
  items: readonly Prepared[],
  hits: ReadonlyMap<string, readonly Hit[]>,
): Promise<Map<string, string>> {
  const result = new Map<string, string>();
  const several = new Map<string, readonly Hit[]>();
  for (const [address, list] of hits) {
    const [first] = list;
    if (first === undefined) continue;
    if (list.every((hit) => hit.record === first.record)) result.set(address, first.record);
    else several.set(address, list);
  }
  if (several.size === 0) return result;
  const alive = await survivors(
    unit.sql,
    [...several.values()].flatMap((list) => list.map((hit) => hit.record)),
  );
  const ambiguous = new Map<string, Map<string, CandidateKey[]>>();
  for (const [address, list] of several) {
    const candidates = new Map<string, CandidateKey[]>();
    for (const { record, kind, scope } of list) {
      const living = alive.get(record) ?? record;
      candidates.set(living, [...(candidates.get(living) ?? []), { kind, scope, strength: 'strong' }]);
    }
    const [only] = candidates.keys();
    if (candidates.size === 1 && only !== undefined) result.set(address, only);
    else ambiguous.set(address, candidates);
  }
  const objects = items
    .map(({ row }) => row)
    .filter((row) => ambiguous.has(`${row.connection}\u0000${row.object}\u0000${row.remote_id}`));
  for (const one of await decidedObjects(unit.sql, objects)) {
    const address = `${one.connection}\u0000${one.object}\u0000${one.remote_id}`;
    ambiguous.delete(address);
    if (one.chosen === null) unit.doubts.ownRecords.set(address, one.id);
    else result.set(address, one.chosen);
  }
  for (const [address, candidates] of ambiguous) unit.doubts.open.set(address, candidates);
  return result;
}

/** Holds an object back that may be several records; undefined when its keys leave no doubt. */
export function undecided(
  unit: Unit,
  item: Prepared,
  address: string,
  data: JsonObject,
  claimed: string | undefined,
): InboxOutcome | undefined {
  if (item.about) return undefined;
  const { row, party } = item;
  const candidates = unit.doubts.open.get(address);
  if (candidates === undefined) {
    const here = claimed === undefined ? undefined : unit.claimedHere(party.entity, data);
    return here === undefined || here.id === unit.get(claimed ?? '')?.id
      ? undefined
      : later(
          row,
          'apply.try-again',
          'it shares keys with a record that is just being made; it is read again',
        );
  }
  unit.doubts.found.push({
    id: newId(),
    entity: party.entity,
    connection: row.connection,
    object: row.object,
    remoteId: row.remote_id,
    candidates: [...candidates].map(([record, keys]) => ({ record, keys })),
  });
  const kinds = [...new Set([...candidates.values()].flat().map((key) => key.kind))].join(', ');
  return {
    id: row.id,
    received_at: row.received_at,
    state: 'waiting',
    code: 'apply.ambiguous-match',
    error: `its strong keys (${kinds}) name ${candidates.size} different records of ${party.entity}; say which one it is with lianhub matches`,
  };
}
