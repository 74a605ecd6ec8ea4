import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { hasRedis, startRedis } from '../src/queue/fixture-redis.ts';
import { median, round, table } from './figures.ts';
import { databaseCpu } from './sync/database-cpu.ts';
import type { Outside } from './sync/outside.ts';
import { type RunResult, runOnce, type Track } from './sync/race.ts';
import { start } from './sync/remote.ts';

type Queue = 'postgres' | 'redis';

export interface SyncOptions {
  /** Orders per run with an instant target; a slow one gets a quarter of them. */
  readonly n: number;
  readonly runs: number;
  readonly queues: readonly Queue[];
  /** Milliseconds the target takes; each is a race of its own. */
  readonly targets: readonly number[];
  /** Orders of one more run that shows the memory; absent: none. */
  readonly large?: number;
  /** Seconds of one more run with each queue at half of what it did, to see how long each order takes; 0: none. */
  readonly halfLoadSeconds: number;
  /** Folder for CPU profiles of the hub. */
  readonly profile?: string;
  readonly onRun?: (what: string, result: RunResult) => void;
}

/**
 * Orders sent before those at half load: how long the slowest take is asked of a hub that has run for a moment. A process
 * that was just started is compiled while it works, for about two seconds, and answers in twice the time meanwhile.
 */
const halfLoadWarmUp = 3_000;

/** One race: the hub against the hand-written job, with one queue and one target. */
export interface Race {
  readonly queue: Queue;
  readonly targetMs: number;
  readonly n: number;
  readonly runs: number;
  /** Records a second, medians. */
  readonly hub: number;
  readonly limit: number;
  readonly ratio: number;
  /** CPU seconds of the process per record, medians. */
  readonly cpuPerRecordHub: number;
  readonly cpuPerRecordLimit: number;
  /** CPU seconds of PostgreSQL per record, medians; null where the system does not tell. */
  readonly databaseCpuPerRecordHub: number | null;
  readonly databaseCpuPerRecordLimit: number | null;
  /** Largest resident set of any hub run. */
  readonly rssMaxMb: number;
  /** Milliseconds from webhook sent to bill written, at half of `hub`; null where it was not measured. */
  readonly p50AtHalfLoadMs: number | null;
  readonly p99AtHalfLoadMs: number | null;
}

export interface SyncResult {
  readonly races: readonly Race[];
  /** Orders of the run that shows the memory, and the largest resident set in it. */
  readonly large: number | null;
  readonly rssAtLargeMb: number | null;
}

/** Runs the races; hub and hand-written job take turns, and each run starts with the other side. */
export async function benchSync(options: SyncOptions): Promise<SyncResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: true });
  const redis = options.queues.includes('redis') ? await startRedis() : undefined;
  const outside = start<Outside>(fileURLToPath(new URL('./sync/outside.ts', import.meta.url)));
  try {
    const track: Track = {
      databaseUrl: postgres.url,
      dataDir,
      outside,
      target: await outside.call('listen', undefined),
      databaseCpu: () => databaseCpu(postgres.dataDir),
      nodeOptions: [],
    };
    const profiled: readonly string[] =
      options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
    const hubTrack = (queue: Queue): Track => ({
      ...track,
      nodeOptions: profiled,
      ...(queue === 'redis' && redis ? { redisUrl: redis.url } : {}),
    });
    const races: Race[] = [];
    for (const targetMs of options.targets) {
      const n = targetMs === 0 ? options.n : Math.ceil(options.n / 4);
      const limits: RunResult[] = [];
      const hubs = new Map<Queue, RunResult[]>(options.queues.map((queue) => [queue, []]));
      for (let run = 0; run < options.runs; run += 1) {
        const turns = [
          ...options.queues.map((queue) => async () => {
            const result = await runOnce(hubTrack(queue), { kind: 'hub', n, targetMs });
            hubs.get(queue)?.push(result);
            options.onRun?.(`hub ${queue} ${targetMs} ms`, result);
          }),
          async () => {
            const result = await runOnce({ ...track, nodeOptions: profiled }, { kind: 'limit', n, targetMs });
            limits.push(result);
            options.onRun?.(`limit ${targetMs} ms`, result);
          },
        ];
        for (const turn of run % 2 === 0 ? turns : turns.reverse()) await turn();
      }
      for (const queue of options.queues) {
        const race = raceOf({ queue, targetMs, n, runs: options.runs }, hubs.get(queue) ?? [], limits);
        if (targetMs > 0 || options.halfLoadSeconds === 0) {
          races.push(race);
          continue;
        }
        const perSecond = race.hub / 2;
        const many = Math.ceil(perSecond * options.halfLoadSeconds);
        const half = await runOnce(hubTrack(queue), {
          kind: 'hub',
          n: many,
          targetMs,
          perSecond,
          warmUp: halfLoadWarmUp,
        });
        options.onRun?.(`hub ${queue} at half load`, half);
        const { p50, p99 } = half.latency ?? { p50: Number.NaN, p99: Number.NaN };
        races.push({ ...race, p50AtHalfLoadMs: round(p50), p99AtHalfLoadMs: round(p99) });
      }
    }
    let rssAtLargeMb: number | null = null;
    if (options.large !== undefined) {
      const queue = options.queues[0] ?? 'postgres';
      const large = await runOnce(hubTrack(queue), { kind: 'hub', n: options.large, targetMs: 0 });
      options.onRun?.(`hub ${queue}, ${options.large} orders`, large);
      rssAtLargeMb = Math.round(large.rssMaxMb);
    }
    return { races, large: options.large ?? null, rssAtLargeMb };
  } finally {
    await outside.stop();
    await redis?.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function raceOf(
  head: Pick<Race, 'queue' | 'targetMs' | 'n' | 'runs'>,
  hubs: readonly RunResult[],
  limits: readonly RunResult[],
): Race {
  const hub = median(hubs.map((one) => one.perSecond));
  const limit = median(limits.map((one) => one.perSecond));
  const database = (runs: readonly RunResult[]): number | null => {
    const told = runs.flatMap((one) => one.databaseCpuPerRecord ?? []);
    return told.length === 0 ? null : round(median(told));
  };
  return {
    ...head,
    hub: Math.round(hub),
    limit: Math.round(limit),
    ratio: round(hub / limit),
    cpuPerRecordHub: round(median(hubs.map((one) => one.cpuPerRecord))),
    cpuPerRecordLimit: round(median(limits.map((one) => one.cpuPerRecord))),
    databaseCpuPerRecordHub: database(hubs),
    databaseCpuPerRecordLimit: database(limits),
    rssMaxMb: Math.round(Math.max(...hubs.map((one) => one.rssMaxMb))),
    p50AtHalfLoadMs: null,
    p99AtHalfLoadMs: null,
  };
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly runs: number;
  readonly redis?: boolean;
  readonly postgres?: boolean;
  readonly target?: '0' | '50';
  readonly growth: boolean;
  readonly large?: number;
  readonly halfLoad: boolean;
  readonly profile?: string;
  readonly verbose?: boolean;
}

/** `bench sync`: webhook in, bill out, against the same job written by hand. */
export function syncCommand(): Command {
  return new Command('sync')
    .description('orders from signed webhook to written bill, beside the bare job by hand')
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'orders per run', wholeNumber, 10_000)
    .option('--runs <n>', 'runs of each side, taking turns', wholeNumber, 5)
    .option('--postgres', 'only with the queue on PostgreSQL')
    .option('--redis', 'only with the queue on Redis')
    .addOption(new Option('--target <ms>', 'only with a target this slow').choices(['0', '50']))
    .option('--large <n>', 'orders of the one run that shows the memory (default: four times n)', wholeNumber)
    .option('--no-growth', 'leave out the run that shows the memory')
    .option('--no-half-load', 'leave out the runs at half load that show how long each order takes')
    .option('--profile <folder>', 'write CPU profiles of the hub there')
    .option('--verbose', 'tell every run')
    .action(async (flags: Flags) => {
      const result = await benchSync({
        n: flags.n,
        runs: flags.runs,
        queues: queuesOf(flags),
        targets: flags.target === undefined ? [0, 50] : [Number(flags.target)],
        halfLoadSeconds: flags.halfLoad ? 10 : 0,
        ...(flags.growth && flags.target !== '50' ? { large: flags.large ?? flags.n * 4 } : {}),
        ...(flags.profile === undefined ? {} : { profile: path.resolve(flags.profile) }),
        ...(flags.verbose ? { onRun: tell } : {}),
      });
      process.stdout.write(flags.json ? `${JSON.stringify(lineOf(result))}\n` : textOf(result));
    });
}

function queuesOf(flags: Flags): Queue[] {
  if (flags.redis) return ['redis'];
  if (flags.postgres) return ['postgres'];
  return hasRedis() ? ['postgres', 'redis'] : ['postgres'];
}

/** The first race is the headline; the others hang below `also`. */
function lineOf({ races, large, rssAtLargeMb }: SyncResult): object {
  const [first, ...also] = races;
  return {
    name: 'sync',
    ...first,
    large,
    rssAtLargeMb,
    rssGrowthMb: rssAtLargeMb === null || !first ? null : rssAtLargeMb - first.rssMaxMb,
    also,
    cores: os.availableParallelism(),
    node: process.version,
  };
}

function textOf({ races, large, rssAtLargeMb }: SyncResult): string {
  const rows = [
    [
      'queue',
      'target',
      'n',
      'hub/s',
      'limit/s',
      'ratio',
      'CPU ms hub',
      'limit',
      'DB ms hub',
      'limit',
      'RSS MB',
      'p50 ms',
      'p99 ms',
    ],
    ...races.map((race) => [
      race.queue,
      `${race.targetMs} ms`,
      String(race.n),
      String(race.hub),
      String(race.limit),
      String(race.ratio),
      ms(race.cpuPerRecordHub),
      ms(race.cpuPerRecordLimit),
      ms(race.databaseCpuPerRecordHub),
      ms(race.databaseCpuPerRecordLimit),
      String(race.rssMaxMb),
      String(race.p50AtHalfLoadMs ?? '-'),
      String(race.p99AtHalfLoadMs ?? '-'),
    ]),
  ];
  const growth = rssAtLargeMb === null ? '' : `\nRSS with ${large} orders: ${rssAtLargeMb} MB\n`;
  return `\n${table(rows)}\n${growth}\nMedians of ${races[0]?.runs} runs; CPU per record; p50 and p99 at half load.\n\n`;
}

function ms(seconds: number | null): string {
  return seconds === null ? '-' : (seconds * 1000).toFixed(3);
}

function tell(what: string, result: RunResult): void {
  const { perSecond, acknowledgedSeconds, seconds, cpuPerRecord, databaseCpuPerRecord, rssMaxMb } = result;
  process.stderr.write(
    `${what}: ${Math.round(perSecond)}/s in ${seconds.toFixed(2)} s (acknowledged ${acknowledgedSeconds.toFixed(2)} s), ` +
      `CPU ${ms(cpuPerRecord)} ms, database ${ms(databaseCpuPerRecord ?? null)} ms, ${Math.round(rssMaxMb)} MB\n`,
  );
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
