import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { VendorCall } from '../../connectors/kit/types.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { AppliedOutcome, Meter, PushedOutcome } from '../lanes/meter.ts';
import type { Drain } from '../lanes/runner.ts';
import type { InboxVia } from '../ledger/inbox.ts';
import type { TrafficKind } from '../ledger/traffic.ts';
import { Tally } from './tally.ts';

const applied = ['done', 'dropped', 'due', 'waiting', 'dead'] as const satisfies readonly AppliedOutcome[];
const pushed = [
  'done',
  'retry',
  'throttle',
  'reauth',
  'reject',
  'conflict',
  'absent',
  'closed',
  'unknown',
  'fatal',
  'abandoned',
] as const satisfies readonly PushedOutcome[];
const ways = ['webhook', 'poll', 'answer', 'fetch'] as const satisfies readonly InboxVia[];

/** Seconds: from a database next door to a vendor's deadline. */
const callBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const waitBuckets = [0.001, 0.1, 1, 5, 15, 30];
const hookBuckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** What a write's outcome is for those who look at how much goes where. */
function kindOf(outcome: PushedOutcome): TrafficKind {
  if (outcome === 'done') return 'written';
  return outcome === 'retry' || outcome === 'throttle' || outcome === 'abandoned' ? 'repeated' : 'refused';
}

/** What this process has done since it was started. Everything is counted in memory, and nothing by an id. */
export class Counters implements Meter {
  readonly #received: Tally<InboxVia>;
  readonly #applied: Tally<AppliedOutcome>;
  readonly #pushed: Tally<PushedOutcome>;
  readonly #calls: Histogram<'connection' | 'kind' | 'outcome'>;
  readonly #waits: Histogram<'connection'>;
  readonly #hooks: Histogram<'connection' | 'outcome'>;
  readonly #slices: Counter<'kind' | 'outcome'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#received = new Tally(
      registry,
      { name: 'lianhub_messages_received_total', help: 'Messages kept, by how they came.', label: 'via' },
      ways,
    );
    this.#applied = new Tally(
      registry,
      {
        name: 'lianhub_messages_applied_total',
        help: 'Messages looked at, by what became of them; due: to be tried again.',
        label: 'outcome',
      },
      applied,
    );
    this.#pushed = new Tally(
      registry,
      {
        name: 'lianhub_writes_total',
        help: 'Writes of copies: done, or the decision the answer of the system stands for.',
        label: 'outcome',
      },
      pushed,
    );
    this.#calls = new Histogram({
      name: 'lianhub_vendor_call_seconds',
      help: 'Calls of systems, from their turn to the last byte, by what they were for.',
      labelNames: ['connection', 'kind', 'outcome'],
      buckets: callBuckets,
      registers,
    });
    this.#waits = new Histogram({
      name: 'lianhub_limiter_wait_seconds',
      help: 'How long calls waited for their turn at the limits of the connection.',
      labelNames: ['connection'],
      buckets: waitBuckets,
      registers,
    });
    this.#hooks = new Histogram({
      name: 'lianhub_webhook_seconds',
      help: 'Webhooks, from the request to the answer after the commit.',
      labelNames: ['connection', 'outcome'],
      buckets: hookBuckets,
      registers,
    });
    this.#slices = new Counter({
      name: 'lianhub_lane_slices_total',
      help: 'Slices of work drained from lanes: moved something, empty, or failed as a whole.',
      labelNames: ['kind', 'outcome'],
      registers,
    });
  }

  /** Makes the series of everything that is configured. */
  declare(landscape: Landscape): void {
    for (const { connection, object, reads, pollMs, writes } of landscape.parties) {
      if (reads) this.#received.declare(connection, object, [pollMs === undefined ? 'webhook' : 'poll']);
      this.#applied.declare(connection, object, ['done', 'dead']);
      if (writes) this.#pushed.declare(connection, object, ['done', 'reject', 'unknown']);
    }
  }

  /** What went where since the process was started, place by place. */
  traffic(tell: (connection: string, object: string, kind: TrafficKind, count: number) => void): void {
    this.#received.each((connection, object, _via, count) => tell(connection, object, 'received', count));
    this.#applied.each((connection, object, outcome, count) => {
      if (outcome === 'dead') tell(connection, object, 'dead', count);
    });
    this.#pushed.each((connection, object, outcome, count) =>
      tell(connection, object, kindOf(outcome), count),
    );
  }

  received(connection: string, object: string, via: InboxVia, count: number): void {
    this.#received.add(connection, object, via, count);
  }

  applied(connection: string, object: string, outcome: AppliedOutcome): void {
    this.#applied.add(connection, object, outcome, 1);
  }

  pushed(connection: string, object: string, outcome: PushedOutcome): void {
    this.#pushed.add(connection, object, outcome, 1);
  }

  called({ connection, kind, outcome, durationMs, waitedMs }: VendorCall): void {
    this.#calls.observe(
      { connection, kind, outcome: outcome === 'ok' ? 'done' : outcome },
      durationMs / 1_000,
    );
    this.#waits.observe({ connection }, waitedMs / 1_000);
  }

  /** A webhook was answered: kept, refused by its connector, or not kept. */
  hooked(connection: string, outcome: 'kept' | 'refused' | 'failed', tookMs: number): void {
    this.#hooks.observe({ connection, outcome }, tookMs / 1_000);
  }

  /** The same drains, counted. */
  watch(drains: Readonly<Record<string, Drain>>): Record<string, Drain> {
    return Object.fromEntries(
      Object.entries(drains).map(([kind, drain]): [string, Drain] => {
        const [moved, empty, failed] = (['moved', 'empty', 'failed'] as const).map((outcome) =>
          this.#slices.labels({ kind, outcome }),
        );
        return [
          kind,
          async (hold) => {
            try {
              const count = await drain(hold);
              (count > 0 ? moved : empty)?.inc();
              return count;
            } catch (error) {
              failed?.inc();
              throw error;
            }
          },
        ];
      }),
    );
  }
}

/** What the process holds right now. */
export function watchProcess(
  registry: Registry,
  about: {
    readonly role: string;
    readonly pool: () => { readonly total: number; readonly idle: number; readonly waiting: number };
    readonly lanes: () => number;
  },
): void {
  const registers = [registry];
  new Gauge({
    name: 'lianhub_info',
    help: 'What runs here.',
    labelNames: ['role'],
    registers,
  }).set({ role: about.role }, 1);
  new Gauge({
    name: 'lianhub_database_connections',
    help: 'Connections of this process to the database; waiting: work that waits for one.',
    labelNames: ['state'],
    registers,
    collect() {
      const { total, idle, waiting } = about.pool();
      this.set({ state: 'used' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Gauge({
    name: 'lianhub_lanes_here',
    help: 'Lanes this process drains or is about to drain.',
    registers,
    collect() {
      this.set(about.lanes());
    },
  });
}
