import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { hasRedis, startRedis } from '../src/queue/fixture-redis.ts';
import type { Contender, Kind } from './ack/contender.ts';
import type { Sender } from './ack/sender.ts';
import { median, round, table } from './figures.ts';
import { databaseCpu } from './sync/database-cpu.ts';
import { type Remote, start } from './sync/remote.ts';

export interface AckOptions {
  /** Webhooks per run. */
  readonly n: number;
  readonly runs: number;
  /** Requests under way at once. */
  readonly sockets: number;
  /** Requests a second of the runs that show how long one takes when nothing waits. */
  readonly paced: number;
  /** Webhooks before the clock starts, so that compiled code runs over open connections. */
  readonly warmUp: number;
  /** Folder for CPU profiles of the measured processes. */
  readonly profile?: string;
  /** Measures what a stopped Redis costs; needs a redis-server. */
  readonly redis: boolean;
  readonly onRun?: (what: string, run: AckRun) => void;
}

export interface AckRun {
  readonly perSecond: number;
  /** Milliseconds from request to acknowledgement, all connections busy. */
  readonly p50: number;
  readonly p99: number;
  readonly pacedP50: number;
  readonly pacedP99: number;
  /** CPU milliseconds per webhook of the process, and of PostgreSQL where the system tells. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number | null;
}

export interface AckResult {
  readonly hub: AckRun;
  /** The bare route that keeps the same: the inbox row and the message as it came. */
  readonly limit: AckRun;
  /** The bare route that keeps the inbox row alone. */
  readonly inboxOnly: AckRun;
  readonly ratio: number;
  /** The hub over Redis, before and after Redis is killed; null where it was not measured. */
  readonly redis: { readonly up: AckRun; readonly gone: AckRun; readonly ratio: number } | null;
}

/** What the ratios must be at least. A stopped Redis may cost what two runs of the same differ by. */
export const bars = { ratio: 0.7, redisGone: 0.9 } as const;

/** Sides take turns; every run is a fresh process and a fresh schema, warmed up. Medians. */
export async function benchAck(options: AckOptions): Promise<AckResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-ack-'));
  const postgres = await startTemporary({ durable: true });
  const redis = options.redis ? await startRedis() : undefined;
  const sender = start<Sender>(fileURLToPath(new URL('./ack/sender.ts', import.meta.url)));
  const profiled = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  const runs: Record<Kind | 'up' | 'gone', AckRun[]> = {
    hub: [],
    limit: [],
    inboxOnly: [],
    up: [],
    gone: [],
  };

  async function contend(
    kind: Kind,
    redisUrl: string | undefined,
    race: (side: Side) => Promise<void>,
  ): Promise<void> {
    const file = fileURLToPath(new URL('./ack/contender.ts', import.meta.url));
    const contender = start<Contender>(file, [], profiled);
    const key = randomBytes(16).toString('hex');
    try {
      const url = await contender.call('start', {
        kind,
        setting: {
          ...{ databaseUrl: postgres.url, schema: `ack_${randomBytes(5).toString('hex')}`, key, dataDir },
          target: 'http://127.0.0.1:9',
          ...(redisUrl === undefined ? {} : { redisUrl }),
        },
      });
      const side: Side = { contender, url, key, next: 0 };
      await deliver(side, options.warmUp);
      await race(side);
      await contender.call('stop', undefined);
    } finally {
      await contender.stop();
    }
  }

  async function deliver(
    side: Side,
    count: number,
    perSecond?: number,
  ): Promise<Awaited<ReturnType<Sender['send']>>> {
    const { url, key, next: first } = side;
    side.next += count;
    return sender.call('send', {
      ...{ url, key, first, count, sockets: options.sockets },
      ...(perSecond === undefined ? {} : { perSecond }),
    });
  }

  async function measured(what: keyof typeof runs, side: Side): Promise<void> {
    const before = databaseCpu(postgres.dataDir);
    await side.contender.call('measure', undefined);
    const { ms, latencies } = await deliver(side, options.n);
    const { cpuSeconds } = await side.contender.call('spent', undefined);
    const after = databaseCpu(postgres.dataDir);
    const paced = await deliver(side, Math.min(options.n, options.paced * 2), options.paced);
    const run: AckRun = {
      perSecond: (options.n * 1000) / ms,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      pacedP50: quantile(paced.latencies, 0.5),
      pacedP99: quantile(paced.latencies, 0.99),
      cpuMs: (cpuSeconds * 1000) / options.n,
      databaseCpuMs:
        before === undefined || after === undefined ? null : ((after - before) * 1000) / options.n,
    };
    runs[what].push(run);
    options.onRun?.(what, run);
  }

  try {
    for (let turn = 0; turn < options.runs; turn += 1) {
      const turns = (['hub', 'limit', 'inboxOnly'] as const).map(
        (kind) => () => contend(kind, undefined, (side) => measured(kind, side)),
      );
      for (const one of turn % 2 === 0 ? turns : turns.reverse()) await one();
      if (!redis) continue;
      await contend('hub', redis.url, async (side) => {
        await measured('up', side);
        await redis.kill();
        // The first notice that it is gone; a hub lives with that for hours.
        await deliver(side, options.warmUp);
        await measured('gone', side);
      });
      await redis.start();
    }
  } finally {
    await sender.stop();
    await redis?.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  const [hub, limit, inboxOnly] = [runs.hub, runs.limit, runs.inboxOnly].map(medians) as [
    AckRun,
    AckRun,
    AckRun,
  ];
  const [up, gone] = [medians(runs.up), medians(runs.gone)];
  return {
    ...{ hub, limit, inboxOnly },
    ratio: round(hub.perSecond / limit.perSecond),
    redis: redis ? { up, gone, ratio: round(gone.perSecond / up.perSecond) } : null,
  };
}

interface Side {
  readonly contender: Remote<Contender>;
  readonly url: string;
  readonly key: string;
  /** Index of the next order. */
  next: number;
}

function medians(runs: readonly AckRun[]): AckRun {
  const of = (field: keyof AckRun): number => round(median(runs.map((run) => run[field] ?? Number.NaN)), 4);
  const database = of('databaseCpuMs');
  return {
    ...{ perSecond: Math.round(of('perSecond')), p50: of('p50'), p99: of('p99') },
    ...{ pacedP50: of('pacedP50'), pacedP99: of('pacedP99'), cpuMs: of('cpuMs') },
    databaseCpuMs: Number.isNaN(database) ? null : database,
  };
}

/** The value that this share of the sorted values does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly runs: number;
  readonly sockets: number;
  readonly redis: boolean;
  readonly profile?: string;
  readonly verbose?: boolean;
}

/** `bench ack`: webhooks acknowledged after their commit, beside a bare route. */
export function ackCommand(): Command {
  return new Command('ack')
    .description('signed webhooks acknowledged after their commit, beside a bare route that keeps the same')
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'webhooks per run', wholeNumber, 20_000)
    .option('--runs <n>', 'runs of each side, taking turns', wholeNumber, 5)
    .option('--sockets <n>', 'requests under way at once', wholeNumber, 64)
    .option('--no-redis', 'leave out what a stopped Redis costs')
    .option('--profile <folder>', 'write CPU profiles of the measured processes there')
    .option('--verbose', 'tell every run')
    .action(async (flags: Flags) => {
      const { n, runs, sockets } = flags;
      const result = await benchAck({
        ...{ n, runs, sockets, paced: 500, warmUp: 2_000 },
        redis: flags.redis && hasRedis(),
        ...(flags.profile === undefined ? {} : { profile: path.resolve(flags.profile) }),
        ...(flags.verbose ? { onRun: tell } : {}),
      });
      const met = result.ratio >= bars.ratio && (result.redis?.ratio ?? 1) >= bars.redisGone;
      process.stdout.write(
        flags.json ? `${JSON.stringify(lineOf(result, { n, runs, sockets }, met))}\n` : textOf(result),
      );
      if (!met) process.exitCode = 1;
    });
}

function lineOf(result: AckResult, settings: object, met: boolean): object {
  const { hub, limit, inboxOnly, ratio, redis } = result;
  return {
    name: 'ack',
    ...{ hub: hub.perSecond, limit: limit.perSecond, ratio, bars, met },
    ratioInboxOnly: round(hub.perSecond / inboxOnly.perSecond),
    ...settings,
    sides: { hub, limit, inboxOnly },
    redis,
    cores: os.availableParallelism(),
    node: process.version,
  };
}

function textOf({ hub, limit, inboxOnly, ratio, redis }: AckResult): string {
  const row = (name: string, run: AckRun): string[] => [
    name,
    String(run.perSecond),
    String(run.p50),
    String(run.p99),
    String(run.pacedP50),
    String(run.pacedP99),
    String(run.cpuMs),
    String(run.databaseCpuMs ?? '-'),
  ];
  const rows = [
    ['', 'acks/s', 'p50 ms', 'p99 ms', 'p50 paced', 'p99 paced', 'CPU ms', 'DB ms'],
    row('hub', hub),
    row('bare route', limit),
    row('inbox only', inboxOnly),
    ...(redis ? [row('hub, Redis up', redis.up), row('hub, Redis gone', redis.gone)] : []),
  ];
  const gone = redis ? `; with Redis gone ${redis.ratio} of with it (at least ${bars.redisGone})` : '';
  return `\n${table(rows)}\n\nhub / bare route ${ratio} (at least ${bars.ratio})${gone}\n\n`;
}

function tell(what: string, run: AckRun): void {
  const { perSecond, p50, p99, cpuMs, databaseCpuMs } = run;
  process.stderr.write(
    `${what}: ${Math.round(perSecond)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, CPU ${cpuMs.toFixed(3)} ms, database ${(databaseCpuMs ?? Number.NaN).toFixed(3)} ms\n`,
  );
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
