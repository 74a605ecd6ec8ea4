/** One run of one side: a fresh process, a fresh schema, warmed up, measured, and its results checked. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';
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
}

/** Orders sent before the clock starts, so that both sides run compiled code over open connections. */
const warmUp = 600;
const firstWarmUp = 50_000_000;

export async function runOnce(track: Track, options: RunOptions): Promise<RunResult> {
  const { outside } = track;
  const key = randomBytes(16).toString('hex');
  const file = fileURLToPath(new URL('./contender.ts', import.meta.url));
  const contender = start<Contender>(file, [], track.nodeOptions);
  try {
    await outside.call('reset', { delayMs: 0 });
    const { url, queue } = await contender.call('start', {
      kind: options.kind,
      setting: {
        databaseUrl: track.databaseUrl,
        ...(track.redisUrl === undefined ? {} : { redisUrl: track.redisUrl }),
        schema: `bench_${randomBytes(5).toString('hex')}`,
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
    await deliver(outside, contender, to, firstWarmUp, Math.min(warmUp, options.n));
    await outside.call('reset', { delayMs: options.targetMs });
    const databaseBefore = track.databaseCpu();
    const { startedAt, acknowledgedAt, spent } = await deliver(outside, contender, to, 0, options.n);
    const databaseAfter = track.databaseCpu();
    const contents = await outside.call('contents', undefined);
    if (contents.numbers !== options.n || contents.repeated > 0 || contents.wrong > 0) {
      throw new Error(`the target does not hold what it should: ${JSON.stringify(contents)}`);
    }
    await contender.call('stop', undefined);
    const seconds = (spent.at - startedAt) / 1000;
    return {
      queue,
      seconds,
      perSecond: options.n / seconds,
      acknowledgedSeconds: (acknowledgedAt - startedAt) / 1000,
      cpuPerRecord: spent.cpuSeconds / options.n,
      databaseCpuPerRecord:
        databaseBefore === undefined || databaseAfter === undefined
          ? undefined
          : (databaseAfter - databaseBefore) / options.n,
      rssMaxMb: spent.rssMaxMb,
    };
  } finally {
    await contender.stop();
  }
}

async function deliver(
  outside: Remote<Outside>,
  contender: Remote<Contender>,
  to: { hub: string; connection: string; key: string },
  first: number,
  count: number,
) {
  await outside.call('prepareOrders', { to, first, count });
  await contender.call('measure', undefined);
  const arrived = outside.call('reached', { count });
  const [sent] = await Promise.all([
    outside.call('sendOrders', undefined),
    arrived.catch(async (error: unknown) => {
      const trouble = await contender.call('trouble', undefined);
      throw new Error([String(error), ...trouble.slice(0, 10)].join('\n'));
    }),
  ]);
  return { ...sent, spent: await contender.call('settle', undefined) };
}
