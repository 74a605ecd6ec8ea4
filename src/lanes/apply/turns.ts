/** Who applies next: what is live at once and always, what a backfill has read beside it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LaneHold } from '../runner.ts';

/** Inbox rows applied in one transaction. */
const sliceSize = 200;
/** The same of a backfill while nothing is live: fewer statements a row. */
const calmSlice = 500;
/** And while something is: whatever is told meanwhile has no long transaction before it. */
const busySlice = 20;
/** Something live was applied this lately: the next is expected, milliseconds. */
const busyForMs = 1_000;
/** Work of a backfill rests so many times as long as it took, while something is live: its share is one in ten. */
const restTimes = 9;
/** It never rests longer, milliseconds: under whatever load, it goes on. */
const longestRestMs = 1_000;

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

/** What a slice did. */
export interface Slice {
  /** Rows that were taken up. */
  readonly rows: number;
  /** Whether any of them was told, polled or asked for: an answer to our own write is none. */
  readonly live: boolean;
}

/**
 * Gives the lanes of one process their slices. Live lanes get theirs at once. A backfill's lanes get large ones
 * while nothing is live; else small ones, one at a time, with a rest after each: the larger part of the process, of the
 * database's locks and of the disk is for what is live, and a tenth is for the backfill however much that is.
 */
export class Turns {
  #liveAt = Number.NEGATIVE_INFINITY;
  #last: Promise<void> = Promise.resolve();

  /** Runs a slice of the lane when it is its turn; answers how many rows it moved. */
  async take(hold: LaneHold, slice: (limit: number) => Promise<Slice>): Promise<number> {
    if (!hold.lane.includes(suffix)) {
      const { rows, live } = await slice(sliceSize);
      if (live) this.#liveAt = performance.now();
      return rows;
    }
    return this.beside(hold, async (isBusy) => (await slice(isBusy ? busySlice : calmSlice)).rows);
  }

  /** Runs work of a backfill: at once while nothing is live; else when it is its turn, with a rest after it. */
  async beside(hold: LaneHold, work: (isBusy: boolean) => Promise<number>): Promise<number> {
    if (!this.#isBusy()) return work(false);
    const before = this.#last;
    let end = (): void => undefined;
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    try {
      await before;
      const started = performance.now();
      const moved = await work(this.#isBusy());
      const restMs = Math.min(longestRestMs, restTimes * (performance.now() - started));
      // A hold that ends cuts the rest short.
      if (moved > 0 && this.#isBusy())
        await delay(restMs, undefined, { signal: hold.signal }).catch(() => undefined);
      return moved;
    } finally {
      end();
    }
  }

  #isBusy(): boolean {
    return performance.now() - this.#liveAt < busyForMs;
  }
}
