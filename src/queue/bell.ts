/** Gathers rings for a moment and hands them over together. Pure but for its timer. */

import { reasonOf } from '../errors.ts';
import { redacted } from '../security/redact.ts';
import type { Counters } from './queue.ts';

export interface BellOptions {
  /** Takes all lanes rung since the last time. */
  readonly send: (lanes: readonly string[]) => Promise<unknown>;
  readonly counters: Counters;
  /** How long to gather, milliseconds. @default 15 */
  readonly gatherMs?: number;
  /** After this long a hand-over counts as lost, and the next one starts, milliseconds. @default 5000 */
  readonly patienceMs?: number;
}

/**
 * One hand-over at a time: while the queue is slow or away, lanes gather in a set that is never larger than
 * the number of lanes.
 */
export class Bell {
  readonly #options: BellOptions;
  readonly #gatherMs: number;
  #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #handover: Promise<void> | undefined;
  #closed = false;

  constructor(options: BellOptions) {
    this.#options = options;
    this.#gatherMs = options.gatherMs ?? 15;
  }

  ring(lane: string): void {
    this.#options.counters.rung++;
    if (this.#closed) return;
    this.#waiting.add(lane);
    this.#arm();
  }

  /** Hands over what has gathered, then takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#handover;
    await this.#handOver();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#handover !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#handOver();
    }, this.#gatherMs);
  }

  async #handOver(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const lanes = [...this.#waiting];
    this.#waiting = new Set();
    const { send, counters, patienceMs = 5_000 } = this.#options;
    this.#handover = within(patienceMs, send(lanes)).then(
      () => {
        counters.sent += lanes.length;
      },
      (thrown: unknown) => {
        // Losing a ring is allowed: the sweep rings every lane that has due work.
        counters.errors += lanes.length;
        counters.lastError = redacted.text(reasonOf(thrown));
      },
    );
    await this.#handover;
    this.#handover = undefined;
    if (this.#waiting.size > 0 && !this.#closed) this.#arm();
  }
}

/** The outcome of a promise, or a rejection after `ms`. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
