/** Follows the events: what a rule or a milestone begins with becomes a timer, and what ends it ends the timer. */
import type { HubEvent } from '../../events/event.ts';
import { EventFault } from '../../events/filter.ts';
import { readRecords } from '../../ledger/records.ts';
import {
  countOutcomes,
  earlierEnds,
  endTimers,
  insertTimers,
  rememberEnds,
  stopTimers,
  type TimerInsert,
} from '../../ledger/rule-timers.ts';
import type { Sql } from '../../ledger/sql.ts';
import type { EventConsumer } from '../events/consumer.ts';
import type { World } from '../world.ts';
import { keysOf } from './related.ts';
import type { Ending, Milestone, Occasion, Rule, RuleBook } from './rule.ts';
import { looksUp } from './template.ts';
import { timerFor } from './timer.ts';

/** An event that means something to a rule. */
interface Met<On extends Occasion = Occasion> {
  readonly rule: Rule | Milestone;
  readonly on: On;
  readonly event: HubEvent;
  /** Place of the event among those that are told together. */
  readonly turn: number;
  /** What it is about. */
  readonly keys: readonly string[];
  /** Why it cannot be told whether it means something, or what it is about. */
  readonly fault?: string;
}

/**
 * The consumer of all rules. Whatever cannot be told of one event parks its rule for that event alone: as a timer that
 * failed, which is listed.
 */
export function ruleConsumer(
  world: Pick<World, 'tables' | 'now'>,
  book: RuleBook,
  shards: number,
): EventConsumer {
  return {
    async consume(sql, events) {
      const begins = await meeting(sql, events, (type) =>
        book.beginningWith(type).map((rule) => ({ rule, on: rule.begins })),
      );
      const ends = await meeting(sql, events, (type) =>
        book.endingWith(type).flatMap((rule) => (rule.ends ? [{ rule, on: rule.ends }] : [])),
      );
      const over = await endWaiting(sql, ends);
      const timers = await begin(world, sql, begins, ends, shards);
      const made = await insertTimers(sql, timers);
      await rememberEnds(
        sql,
        ends.filter(({ on, fault }) => on.earlier && fault === undefined).flatMap(endsOf),
      );
      const fresh = timers.filter((timer) => made.has(timer.id));
      await countOutcomes(sql, [
        ...over,
        ...fresh.flatMap(({ rule, state }) => (state === 'due' ? [] : [{ rule, outcome: state }])),
      ]);
      const now = new Date(world.now()).toISOString();
      const due = fresh.filter((timer) => timer.state === 'due' && timer.due_at <= now);
      return [...new Set(due.map((timer) => timer.lane))];
    },
  };
}

/** Events that mean something, in their order, with what they are about. */
async function meeting<On extends Occasion>(
  sql: Sql,
  events: readonly HubEvent[],
  rulesOf: (type: string) => readonly { readonly rule: Rule | Milestone; readonly on: On }[],
): Promise<Met<On>[]> {
  const met = events.flatMap((event, turn) =>
    rulesOf(event.type).flatMap(({ rule, on }) => {
      const holds = conditionOf(on, event);
      if (holds === false) return [];
      return [{ rule, on, event, turn, ...(holds === true ? {} : { fault: `when: ${holds.message}` }) }];
    }),
  );
  const found = await keysOf(
    met.map(({ on, event }) => ({ keys: on.keys, event })),
    async (ids) => {
      const records = await readRecords(sql, ids.filter(isId));
      return new Map(records.map((record) => [record.id, record.data]));
    },
  );
  return met.map((one, index) => {
    const keys = found[index] ?? [];
    if (!(keys instanceof EventFault)) return { ...one, keys };
    const own = one.event.subject === null ? [] : [one.event.subject];
    return { ...one, keys: own, fault: one.fault ?? `by: ${keys.message}` };
  });
}

function conditionOf(on: Occasion, event: HubEvent): boolean | EventFault {
  try {
    return on.when?.(event) ?? true;
  } catch (error) {
    if (error instanceof EventFault) return error;
    throw error;
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Ends what has waited until now. What nobody can tell the end of waits no longer, either: a person decides. */
async function endWaiting(
  sql: Sql,
  ends: readonly Met<Ending>[],
): Promise<{ readonly rule: string; readonly outcome: string }[]> {
  const ended = await endTimers(sql, ends.filter(({ fault }) => fault === undefined).flatMap(endsOf));
  const stopped = await stopTimers(
    sql,
    ends.flatMap((end) =>
      end.fault === undefined ? [] : endsOf(end).map((one) => ({ ...one, reason: unclear(end) })),
    ),
    'rules.condition',
  );
  return [
    ...ended.map(({ rule, state }) => ({ rule, outcome: state === 'missed' ? 'late' : state })),
    ...stopped.map(({ rule }) => ({ rule, outcome: 'failed' })),
  ];
}

function unclear({ event, fault }: Met): string {
  return `whether ${event.type} ${event.id} ends it cannot be told: ${fault}`;
}

function endsOf({ rule, event, keys }: Met) {
  return keys.map((key) => ({ rule: rule.place, key, event_id: event.id, at: event.occurredAt }));
}

/** The timers of what begins now, as far as it is not over already. */
async function begin(
  world: Pick<World, 'tables'>,
  sql: Sql,
  begins: readonly Met[],
  ends: readonly Met<Ending>[],
  shards: number,
): Promise<TimerInsert[]> {
  if (begins.some(({ rule }) => rule.kind === 'rule' && looksUp(rule.input))) await world.tables.refresh(sql);
  const timers = begins.map((one) => ({ ...one, timer: timerFor(world.tables, one, shards) }));
  const before = await earlierEnds(
    sql,
    timers.flatMap(({ rule, timer }) =>
      rule.ends?.earlier && timer.state === 'due'
        ? [{ id: timer.id, rule: timer.rule, keys: timer.keys }]
        : [],
    ),
  );
  const told = byKey(ends);
  return timers.map(({ rule, turn, timer }): TimerInsert => {
    if (timer.state !== 'due') return timer;
    const state = rule.kind === 'milestone' ? 'met' : 'cancelled';
    const past = before.get(timer.id);
    if (past) return { ...timer, state, ended_by: past.event_id, ended_at: past.at.toISOString() };
    const end = timer.keys
      .flatMap((key) => told.get(`${rule.place} ${key}`) ?? [])
      .find((one) => one.turn > turn || (one.turn < turn && one.on.earlier));
    if (!end) return timer;
    if (end.fault === undefined)
      return { ...timer, state, ended_by: end.event.id, ended_at: end.event.occurredAt };
    if (rule.kind === 'milestone') return timer;
    return { ...timer, state: 'failed', code: 'rules.condition', reason: unclear(end) };
  });
}

/** What ends a rule about a key, in order. */
function byKey(ends: readonly Met<Ending>[]): ReadonlyMap<string, readonly Met<Ending>[]> {
  const found = new Map<string, Met<Ending>[]>();
  for (const end of ends) {
    for (const key of end.keys) {
      const name = `${end.rule.place} ${key}`;
      found.set(name, [...(found.get(name) ?? []), end]);
    }
  }
  return found;
}
