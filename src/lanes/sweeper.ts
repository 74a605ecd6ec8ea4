import type { Logger } from 'pino';
import type { Database } from '../ledger/database.ts';
import { electSweeper, neglectedLanes } from '../ledger/lanes.ts';
import { ensurePartitions } from '../ledger/partitions.ts';
import { releaseFilled } from '../ledger/waits.ts';
import { markReferring } from './merging/mark-referring.ts';
import { tellAllCircles } from './push/circles.ts';

export interface SweeperOptions {
  readonly database: Database;
  readonly ring: (lanes: readonly string[]) => void;
  readonly log: Logger;
  /** How often to look, milliseconds. */
  readonly everyMs: number;
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
        this.#partitionsAt = Date.now() + 3_600_000;
      }
      return neglectedLanes(sql);
    });
    if (lanes.length > 0) this.#options.ring(lanes);
    // Whatever waited for a code that is there by now goes on at its pace, which all processes share.
    const freed = await this.#options.database.transaction(releaseFilled);
    if (freed.lanes.length > 0) this.#options.ring(freed.lanes);
    if (Date.now() > this.#tidiedAt) {
      this.#tidiedAt = Date.now() + 60_000;
      await tellAllCircles(this.#options.database);
      await markReferring(this.#options.database);
    }
  }
}
