/** One run of one side, in fresh processes and a fresh schema. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { newSecret } from '../../src/deliver/signature.ts';
import { start } from '../sync/remote.ts';
import type { Contender } from './contender.ts';
import type { Manner, Receivers } from './receivers.ts';

export interface Track {
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** CPU seconds the server has used so far. */
  readonly databaseCpu: () => number | undefined;
  readonly nodeOptions: readonly string[];
}

export interface RunOptions {
  readonly kind: 'hub' | 'limit';
  /** Events; each goes to every receiver. */
  readonly n: number;
  /** Events told first, so that what is measured has been compiled. */
  readonly warmUp: number;
  /** Receivers that take what comes: it is they who are measured. */
  readonly live: number;
  /** Others, beside them. */
  readonly others: readonly Manner[];
  /** A stretch at a steady pace before, to see how long each event takes; absent: none. */
  readonly paced?: { readonly perSecond: number; readonly seconds: number };
}

export interface RunResult {
  /** Deliveries a second to all that take them, all commits made. */
  readonly perSecond: number;
  /** The same to the measured ones alone, until the last arrival. */
  readonly livePerSecond: number;
  readonly cpuPerDelivery: number;
  readonly databaseCpuPerDelivery: number | undefined;
  readonly rssMaxMb: number;
  /** Milliseconds from an event told to its arrival at the measured ones, while it was told at a steady pace. */
  readonly latency?: { readonly p50: number; readonly p99: number };
  /** What each of the others saw. */
  readonly tried: readonly number[];
}

export async function runOnce(track: Track, options: RunOptions): Promise<RunResult> {
  const { kind, n, warmUp, live, others, paced } = options;
  const secret = newSecret();
  const receivers = start<Receivers>(fileURLToPath(new URL('./receivers.ts', import.meta.url)));
  const contender = start<Contender>(
    fileURLToPath(new URL('./contender.ts', import.meta.url)),
    [],
    kind === 'hub' ? track.nodeOptions : [],
  );
  try {
    const manners = [...Array.from({ length: live }, (): Manner => 'takes'), ...others];
    const urls = await receivers.call('listen', manners);
    const measured = urls.slice(0, live);
    const taking = urls.filter((_, at) => manners[at] === 'takes');
    const setting = {
      databaseUrl: track.databaseUrl,
      schema: `fanout_${randomBytes(6).toString('hex')}`,
      dataDir: track.dataDir,
      urls,
      secret,
    };
    await contender.call('start', { kind, setting });
    let first = 0;
    /** Tells events and waits until all that take them have them. */
    const round = async (count: number, perSecond?: number) => {
      await receivers.call('reset', { secret });
      const telling = { first, count, ...(perSecond === undefined ? {} : { perSecond }) };
      first += count;
      const startedAt = await contender.call('tell', telling);
      const taken = await receivers.call('taken', { urls: measured, count });
      await receivers.call('taken', { urls: taking, count });
      return { startedAt, taken, spent: await contender.call('settle', taking) };
    };
    await round(warmUp);
    const steady = paced && (await round(paced.perSecond * paced.seconds, paced.perSecond));
    const before = track.databaseCpu();
    const { startedAt, taken, spent } = await round(n);
    const after = track.databaseCpu();
    const tried = await receivers.call('requests', undefined);
    await contender.call('stop', undefined);
    const latencies = [...(steady?.taken.latencies ?? [])].sort((a, b) => a - b);
    return {
      perSecond: (n * taking.length) / ((spent.at - startedAt) / 1000),
      livePerSecond: (n * live) / ((taken.lastAt - startedAt) / 1000),
      cpuPerDelivery: spent.cpuSeconds / (n * taking.length),
      databaseCpuPerDelivery:
        before === undefined || after === undefined ? undefined : (after - before) / (n * taking.length),
      rssMaxMb: spent.rssMaxMb,
      ...(steady ? { latency: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) } } : {}),
      tried: tried.slice(live),
    };
  } finally {
    await contender.stop();
    await receivers.stop();
  }
}

/** The value that this share of the sorted values does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
