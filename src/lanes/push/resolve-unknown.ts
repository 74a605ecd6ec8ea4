/** A person has looked where nothing could be looked up: the object of an unknown write is there, or it is not. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { type Database, type Queryable, sqlState } from '../../ledger/database.ts';
import {
  finishLinks,
  holdLinks,
  type LinkRow,
  type LinkState,
  linksByIds,
  linksByRemote,
} from '../../ledger/links.ts';
import { holdRecords, readRecords } from '../../ledger/records.ts';
import { releaseReservations } from '../../ledger/reservations.ts';
import { writeShadows } from '../../ledger/shadows.ts';
import { closeTries, openTries, type TryRow } from '../../ledger/tries.ts';
import { releaseWaits, waitingLinks } from '../../ledger/waits.ts';
import type { Landscape, Party } from '../landscape.ts';
import { type OutcomeRows, succeeded } from './outcome.ts';

/** What was found in that system. */
export type Finding =
  | { readonly kind: 'exists'; readonly remoteId: string; readonly remoteNumber?: string }
  | { readonly kind: 'absent' };

export interface Resolution {
  /** `push/<id of the link>`. */
  readonly name: string;
  readonly connection: string;
  readonly object: string;
  /** State of the copy from now on: `due` while something is left to write. */
  readonly state: LinkState;
  /** To be rung. */
  readonly lanes: readonly string[];
}

/**
 * Settles an unknown write by what a person says. It exists: the copy is linked to it, the try counts as done and the
 * flow goes on. It does not: the try counts as not happened, and the write is made anew. Noted with the author's name.
 * Errors: `deadletters.unknown`, `.not-unknown`, `.remote-taken`, `.other-remote`.
 */
export async function resolveUnknown(
  hub: { readonly database: Database; readonly landscape: Landscape },
  linkId: string,
  finding: Finding,
  by: { readonly author: string; readonly note?: string | undefined },
): Promise<Resolution> {
  try {
    return await hub.database.transaction((sql) => resolve(sql, hub.landscape, linkId, finding, by));
  } catch (error) {
    // Somebody linked that object in the very moment; the index of links is the last to judge.
    if (sqlState(error) !== '23505' || finding.kind !== 'exists') throw error;
    const [link] = await linksByIds(hub.database, [linkId]);
    if (link) await refuseTaken(hub.database, link, finding.remoteId);
    throw error;
  }
}

async function resolve(
  sql: Queryable,
  landscape: Landscape,
  linkId: string,
  finding: Finding,
  by: { readonly author: string; readonly note?: string | undefined },
): Promise<Resolution> {
  const name = `push/${linkId}`;
  const [before] = await linksByIds(sql, [linkId]);
  if (!before) throw new HubError('deadletters.unknown', { name });
  if (finding.kind === 'exists') {
    if (before.remote_id !== null && before.remote_id !== finding.remoteId)
      throw new HubError('deadletters.other-remote', {
        name,
        known: before.remote_id,
        remoteId: finding.remoteId,
      });
    await refuseTaken(sql, before, finding.remoteId);
  }
  // Records, tries, reservations, links all at once, waits: the order everywhere.
  await holdRecords(sql, [before.record_id]);
  const tries = (await openTries(sql, [linkId])).sort((a, b) => (a.id < b.id ? 1 : -1));
  const party = landscape.party(before.connection, before.object, before.entity);
  const [newest, ...older] = tries;
  if (!newest || !party) throw new HubError('deadletters.not-unknown', { name, state: before.state });
  const outcome = finding.kind === 'exists' ? thereNow(before, party, newest, finding) : undefined;
  const answer = {
    foundBy: 'person',
    author: by.author,
    ...(by.note === undefined ? {} : { note: by.note }),
  };
  await closeTries(sql, [
    ...older.map((one) => ({ ...idOf(one), outcome: 'absent' as const, answer })),
    outcome
      ? { ...outcome.attempt, answer: { ...objectOf(outcome.attempt.answer), ...answer } }
      : { ...idOf(newest), outcome: 'absent' as const, answer },
  ]);
  if (outcome?.completed && party.connection === landscape.stock.owner)
    await releaseReservations(sql, [before.record_id]);
  const waits = outcome?.created
    ? [{ kind: 'ref' as const, target: `${before.connection}/${before.record_id}` }]
    : [];
  const waiting = await waitingLinks(sql, waits);
  await holdLinks(sql, [linkId, ...waiting]);
  const [link] = await linksByIds(sql, [linkId]);
  if (link?.state !== 'unknown')
    throw new HubError('deadletters.not-unknown', { name, state: link?.state ?? 'gone' });
  await finishLinks(sql, [
    outcome ? { ...outcome.link, written: true } : { id: linkId, state: 'due', delayMs: 0 },
  ]);
  if (outcome?.shadow) await writeShadows(sql, [outcome.shadow]);
  const freed = await releaseWaits(sql, waits, waiting);
  const [after] = await linksByIds(sql, [linkId]);
  await insertAudit(sql, [
    {
      author: by.author,
      action: 'deadletters.resolve',
      subject: name,
      details: {
        finding: finding.kind,
        ...(finding.kind === 'exists' ? { remoteId: finding.remoteId } : {}),
        ...(finding.kind === 'exists' && finding.remoteNumber !== undefined
          ? { remoteNumber: finding.remoteNumber }
          : {}),
        connection: before.connection,
        object: before.object,
        recordId: before.record_id,
        step: newest.step,
        try: newest.id,
        ...(by.note === undefined ? {} : { note: by.note }),
      },
    },
  ]);
  return {
    name,
    connection: before.connection,
    object: before.object,
    state: after?.state ?? 'due',
    lanes: [...new Set([before.lane, ...freed])],
  };
}

/** What an answer of the vendor would have meant, had it come. */
function thereNow(
  link: LinkRow,
  party: Party,
  attempt: TryRow,
  finding: Extract<Finding, { kind: 'exists' }>,
): OutcomeRows {
  const told = {
    link: { ...link, priority: 5, dirty_ms: 0, activation: 0 },
    party,
    tryId: attempt.id,
    startedAt: attempt.started_at,
    step: attempt.step,
    bodyHash: attempt.body_hash,
    codes: attempt.codes,
    recordVersion: attempt.record_version,
    settledAt: 0,
  };
  const { remoteId, remoteNumber } = finding;
  return succeeded(
    told,
    { ok: true, remoteId, ...(remoteNumber === undefined ? {} : { remoteNumber }) },
    undefined,
    true,
  );
}

function idOf({ id, started_at }: TryRow): Pick<TryRow, 'id' | 'started_at'> {
  return { id, started_at };
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Throws when that object belongs to another record. */
async function refuseTaken(sql: Queryable, link: LinkRow, remoteId: string): Promise<void> {
  const { connection, object } = link;
  const [holder] = await linksByRemote(sql, [{ connection, object, remoteId }]);
  if (!holder || holder.id === link.id) return;
  const [record] = await readRecords(sql, [holder.record_id]);
  const number = record?.data.number ?? record?.data.code ?? holder.record_id;
  throw new HubError('deadletters.remote-taken', {
    object,
    remoteId,
    connection,
    entity: holder.entity,
    number: String(number),
  });
}
