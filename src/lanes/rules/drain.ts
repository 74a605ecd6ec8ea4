/** Rule lanes: what is due is done, once, and what a milestone waited for in vain is told. */
import { setTimeout as delay } from 'node:timers/promises';
import { stopSendingWhen } from '../../../connectors/kit/sending.ts';
import { spendAs } from '../../../connectors/kit/shared.ts';
import { pausedConnections } from '../../ledger/connections.ts';
import { insertEvents } from '../../ledger/events.ts';
import { newId } from '../../ledger/ids.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import {
  countOutcomes,
  type DueTimer,
  dueTimers,
  finishRuns,
  missTimers,
  type RunOutcome,
  startRuns,
} from '../../ledger/rule-timers.ts';
import { closeTries, journalTries, type TryInsert, type TryOutcome } from '../../ledger/tries.ts';
import { fanOutLane } from '../events/consumer.ts';
import { Deadlines } from '../push/deadline.ts';
import { connectionOf, type Drain, type LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { act, afterAnswer, evidenceOf } from './act.ts';
import { type Plan, planned } from './plan.ts';
import type { Milestone, RuleBook } from './rule.ts';

/** Rows read at once. */
const sliceSize = 200;
/** How long an action may take, ms. */
export const actionDeadlineMs = 30_000;
/** How long after that it may still take effect, ms: nobody does it again before. */
const latenessMs = 10_000;
/** Actions of one lane under way at once. */
const atOnce = 8;
/** What has been done is committed in groups of this many, or after so many ms. */
const groupSize = 32;
const groupMs = 20;

/** Drains a rule lane `rule/<connection>/<shard>`. */
export function ruleDrain(world: World, book: RuleBook): Drain {
  return async (hold) => {
    const paused = await pausedConnections(world.database);
    if (paused.some((row) => row.id === connectionOf(hold.lane))) return 0;
    const due = await dueTimers(world.database, hold.lane, sliceSize);
    if (due.length === 0) return 0;
    const missed = due.filter((timer) => book.at(timer.rule)?.kind === 'milestone');
    if (missed.length > 0) await miss(world, hold, book, missed);
    const rest = due.filter((timer) => book.at(timer.rule)?.kind !== 'milestone');
    if (rest.length > 0) await carryOut(world, hold, book, rest);
    return due.length;
  };
}

/** The time of these milestones is over, and nothing has met them. */
async function miss(world: World, hold: LaneHold, book: RuleBook, due: readonly DueTimer[]): Promise<void> {
  await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    const ids = due.map((timer) => timer.id);
    const missed = await missTimers(sql, ids);
    const told = due.filter((timer) => missed.has(timer.id));
    const occurredAt = new Date(world.now());
    await insertEvents(
      sql,
      told.map((timer) => ({
        id: newId(),
        type: 'milestone.missed',
        occurredAt,
        subject: timer.subject,
        key: timer.subject,
        data: {
          milestone: (book.at(timer.rule) as Milestone).name,
          since: timer.event_at.toISOString(),
          due: timer.due_at.toISOString(),
          event: { id: timer.event_id, type: timer.event_type },
        },
        ...(timer.subject === null ? {} : { withRecord: true }),
      })),
    );
    await countOutcomes(
      sql,
      told.map(({ rule }) => ({ rule, outcome: 'missed' })),
    );
  });
  world.ring([fanOutLane]);
}

/** What is about to be done. */
interface Wanted {
  readonly timer: DueTimer;
  readonly plan: Extract<Plan, { kind: 'act' }>;
}

/** The same with the try it is journalled as. */
interface Started extends Wanted {
  readonly attempt: TryInsert;
}

interface Result {
  readonly outcome: RunOutcome;
  /** Of the try it came out of; absent: nothing was tried. */
  readonly evidence?: TryOutcome;
}

async function carryOut(
  world: World,
  hold: LaneHold,
  book: RuleBook,
  due: readonly DueTimer[],
): Promise<void> {
  if (due.some((timer) => timer.event !== null)) await world.tables.refresh(world.database);
  const wanted: Wanted[] = [];
  const settled: Result[] = [];
  for (const timer of due) {
    const plan = planned(world, book, timer);
    if (plan.kind === 'act') wanted.push({ timer, plan });
    else
      settled.push({
        outcome: { id: timer.id, ...plan.outcome },
        ...(plan.unclear ? openTry(timer, 'unknown') : {}),
      });
  }
  await commit(world, hold, settled);
  await run(world, hold, await start(world, hold, wanted));
}

function openTry(
  { try_id, try_at }: DueTimer,
  outcome: TryOutcome['outcome'],
): { readonly evidence?: TryOutcome } {
  return try_id === null || try_at === null ? {} : { evidence: { id: try_id, started_at: try_at, outcome } };
}

/** Nothing is done that is not journalled, nor what an event has ended meanwhile. */
async function start(world: World, hold: LaneHold, wanted: readonly Wanted[]): Promise<readonly Started[]> {
  if (wanted.length === 0) return [];
  const started_at = new Date(world.now());
  const all = wanted.map(({ timer, plan }): Started => {
    const attempt = {
      id: newId(),
      started_at,
      link_id: timer.id,
      step: `rule:${timer.action}`,
      key: keyOf(timer),
      body: plan.input,
      body_hash: null,
      record_version: 0,
      send_by: new Date(started_at.getTime() + actionDeadlineMs),
    };
    return { timer, plan, attempt };
  });
  return world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return [];
    const begun = await startRuns(
      sql,
      all.map(({ timer, plan, attempt }) => ({
        id: timer.id,
        input: plan.input,
        try_id: attempt.id,
        try_at: started_at,
        for_ms: actionDeadlineMs + latenessMs,
      })),
    );
    const kept = all.filter(({ timer }) => begun.has(timer.id));
    await closeTries(
      sql,
      kept.flatMap(({ timer, plan }) => (plan.repeated ? (openTry(timer, 'repeated').evidence ?? []) : [])),
    );
    await journalTries(
      sql,
      kept.map(({ attempt }) => attempt),
    );
    return kept;
  });
}

/** The same for every try of one action, whatever becomes of its row. */
function keyOf({ event_id, rule }: DueTimer): string {
  return `${event_id}/${rule}`;
}

/** Does them, some at once, and commits what came of them as it comes. */
async function run(world: World, hold: LaneHold, started: readonly Started[]): Promise<void> {
  if (started.length === 0) return;
  const deadlines = new Deadlines(hold.signal, world.now);
  const queue = [...started];
  const results: Result[] = [];
  let committing: Promise<void> | undefined;
  const flush = async (): Promise<void> => {
    while (results.length > 0) {
      if (results.length < groupSize && queue.length > 0) await delay(groupMs);
      const group = results.splice(0);
      try {
        await commit(world, hold, group);
      } catch (error) {
        results.unshift(...group);
        throw error;
      }
    }
  };
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = hold.signal.aborted ? notBegun(next) : await runOne(world, hold, next, deadlines);
      if (result === undefined) continue;
      results.push(result);
      committing ??= flush()
        .catch((error: unknown) =>
          world.log.warn({ err: error, lane: hold.lane }, 'a commit is tried once more'),
        )
        .finally(() => {
          committing = undefined;
        });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    deadlines.end();
    await committing;
    await flush();
  }
}

/** The lane was lost or the process stops before it was sent: it is simply still due. */
function notBegun({ timer, attempt: { id, started_at } }: Started): Result {
  return {
    outcome: { id: timer.id, try_id: id, state: 'due' },
    evidence: { id, started_at, outcome: 'abandoned' },
  };
}

async function runOne(
  world: World,
  hold: LaneHold,
  { timer, plan, attempt }: Started,
  deadlines: Deadlines,
): Promise<Result | undefined> {
  const began = world.now();
  const sendBy = attempt.send_by.getTime();
  const signal = deadlines.at(sendBy, (made) => {
    stopSendingWhen(() => hold.isOver() || world.now() > sendBy, spendAs('write', made));
  });
  const answer = await act(world, timer, { input: plan.input, key: attempt.key, signal });
  const unclear = !answer.ok && answer.decision.kind === 'unknown';
  // The lane was lost, or the process stops: whoever holds the lane next finds the open try.
  if (hold.signal.aborted && unclear) return undefined;
  const evidence: TryOutcome = {
    id: attempt.id,
    started_at: attempt.started_at,
    outcome: answer.ok ? 'done' : unclear ? 'unknown' : 'failed',
    answer: evidenceOf(answer),
    duration_ms: Math.round(world.now() - began),
  };
  const outcome = afterAnswer(timer, plan.safety, answer, Math.random());
  return { outcome: { id: timer.id, try_id: attempt.id, ...outcome }, evidence };
}

/** Commits what came of runs. Whoever settles a try first decides. */
async function commit(world: World, hold: LaneHold, results: readonly Result[]): Promise<void> {
  if (results.length === 0) return;
  await world.database.transaction(async (sql) => {
    const settled = results.filter(({ evidence }) => evidence === undefined);
    const holds = settled.length === 0 || (await holdsLane(sql, hold.lane, hold.holder, hold.epoch));
    const closed = await closeTries(
      sql,
      results.flatMap(({ evidence }) => evidence ?? []),
    );
    const mine = results.filter(({ evidence }) => (evidence ? closed.has(evidence.id) : holds));
    const noted = await finishRuns(
      sql,
      mine.map(({ outcome }) => outcome),
    );
    await countOutcomes(
      sql,
      noted.flatMap(({ rule, state }) => (state === 'due' ? [] : [{ rule, outcome: state }])),
    );
  });
}
