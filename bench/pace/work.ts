/** Thousands of objects read from, or written to, one system, as the hub's drains would. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConnectorError,
  type Decision,
  type JsonObject,
  type WriteItem,
} from '../../connectors/kit/index.ts';
import type { Subject, Watched } from './connection.ts';

export type Way = 'read' | 'write';

/**
 * Batches under way at once; each may be several calls. Few, because a simulator shares this process: more would only wait
 * in it for one another.
 */
const batchesAtOnce = 3;

/** What can be done with a connector by what its flags tell: read its list, create its object. */
export function waysOf({ flags }: Subject): readonly Way[] {
  return [...(flags.list ? ['read' as const] : []), ...(flags.create ? ['write' as const] : [])];
}

/** The object a way is about. */
export function objectOf({ flags }: Subject, way: Way): string {
  return (way === 'read' ? flags.list?.object : flags.create?.object) ?? '';
}

/**
 * Does it with `count` objects; throws when one of them did not arrive. Answers the seconds the calls took: not what went
 * before, and not the looking at what the vendor has, which takes a while.
 */
export async function move(subject: Subject, watched: Watched, way: Way, count: number): Promise<number> {
  return way === 'read' ? readAll(subject, watched, count) : writeAll(subject, watched, count);
}

async function readAll({ flags }: Subject, { session, simulator }: Watched, count: number): Promise<number> {
  const { list } = flags;
  const read = list && session.objects[list.object]?.list;
  if (!read) throw new Error('The connector lists nothing.');
  const missing = new Set(list.seed(simulator, count));
  const signal = new AbortController().signal;
  const began = performance.now();
  let cursor: JsonObject | undefined;
  for (;;) {
    const page = await patiently(() =>
      read({ ...(cursor === undefined ? { since: '2000-01-01T00:00:00.000Z' } : { cursor }), signal }),
    );
    for (const item of page.items) missing.delete(item.remoteId);
    cursor = page.cursor;
    if (!page.more) break;
  }
  const seconds = (performance.now() - began) / 1000;
  if (missing.size > 0) throw new Error(`${missing.size} of ${count} objects were not told.`);
  return seconds;
}

async function writeAll(
  { flags, connector }: Subject,
  { session, simulator }: Watched,
  count: number,
): Promise<number> {
  const { create } = flags;
  const write = create && session.objects[create.object]?.write;
  const { config } = simulator.connectionFor('');
  const declared = { ...connector.objects, ...connector.objectsOf?.(config) };
  const facts = create && declared[create.object];
  if (!write || !facts) throw new Error('The connector creates nothing.');
  const keys = Array.from({ length: count }, (_none, at) => `PACE-${at + 1}`);
  const waiting: WriteItem[] = keys.map((key) => create.item(key, simulator));
  const signal = new AbortController().signal;
  const began = performance.now();

  async function worker(): Promise<void> {
    for (;;) {
      const items = waiting.splice(0, facts?.batchSize ?? 1);
      if (items.length === 0) return;
      const results = await patiently(async () => write?.({ step: create?.step ?? '', items, signal }));
      for (const [at, item] of items.entries()) {
        const result = results?.[at];
        if (result?.ok) continue;
        if (!result) throw new Error(`Nothing was said of ${item.key}.`);
        await rest(result.decision);
        waiting.push(item);
      }
    }
  }
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
  const seconds = (performance.now() - began) / 1000;
  // Counting them all would take a vendor that searches line by line longer than the work.
  const sample = keys.filter((_key, at) => at % Math.ceil(count / 50) === 0);
  const wrong = sample.filter((key) => create.stored(simulator, key) !== 1);
  if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: not there exactly once.`);
  return seconds;
}

/** Does it again as long as it is told to come later, after the pause it is told. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      await rest(error.decision);
    }
  }
}

async function rest(decision: Decision): Promise<void> {
  if (decision.kind !== 'throttle' && decision.kind !== 'retry') throw new Error(decision.message);
  await delay(decision.afterMs ?? 100);
}
