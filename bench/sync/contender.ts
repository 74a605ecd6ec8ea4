/** One side of the race in a process of its own: the hub, or the hand-written job. */
import { setTimeout as delay } from 'node:timers/promises';
import { startHubSide } from './hub-side.ts';
import { startLimit } from './limit.ts';
import { measure, type Spent } from './meter.ts';
import { answer } from './remote.ts';
import type { Setting, Side } from './side.ts';

let side: Side | undefined;
let stopMeter: (() => Spent) | undefined;

const handlers = {
  async start({ kind, setting }: { kind: 'hub' | 'limit'; setting: Setting }) {
    side = await (kind === 'hub' ? startHubSide(setting) : startLimit(setting));
    return { url: side.url, queue: side.queue };
  },
  measure(): void {
    stopMeter = measure();
  },
  /** Waits until nothing is left; answers when that was seen (epoch, ms) and what it cost since `measure`. */
  async settle(): Promise<Spent & { readonly at: number }> {
    while (!(await running().quiet())) await delay(2);
    const at = Date.now();
    const spent = stopMeter?.() ?? { cpuSeconds: 0, rssMaxMb: 0 };
    stopMeter = undefined;
    return { at, ...spent };
  },
  trouble: (): Promise<readonly string[]> => running().trouble(),
  async stop(): Promise<void> {
    await side?.stop();
    side = undefined;
  },
};
export type Contender = typeof handlers;

function running(): Side {
  if (!side) throw new Error('not started');
  return side;
}

answer(handlers);
