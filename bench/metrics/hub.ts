/** One of the two hubs: a process and a schema of its own, warmed up, and given work in portions. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../sync/contender.ts';
import { deliver, firstWarmUp, forget, type Track, warmUp } from '../sync/race.ts';
import { start } from '../sync/remote.ts';

/** What a portion cost, for each of its orders. */
export interface Portion {
  readonly perSecond: number;
  /** CPU seconds of the process, and with those of the database. */
  readonly cpu: number;
  readonly cpuWithDatabase: number;
}

export interface BenchHub {
  readonly url: string;
  /** Orders from an index on; all before it have reached the target. */
  portion(first: number, count: number): Promise<Portion>;
  stop(): Promise<void>;
}

export async function startBenchHub(
  { outside, databaseUrl, dataDir, target, databaseCpu }: Track,
  { metrics, n }: { readonly metrics: boolean; readonly n: number },
): Promise<BenchHub> {
  const schema = `bench_${randomBytes(5).toString('hex')}`;
  const key = randomBytes(16).toString('hex');
  const contender = start<Contender>(fileURLToPath(new URL('../sync/contender.ts', import.meta.url)));
  const stop = async (): Promise<void> => {
    await contender.stop();
    await forget(databaseUrl, schema);
  };
  try {
    await outside.call('reset', { delayMs: 0 });
    const setting = { databaseUrl, schema, target, key, dataDir, metrics };
    const { url } = await contender.call('start', { kind: 'hub', setting });
    const to = { hub: url, connection: 'shop', key };
    for (const connection of ['shop', 'books']) {
      await outside.call('sendArticles', { ...to, connection });
      await contender.call('settle', undefined);
    }
    await deliver(outside, contender, to, firstWarmUp, Math.min(warmUp, n));
    return {
      url,
      async portion(first, count) {
        const before = databaseCpu() ?? 0;
        const { startedAt, spent } = await deliver(outside, contender, to, first, count);
        const cpu = spent.cpuSeconds / count;
        return {
          perSecond: (count * 1_000) / (spent.at - startedAt),
          cpu,
          cpuWithDatabase: cpu + ((databaseCpu() ?? 0) - before) / count,
        };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
