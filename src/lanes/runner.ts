import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../ledger/database.ts';
import { claimLane, releaseLane, renewLane } from '../ledger/lanes.ts';

/** What a drain may know of the lane it drains. */
export interface LaneHold {
  readonly lane: string;
  readonly holder: string;
  readonly epoch: number;
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  /** Whether the lease is over by the clock: a process that was frozen hears of it before its timers do. */
  readonly isOver: () => boolean;
}

/** Does one slice of a lane's work; answers how many items it moved. Zero means: nothing to do right now. */
export type Drain = (hold: LaneHold) => Promise<number>;

export interface RunnerOptions {
  readonly database: Database;
  /** Drain per kind, the first part of the lane's name. */
  readonly drains: Readonly<Record<string, Drain>>;
  readonly log: Logger;
  /** Lanes drained at once by this process. */
  readonly slots: number;
  /** Of those, at most this many of one connection, so that a slow vendor cannot take them all. */
  readonly slotsPerConnection: number;
  /** How long a lease lives without renewal. A killed worker delays its lane by this plus a sweep. */
  readonly leaseMs: number;
  /** How long a drained lane is kept after the last ring; longer than the queue's throttle. */
  readonly lingerMs: number;
  /** How long a stop waits for calls under way before it cuts them. A cut write is looked up at the next start. */
  readonly graceMs?: number;
}

interface ActiveLane {
  rungAt: number;
  rung: boolean;
  wake: (() => void) | undefined;
}

/**
 * Holds lanes and drains them. A lane that is rung while held is counted (in memory when this process holds
 * it, in the row when another does) and read again before it is let go, so no wake-up is lost.
 */
export class LaneRunner {
  readonly holder = randomUUID();
  readonly #options: RunnerOptions;
  readonly #active = new Map<string, ActiveLane>();
  readonly #pending = new Set<string>();
  readonly #connectionLoad = new Map<string, number>();
  readonly #stop = new AbortController();
  #stopping = false;
  #idle: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Tells this process that a lane has work. Returns at once. */
  wake(lane: string): void {
    if (this.#stopping) return;
    const active = this.#active.get(lane);
    if (active) {
      active.rung = true;
      active.rungAt = Date.now();
      active.wake?.();
      return;
    }
    this.#pending.add(lane);
    this.#fill();
  }

  /** Lanes held or waiting for a slot here. */
  get load(): number {
    return this.#active.size + this.#pending.size;
  }

  /** Stops taking lanes, lets the slices under way end (cutting them after a grace) and lets every lane go. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pending.clear();
    for (const active of this.#active.values()) active.wake?.();
    const cut = setTimeout(() => this.#stop.abort(), this.#options.graceMs ?? 8_000);
    if (this.#active.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(cut);
  }

  #fill(): void {
    for (const lane of this.#pending) {
      if (this.#active.size >= this.#options.slots) return;
      const connection = connectionOf(lane);
      const load = this.#connectionLoad.get(connection) ?? 0;
      if (load >= this.#options.slotsPerConnection) continue;
      this.#pending.delete(lane);
      this.#connectionLoad.set(connection, load + 1);
      this.#active.set(lane, { rungAt: Date.now(), rung: false, wake: undefined });
      void this.#run(lane).finally(() => {
        const again = this.#active.get(lane)?.rung === true;
        this.#active.delete(lane);
        this.#connectionLoad.set(connection, (this.#connectionLoad.get(connection) ?? 1) - 1);
        if (again && !this.#stopping) this.#pending.add(lane);
        this.#fill();
        if (this.#active.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
    }
  }

  async #run(lane: string): Promise<void> {
    const { database, drains, log, leaseMs } = this.#options;
    const drain = drains[lane.split('/', 1)[0] as string];
    if (!drain) return;
    const lost = new AbortController();
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      const claim = await claimLane(database, lane, this.holder, leaseMs);
      if (!claim.held) return;
      let leaseUntil = Date.now() + leaseMs;
      const hold: LaneHold = {
        lane,
        holder: this.holder,
        epoch: claim.epoch,
        signal: AbortSignal.any([this.#stop.signal, lost.signal]),
        isOver: () => Date.now() > leaseUntil,
      };
      heartbeat = setInterval(() => {
        if (Date.now() > leaseUntil) lost.abort();
        void renewLane(database, lane, this.holder, claim.epoch, leaseMs).then(
          (rings) => {
            if (rings === undefined) lost.abort();
            else leaseUntil = Date.now() + leaseMs;
          },
          (error: unknown) => log.warn({ lane, err: error }, 'lease renewal failed'),
        );
      }, leaseMs / 3);
      await this.#drainUntilQuiet(hold, drain, claim.rings);
    } catch (error) {
      if (!this.#stop.signal.aborted) log.error({ lane, err: error }, 'lane drain failed');
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #drainUntilQuiet(hold: LaneHold, drain: Drain, claimedRings: number): Promise<void> {
    const { database, leaseMs, lingerMs } = this.#options;
    const active = this.#active.get(hold.lane) as ActiveLane;
    let rings = claimedRings;
    while (!hold.signal.aborted && !this.#stopping) {
      active.rung = false;
      const moved = await drain(hold);
      if (moved > 0) continue;
      // Empty. Stay until the lane has been quiet for a while, then let go only if nobody rang meanwhile.
      const quiet = active.rungAt + lingerMs - Date.now();
      if (active.rung) continue;
      if (quiet > 0 && !hold.signal.aborted && !this.#stopping) {
        await pause(active, quiet, hold.signal);
        continue;
      }
      if (await releaseLane(database, hold.lane, hold.holder, hold.epoch, rings)) return;
      const now = await renewLane(database, hold.lane, hold.holder, hold.epoch, leaseMs);
      if (now === undefined) return;
      rings = now;
    }
    // What rang meanwhile is due, and the next sweep rings it for those who stay.
    await releaseLane(database, hold.lane, hold.holder, hold.epoch, undefined).catch(() => {
      // The lease ends by itself; a stopping process may have lost its database already.
    });
  }
}

function pause(active: ActiveLane, forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, forMs);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      active.wake = undefined;
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
    active.wake = done;
  });
}

/** The connection a lane works for: the second part of its name. */
export function connectionOf(lane: string): string {
  return lane.split('/')[1] ?? '';
}
