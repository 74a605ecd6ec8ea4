import { HubError } from '../../errors.ts';
import { decideMatch, type MatchRow, releaseAmbiguous } from '../../ledger/matches.ts';
import { survivors } from '../../ledger/records.ts';
import type { World } from '../world.ts';
import { mergeRecords } from './merge-records.ts';

/**
 * A person has said who a proposed record or object is. A record becomes part of the candidate; an object becomes a
 * copy of it when its message, which has waited, is read again.
 *
 * @param chosen Id of a candidate; absent: the only one.
 * @throws HubError `matches.no-candidate`, `matches.decided`, and whatever `mergeRecords` refuses
 */
export async function confirmMatch(
  world: World,
  match: MatchRow,
  chosen: string | undefined,
  author: string,
): Promise<{ readonly record: string }> {
  const record = await candidateOf(world, match, chosen);
  if (match.state !== 'open') throw new HubError('matches.decided', { id: match.id });
  if (match.remoteId === null && match.recordId !== null) {
    // Closes this proposal with the merge, in one transaction.
    await mergeRecords(world, record, match.recordId, author);
    return { record };
  }
  await settle(world, match, record, author);
  return { record };
}

/** A person has said that it is none of the candidates; nobody proposes them again. */
export async function rejectMatch(world: World, match: MatchRow, author: string): Promise<void> {
  await settle(world, match, null, author);
}

async function candidateOf(world: World, match: MatchRow, chosen: string | undefined): Promise<string> {
  const candidates = match.candidates.map((one) => one.record);
  const alive = await survivors(world.database, candidates);
  const living = [...new Set(candidates.map((id) => alive.get(id) ?? id))];
  const wanted = chosen ?? (living.length === 1 ? living[0] : undefined);
  const found = wanted === undefined ? undefined : living.find((id) => id === (alive.get(wanted) ?? wanted));
  if (found === undefined) {
    throw new HubError('matches.no-candidate', {
      id: match.id,
      record: chosen ?? 'nobody',
      candidates: living.join(', '),
    });
  }
  return found;
}

async function settle(world: World, match: MatchRow, chosen: string | null, author: string): Promise<void> {
  const lanes = await world.database.transaction(async (sql) => {
    const state = chosen === null ? 'rejected' : 'confirmed';
    if (!(await decideMatch(sql, { id: match.id, state, chosen, author }))) {
      throw new HubError('matches.decided', { id: match.id });
    }
    const { connection, object, remoteId } = match;
    if (connection === null || object === null || remoteId === null) return [];
    return releaseAmbiguous(sql, connection, object, remoteId);
  });
  world.ring(lanes);
}
