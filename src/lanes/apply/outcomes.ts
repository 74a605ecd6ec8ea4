import type { Decision } from '../../../connectors/kit/types.ts';
import type { InboxOutcome, InboxRow } from '../../ledger/inbox.ts';
import type { JsonObject } from '../../model/index.ts';
import { attemptLimit, backoff, lookAgain, lookLimit, retryDelay } from '../retry.ts';

/** Tries of an announced object that cannot be read yet before it is said to be absent. */
const absentLimit = 5;

/** What was fetched is kept like what was told, with whatever ends there: it explains the record, or the letter. */
export function withFetched(outcome: InboxOutcome, fetched: boolean, body: JsonObject): InboxOutcome {
  const ends = outcome.state === 'done' || outcome.state === 'dead';
  return ends && fetched ? { ...outcome, body: JSON.stringify(body) } : outcome;
}

/** What goes no further until a person looks at it. */
export function dead(row: InboxRow, code: string, error: string): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'dead', code, error };
}

/** Tries again later, until the attempts are used up. */
export function later(row: InboxRow, code: string, error: string): InboxOutcome {
  if (row.attempts + 1 >= attemptLimit) return dead(row, code, error);
  return postponed(row, code, error, backoff(row.attempts, Math.random()));
}

/** What it refers to is not known yet, and is looked for again. `now` is the database's. */
export function notKnownYet(row: InboxRow, now: Date, code: string, error: string): InboxOutcome {
  if (row.attempts + 1 >= lookLimit) return dead(row, code, error);
  const age = now.getTime() - row.received_at.getTime();
  return postponed(row, code, error, lookAgain(row.attempts, age, Math.random()));
}

/** What a vendor's answer to a fetch means for the row that asked. */
export function notFetched(row: InboxRow, decision: Decision): InboxOutcome {
  const { code, message } = decision;
  switch (decision.kind) {
    case 'reject':
    case 'closed':
      return dead(row, code, message);
    case 'absent':
      // The vendor may announce an object before it can be read.
      return row.attempts >= absentLimit ? dead(row, code, message) : later(row, code, message);
    default:
      // Says nothing about the row, only about the system: it is waited for as long as that takes.
      return postponed(row, code, message, retryDelay(decision, row.attempts, Math.random()));
  }
}

export function postponed(row: InboxRow, code: string, error: string, delayMs: number): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'due', code, error, delayMs };
}

/** What tells nothing about a record that is not known already. */
export function dropped(row: InboxRow, recordId: string, code: string, error: string): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'dropped', record_id: recordId, code, error };
}

/** What somebody told who has no say in it. */
export function refused(row: InboxRow, code: string, error: string): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'dropped', code, error };
}
