import type { InboxOutcome } from '../../ledger/inbox.ts';
import { entities, isEntityName, isUnder } from '../../model/index.ts';
import { addressOf, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';

/**
 * A system that only keeps copies of our documents is read for their stages. A document nobody knows there was made
 * by somebody else and is none of ours: what is read of it could not make a record.
 */
export function notOurs(
  { row, party, about }: Prepared,
  found: Found,
  claims: ReadonlyMap<string, string>,
): InboxOutcome | undefined {
  if (about !== undefined || row.via === 'answer' || party.writes?.create !== true) return undefined;
  if (!isEntityName(party.entity) || entities[party.entity].nature !== 'document') return undefined;
  const address = addressOf(row.connection, row.object, row.remote_id);
  if (found.links.has(address) || claims.has(address)) return undefined;
  const { stages } = entities[party.entity];
  if (!party.mapping.mappedPaths.every((path) => isUnder(path, stages))) return undefined;
  return {
    id: row.id,
    received_at: row.received_at,
    state: 'dropped',
    code: 'apply.not-ours',
    error: `${row.object} ${row.remote_id} of ${row.connection} was not made by the hub, and nothing but stages is read of it`,
  };
}
