import { hash } from 'node:crypto';
import { spendAs } from '../../../connectors/kit/shared.ts';
import type { Decision, FetchResult, Notice, ObjectOperations } from '../../../connectors/kit/types.ts';
import { pauseConnection, pausedConnections } from '../../ledger/connections.ts';
import { clock } from '../../ledger/cursors.ts';
import type { InboxOutcome, InboxRow } from '../../ledger/inbox.ts';
import { soundRevision } from '../../merge/index.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import { knownGone } from '../deletes/comes-back.ts';
import { readDecisionOf } from '../push/decision.ts';
import { readable } from '../readable.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { asksAgain } from './order.ts';
import { dead, dropped, notFetched, postponed } from './outcomes.ts';

/** What a vendor told of an object, read. */
export interface Told {
  readonly body: JsonObject;
  readonly hash: string;
  /** Null when none was told, and when the one told cannot be believed. */
  readonly revision: string | null;
  /** When the reading that showed it was begun, by the database's clock; null for what was only told. */
  readonly readAt: Date | null;
  /** When that reading was done: one that begins after it shows a later state. */
  readonly readBy: Date | null;
  /** Whether it was asked for because of this row. */
  readonly fetched: boolean;
}

/**
 * The bodies of rows: their own, or fetched by the cheapest covering call where a row is only a hint. Rows
 * without one get their outcome in `outcomes`.
 */
export async function bodiesOf(
  world: World,
  hold: LaneHold,
  rows: readonly InboxRow[],
  outcomes: InboxOutcome[],
): Promise<Map<number, Told>> {
  const bodies = new Map<number, Told>();
  const hints = new Map<string, InboxRow[]>();
  for (const row of rows) {
    if (row.body === null || (asksAgain.has(row.error_code) && operationOf(world, row)?.fetch)) {
      const key = `${row.connection}/${row.object}`;
      hints.set(key, [...(hints.get(key) ?? []), row]);
      continue;
    }
    const told = toldBy(row);
    if (told) bodies.set(row.id, told);
    else outcomes.push(dead(row, 'inbox.not-an-object', 'the message is not a JSON object'));
  }
  if (hints.size === 0) return bodies;
  const [resting, began] = await Promise.all([pausedConnections(world.database), clock(world.database)]);
  const paused = new Map(resting.map((one) => [one.id, one]));
  for (const group of hints.values()) {
    const pause = paused.get(group[0]?.connection ?? '');
    if (!pause) await fetchGroup(world, hold, group, began, bodies, outcomes);
    else {
      const delayMs = Math.max(100, (pause.paused_until?.getTime() ?? 0) - world.now());
      const why = pause.paused_reason ?? 'the connection rests';
      for (const row of group) outcomes.push(postponed(row, 'connection.paused', why, delayMs));
    }
  }
  return bodies;
}

async function fetchGroup(
  world: World,
  hold: LaneHold,
  group: readonly InboxRow[],
  began: Date,
  bodies: Map<number, Told>,
  outcomes: InboxOutcome[],
): Promise<void> {
  const [first] = group;
  if (!first) return;
  const operation = operationOf(world, first)?.fetch;
  let results: readonly FetchResult[];
  const started = performance.now();
  try {
    results = operation
      ? await operation({ hints: group.map(noticeOf), signal: spendAs('fetch', hold.signal) })
      : group.map(() => ({ found: false, decision: cannotFetch(first) }));
  } catch (error) {
    if (hold.signal.aborted) return;
    const decision = readDecisionOf(error, `${first.connection}/${first.object} fetch`);
    results = group.map(() => ({ found: false, decision }));
  }
  const done = new Date(began.getTime() + Math.ceil(performance.now() - started));
  const absent = group.filter((_, index) => isAbsent(results[index]));
  const gone = absent.length === 0 ? undefined : await knownGone(world.database, absent);
  let rest: Decision | undefined;
  for (const [index, row] of group.entries()) {
    const result = results[index] ?? { found: false, decision: noAnswer };
    if (result.found) {
      bodies.set(row.id, {
        body: result.body,
        hash: digest(JSON.stringify(result.body)),
        revision: soundRevision(
          result.revision ?? (row.body === null ? row.revision : null),
          row.received_at,
        ),
        readAt: began,
        readBy: done,
        fetched: true,
      });
      continue;
    }
    const deleted = gone?.get(row.id);
    if (deleted) {
      const error = `${row.object} ${row.remote_id} was deleted in ${row.connection}, and is not there again`;
      outcomes.push(dropped(row, deleted.record_id, 'deletes.gone', error));
      continue;
    }
    const outcome = notFetched(row, readable(result.decision));
    // It cannot be read after all: then what was told counts, by its arrival, as if it had just been read.
    const told = outcome.state === 'dead' && row.body !== null ? toldBy(row) : undefined;
    if (told) bodies.set(row.id, { ...told, readAt: began, readBy: done });
    else outcomes.push(outcome);
    if (result.decision.kind === 'fatal' || result.decision.kind === 'throttle') rest = result.decision;
  }
  if (rest)
    await pauseConnection(world.database, first.connection, rest.afterMs ?? 60_000, readable(rest).message);
}

function isAbsent(result: FetchResult | undefined): boolean {
  return result?.found === false && result.decision.kind === 'absent';
}

/** What a row tells itself; undefined when that is no object. */
function toldBy(row: InboxRow): Told | undefined {
  const body = row.body === null ? undefined : parseBody(row.body);
  if (!body || row.body === null) return undefined;
  const revision = soundRevision(row.revision, row.received_at);
  const readBy = row.read_at && row.received_at;
  return { body, hash: digest(row.body), revision, readAt: row.read_at, readBy, fetched: false };
}

function operationOf(world: World, row: InboxRow): ObjectOperations | undefined {
  return world.session(row.connection).objects[row.object];
}

function noticeOf(row: InboxRow): Notice {
  return {
    object: row.object,
    remoteId: row.remote_id,
    ...(row.revision === null ? {} : { revision: row.revision }),
    ...(isObject(row.hint) ? { hint: row.hint } : {}),
  };
}

/** The object a row keeps as text; undefined when it is none, for the caller to say with the row's name. */
export function parseBody(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

function digest(content: Buffer | string): string {
  return hash('sha1', content, 'base64url');
}

function cannotFetch(row: InboxRow): Decision {
  return {
    kind: 'reject',
    code: 'inbox.cannot-fetch',
    message: `${row.connection} gave only an id of ${row.object} and offers no way to fetch it`,
  };
}

const noAnswer: Decision = {
  kind: 'reject',
  code: 'inbox.no-answer',
  message: 'the fetch answered nothing for this id',
};
