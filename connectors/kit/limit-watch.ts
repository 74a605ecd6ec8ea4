/** The vendor's side of limits: counts calls as a strict vendor would, and how often a limit was exceeded. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Limits } from './types.ts';

export interface LimitCounts {
  readonly calls: number;
  /** Most calls in any second, minute, hour and day, and at the same time, of one unit. */
  readonly most: Readonly<Record<LimitName, number>>;
  /** Calls that came though a limit was used up. */
  readonly exceeded: Readonly<Record<LimitName, number>>;
}
export type LimitName = 'perSecond' | 'perMinute' | 'perHour' | 'perDay' | 'concurrent';

/** What the vendor counts a call under; undefined: it does not count it. The body may be read from a clone. */
export type UnitOf = (context: Context) => string | undefined | Promise<string | undefined>;

const lengths = { perSecond: 1_000, perMinute: 60_000, perHour: 3_600_000, perDay: 86_400_000 } as const;
const names: readonly LimitName[] = ['perSecond', 'perMinute', 'perHour', 'perDay', 'concurrent'];

/**
 * Counts in windows that may begin at any moment, so it is at least as strict as vendors that count by the minute of the
 * clock. What is counted by itself (a store account, an API) is a unit.
 */
export class LimitWatch {
  #limits: Limits;
  readonly #now: () => number;
  readonly #units = new Map<string, { arrivals: number[]; open: number }>();
  #calls = 0;
  readonly #most = { perSecond: 0, perMinute: 0, perHour: 0, perDay: 0, concurrent: 0 };
  readonly #exceeded = { perSecond: 0, perMinute: 0, perHour: 0, perDay: 0, concurrent: 0 };

  /** @param now milliseconds that only go forward */
  constructor(limits: Limits = {}, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Other limits from now on; what was counted stays. */
  set limits(limits: Limits) {
    this.#limits = limits;
  }

  get limits(): Limits {
    return this.#limits;
  }

  get counts(): LimitCounts {
    return { calls: this.#calls, most: { ...this.#most }, exceeded: { ...this.#exceeded } };
  }

  /** Limits exceeded, all of them together. 0 is what a connector promises. */
  get violations(): number {
    return names.reduce((sum, name) => sum + this.#exceeded[name], 0);
  }

  /** Counts a call that begins; the limits it exceeds, if any. `leave` must be called when it is answered. */
  enter(unit = ''): { readonly exceeded: readonly LimitName[]; leave(): void } {
    const now = this.#now();
    const state = this.#units.get(unit) ?? { arrivals: [], open: 0 };
    this.#units.set(unit, state);
    this.#calls += 1;
    state.open += 1;
    state.arrivals.push(now);
    const exceeded: LimitName[] = [];
    for (const name of names) {
      const used = name === 'concurrent' ? state.open : countSince(state.arrivals, now - lengths[name]);
      this.#most[name] = Math.max(this.#most[name], used);
      const limit = this.#limits[name];
      if (limit === undefined || !exceeds(limit, used, state.arrivals, name, now)) continue;
      this.#exceeded[name] += 1;
      exceeded.push(name);
    }
    let left = false;
    return {
      exceeded,
      leave: () => {
        if (!left) state.open -= 1;
        left = true;
      },
    };
  }

  /**
   * Counts what passes; goes before the routes. `refuse` answers a call that exceeds a limit as the vendor would; without
   * it such calls are only counted. Undefined as unit: not counted (a sign-in, say).
   */
  middleware(
    unitOf: UnitOf = () => '',
    refuse?: (context: Context, exceeded: readonly LimitName[]) => Response | Promise<Response>,
  ): MiddlewareHandler {
    return async (context, next) => {
      const unit = await unitOf(context);
      if (unit === undefined) return next();
      const { exceeded, leave } = this.enter(unit);
      try {
        if (refuse && exceeded.length > 0) return await refuse(context, exceeded);
        await next();
      } finally {
        leave();
      }
    };
  }
}

/** A vendor's app behind a watch that only counts. */
export function watchedApp(app: Pick<Hono, 'fetch'>, watch: LimitWatch, unitOf?: UnitOf): Hono {
  const watched = new Hono();
  watched.use(watch.middleware(unitOf));
  watched.all('*', ({ req, env }) => app.fetch(req.raw, env as object));
  return watched;
}

/** A limit below one (0.5 a second) is one call in a longer stretch. */
function exceeds(
  limit: number,
  used: number,
  arrivals: readonly number[],
  name: LimitName,
  now: number,
): boolean {
  if (limit >= 1 || name === 'concurrent') return used > Math.floor(limit);
  return countSince(arrivals, now - lengths[name] / limit) > 1;
}

/** Arrivals are in order: the first one after the border is found by halving. */
function countSince(arrivals: readonly number[], border: number): number {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrivals[middle] ?? 0) > border) high = middle;
    else low = middle + 1;
  }
  return arrivals.length - low;
}
