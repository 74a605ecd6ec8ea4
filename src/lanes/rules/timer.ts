/** One rule and one event it begins with: the timer that comes of it. Pure. */
import type { HubEvent } from '../../events/event.ts';
import { newId } from '../../ledger/ids.ts';
import type { TimerInsert } from '../../ledger/rule-timers.ts';
import type { CodeTables } from '../code-tables.ts';
import { shard } from '../landscape.ts';
import { madeInput } from './input.ts';
import { type Milestone, type Rule, ruleLane } from './rule.ts';

/** What an event means to a rule: what it is about, or why that cannot be told. */
export interface Beginning {
  readonly rule: Rule | Milestone;
  readonly event: HubEvent;
  readonly keys: readonly string[];
  readonly fault?: string;
}

/**
 * The timer of a rule, due so long after its event; what its action will be told is made now. One that cannot be told
 * fails for this event alone, and keeps the event for another try.
 */
export function timerFor(
  tables: Pick<CodeTables, 'lookup'>,
  { rule, event, keys, fault }: Beginning,
  shards: number,
): TimerInsert {
  const common = {
    id: newId(),
    rule: rule.place,
    once: onceFor(rule, event, keys),
    event_id: event.id,
    event_type: event.type,
    event_at: event.occurredAt,
    subject: event.subject,
    lane: ruleLane(rule, shard(event.subject ?? event.id, shards)),
    guarded: rule.ends !== undefined,
    due_at: new Date(Date.parse(event.occurredAt) + rule.afterMs).toISOString(),
    keys: rule.ends === undefined ? [] : keys,
    ...(rule.kind === 'rule' ? { connection: rule.connection, action: rule.action } : {}),
    ...(rule.kind === 'rule' && rule.credential !== undefined ? { credential: rule.credential } : {}),
  };
  const failed = (code: string, reason: string): TimerInsert => ({
    ...common,
    state: 'failed',
    code,
    reason,
    event,
  });
  if (fault !== undefined) return failed('rules.condition', fault);
  if (rule.ends !== undefined && rule.mustRelate && !isRelated(rule, event, keys))
    return failed(
      'rules.not-related',
      `${event.type} does not name what ${rule.ends.on} is about; say so with by:`,
    );
  if (rule.kind === 'milestone') return { ...common, state: 'due' };
  const made = madeInput(tables, rule, event);
  return made.ok ? { ...common, state: 'due', input: made.input } : failed('rules.input', made.reason);
}

/** A rule is done once per event, a milestone of documents begins once for each. */
function onceFor(
  { kind, begins, recurs }: Rule | Milestone,
  event: HubEvent,
  keys: readonly string[],
): string {
  if (kind === 'rule' || recurs) return event.id;
  const about = begins.keys.own ? event.subject : keys.join(' ');
  return about === null || about === '' ? event.id : about;
}

/** Whether it leads to anything beside its own record. */
function isRelated({ begins }: Rule | Milestone, event: HubEvent, keys: readonly string[]): boolean {
  return keys.some((key) => !begins.keys.own || key !== event.subject);
}
