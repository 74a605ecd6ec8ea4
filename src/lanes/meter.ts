import type { DecisionKind } from '../../connectors/kit/types.ts';
import type { InboxOutcome, InboxVia } from '../ledger/inbox.ts';

/** What became of a message: `due` is tried again later. */
export type AppliedOutcome = InboxOutcome['state'];

/** What became of a write: done, or the decision its vendor's answer stands for; `abandoned` was never sent. */
export type PushedOutcome = 'done' | DecisionKind | 'abandoned';

/** Told what happens, as often as it happens: counts in memory, does nothing else, never throws. */
export interface Meter {
  /** Messages kept. */
  received(connection: string, object: string, via: InboxVia, count: number): void;
  applied(connection: string, object: string, outcome: AppliedOutcome): void;
  pushed(connection: string, object: string, outcome: PushedOutcome): void;
}
