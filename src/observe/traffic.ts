import type { Database } from '../ledger/database.ts';
import { addTraffic, type TrafficCounts, type TrafficKind, trafficKinds } from '../ledger/traffic.ts';
import type { Logger } from '../log.ts';
import type { Counters } from './counters.ts';

const everyMs = 5_000;

interface Place {
  readonly connection: string;
  readonly object: string;
  /** As last kept. */
  readonly kept: Record<TrafficKind, number>;
}

/**
 * Keeps what this process has counted beside what the others have: every few seconds one small statement, and none while
 * nothing happens. What a killed process has not kept is missing in charts, and nowhere else.
 */
export class Traffic {
  readonly #counters: Counters;
  readonly #database: Database;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #places = new Map<string, Place>();
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(counters: Counters, database: Database, log: Pick<Logger, 'warn'>) {
    this.#counters = counters;
    this.#database = database;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#keeping = this.#keeping.then(() => this.#keep());
    }, everyMs);
  }

  /** Keeps what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeping;
    await this.#keep();
  }

  async #keep(): Promise<void> {
    const fresh = this.#fresh();
    if (fresh.length === 0) return;
    try {
      await addTraffic(
        this.#database,
        fresh.map(({ place: { connection, object }, counts }) => ({ connection, object, ...counts })),
      );
    } catch (error) {
      this.#log.warn({ err: error }, 'what was counted could not be kept; it is tried again');
      return;
    }
    for (const { place, counts } of fresh) {
      for (const kind of trafficKinds) place.kept[kind] += counts[kind];
    }
  }

  /** What was counted and not kept yet. */
  #fresh(): { readonly place: Place; readonly counts: TrafficCounts }[] {
    const totals = new Map<string, Record<TrafficKind, number>>();
    this.#counters.traffic((connection, object, kind, count) => {
      const key = JSON.stringify([connection, object]);
      if (!this.#places.has(key)) this.#places.set(key, { connection, object, kept: none() });
      const sums = totals.get(key) ?? none();
      sums[kind] += count;
      totals.set(key, sums);
    });
    return [...totals].flatMap(([key, sums]) => {
      const place = this.#places.get(key) as Place;
      for (const kind of trafficKinds) sums[kind] -= place.kept[kind];
      return trafficKinds.some((kind) => sums[kind] > 0) ? [{ place, counts: sums }] : [];
    });
  }
}

function none(): Record<TrafficKind, number> {
  return { received: 0, written: 0, refused: 0, repeated: 0, dead: 0 };
}
