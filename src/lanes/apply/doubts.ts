import { type Clash, tooMany } from '../../ledger/identities.ts';
import { newId } from '../../ledger/ids.ts';
import {
  type CandidateKey,
  insertObjectMatches,
  insertRecordMatches,
  noteBecame,
  type ObjectMatch,
  type RecordPair,
} from '../../ledger/matches.ts';
import { survivors } from '../../ledger/records.ts';
import type { Sql } from '../../ledger/sql.ts';
import { entities, isEntityName } from '../../model/index.ts';
import { LostRace } from './lost-race.ts';

/** What a unit finds out about objects whose keys name several records. */
export class Doubts {
  /** Objects of this unit that strongly match several records and about which nobody has decided; by address. */
  readonly open = new Map<string, ReadonlyMap<string, readonly CandidateKey[]>>();
  /** Objects about which somebody has decided that they are a record of their own; address → match. */
  readonly ownRecords = new Map<string, string>();
  readonly found: ObjectMatch[] = [];
  readonly settled: { readonly matchId: string; readonly recordId: string }[] = [];

  /** Notes which record an object became that a person has said to be none of those it looked like. */
  became(address: string, recordId: string): void {
    const matchId = this.ownRecords.get(address);
    if (matchId === undefined) return;
    this.ownRecords.delete(address);
    this.settled.push({ matchId, recordId });
  }
}

/**
 * Writes down what only a person can decide: objects that are several records at once, and records that share a key
 * with another one. In the unit's transaction, after its records and claims.
 */
export async function proposeMatches(sql: Sql, doubts: Doubts, clashes: readonly Clash[]): Promise<void> {
  const undecided = doubts.found.length === 0 || (await insertObjectMatches(sql, doubts.found));
  // Their messages are about to wait for a decision that has just been taken.
  if (!undecided) throw new LostRace('somebody has just decided who an object is');
  if (doubts.settled.length > 0) await noteBecame(sql, doubts.settled);
  const telling = tellingOf(clashes);
  if (telling.length === 0) return;
  const alive = await survivors(sql, [...new Set(telling.flatMap((one) => [one.mine, one.other]))]);
  const pairs = pairsOf(
    telling.map((one) => ({
      ...one,
      mine: alive.get(one.mine) ?? one.mine,
      other: alive.get(one.other) ?? one.other,
    })),
  );
  if (pairs.length > 0) await insertRecordMatches(sql, pairs);
}

/** Clashes worth a question: of states, and not under weak keys that everybody seems to have. */
function tellingOf(clashes: readonly Clash[]): Clash[] {
  const sharing = new Map<string, number>();
  const keyOf = ({ mine, kind, scope }: Clash): string => `${mine}/${kind}/${scope}`;
  for (const clash of clashes) sharing.set(keyOf(clash), (sharing.get(keyOf(clash)) ?? 0) + 1);
  return clashes.filter((clash) => {
    if (!isEntityName(clash.entity) || entities[clash.entity].nature !== 'state') return false;
    return clash.strength === 'strong' || (sharing.get(keyOf(clash)) ?? 0) <= tooMany;
  });
}

/** One pair per two records, whichever of them claimed last, with every key they share. Pure. */
export function pairsOf(clashes: readonly Clash[]): RecordPair[] {
  const pairs = new Map<string, RecordPair & { keys: CandidateKey[] }>();
  for (const { entity, kind, scope, strength, mine, other } of clashes) {
    if (mine === other) continue;
    const key = [mine, other].sort().join('/');
    const pair = pairs.get(key) ?? { id: newId(), entity, record: mine, candidate: other, keys: [] };
    if (!pair.keys.some((one) => one.kind === kind && one.scope === scope))
      pair.keys.push({ kind, scope, strength });
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}
