import { Gauge, Registry } from 'prom-client';
import type { VendorCall } from '../../connectors/kit/types.ts';
import { documents, nextClosing } from '../lanes/closing.ts';
import type { Landscape } from '../lanes/landscape.ts';
import { reportLimits } from '../lanes/limits/report.ts';
import type { Drain } from '../lanes/runner.ts';
import type { Database } from '../ledger/database.ts';
import { takeSnapshot } from '../ledger/snapshot.ts';
import { Counters } from './counters.ts';
import type { Facts } from './facts.ts';
import type { Follower } from './follower.ts';
import { Gauges } from './gauges.ts';
import { assess, bounds, type Health } from './health.ts';
import { processMetrics } from './process.ts';

/** However often somebody asks, the database is asked once in so many milliseconds. */
const keptMs = 5_000;

export interface Watched {
  readonly database: Database;
  readonly landscape: Landscape;
}

/** Reads everything that health is made of, now: for `lianhub doctor` and whoever needs it fresh. */
export async function readFacts({ database, landscape }: Watched): Promise<Facts> {
  const now = Date.now() / 1_000;
  const connections = [...landscape.connections.values()];
  const closings = connections.flatMap(({ id: connection, closing }) =>
    closing === undefined ? [] : [{ connection, ...nextClosing(closing, now) }],
  );
  const soon = closings
    .filter(({ at }) => at - now < bounds.closing)
    .map(({ connection, before }) => ({ connection, entities: documents, ...before }));
  const [snapshot, { limits }] = await Promise.all([takeSnapshot(database, soon), reportLimits(database)]);
  const ends = connections.flatMap(({ id: connection, authorisedUntil: day }) =>
    day === undefined ? [] : [{ connection, at: Date.parse(day) / 1_000 }],
  );
  return { snapshot, limits, parties: landscape.parties, ends, closings };
}

/** How a hub is, now. */
export async function examine(watched: Watched): Promise<Health> {
  return assess(await readFacts(watched));
}

/** What this process counts, and how its hub stands: for Prometheus and for people. */
export class Watcher {
  readonly registry = new Registry();
  readonly counters = new Counters(this.registry);
  /** Who is told what happens; undefined: nobody wants to know. */
  readonly meter: Counters | undefined;
  readonly #gauges = new Gauges(this.registry);
  readonly #up: Gauge;
  readonly #took: Gauge;
  #follower: Follower | undefined;
  #watched: (() => Watched) | undefined;
  #facts: Promise<Facts> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #filled: Facts | undefined;

  /** @param counts false: nothing is counted, and only how the hub stands is told */
  constructor(counts = true) {
    this.meter = counts ? this.counters : undefined;
    const registers = [this.registry];
    this.#up = new Gauge({
      name: 'lianhub_database_up',
      help: '0: the database does not answer, and what stands in it is not exported.',
      registers,
    });
    this.#took = new Gauge({
      name: 'lianhub_snapshot_duration_seconds',
      help: 'How long the last look at the database took.',
      registers,
    });
  }

  /** The same drains, counted. */
  counted(drains: Readonly<Record<string, Drain>>): Readonly<Record<string, Drain>> {
    return this.meter?.watch(drains) ?? drains;
  }

  /** Calls are also told to whoever follows single messages. */
  follow(follower: Follower | undefined): void {
    this.#follower = follower;
  }

  /** A call of a system has ended. */
  called(call: VendorCall): void {
    this.meter?.called(call);
    this.#follower?.called(call);
  }

  /** From now on there is something to look at. */
  watch(watched: () => Watched): void {
    this.#watched = watched;
    this.counters.declare(watched().landscape);
  }

  /** How the hub is; no older than five seconds. */
  async health(): Promise<Health> {
    return assess(await this.#read());
  }

  /** What health and gauges are made of; no older than five seconds. */
  facts(): Promise<Facts> {
    return this.#read();
  }

  /** The text Prometheus reads. */
  async metrics(): Promise<string> {
    try {
      const facts = await this.#read();
      // Once for each look, however many scrape.
      if (facts !== this.#filled) this.#gauges.fill(facts);
      this.#filled = facts;
      this.#up.set(1);
    } catch {
      // That is what the answer says; the log of the pool has the cause.
      this.#gauges.clear();
      this.#filled = undefined;
      this.#up.set(0);
    }
    return Registry.merge([this.registry, processMetrics()]).metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Those who ask meanwhile, and for a while after, are told the same. */
  #read(): Promise<Facts> {
    const now = performance.now();
    if (this.#facts && now - this.#readAt < keptMs) return this.#facts;
    const watched = this.#watched;
    if (!watched) return Promise.reject(new Error('the hub has not started yet'));
    this.#readAt = now;
    const facts = readFacts(watched());
    this.#facts = facts;
    facts.then(
      () => this.#took.set((performance.now() - now) / 1_000),
      () => {
        // Asked again by whoever comes next.
        if (this.#facts === facts) this.#facts = undefined;
      },
    );
    return facts;
  }
}
