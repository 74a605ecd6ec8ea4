/**
 * The doorbell: tells workers in this and other processes that a lane has work.
 *
 * It carries wake-ups only. A ring may be lost, doubled or late, and the whole queue may be wiped at any
 * moment: the work itself is rows in PostgreSQL, and the sweep rings again for whatever is due. Not in here:
 * payloads, retries, delays, schedules, order.
 */
export interface Queue {
  readonly kind: 'redis' | 'postgres';
  /**
   * Rings a lane. Returns at once and never throws; rings of the same lane within 15 ms are one. Call it after
   * the commit that made the work visible.
   */
  ring(lane: string): void;
  /**
   * Starts answering rings. A handler that throws loses nothing but this ring. May be called once.
   * @param concurrency handlers running at the same time in this process
   */
  listen(handler: (lane: string) => Promise<void> | void, concurrency: number): Promise<void>;
  readonly stats: QueueStats;
  /** Stops answering, waits a while for running handlers, and closes the connections. */
  close(): Promise<void>;
}

/** Counts since this process opened the queue. */
export interface QueueStats {
  /** Calls of `ring`. */
  readonly rung: number;
  /** Rings handed to the queue after coalescing. */
  readonly sent: number;
  /** Rings this process answered. */
  readonly answered: number;
  /** Rings lost to errors, and errors of connections. The sweep makes up for them. */
  readonly errors: number;
  /** Why, most recently; without secrets. */
  readonly lastError: string | undefined;
}

/** Mutable counterpart of QueueStats, shared by the parts of one queue. */
export class Counters implements QueueStats {
  rung = 0;
  sent = 0;
  answered = 0;
  errors = 0;
  lastError: string | undefined;
}
