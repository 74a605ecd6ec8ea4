/** One side in a process of its own: the hub's door, or the bare route. */
import { startHubSide } from '../sync/hub-side.ts';
import { measure, type Spent } from '../sync/meter.ts';
import { answer } from '../sync/remote.ts';
import type { Setting } from '../sync/side.ts';
import { startBareRoute } from './limit.ts';

/** `limit` keeps messages as they came, as the hub does; `inboxOnly` does not. */
export type Kind = 'hub' | 'limit' | 'inboxOnly';

let side: { stop(): Promise<void> } | undefined;
let stopMeter: (() => Spent) | undefined;

const handlers = {
  async start({ kind, setting }: { kind: Kind; setting: Setting }): Promise<string> {
    const started =
      kind === 'hub'
        ? await startHubSide({ ...setting, role: 'api', quiet: true })
        : await startBareRoute(setting, kind === 'limit');
    side = started;
    return started.url;
  },
  measure(): void {
    stopMeter = measure();
  },
  spent: (): Spent => stopMeter?.() ?? { cpuSeconds: 0, rssMaxMb: 0 },
  async stop(): Promise<void> {
    await side?.stop();
    side = undefined;
  },
};
export type Contender = typeof handlers;

answer(handlers);
