/** One run of one side: a fresh process, a fresh schema, warmed up, measured, and its results checked. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/ledger/database.ts';
import type { Contender } from './contender.ts';
import type { Spent } from './meter.ts';
import type { Outside } from './outside.ts';
import { type Remote, start } from './remote.ts';

export interface Track {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly dataDir: string;
  readonly outside: Remote<Outside>;
  readonly target: string;
  /** A third system beside shop and books; nothing is waited for there. */
  readonly third?: string;
  /** CPU seconds the database has used so far; undefined where the system does not tell. */
  readonly databaseCpu: () => number | undefined;
  /** Options of the measured process, e.g. a profiler's. */
  readonly nodeOptions: readonly string[];
}

export interface RunOptions {
  readonly kind: 'hub' | 'limit';
  readonly n: number;
  /** Milliseconds the target takes to answer. */
  readonly targetMs: number;
  /** Orders a second, at a steady pace; else as fast as they are acknowledged. */
  readonly perSecond?: number;
  /** Orders sent before the clock starts. @default 600 */
  readonly warmUp?: number;
}

export interface RunResult {
  readonly queue: string;
  /** From the first webhook sent to the last commit. */
  readonly seconds: number;
  readonly perSecond: number;
  /** Seconds until the last webhook was acknowledged. */
  readonly acknowledgedSeconds: number;
  readonly cpuPerRecord: number;
  readonly databaseCpuPerRecord: number | undefined;
  readonly rssMaxMb: number;
  /** With a steady pace: milliseconds from webhook sent to bill written. */
  readonly latency?: { readonly p50: number; readonly p99: number };
}

/** Orders made and signed at once: older than five minutes they would be refused. */
const portion = 20_000;
/** Orders sent before the clock starts, so that both sides run compiled code over open connections. */
export const warmUp = 600;
export const firstWarmUp = 50_000_000;

export async function runOnce(track: Track, options: RunOptions): Promise<RunResult> {
  const { outside } = track;
  const key = randomBytes(16).toString('hex');
  const schema = `bench_${randomBytes(5).toString('hex')}`;
  const file = fileURLToPath(new URL('./contender.ts', import.meta.url));
  const contender = start<Contender>(file, [], track.nodeOptions);
  try {
    await outside.call('reset', { delayMs: 0 });
    const { url, queue } = await contender.call('start', {
      kind: options.kind,
      setting: {
        databaseUrl: track.databaseUrl,
        ...(track.redisUrl === undefined ? {} : { redisUrl: track.redisUrl }),
        schema,
        target: track.target,
        ...(track.third === undefined ? {} : { third: track.third }),
        key,
        dataDir: track.dataDir,
      },
    });
    const to = { hub: url, connection: 'shop', key };
    await outside.call('sendArticles', to);
    await contender.call('settle', undefined);
    if (options.kind === 'hub') await outside.call('sendArticles', { ...to, connection: 'books' });
    if (track.third !== undefined) await outside.call('sendArticles', { ...to, connection: 'third' });
    await contender.call('settle', undefined);
    await deliver(outside, contender, to, firstWarmUp, Math.min(options.warmUp ?? warmUp, options.n));
    await outside.call('reset', { delayMs: options.targetMs });
    const databaseBefore = track.databaseCpu();
    const portions: Delivered[] = [];
    for (let first = 0; first < options.n; first += portion) {
      const count = Math.min(portion, options.n - first);
      portions.push(await deliver(outside, contender, to, first, count, options.perSecond));
    }
    const databaseAfter = track.databaseCpu();
    const contents = await outside.call('contents', undefined);
    if (contents.numbers !== options.n || contents.repeated > 0 || contents.wrong > 0) {
      throw new Error(`the target does not hold what it should: ${JSON.stringify(contents)}`);
    }
    await contender.call('stop', undefined);
    const sum = (of: (one: Delivered) => number): number => portions.reduce((all, one) => all + of(one), 0);
    const seconds = sum(({ spent, startedAt }) => spent.at - startedAt) / 1000;
    const latencies = portions.flatMap((one) => one.latencies ?? []).sort((a, b) => a - b);
    return {
      queue,
      seconds,
      perSecond: options.n / seconds,
      acknowledgedSeconds: sum(({ acknowledgedAt, startedAt }) => acknowledgedAt - startedAt) / 1000,
      cpuPerRecord: sum(({ spent }) => spent.cpuSeconds) / options.n,
      databaseCpuPerRecord:
        databaseBefore === undefined || databaseAfter === undefined
          ? undefined
          : (databaseAfter - databaseBefore) / options.n,
      rssMaxMb: Math.max(...portions.map(({ spent }) => spent.rssMaxMb)),
      ...(latencies.length === 0
        ? {}
        : { latency: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) } }),
    };
  } finally {
    await contender.stop();
    await forget(track.databaseUrl, schema);
  }
}

/** Takes the tables of a run away: else the server would vacuum them in the middle of a later one. */
export async function forget(url: string, schema: string): Promise<void> {
  const database = await openDatabase({ url, max: 1, applicationName: 'bench' });
  await database.query(`drop schema if exists ${schema} cascade`);
  await database.query(`drop schema if exists ${schema}_queue cascade`);
  await database.close();
}

export interface Delivered {
  /** Epoch, ms. */
  readonly startedAt: number;
  readonly acknowledgedAt: number;
  readonly spent: Spent & { readonly at: number };
  /** Milliseconds from sent to written, of each. */
  readonly latencies?: readonly number[];
}

/** The value that this share of the sorted values does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Makes, sends and waits for the orders from one index on; those before it were sent already. */
export async function deliver(
  outside: Remote<Outside>,
  contender: Remote<Contender>,
  to: { hub: string; connection: string; key: string },
  first: number,
  count: number,
  perSecond?: number,
): Promise<Delivered> {
  await outside.call('prepareOrders', { to, first, count });
  await contender.call('measure', undefined);
  if (perSecond !== undefined) {
    const startedAt = Date.now();
    const latencies = await outside.call('sendPaced', { perSecond, first });
    const spent = await contender.call('settle', undefined);
    return { startedAt, acknowledgedAt: spent.at, latencies, spent };
  }
  const arrived = outside.call('reached', { count: first < firstWarmUp ? first + count : count });
  const [sent] = await Promise.all([
    outside.call('sendOrders', undefined),
    arrived.catch(async (error: unknown) => {
      const trouble = await contender.call('trouble', undefined);
      throw new Error([String(error), ...trouble.slice(0, 10)].join('\n'));
    }),
  ]);
  return { ...sent, spent: await contender.call('settle', undefined) };
}
