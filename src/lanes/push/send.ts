import { stopSendingWhen } from '../../../connectors/kit/sending.ts';
import {
  ConnectorError,
  type Decision,
  type WriteItem,
  type WriteResult,
} from '../../../connectors/kit/types.ts';
import { newId } from '../../ledger/ids.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import { lockDueLinks } from '../../ledger/links.ts';
import { shareRecords } from '../../ledger/records.ts';
import { type ShadowWrite, writeShadows } from '../../ledger/shadows.ts';
import { journalTries, type TryInsert } from '../../ledger/tries.ts';
import { projectPaths } from '../../merge/index.ts';
import { entities, isEntityName } from '../../model/index.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { Deadlines } from './deadline.ts';
import { failed, type OutcomeRows, succeeded, type Told } from './outcome.ts';
import type { PlannedWrite } from './plan.ts';

/** Write calls of one drain that are under way at the same time. */
const concurrentCalls = 32;

interface Journalled {
  readonly write: PlannedWrite;
  readonly attempt: TryInsert;
  readonly told: Told;
}

/**
 * Journals a batch of writes, sends them, and hands each outcome to `commit` as it comes. Nothing is sent
 * that is not journalled; nothing is journalled by a worker that lost its lane.
 */
export async function sendWrites(
  world: World,
  hold: LaneHold,
  writes: readonly PlannedWrite[],
  commit: (rows: OutcomeRows) => void,
): Promise<void> {
  const journalled = await journal(world, hold, writes);
  const calls = chunks(journalled);
  const deadlines = new Deadlines(hold.signal, world.now);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      await sendCall(world, hold, call, deadlines, commit);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrentCalls, calls.length) }, worker));
  } finally {
    deadlines.end();
  }
}

async function journal(world: World, hold: LaneHold, writes: readonly PlannedWrite[]): Promise<Journalled[]> {
  const startedAt = new Date(world.now());
  const rows = writes.map((write): Journalled => {
    const sendBy = new Date(startedAt.getTime() + write.party.facts.writeDeadlineMs);
    const attempt: TryInsert = {
      id: newId(),
      started_at: startedAt,
      link_id: write.link.id,
      step: write.step.name,
      key: write.key,
      body: write.body,
      body_hash: write.bodyHash,
      codes: write.codes,
      record_version: write.record.version,
      send_by: sendBy,
    };
    const told: Told = {
      link: write.link,
      party: write.party,
      tryId: attempt.id,
      startedAt,
      step: attempt.step,
      bodyHash: write.bodyHash,
      codes: write.codes,
      recordVersion: write.record.version,
      settledAt: sendBy.getTime() + write.party.facts.latenessMs,
    };
    return { write, attempt, told };
  });
  return world.database.transaction(async (sql) => {
    const versions = await shareRecords(
      sql,
      writes.filter(isFirstOfDerived).map((write) => write.record.id),
    );
    const still = await lockDueLinks(
      sql,
      rows.map((row) => row.write.link.id),
    );
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return [];
    const kept = rows.filter(({ write }) => {
      const { id, version } = write.record;
      // Computed again since it was planned: what is sent is what stands as posted, so it is planned again.
      // And what was found there meanwhile is not created once more.
      const same = still.get(write.link.id) === write.link.remote_id;
      return same && (versions.get(id) ?? version) === version;
    });
    await journalTries(
      sql,
      kept.map((row) => row.attempt),
    );
    await writeShadows(sql, kept.flatMap(outstandingOf));
    return kept;
  });
}

/** Creates a document of a rule, which the rule computes again as long as nobody was asked to write it. */
function isFirstOfDerived({ record, step }: PlannedWrite): boolean {
  return step.create && record.source_connection === 'hub';
}

/**
 * A state that is written may come back before the answer does; what is sent is noted first, so that seeing it
 * is never taken for somebody's edit. Documents need no such note: only their issuer revises them.
 */
function outstandingOf({ write }: Journalled): ShadowWrite[] {
  const { party, record } = write;
  const isState = isEntityName(record.entity) && entities[record.entity].nature === 'state';
  if (!isState || write.bodyHash === null) return [];
  return [{ link_id: write.link.id, outstanding: projectPaths(record.data, party.mapping.mappedPaths) }];
}

/** One vendor call's worth: same step, same credential, no more than the vendor takes at once. */
function chunks(rows: readonly Journalled[]): Journalled[][] {
  const groups = new Map<string, Journalled[]>();
  for (const row of rows) {
    const key = `${row.write.party.mapping.name}/${row.write.step.name}/${row.write.step.as ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const calls: Journalled[][] = [];
  for (const group of groups.values()) {
    const size = Math.max(1, group[0]?.write.party.facts.batchSize ?? 1);
    for (let from = 0; from < group.length; from += size) calls.push(group.slice(from, from + size));
  }
  return calls;
}

async function sendCall(
  world: World,
  hold: LaneHold,
  call: readonly Journalled[],
  deadlines: Deadlines,
  commit: (rows: OutcomeRows) => void,
): Promise<void> {
  const [first] = call;
  if (!first) return;
  const { party, step } = first.write;
  const began = world.now();
  const sendBy = first.attempt.send_by.getTime();
  if (hold.signal.aborted) return;
  if (sendBy - began < party.facts.writeDeadlineMs / 4) {
    // The socket came free too late: this try was never sent, which is certain, so a new one may start at once.
    for (const row of call) commit(abandoned(row.told));
    return;
  }
  const signal = deadlines.at(sendBy, (made) => {
    stopSendingWhen(() => hold.isOver() || world.now() > sendBy, made);
  });
  const operation = world.session(party.connection).objects[party.object]?.write;
  let results: readonly WriteResult[];
  try {
    if (!operation) throw new ConnectorError(cannotWrite(party.connection, party.object));
    results = await operation({
      step: step.name,
      ...(step.as === undefined ? {} : { as: step.as }),
      items: call.map((row) => itemOf(row.write)),
      signal,
    });
    if (results.length !== call.length) throw new Error(`${results.length} results for ${call.length} items`);
  } catch (error) {
    // Aborted because the lane was lost: the try stays open and whoever holds the lane next looks it up.
    if (hold.signal.aborted) return;
    const decision = decisionOf(error, `${party.connection}/${party.object} ${step.name}`);
    if (decision.code === 'connector.bug')
      world.log.error({ err: error, lane: hold.lane }, 'connector failed');
    results = call.map(() => ({ ok: false, decision }));
  }
  const took = world.now() - began;
  for (const [index, row] of call.entries()) {
    const result = results[index] as WriteResult;
    commit(
      result.ok
        ? succeeded(row.told, result, took, false)
        : failed(row.told, result.decision, took, world.now(), Math.random()),
    );
  }
}

export function itemOf(write: PlannedWrite): WriteItem {
  return {
    key: write.key,
    body: write.body,
    ...(write.remoteId === undefined ? {} : { remoteId: write.remoteId }),
    ...(write.remoteNumber === undefined ? {} : { remoteNumber: write.remoteNumber }),
    ...(write.parent === undefined ? {} : { parent: write.parent }),
  };
}

/** Reads an error of a write as a decision. One that is not the connector's own word may have happened: unknown. */
export function decisionOf(error: unknown, what: string): Decision {
  if (error instanceof ConnectorError) return error.decision;
  if (isDeadline(error)) {
    return {
      kind: 'unknown',
      code: 'push.deadline',
      message: `${what}: no answer within the deadline; it is looked up before anything is written again`,
    };
  }
  return {
    kind: 'unknown',
    code: 'connector.bug',
    message: `${what}: the connector failed unexpectedly; the write is looked up before it is repeated`,
  };
}

/** The same for calls that only read: nothing can have happened, so they are simply made again. */
export function readDecisionOf(error: unknown, what: string): Decision {
  if (error instanceof ConnectorError) return error.decision;
  return isDeadline(error)
    ? { kind: 'retry', code: 'read.deadline', message: `${what}: no answer within the deadline` }
    : { kind: 'retry', code: 'read.failed', message: `${what}: failed unexpectedly; the log has the cause` };
}

function isDeadline(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function cannotWrite(connection: string, object: string): Decision {
  return {
    kind: 'fatal',
    code: 'push.not-writable',
    message: `${connection} cannot write ${object}; remove write: from this party or choose another object`,
  };
}

function abandoned(told: Told): OutcomeRows {
  return {
    party: told.party,
    recordId: told.link.record_id,
    attempt: { id: told.tryId, started_at: told.startedAt, outcome: 'abandoned' },
    link: { id: told.link.id, state: 'due', delayMs: 0 },
    created: false,
    completed: false,
  };
}
