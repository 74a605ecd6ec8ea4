import { setImmediate as turn } from 'node:timers/promises';

/** Longest that work over many rows keeps the event loop for itself, milliseconds. */
const longestMs = 8;

/**
 * Lets calls that were answered and messages that have come meanwhile be dealt with in the middle of work over many rows:
 * sockets would be idle until it ends.
 */
export class Breath {
  #since = performance.now();

  /** Whether the work has gone on long enough; then `take` is to be awaited. */
  get isDue(): boolean {
    return performance.now() - this.#since > longestMs;
  }

  async take(): Promise<void> {
    await turn();
    this.#since = performance.now();
  }
}
