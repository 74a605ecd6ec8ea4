import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { round } from './figures.ts';
import { type BenchHub, type Portion, startBenchHub } from './metrics/hub.ts';
import { type Scraped, Scraper } from './metrics/scrape.ts';
import { databaseCpu } from './sync/database-cpu.ts';
import type { Outside } from './sync/outside.ts';
import { start } from './sync/remote.ts';

/** The least that must be left of what a hub does that counts nothing. */
export const bar = 0.97;

export interface MetricsOptions {
  /** Orders of a portion. */
  readonly n: number;
  /** Portions of each hub. */
  readonly pairs: number;
  /** Seconds of work between two readings of the metrics. */
  readonly every: number;
  readonly onPair?: (on: Portion, off: Portion) => void;
}

export interface MetricsResult {
  /** Records a second with metrics counted and read, and without: of all portions, as only some of them are read in. */
  readonly on: number;
  readonly off: number;
  /** on / off */
  readonly ratio: number;
  /** on / off of the pairs: those a quarter of them are below and above. */
  readonly quartiles: readonly [number, number];
  /** CPU per record of all portions, on / off: of the hub, and with its database. */
  readonly cpuRatio: number;
  readonly cpuWithDatabaseRatio: number;
  readonly scraped: Scraped;
}

/** Two hubs at once, of which one works: one counts and is read each second, the other counts nothing. */
export async function benchMetrics({ n, pairs, every, onPair }: MetricsOptions): Promise<MetricsResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: true });
  const outside = start<Outside>(fileURLToPath(new URL('./sync/outside.ts', import.meta.url)));
  const hubs: BenchHub[] = [];
  try {
    const target = await outside.call('listen', undefined);
    const track = {
      ...{ databaseUrl: postgres.url, dataDir, outside, target, nodeOptions: [] },
      databaseCpu: () => databaseCpu(postgres.dataDir),
    };
    const startOne = async (metrics: boolean): Promise<BenchHub> => {
      const hub = await startBenchHub(track, { metrics, n });
      hubs.push(hub);
      return hub;
    };
    const [counting, plain] = [await startOne(true), await startOne(false)];
    const scraper = new Scraper(counting.url, every * 1_000);
    await outside.call('reset', { delayMs: 0 });
    let first = 0;
    const turn = async (hub: BenchHub): Promise<Portion> => {
      if (hub === counting) scraper.start();
      const portion = await hub.portion(first, n);
      if (hub === counting) await scraper.pause();
      first += n;
      return portion;
    };
    const all: { readonly on: Portion; readonly off: Portion }[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      const before = pair % 2 === 0 ? await turn(counting) : undefined;
      const off = await turn(plain);
      const on = before ?? (await turn(counting));
      all.push({ on, off });
      onPair?.(on, off);
    }
    const { numbers, repeated, wrong } = await outside.call('contents', undefined);
    if (numbers !== first || repeated > 0 || wrong > 0)
      throw new Error('the target does not hold what it should');
    return { ...figuresOf(all), scraped: await scraper.tell() };
  } finally {
    for (const hub of hubs) await hub.stop();
    await outside.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function figuresOf(
  pairs: readonly { readonly on: Portion; readonly off: Portion }[],
): Omit<MetricsResult, 'scraped'> {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const speeds = pairs.map(({ on, off }) => on.perSecond / off.perSecond).sort((a, b) => a - b);
  const at = (share: number): number => round(speeds[Math.floor((speeds.length - 1) * share)] ?? Number.NaN);
  // All portions are of one size: together they take the sum of their times.
  const perSecond = (of: (pair: (typeof pairs)[number]) => Portion): number =>
    pairs.length / sum(pairs.map((pair) => 1 / of(pair).perSecond));
  const [on, off] = [perSecond((pair) => pair.on), perSecond((pair) => pair.off)];
  const share = (of: (portion: Portion) => number): number =>
    round(sum(pairs.map((pair) => of(pair.on))) / sum(pairs.map((pair) => of(pair.off))));
  return {
    on: Math.round(on),
    off: Math.round(off),
    ratio: round(on / off),
    quartiles: [at(0.25), at(0.75)],
    cpuRatio: share((one) => one.cpu),
    cpuWithDatabaseRatio: share((one) => one.cpuWithDatabase),
  };
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly pairs: number;
  readonly every: number;
  readonly verbose?: boolean;
}

/** `bench metrics`: what it costs to count, and to be asked as often as the Prometheus in deploy/ does. */
export function metricsCommand(): Command {
  return new Command('metrics')
    .description('the hub of sync with its metrics counted and read, beside one that counts nothing')
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'orders of a portion', wholeNumber, 2_000)
    .option('--pairs <n>', 'portions of each hub, taking turns', wholeNumber, 24)
    .option('--every <seconds>', 'of work between two readings', wholeNumber, 15)
    .option('--verbose', 'tell every pair')
    .action(async ({ json, verbose, ...options }: Flags) => {
      const result = await benchMetrics({ ...options, ...(verbose ? { onPair: tell } : {}) });
      const met = result.ratio >= bar;
      const line = { name: 'metrics', ...result, bar, met, ...options, node: process.version };
      const { on, off, ratio, quartiles, cpuRatio } = result;
      process.stdout.write(
        json
          ? `${JSON.stringify(line)}\n`
          : `\n${on}/s with metrics, ${off}/s without: ratio ${ratio} (${quartiles.join(' to ')}), ` +
              `bar ${bar}: ${met ? 'met' : 'missed'}; CPU ${cpuRatio}\n\n`,
      );
      if (!met) process.exitCode = 1;
    });
}

function tell(on: Portion, off: Portion): void {
  const ms = (seconds: number): string => (seconds * 1_000).toFixed(3);
  process.stderr.write(
    `on ${Math.round(on.perSecond)}/s, CPU ${ms(on.cpu)} ms; off ${Math.round(off.perSecond)}/s, CPU ${ms(off.cpu)} ms\n`,
  );
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
