import { stopSendingWhen } from '../../../connectors/kit/sending.ts';
import { spendAs } from '../../../connectors/kit/shared.ts';
import {
  ConnectorError,
  type Decision,
  HalfDone,
  type WriteItem,
  type WriteResult,
} from '../../../connectors/kit/types.ts';
import { newId } from '../../ledger/ids.ts';
import type { ShadowWrite } from '../../ledger/shadows.ts';
import type { TryInsert } from '../../ledger/tries.ts';
import { projectPaths } from '../../merge/index.ts';
import { entities, isEntityName } from '../../model/index.ts';
import { readable } from '../readable.ts';
import type { LaneHold } from '../runner.ts';
import type { TrailedCall, TrailedWrite } from '../trail.ts';
import type { World } from '../world.ts';
import { credentialOf } from './credential.ts';
import { Deadlines } from './deadline.ts';
import { decisionOf } from './decision.ts';
import { keepsSent } from './flow.ts';
import { type Entry, journal } from './journal.ts';
import { failed, type OutcomeRows, succeeded, type Told } from './outcome.ts';
import type { PlannedWrite } from './plan.ts';
import { readAgain } from './read-first.ts';
import { removeStep } from './removal.ts';

/** Write calls of one slice that are under way at the same time. */
const concurrentCalls = 32;
/** Calls of a slice take longer than this, milliseconds: the next one is made ready while the last of them are waited for. */
const slowMs = 100;

interface Journalled {
  readonly write: PlannedWrite;
  readonly attempt: TryInsert;
  readonly told: Told;
}

/**
 * Journals a batch of writes, sends them, and hands each outcome to `commit` as it comes. Nothing is sent
 * that is not journalled; nothing is journalled by a worker that lost its lane. `away` is told when the next slice may be
 * made ready.
 */
export async function sendWrites(
  world: World,
  hold: LaneHold,
  writes: readonly PlannedWrite[],
  commit: (rows: OutcomeRows) => void,
  away: () => void = () => undefined,
): Promise<void> {
  const calls = chunks(await journalled(world, hold, writes));
  const deadlines = new Deadlines(hold.signal, world.now);
  const refused: PlannedWrite[] = [];
  let next = 0;
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      await sendCall(world, hold, call, deadlines, (row, outcome, decision) => {
        const { connection, object } = row.write.party;
        const became = outcome.attempt.outcome === 'abandoned' ? 'abandoned' : (decision?.kind ?? 'done');
        world.meter?.pushed(connection, object, became);
        world.trail?.written(trailedCall(row), trailedWrite(row), outcome);
        if (decision?.kind === 'conflict') refused.push(row.write);
        commit(outcome);
      });
      if (calls.length - next <= concurrentCalls && performance.now() - began > slowMs) away();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrentCalls, calls.length) }, worker));
  } finally {
    deadlines.end();
  }
  away();
  const changed = refused.filter(({ party }) => party.facts.conditional || party.facts.readBeforeWrite);
  if (changed.length > 0) await readAgain(world, hold, changed);
}

async function journalled(
  world: World,
  hold: LaneHold,
  writes: readonly PlannedWrite[],
): Promise<Journalled[]> {
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
      ...(write.difference === undefined || !write.party.facts.partialUpdate
        ? {}
        : { difference: write.difference }),
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
      ...(keepsSent(write.party) ? { sentBody: write.body } : {}),
      ...(write.sentBefore ? { sentBefore: true } : {}),
      ...(write.part === undefined ? {} : { carried: write.part.carried }),
      ...(write.posting === undefined ? {} : { posting: write.posting, content: write.record.data }),
      settledAt: sendBy.getTime() + write.party.facts.latenessMs,
    };
    return { write, attempt, told };
  });
  const entries = new Map(rows.map((row): [Entry, Journalled] => [entryOf(row), row]));
  const [first] = writes;
  if (!first) return [];
  const kept = await journal(world, first.party.connection, { hold, entries: [...entries.keys()] });
  return kept.flatMap((entry) => entries.get(entry) ?? []);
}

function entryOf({ write, attempt }: Journalled): Entry {
  return {
    write,
    attempt,
    shadows: outstandingOf(write),
    unchanged: isFirstOfDerived(write),
    unmarked: overwrites(write),
  };
}

/**
 * Would take back at the vendor what somebody has changed there since this was planned: marked since, its link is
 * planned again at once. Quantities are not merged; the next one told counts, and some change all the time.
 */
function overwrites({ link, record }: PlannedWrite): boolean {
  return (
    link.remote_id !== null && isEntityName(record.entity) && entities[record.entity].nature !== 'quantity'
  );
}

/** Creates a document of a rule, which the rule computes again as long as nobody was asked to write it. */
function isFirstOfDerived({ record, step }: PlannedWrite): boolean {
  return step.create && record.source_connection === 'hub';
}

/**
 * A state that is written may come back before the answer does; what is sent is noted first, so that seeing it
 * is never taken for somebody's edit. Documents need no such note: only their issuer revises them.
 */
function outstandingOf(write: PlannedWrite): ShadowWrite[] {
  const { party, record } = write;
  const isState = isEntityName(record.entity) && entities[record.entity].nature === 'state';
  if (!isState || write.bodyHash === null) return [];
  const outstanding = write.part?.outstanding ?? projectPaths(record.data, party.mapping.echoedPaths);
  return [{ link_id: write.link.id, outstanding, sends: true }];
}

/** One vendor call's worth: same step, same credential, no more than the vendor takes at once. */
function chunks(rows: readonly Journalled[]): Journalled[][] {
  const groups = new Map<string, Journalled[]>();
  for (const row of rows) {
    const key = `${row.write.party.mapping.name}/${row.write.step.name}/${credentialOf(row.write) ?? ''}`;
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
  commit: (row: Journalled, outcome: OutcomeRows, decision?: Decision) => void,
): Promise<void> {
  const [first] = call;
  if (!first) return;
  const { party, step } = first.write;
  const as = credentialOf(first.write);
  const began = world.now();
  const sendBy = first.attempt.send_by.getTime();
  if (hold.signal.aborted) return;
  if (sendBy - began < party.facts.writeDeadlineMs / 4) {
    // The socket came free too late: this try was never sent, which is certain, so a new one may start at once.
    for (const row of call) commit(row, abandoned(row.told));
    return;
  }
  const signal = deadlines.at(sendBy, (made) => {
    stopSendingWhen(() => hold.isOver() || world.now() > sendBy, spendAs('write', made));
  });
  const operations = world.session(party.connection).objects[party.object];
  const operation = step.name === removeStep.name ? operations?.remove : operations?.write;
  let results: readonly (WriteResult | undefined)[];
  let rest: Decision = noWord;
  try {
    if (!operation) throw new ConnectorError(cannotWrite(party.connection, party.object));
    const request = {
      step: step.name,
      ...(as === undefined ? {} : { as }),
      items: call.map((row) => itemOf(row.write)),
      signal,
    };
    results = world.trail
      ? await world.trail.call(trailedCall(first), call.map(trailedWrite), () => operation(request))
      : await operation(request);
    if (results.length !== call.length)
      world.log.error({ lane: hold.lane, asked: call.length, told: results.length }, 'results are missing');
  } catch (error) {
    results = error instanceof HalfDone ? error.results : [];
    const cause = error instanceof HalfDone ? error.cause : error;
    rest = decisionOf(cause, `${party.connection}/${party.object} ${step.name}`);
    if (rest.code === 'connector.bug' && !hold.signal.aborted)
      world.log.error({ err: cause, lane: hold.lane }, 'connector failed');
  }
  const took = world.now() - began;
  for (const [index, row] of call.entries()) {
    const result = results[index];
    // Aborted because the lane was lost: the try stays open and whoever holds the lane next looks it up.
    if (hold.signal.aborted && (result === undefined || isOpen(result))) continue;
    if (result?.ok) commit(row, succeeded(row.told, result, took, false));
    else {
      const { decision, ...more } = result ?? { decision: rest };
      const told = { ...more, decision: readable(decision) };
      commit(row, failed(row.told, told, took, world.now(), Math.random()), told.decision);
    }
  }
}

function trailedCall({ write: { party, step } }: Journalled): TrailedCall {
  return { connection: party.connection, object: party.object, step: step.name };
}

function trailedWrite({ write, attempt }: Journalled): TrailedWrite {
  const { id: linkId, record_id: recordId } = write.link;
  return { recordId, recordVersion: write.record.version, linkId, tryId: attempt.id };
}

/** A result that only says that nobody knows. */
function isOpen(result: WriteResult): boolean {
  return !result.ok && result.decision.kind === 'unknown';
}

export function itemOf(write: PlannedWrite): WriteItem {
  return {
    key: write.key,
    body: write.body,
    ...(write.remoteId === undefined ? {} : { remoteId: write.remoteId }),
    ...(write.remoteNumber === undefined ? {} : { remoteNumber: write.remoteNumber }),
    ...(write.parent === undefined ? {} : { parent: write.parent }),
    ...(write.difference === undefined || !write.party.facts.partialUpdate
      ? {}
      : { difference: write.difference }),
    ...(write.party.facts.conditional && write.step.name === 'update' && write.link.seen_revision !== null
      ? { revision: write.link.seen_revision }
      : {}),
    ...(write.lineIds === undefined ? {} : { lineIds: write.lineIds }),
  };
}

const noWord: Decision = {
  kind: 'unknown',
  code: 'push.no-result',
  message:
    'the connector answered without a word about this item; it is looked up before anything is written again',
};

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
