import type { InboxOutcome, InboxRow } from '../ledger/inbox.ts';
import type { OutcomeRows } from './push/outcome.ts';

/** A write under way: ids by which it can be found again. */
export interface TrailedWrite {
  readonly recordId: string;
  readonly recordVersion: number;
  readonly linkId: string;
  readonly tryId: string;
}

/** Where the writes of one call go, and which step of their flow it is. */
export interface TrailedCall {
  readonly connection: string;
  readonly object: string;
  readonly step: string;
}

/**
 * Follows single messages on their way: message → record → link → try, for logs and traces. Only there while somebody
 * wants to know: it costs something for each of them.
 */
export interface Trail {
  /** A message was looked at, and that is committed. */
  applied(
    row: Pick<InboxRow, 'id' | 'connection' | 'object' | 'via' | 'received_at'>,
    outcome: InboxOutcome,
  ): void;
  /** Makes the call of some writes, so that whatever it does is known to belong to them. */
  call<Result>(
    about: TrailedCall,
    writes: readonly TrailedWrite[],
    make: () => Promise<Result>,
  ): Promise<Result>;
  /** A write has ended; not committed yet. */
  written(about: TrailedCall, write: TrailedWrite, outcome: OutcomeRows): void;
}
