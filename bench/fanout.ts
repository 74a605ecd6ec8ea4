import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import type { RunOptions, RunResult, Track } from './fanout/race.ts';
import { runOnce } from './fanout/race.ts';
import type { Manner } from './fanout/receivers.ts';
import { median, round } from './figures.ts';
import { databaseCpu } from './sync/database-cpu.ts';

/** The least the hub must do of what a bare loop does, and the least the living keep beside the dead. */
export const bars = { ratio: 0.6, live: 0.9 } as const;

/** Receivers of each run: twelve that take, and three (a fifth of all) that take as well or are dead, each its own way. */
const live = 12;
const healthy: readonly Manner[] = ['takes', 'takes', 'takes'];
const dead: readonly Manner[] = ['refuses', 'hangs', 'fails'];

export interface FanoutOptions {
  /** Events per run; each goes to every receiver. */
  readonly n: number;
  readonly runs: number;
  /** Events told first, so that what is measured has been compiled. */
  readonly warmUp: number;
  /** The steady stretch before: events a second, and for how long. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly profile?: string;
  readonly onRun?: (what: string, result: RunResult) => void;
}

export interface FanoutResult {
  /** Deliveries a second, medians. */
  readonly hub: number;
  readonly limit: number;
  readonly ratio: number;
  /** CPU seconds of the process per delivery, medians. */
  readonly cpuPerDeliveryHub: number;
  readonly cpuPerDeliveryLimit: number;
  /** Of PostgreSQL; null where the system does not tell. */
  readonly databaseCpuPerDelivery: number | null;
  readonly rssMaxMb: number;
  /** The receivers that live: beside others that live, and beside dead ones. */
  readonly live: {
    readonly perSecond: number;
    readonly perSecondBesideDead: number;
    readonly ratio: number;
    readonly p50Ms: number;
    readonly p50BesideDeadMs: number;
    readonly p99Ms: number;
    readonly p99BesideDeadMs: number;
    /** p99 / p99 beside the dead. */
    readonly p99Ratio: number;
    /** Requests the dead ones saw in the last run, as listed: refusing, hanging, failing. */
    readonly tried: readonly number[];
  };
}

/** The hub and the bare loop in turns, and the hub beside dead receivers; each run in fresh processes. */
export async function benchFanout(options: FanoutOptions): Promise<FanoutResult> {
  const { n, runs, warmUp, perSecond, seconds, profile, onRun } = options;
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: true });
  const track: Track = {
    databaseUrl: postgres.url,
    dataDir,
    databaseCpu: () => databaseCpu(postgres.dataDir),
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  };
  const paced = { perSecond, seconds };
  const sides: Readonly<Record<'hub' | 'limit' | 'dead', RunOptions>> = {
    hub: { kind: 'hub', n, warmUp, live, others: healthy, paced },
    limit: { kind: 'limit', n, warmUp, live, others: healthy },
    dead: { kind: 'hub', n, warmUp, live, others: dead, paced },
  };
  const results = { hub: [] as RunResult[], limit: [] as RunResult[], dead: [] as RunResult[] };
  try {
    for (let run = 0; run < runs; run += 1) {
      const turns = ['hub', 'limit', 'dead'] as const;
      for (const which of run % 2 === 0 ? turns : turns.toReversed()) {
        const result = await runOnce(track, sides[which]);
        results[which].push(result);
        onRun?.(which, result);
      }
    }
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  const of = (which: keyof typeof results, what: (result: RunResult) => number | undefined): number =>
    median(results[which].map((result) => what(result) ?? Number.NaN));
  const [hub, limit] = [of('hub', (one) => one.perSecond), of('limit', (one) => one.perSecond)];
  const [alive, beside] = [of('hub', (one) => one.livePerSecond), of('dead', (one) => one.livePerSecond)];
  const p99 = of('hub', ({ latency }) => latency?.p99);
  const p99BesideDead = of('dead', ({ latency }) => latency?.p99);
  return {
    hub: Math.round(hub),
    limit: Math.round(limit),
    ratio: round(hub / limit),
    cpuPerDeliveryHub: round(of('hub', (one) => one.cpuPerDelivery)),
    cpuPerDeliveryLimit: round(of('limit', (one) => one.cpuPerDelivery)),
    databaseCpuPerDelivery: told(of('hub', (one) => one.databaseCpuPerDelivery)),
    rssMaxMb: Math.round(Math.max(...results.hub.map(({ rssMaxMb }) => rssMaxMb))),
    live: {
      perSecond: Math.round(alive),
      perSecondBesideDead: Math.round(beside),
      ratio: round(beside / alive),
      p50Ms: round(of('hub', ({ latency }) => latency?.p50)),
      p50BesideDeadMs: round(of('dead', ({ latency }) => latency?.p50)),
      p99Ms: round(p99),
      p99BesideDeadMs: round(p99BesideDead),
      p99Ratio: round(p99 / p99BesideDead),
      tried: results.dead.at(-1)?.tried ?? [],
    },
  };
}

function told(figure: number): number | null {
  return Number.isNaN(figure) ? null : round(figure);
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly runs: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly verbose?: boolean;
  readonly profile?: string;
}

/** `bench fanout`: events to many receivers, beside a bare loop of posts, and beside dead receivers. */
export function fanoutCommand(): Command {
  return new Command('fanout')
    .description(
      'events to fifteen receivers, against a bare loop that posts the same; and with three of them dead',
    )
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'events per run', wholeNumber, 2_000)
    .option('--runs <n>', 'runs of each, taking turns', wholeNumber, 3)
    .option('--per-second <n>', 'events a second of the steady stretch', wholeNumber, 40)
    .option('--seconds <n>', 'its length', wholeNumber, 10)
    .option('--profile <dir>', 'CPU profiles of the hub')
    .option('--verbose', 'tell every run')
    .action(async ({ json, verbose, ...options }: Flags) => {
      const result = await benchFanout({ warmUp: 300, ...options, ...(verbose ? { onRun: tell } : {}) });
      const { ratio, live } = result;
      const met = ratio >= bars.ratio && live.ratio >= bars.live && live.p99Ratio >= bars.live;
      const { n, runs } = options;
      const line = { name: 'fanout', ...result, bars, met, n, receivers: 15, runs };
      process.stdout.write(
        json
          ? `${JSON.stringify(line)}\n`
          : `\n${result.hub} deliveries/s, a bare loop ${result.limit}/s: ratio ${ratio}, bar ${bars.ratio}\n` +
              `the living beside dead ones: ${live.perSecondBesideDead}/s of ${live.perSecond}/s (${live.ratio}), ` +
              `p99 ${live.p99BesideDeadMs} ms, else ${live.p99Ms} ms (${live.p99Ratio}), bar ${bars.live}: ` +
              `${met ? 'met' : 'missed'}\n\n`,
      );
      if (!met) process.exitCode = 1;
    });
}

function tell(what: string, result: RunResult): void {
  const { perSecond, livePerSecond, cpuPerDelivery, databaseCpuPerDelivery: database, latency } = result;
  const p99 = latency === undefined ? '' : `, p50 ${latency.p50} ms, p99 ${latency.p99} ms`;
  process.stderr.write(
    `${what}: ${Math.round(perSecond)}/s, measured ones ${Math.round(livePerSecond)}/s, ${Math.round(cpuPerDelivery * 1e6)} µs each and ${Math.round((database ?? 0) * 1e6)} µs of the database${p99}\n`,
  );
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
