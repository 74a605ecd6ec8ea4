/** Who applies next: what is live at once and always, what a backfill has read beside it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LaneHold } from '../runner.ts';

/** Inbox rows applied in one transaction. */
const sliceSize = 200;
/** The same of a backfill while nothing is live: fewer statements a row. */
const calmSlice = 500;
/** And while something is: what is told meanwhile has no long transaction before it. */
const busySlice = 10;
/** Something live was applied this lately: the next is expected, milliseconds. */
const busyForMs = 1_000;
/**
 * Work of a backfill rests so many times as long as it took, while something is live. One message in fifty meets it:
 * of a hundred, the slowest but one is as fast as without.
 */
const restTimes = 49;
/** It never rests longer, milliseconds: under whatever load, it goes on. */
const longestRestMs = 5_000;
/** Longest sleep, milliseconds: a hub that stops waits for it. */
const longestSleepMs = 250;

/**
 * Live slices of fewer rows than this go one at a time in a process: what comes meanwhile makes the next one larger, which
 * takes along what waits in other lanes (company.ts), and a statement is shared by more rows. Larger ones use processor
 * and database best side by side.
 */
export const smallSlice = 50;

const suffix = '/backfill-';
/** Lanes a connection's backfills are applied in; more would take the slots of its live lanes. */
const backfillLanes = 2;

/**
 * The lane in which what a backfill has read is applied, given the lane it would have if it were live. Rows of one
 * object share one; live rows never queue behind them.
 */
export function backfillLane(applyLane: string): string {
  const [kind, connection, shard] = applyLane.split('/');
  return `${kind}/${connection}${suffix}${Number(shard) % backfillLanes}`;
}

/** Whether a lane is one of those. */
export function isBehind(lane: string): boolean {
  return lane.includes(suffix);
}

/** What a slice did. */
export interface Slice {
  /** Rows that were taken up. */
  readonly rows: number;
  /** Whether any of them was told, polled or asked for: an answer to our own write is none. */
  readonly live: boolean;
}

/**
 * Gives the lanes of one process their slices. Live lanes get theirs at once. A backfill's lanes get large ones while
 * nothing is live; else small ones, one at a time, with a rest after each: processor, locks and disk are for what is
 * live, and a fiftieth of the time is for the backfill however much that is.
 */
export class Turns {
  #liveAt = Number.NEGATIVE_INFINITY;
  #restUntil = Number.NEGATIVE_INFINITY;
  #isTaken = false;
  /** Settled when the small slice that was let in last is over. */
  #last: Promise<void> = Promise.resolve();
  readonly #clock: () => number;

  /** @param clock milliseconds that only grow */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /**
   * Runs a slice of the lane when it is its turn; answers how many rows it moved, at least one while it waits. The slice
   * tells what it has read: how many rows, and whether it asks a system before it goes on, which nobody else waits for.
   */
  async take(
    hold: LaneHold,
    slice: (limit: number, read: (rows: number, asks: boolean) => void) => Promise<Slice>,
  ): Promise<number> {
    if (isBehind(hold.lane)) {
      if (!(await this.isReady(hold))) return 1;
      return this.beside(
        async (isBusy) => (await slice(isBusy ? busySlice : calmSlice, () => undefined)).rows,
      );
    }
    const leave = await this.#enter();
    try {
      const { rows, live } = await slice(sliceSize, (read, asks) => {
        if (asks || read >= smallSlice) leave();
      });
      if (live) this.#liveAt = this.#clock();
      return rows;
    } finally {
      leave();
    }
  }

  /** Waits until nobody is in a small slice any more; the function answered ends ours. */
  async #enter(): Promise<() => void> {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise<void>((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }

  /** Whether a backfill may do something now; if not, waits a little before it says so. */
  async isReady(hold: LaneHold): Promise<boolean> {
    if (!this.#isBusy()) return true;
    const restMs = this.#restUntil - this.#clock();
    if (restMs <= 0 && !this.#isTaken) return true;
    const sleepMs = Math.min(longestSleepMs, Math.max(20, restMs));
    // A hold that ends cuts it short, and is seen by whoever asked for the slice.
    await delay(sleepMs, undefined, { signal: hold.signal }).catch(() => undefined);
    return false;
  }

  /** Runs work of a backfill, and has what follows rest for it while something is live. */
  async beside(work: (isBusy: boolean) => Promise<number>): Promise<number> {
    this.#isTaken = true;
    const started = this.#clock();
    try {
      return await work(this.#isBusy());
    } finally {
      const now = this.#clock();
      this.#isTaken = false;
      this.#restUntil = now + Math.min(longestRestMs, restTimes * (now - started));
    }
  }

  #isBusy(): boolean {
    return this.#clock() - this.#liveAt < busyForMs;
  }
}
