import { hash } from 'node:crypto';
import { spendAs } from '../../../connectors/kit/shared.ts';
import type { Decision, FetchResult } from '../../../connectors/kit/types.ts';
import { databaseNow } from '../../ledger/clock.ts';
import { type InboxEntry, insertInbox } from '../../ledger/inbox.ts';
import { finishLinks, type LinkOutcome } from '../../ledger/links.ts';
import type { Party } from '../landscape.ts';
import { backoff } from '../retry.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { readDecisionOf } from './decision.ts';
import { isState } from './held.ts';
import type { PlannedWrite } from './plan.ts';

/** Readings in a row that showed something new before a person is asked. */
const readingsLimit = 8;

/**
 * Writes that read first; what others show first is merged before they are overwritten. So do those of which nobody
 * knows what they overwrite, as after a write whose outcome had to be looked up: somebody may have gone on from it there.
 */
function readsFirst(world: World, { party, step, remoteId, blind }: PlannedWrite): boolean {
  const { facts, mapping, reads } = party;
  const isDoubtful = blind === true && isState(party) && canFetch(world, party);
  return (
    (facts.readBeforeWrite === true || isDoubtful) &&
    reads &&
    mapping.target === undefined &&
    remoteId !== undefined &&
    step.name === 'update'
  );
}

/**
 * Reads objects right before they are updated, where nothing at the vendor guards against overwriting. Answers the
 * writes that may go out now. What shows something we have not seen goes into the inbox, and its link stays due.
 */
export async function readFirst(
  world: World,
  hold: LaneHold,
  writes: readonly PlannedWrite[],
): Promise<readonly PlannedWrite[]> {
  const guarded = writes.filter((write) => readsFirst(world, write));
  if (guarded.length === 0) return writes;
  const fresh = new Set<PlannedWrite>();
  const outcomes: LinkOutcome[] = [];
  const entries: InboxEntry[] = [];
  for (const [party, group] of byParty(guarded)) {
    const readAt = await databaseNow(world.database);
    const results = await read(world, hold, party, group);
    if (results === undefined) return [];
    for (const [index, write] of group.entries()) {
      const result = results[index] ?? { found: false, decision: noAnswer };
      if (!result.found) outcomes.push(notRead(write, result.decision));
      else if (isSeen(write, result)) fresh.add(write);
      else {
        outcomes.push(unseen(write));
        entries.push(entryOf(world, write, result, readAt));
      }
    }
  }
  await note(world, outcomes, entries);
  const waiting = new Set(guarded.filter((write) => !fresh.has(write)));
  return writes.filter((write) => !waiting.has(write));
}

/** Reads objects again that refused a write because they have changed since, so that the change is merged first. */
export async function readAgain(
  world: World,
  hold: LaneHold,
  refused: readonly PlannedWrite[],
): Promise<void> {
  const known = refused.filter(
    ({ party, remoteId }) => party.reads && party.mapping.target === undefined && remoteId !== undefined,
  );
  for (const [party, group] of byParty(known)) {
    const readAt = await databaseNow(world.database);
    const results = await read(world, hold, party, group);
    const entries = group.flatMap((write, index) => {
      const result = results?.[index];
      return result?.found && !isSeen(write, result) ? [entryOf(world, write, result, readAt)] : [];
    });
    await note(world, [], entries);
  }
}

/** Undefined when the lane was lost meanwhile, or the object cannot be fetched by its id. */
async function read(
  world: World,
  hold: LaneHold,
  party: Party,
  group: readonly PlannedWrite[],
): Promise<readonly FetchResult[] | undefined> {
  const fetch = world.session(party.connection).objects[party.object]?.fetch;
  if (!fetch) return group.map(() => ({ found: false, decision: cannotRead(party) }));
  const hints = group.map(({ remoteId = '' }) => ({ object: party.object, remoteId }));
  try {
    // The reading is a part of the update: it is paid from the share of writes, as look-ups after one are.
    return await fetch({ hints, signal: spendAs('write', hold.signal) });
  } catch (error) {
    if (hold.signal.aborted) return undefined;
    const decision = readDecisionOf(error, `${party.connection}/${party.object} read before an update`);
    return group.map(() => ({ found: false, decision }));
  }
}

function canFetch(world: World, party: Party): boolean {
  return world.session(party.connection).objects[party.object]?.fetch !== undefined;
}

function isSeen({ link }: PlannedWrite, result: Extract<FetchResult, { found: true }>): boolean {
  if (result.revision !== undefined && link.seen_revision !== null)
    return result.revision === link.seen_revision;
  return link.seen_hash === hash('sha1', JSON.stringify(result.body), 'base64url');
}

function unseen({ link, party }: PlannedWrite): LinkOutcome {
  const parked = party.facts.readBeforeWrite === true && link.attempts + 1 >= readingsLimit;
  return {
    id: link.id,
    ...(parked
      ? { marks: link.marks, state: 'parked' as const }
      : { state: 'due' as const, delayMs: backoff(link.attempts, Math.random()) }),
    failed: true,
    code: parked ? 'push.keeps-changing' : 'push.reads-first',
    error: parked
      ? `${party.object} ${link.remote_id} in ${party.connection} shows something else at every look before an update; find out who keeps changing it there, then change the record once more`
      : `${party.object} ${link.remote_id} in ${party.connection} shows something we had not seen; it is merged before anything is written`,
  };
}

function notRead({ link, party }: PlannedWrite, decision: Decision): LinkOutcome {
  const gone = ['absent', 'reject', 'closed'].includes(decision.kind);
  return {
    id: link.id,
    ...(gone
      ? { marks: link.marks, state: 'parked' as const }
      : { state: 'due' as const, delayMs: decision.afterMs ?? backoff(link.attempts, Math.random()) }),
    failed: true,
    code: decision.code,
    error: `${party.object} ${link.remote_id} could not be read before its update: ${decision.message}`,
  };
}

function entryOf(
  world: World,
  { party, remoteId = '' }: PlannedWrite,
  result: Extract<FetchResult, { found: true }>,
  readAt: string,
): InboxEntry {
  return {
    connection: party.connection,
    object: party.object,
    remoteId,
    via: 'poll',
    body: JSON.stringify(result.body),
    ...(result.revision === undefined ? {} : { revision: result.revision }),
    lane: world.landscape.applyLane(party.connection, party.object, remoteId),
    priority: 4,
    readAt,
  };
}

async function note(
  world: World,
  outcomes: readonly LinkOutcome[],
  entries: readonly InboxEntry[],
): Promise<void> {
  if (outcomes.length + entries.length === 0) return;
  await world.database.transaction(async (sql) => {
    await finishLinks(sql, outcomes);
    await insertInbox(sql, entries);
  });
  world.ring(new Set(entries.map((entry) => entry.lane)));
}

function byParty(writes: readonly PlannedWrite[]): Map<Party, PlannedWrite[]> {
  const groups = new Map<Party, PlannedWrite[]>();
  for (const write of writes) groups.set(write.party, [...(groups.get(write.party) ?? []), write]);
  return groups;
}

function cannotRead(party: Party): Decision {
  return {
    kind: 'reject',
    code: 'push.cannot-read-first',
    message: `${party.connection} offers no way to fetch a ${party.object}`,
  };
}

const noAnswer: Decision = {
  kind: 'retry',
  code: 'read.no-answer',
  message: 'the reading answered nothing for this id',
};
