/** What happened in the hub and others may want to hear. */
import type { JsonObject } from '../model/index.ts';

export interface HubEvent {
  /** UUID version 7; the same in every delivery and every retry. */
  readonly id: string;
  /** As in the catalog, e.g. `order.created`. */
  readonly type: string;
  /** Version of the schema of `data`. */
  readonly version: number;
  /** UTC ISO-8601. */
  readonly occurredAt: string;
  /** Id of the record it is about; null when it is about none. */
  readonly subject: string | null;
  /** Order is kept within it: mostly the id of the record. */
  readonly key: string | null;
  /** What the schema of its type says; `record` is the golden record as it was then. */
  readonly data: JsonObject;
}

/** An event about to be written. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly subject: string | null;
  readonly key: string | null;
  readonly data: JsonObject;
  /** True: `data.record` is the record named by `subject`, as the same transaction has written it. */
  readonly withRecord?: boolean;
}
