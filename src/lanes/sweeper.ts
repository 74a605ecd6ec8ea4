import type { Logger } from 'pino';
import type { Database } from '../ledger/database.ts';
import { retryAsked } from '../ledger/derivation-retries.ts';
import { electSweeper, neglectedLanes } from '../ledger/lanes.ts';
import { ensurePartitions } from '../ledger/partitions.ts';
import { probePeriods } from '../ledger/periods.ts';
import { forgetTimers } from '../ledger/rule-timers.ts';
import type { Sql } from '../ledger/sql.ts';
import { releaseFilled } from '../ledger/waits.ts';
import { markReferring } from './merging/mark-referring.ts';
import { countLarge } from './overview.ts';
import { tellAllCircles } from './push/circles.ts';

export interface SweeperOptions {
  readonly database: Database;
  readonly ring: (lanes: readonly string[]) => void;
  readonly log: Logger;
  /** How often to look, milliseconds. */
  readonly everyMs: number;
  /** Lets go of what has been kept long enough; run by one process, once an hour. */
  readonly tidy: (sql: Sql) => Promise<unknown>;
  /** The same for what needs transactions of its own; beside the sweeps, once an hour in each process. */
  readonly retire?: () => Promise<unknown>;
}

/**
 * The net under everything: once a second one process (an advisory lock says which) rings the lanes that have
 * due work and no live lease. Due polls and closing groups are rows too, so this is also the clock.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #partitionsAt = 0;
  #tidiedAt = 0;
  #retireAt = 0;
  #tidying: Promise<void> = Promise.resolve();

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#tidying;
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep()
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error }, 'sweep failed; the next one follows'),
        )
        .finally(() => this.#schedule(this.#options.everyMs));
    }, delayMs);
  }

  async #sweep(): Promise<void> {
    const lanes = await this.#options.database.transaction(async (sql) => {
      if (!(await electSweeper(sql))) return [];
      if (Date.now() > this.#partitionsAt) {
        await ensurePartitions(sql, new Date());
        await this.#options.tidy(sql);
        this.#partitionsAt = Date.now() + 3_600_000;
      }
      return neglectedLanes(sql);
    });
    if (lanes.length > 0) this.#options.ring(lanes);
    await this.#options.database.transaction(probePeriods);
    // Whatever waited for a code that is there by now goes on at its pace, which all processes share.
    const freed = await this.#options.database.transaction(releaseFilled);
    if (freed.lanes.length > 0) this.#options.ring(freed.lanes);
    const again = await this.#options.database.transaction(retryAsked);
    if (again.length > 0) this.#options.ring(again);
    if (Date.now() > this.#tidiedAt) {
      // Until it is over, no second one begins.
      this.#tidiedAt = Number.POSITIVE_INFINITY;
      this.#tidying = this.#tidy();
    }
  }

  /** What takes longer than a sweep may: beside the sweeps, which are the net for lost rings. */
  async #tidy(): Promise<void> {
    const { database, log } = this.#options;
    try {
      await countLarge(database);
      await tellAllCircles(database);
      await markReferring(database, () => this.#stopped);
      await forgetTimers(database);
      if (Date.now() > this.#retireAt) {
        this.#retireAt = Date.now() + 3_600_000;
        await this.#options.retire?.();
      }
    } catch (error) {
      log.warn({ err: error }, 'tidying failed; the next one follows');
    }
    this.#tidiedAt = Date.now() + 60_000;
  }
}
