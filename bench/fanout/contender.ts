/** One side of the race in a process of its own: the hub, or the hand-written loop. */
import { setTimeout as delay } from 'node:timers/promises';
import { measure, type Spent } from '../sync/meter.ts';
import { answer } from '../sync/remote.ts';
import { startHubSide } from './hub-side.ts';
import { startLimit } from './limit.ts';
import type { Setting, Side } from './side.ts';

let side: Side | undefined;
let stopMeter: (() => Spent) | undefined;

const handlers = {
  async start({
    kind,
    setting,
  }: {
    readonly kind: 'hub' | 'limit';
    readonly setting: Setting;
  }): Promise<void> {
    side = await (kind === 'hub' ? startHubSide(setting) : startLimit(setting));
  },
  async tell(events: Parameters<Side['tell']>[0]): Promise<number> {
    stopMeter = measure();
    return running().tell(events);
  },
  /** Waits until nothing is left for these receivers; answers when that was seen (epoch, ms) and what it cost. */
  async settle(urls: readonly string[]): Promise<Spent & { readonly at: number }> {
    while (!(await running().quiet(urls))) await delay(2);
    const spent = stopMeter?.() ?? { cpuSeconds: 0, rssMaxMb: 0 };
    return { at: Date.now(), ...spent };
  },
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
