import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../ledger/database.ts';
import { claimLane, releaseLane, renewLane } from '../ledger/lanes.ts';
import { backoff } from './retry.ts';

/** What a drain may know of the lane it drains. */
export interface LaneHold {
  readonly lane: string;
  readonly holder: string;
  readonly epoch: number;
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  /** Whether the lease is over by the clock: a process that was frozen hears of it before its timers do. */
  readonly isOver: () => boolean;
  /** Resolves at the next ring, at once if one has come since this slice began. Absent: nobody tells. */
  readonly nextRing?: () => Promise<void>;
  /** Work that goes on after its slice: the lane is not let go before it has ended. Absent: nobody waits for it. */
  readonly keep?: (work: Promise<void>) => void;
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
  /**
   * Of rings that come through the queue, it drops those of a lane that follow one another within so long: what they were
   * for is looked for right after. Absent: none is dropped.
   */
  readonly throttleMs?: number;
  /** How long a stop waits for calls under way before it cuts them. A cut write is looked up at the next start. */
  readonly graceMs?: number;
}

/** How long a lane that failed here is left to others: a second at first, and half a minute at the most. */
const restPolicy = { baseMs: 1_000, capMs: 30_000 };

/** A clock is read to the millisecond, and a timer may end one early. */
const clockMs = 2;

interface ActiveLane {
  rungAt: number;
  /** When a ring has come through the queue; the next ones may have been dropped there. */
  throttledAt: number;
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
  /** Lanes to be taken, and whether a ring came through the queue. */
  readonly #pending = new Map<string, boolean>();
  readonly #connectionLoad = new Map<string, number>();
  /** Lanes whose drain failed here, and until when they are left alone (`performance.now()`). */
  readonly #resting = new Map<string, { readonly failures: number; readonly until: number }>();
  readonly #stop = new AbortController();
  #stopping = false;
  #idle: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Tells this process that a lane has work. Returns at once. False: its drain has just failed here, so it rests, and
   * another process may be told; the sweep tells this one again.
   *
   * @param throttled The ring came through the queue, which may have dropped others right after it.
   */
  wake(lane: string, throttled = false): boolean {
    if (this.#stopping) return true;
    if (this.#isResting(lane)) return false;
    const active = this.#active.get(lane);
    if (active) {
      active.rung = true;
      active.rungAt = Date.now();
      if (throttled) active.throttledAt = active.rungAt;
      active.wake?.();
      return true;
    }
    this.#pending.set(lane, throttled || this.#pending.get(lane) === true);
    this.#fill();
    return true;
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
    for (const [lane, throttled] of this.#pending) {
      if (this.#active.size >= this.#options.slots) return;
      const connection = connectionOf(lane);
      const load = this.#connectionLoad.get(connection) ?? 0;
      if (load >= this.#options.slotsPerConnection) continue;
      this.#pending.delete(lane);
      this.#connectionLoad.set(connection, load + 1);
      const rungAt = Date.now();
      const throttledAt = throttled ? rungAt : 0;
      this.#active.set(lane, { rungAt, throttledAt, rung: false, wake: undefined });
      void this.#run(lane).finally(() => {
        // What rings a lane that has just failed is for others, or for the sweep.
        const again = this.#active.get(lane)?.rung === true && !this.#isResting(lane);
        this.#active.delete(lane);
        this.#connectionLoad.set(connection, (this.#connectionLoad.get(connection) ?? 1) - 1);
        if (again && !this.#stopping) this.#pending.set(lane, false);
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
    let giveBack: (() => Promise<unknown>) | undefined;
    const active = this.#active.get(lane) as ActiveLane;
    const kept = new Set<Promise<void>>();
    try {
      const claim = await claimLane(database, lane, this.holder, leaseMs);
      if (!claim.held) return;
      giveBack = () => releaseLane(database, lane, this.holder, claim.epoch, undefined);
      let leaseUntil = Date.now() + leaseMs;
      const hold: LaneHold = {
        lane,
        holder: this.holder,
        epoch: claim.epoch,
        signal: AbortSignal.any([this.#stop.signal, lost.signal]),
        isOver: () => Date.now() > leaseUntil,
        nextRing: () => (active.rung || this.#stopping ? Promise.resolve() : ringOf(active)),
        keep: (work) => {
          kept.add(work);
          void work.finally(() => kept.delete(work));
        },
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
      await this.#drainUntilQuiet(hold, active, drain, claim.rings, kept);
    } catch (error) {
      if (!this.#stop.signal.aborted) log.error({ lane, err: error }, 'lane drain failed');
      // Whatever of the drain is still under way writes nothing more under this hold.
      lost.abort();
      if (giveBack) {
        this.#rest(lane);
        await giveBack().catch(() => {
          // Without a database the lease ends by itself.
        });
      }
    } finally {
      clearInterval(heartbeat);
    }
  }

  #isResting(lane: string): boolean {
    return performance.now() < (this.#resting.get(lane)?.until ?? 0);
  }

  /** Leaves a lane to others for a while, longer with every failure, so that one that always fails is no hot loop. */
  #rest(lane: string): void {
    const failures = (this.#resting.get(lane)?.failures ?? 0) + 1;
    const forMs = restPolicy.baseMs / 2 + backoff(failures - 1, Math.random(), restPolicy);
    this.#resting.set(lane, { failures, until: performance.now() + forMs });
  }

  async #drainUntilQuiet(
    hold: LaneHold,
    active: ActiveLane,
    drain: Drain,
    claimedRings: number,
    kept: ReadonlySet<Promise<void>>,
  ): Promise<void> {
    const { database, leaseMs, lingerMs, throttleMs = 0 } = this.#options;
    let rings = claimedRings;
    while (!hold.signal.aborted && !this.#stopping) {
      active.rung = false;
      const moved = await drain(hold);
      this.#resting.delete(hold.lane);
      if (moved > 0) continue;
      // Empty. Stay until the lane has been quiet for a while, then let go only if nobody rang meanwhile.
      const quiet = active.rungAt + lingerMs - Date.now();
      if (active.rung) continue;
      if (quiet > 0 && !hold.signal.aborted && !this.#stopping) {
        const dropped = active.throttledAt + throttleMs + clockMs - Date.now();
        await pause(active, dropped > 0 ? Math.min(quiet, dropped) : quiet, hold.signal);
        continue;
      }
      if (await releaseLane(database, hold.lane, hold.holder, hold.epoch, rings)) return;
      const now = await renewLane(database, hold.lane, hold.holder, hold.epoch, leaseMs);
      if (now === undefined) return;
      rings = now;
    }
    await Promise.all(kept);
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

/** The next ring of a lane that is held; the end of the runner is one, too. */
function ringOf(active: ActiveLane): Promise<void> {
  return new Promise((resolve) => {
    active.wake = () => {
      active.wake = undefined;
      resolve();
    };
  });
}

/** The connection a lane works for: the second part of its name. */
export function connectionOf(lane: string): string {
  return lane.split('/')[1] ?? '';
}
