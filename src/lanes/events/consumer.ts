import type { HubEvent } from '../../events/event.ts';
import type { Sql } from '../../ledger/sql.ts';

/** The lane that tells events to all who follow them; rung by whoever has written some. */
export const fanOutLane = 'fan-out/events';

/**
 * Somebody who follows events: told all of them, in their order, in the transaction that moves the cursor. One that
 * throws holds every other one back, so whatever may fail for an event is kept as a row instead.
 */
export interface EventConsumer {
  /** Answers lanes to ring after the commit. */
  consume(sql: Sql, events: readonly HubEvent[]): Promise<readonly string[]>;
}
