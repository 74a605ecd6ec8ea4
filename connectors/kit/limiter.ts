/**
 * Keeps a connection inside its vendor's limits. Calls wait in one queue, first come first served; a wait
 * longer than `maxWaitMs` is not waited for but told (`throttle`), so that the lane can do other work.
 */
import { fail } from './errors.ts';
import { manyMayListen } from './listeners.ts';
import type { Limits } from './types.ts';

export interface Limiter {
  /** A call that is not sent this long after its turn must not be sent any more, ms. Absent: it may always. */
  readonly sendWithinMs?: number | undefined;
  /**
   * Waits for a turn; the function it resolves to must be called when the vendor has answered.
   * Throws ConnectorError: `throttle` `http.rate-limit` with `afterMs` when the turn is too far off,
   * `retry` `http.unreachable` when the signal fires first (nothing was sent), `retry` `http.budget-used` with
   * `afterMs` when the share of the day this call is paid from is used up (shared limiters only).
   * @param write whether the call writes: what it is for when the signal does not say
   */
  acquire(signal: AbortSignal, write?: boolean): Promise<() => void>;
}

/** A call has reached the vendor this long after its start, ms: connecting and a busy process take their time. */
const longestWayMs = 2_000;

/**
 * At most `count` starts in any stretch of `windowMs`, whenever the stretch begins. What the vendor counts is when calls
 * reach it, which is between start and answer: `settle` says when that was over.
 */
export class SlidingWindow {
  /** Mean distance of two starts at full use, ms. */
  readonly spacingMs: number;
  readonly #starts: Float64Array;
  readonly #windowMs: number;
  #next = 0;

  constructor(count: number, windowMs: number) {
    this.#starts = new Float64Array(Math.max(1, Math.floor(count))).fill(Number.NEGATIVE_INFINITY);
    this.#windowMs = windowMs;
    this.spacingMs = windowMs / this.#starts.length;
  }

  /** The earliest moment the next start is allowed, in the clock of `take`. */
  opensAt(): number {
    return (this.#starts[this.#next] ?? Number.NEGATIVE_INFINITY) + this.#windowMs;
  }

  /** The place the start has taken, for `settle`. */
  take(moment: number): number {
    const place = this.#next;
    this.#starts[place] = moment;
    this.#next = (place + 1) % this.#starts.length;
    return place;
  }

  /**
   * The call that began at `start` has been answered: the vendor may have counted it until now. No more than
   * `longestWayMs` is taken for the way, or a vendor that works long would be asked far less than it allows.
   */
  settle(place: number, start: number, answered: number): void {
    if (this.#starts[place] !== start) return;
    this.#starts[place] = Math.max(start, Math.min(answered, start + longestWayMs));
  }
}

export interface LimiterOptions {
  readonly limits: Limits;
  /** Milliseconds; must go forward. Default: a monotonic clock. */
  readonly now?: () => number;
  /** Longest a call waits for a rate, ms. Default 30 000. Waiting for one of `concurrent` is not counted. */
  readonly maxWaitMs?: number;
}

interface Waiting {
  start(release: () => void): void;
  tooLate(waitMs: number): void;
}

const unlimited: Limiter = {
  acquire: async (signal) => {
    if (signal.aborted) stopped(signal);
    return () => {};
  },
};

/** A limiter for one connection in this process. The day is a sliding one and starts anew with the process. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { limits, now = () => performance.now(), maxWaitMs = 30_000 } = options;
  const windows = windowsOf(limits);
  const concurrent = limits.concurrent ?? Number.POSITIVE_INFINITY;
  if (windows.length === 0 && concurrent === Number.POSITIVE_INFINITY) return unlimited;

  const queue = new Set<Waiting>();
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Time known to have passed: a clock that stands still or steps back cannot stop the queue. */
  let latest = Number.NEGATIVE_INFINITY;

  function drain(): void {
    latest = Math.max(latest, now());
    for (const first of queue) {
      if (running >= concurrent) return;
      const opensAt = Math.max(latest, ...windows.map((window) => window.opensAt()));
      if (opensAt > latest) {
        waitUntil(opensAt);
        return;
      }
      queue.delete(first);
      running++;
      first.start(begun(latest));
    }
  }

  function waitUntil(moment: number): void {
    const waitMs = moment - latest;
    if (waitMs > maxWaitMs) {
      const tooMany = [...queue];
      queue.clear();
      for (const one of tooMany) one.tooLate(waitMs);
      return;
    }
    if (timer) return;
    const armedAt = now();
    timer = setTimeout(() => {
      timer = undefined;
      const fired = now();
      // Timers fire up to a millisecond early. Only a clock that does not go on is not waited for.
      latest = Math.max(latest, fired > armedAt ? fired : moment);
      drain();
    }, Math.ceil(waitMs));
  }

  /** How long a call that joins the queue now is likely to wait for its rate. */
  function expectedWaitMs(): number {
    return queue.size * Math.max(0, ...windows.map((window) => window.spacingMs));
  }

  function stopTimer(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  /** Counts a call; what it answers is to be called when the vendor has. */
  function begun(start: number): () => void {
    const places = windows.map((window) => window.take(start));
    return once(() => {
      running--;
      latest = Math.max(latest, now());
      for (const [at, window] of windows.entries()) window.settle(places[at] ?? 0, start, latest);
      drain();
    });
  }

  return {
    acquire(signal) {
      return new Promise((resolve, reject) => {
        const give = (error: unknown): void => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        };
        const waiting: Waiting = {
          start: (release) => {
            signal.removeEventListener('abort', onAbort);
            resolve(release);
          },
          tooLate: (waitMs) => give(caught(() => tooFast(waitMs))),
        };
        const onAbort = (): void => {
          queue.delete(waiting);
          if (queue.size === 0) stopTimer();
          give(caught(() => stopped(signal)));
        };
        if (signal.aborted) return onAbort();
        manyMayListen(signal);
        signal.addEventListener('abort', onAbort, { once: true });
        const expected = expectedWaitMs();
        if (expected > maxWaitMs) return waiting.tooLate(expected);
        queue.add(waiting);
        drain();
      });
    },
  };
}

function windowsOf(limits: Limits): SlidingWindow[] {
  const windows: SlidingWindow[] = [];
  if (limits.perSecond !== undefined) windows.push(rate(limits.perSecond, 1000));
  if (limits.perMinute !== undefined) windows.push(rate(limits.perMinute, 60_000));
  if (limits.perHour !== undefined) windows.push(rate(limits.perHour, 3_600_000));
  if (limits.perDay !== undefined) windows.push(rate(limits.perDay, 86_400_000));
  return windows;
}

/** Below one per window (0.5 a second) the window grows instead of the count. */
function rate(count: number, windowMs: number): SlidingWindow {
  return count >= 1 ? new SlidingWindow(count, windowMs) : new SlidingWindow(1, windowMs / count);
}

export function tooFast(waitMs: number): never {
  const afterMs = Math.ceil(waitMs);
  fail({
    kind: 'throttle',
    code: 'http.rate-limit',
    message: `The call limit set for this connection is used up; the next call is possible in ${afterMs} ms.`,
    afterMs,
  });
}

export function stopped(signal: AbortSignal): never {
  fail(
    {
      kind: 'retry',
      code: 'http.unreachable',
      message: 'The call was stopped before anything was sent.',
    },
    signal.reason,
  );
}

export function caught(run: () => never): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

export function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
