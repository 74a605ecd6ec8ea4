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
  /** Also measure the memory at four times n. */
  readonly growth: boolean;
  /** Folder for CPU profiles of the hub. */
  readonly profile?: string;
  readonly onRun?: (what: string, result: RunResult) => void;
}

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
}

export interface SyncResult {
  readonly races: readonly Race[];
  /** Largest resident set at four times n. */
  readonly rssAt4nMb: number | null;
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
        races.push(raceOf({ queue, targetMs, n, runs: options.runs }, hubs.get(queue) ?? [], limits));
      }
    }
    let rssAt4nMb: number | null = null;
    if (options.growth) {
      const queue = options.queues[0] ?? 'postgres';
      const large = await runOnce(hubTrack(queue), { kind: 'hub', n: options.n * 4, targetMs: 0 });
      options.onRun?.(`hub ${queue} ×4`, large);
      rssAt4nMb = Math.round(large.rssMaxMb);
    }
    return { races, rssAt4nMb };
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
    .option('--no-growth', 'leave out the run of four times n that shows the memory')
    .option('--profile <folder>', 'write CPU profiles of the hub there')
    .option('--verbose', 'tell every run')
    .action(async (flags: Flags) => {
      const result = await benchSync({
        n: flags.n,
        runs: flags.runs,
        queues: queuesOf(flags),
        targets: flags.target === undefined ? [0, 50] : [Number(flags.target)],
        growth: flags.growth && flags.target !== '50',
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
function lineOf({ races, rssAt4nMb }: SyncResult): object {
  const [first, ...also] = races;
  return {
    name: 'sync',
    ...first,
    rssAt4nMb,
    rssGrowthMb: rssAt4nMb === null || !first ? null : rssAt4nMb - first.rssMaxMb,
    also,
    cores: os.availableParallelism(),
    node: process.version,
  };
}

function textOf({ races, rssAt4nMb }: SyncResult): string {
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
    ]),
  ];
  const growth = rssAt4nMb === null ? '' : `\nRSS at four times n: ${rssAt4nMb} MB\n`;
  return `\n${table(rows)}\n${growth}\nMedians of ${races[0]?.runs} runs; CPU per record.\n\n`;
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
