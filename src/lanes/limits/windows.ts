/** Counting calls in windows and dividing slots: numbers in, numbers out. */
import type { Limits } from '../../../connectors/kit/types.ts';
import type { LimitState } from './state.ts';

export interface Window {
  readonly count: number;
  readonly lengthMs: number;
}

/**
 * Longer than what the vendor counts by, ms: our clocks tell whole milliseconds and are set while they run, so a call
 * that is a window behind another by them may come a little sooner by the vendor's.
 */
function guardMs(lengthMs: number): number {
  return 2 + lengthMs / 500;
}

/** The stretches of time in which a vendor counts, but for the day. Below one per stretch the stretch grows. */
export function windowsOf({ perSecond, perMinute, perHour }: Limits): Window[] {
  const rates: [number | undefined, number][] = [
    [perSecond, 1_000],
    [perMinute, 60_000],
    [perHour, 3_600_000],
  ];
  return rates.flatMap(([rate, lengthMs]) => {
    if (rate === undefined) return [];
    const counted = rate >= 1 ? lengthMs : Math.ceil(lengthMs / rate);
    return [{ count: Math.max(1, Math.floor(rate)), lengthMs: Math.ceil(counted + guardMs(counted)) }];
  });
}

/** Calls of a window that are or may yet be counted at `now`. */
export function usedIn(window: Window, grants: LimitState['grants'], now: number): number {
  return grants.reduce((sum, grant) => (grant.until + window.lengthMs > now ? sum + grant.count : sum), 0);
}

/** How many calls may be handed out at once: what is free, a quarter of the limit at the most so that others get some. */
export function freeIn(window: Window, grants: LimitState['grants'], now: number): number {
  const quarter = Math.max(1, Math.ceil(window.count / 4));
  return Math.max(0, Math.min(window.count - usedIn(window, grants, now), quarter));
}

/** When the window has room for a call again, ms from now; 0: it has. */
export function opensInMs(window: Window, grants: LimitState['grants'], now: number): number {
  let used = usedIn(window, grants, now);
  if (used < window.count) return 0;
  for (const grant of grants.toSorted((a, b) => a.until - b.until)) {
    const leavesAt = grant.until + window.lengthMs;
    if (leavesAt <= now) continue;
    used -= grant.count;
    if (used < window.count) return leavesAt - now;
  }
  return window.lengthMs;
}

/**
 * Grants older than this are kept by the second: a minute of small ones would be a long list. Before that something
 * of them may still be given back.
 */
const keptExactlyMs = 5_000;
/** Older than this they are kept by the minute, for windows of an hour. */
const keptBySecondMs = 150_000;

/** Drops what no window counts any more and joins old grants; never tells a call earlier than it was. */
export function tidied(
  grants: LimitState['grants'],
  windows: readonly Window[],
  now: number,
): LimitState['grants'] {
  const longest = Math.max(0, ...windows.map((window) => window.lengthMs));
  const kept: LimitState['grants'] = [];
  const seconds = new Map<number, LimitState['grants'][number]>();
  for (const grant of grants) {
    const counted = Math.max(longest, grant.settled ? 0 : keptExactlyMs);
    if (grant.until + counted <= now || grant.count === 0) continue;
    if (grant.until > now - keptExactlyMs) {
      kept.push(grant);
      continue;
    }
    const step = grant.until > now - keptBySecondMs ? 1_000 : 60_000;
    const until = Math.ceil(grant.until / step) * step;
    const joined = seconds.get(until);
    seconds.set(until, {
      id: grant.id,
      count: grant.count + (joined?.count ?? 0),
      until,
      settled: true,
    });
  }
  return [...seconds.values(), ...kept];
}

export interface Claimant {
  readonly name: string;
  /** What it could use. */
  readonly demand: number;
  /** What it has. */
  readonly slots: number;
}

/**
 * Divides slots so that nobody gets less than another who wants more. What cannot be divided goes to those who
 * have least now, so that it goes round.
 */
export function fairShare(total: number, claimants: readonly Claimant[], name: string): number {
  const shares = new Map(claimants.map((one) => [one.name, 0]));
  let left = total;
  let open = claimants.filter((one) => one.demand > 0);
  while (open.length > 0 && left >= open.length) {
    const each = Math.floor(left / open.length);
    for (const one of open) {
      const more = Math.min(each, one.demand - (shares.get(one.name) ?? 0));
      shares.set(one.name, (shares.get(one.name) ?? 0) + more);
      left -= more;
    }
    open = open.filter((one) => (shares.get(one.name) ?? 0) < one.demand);
  }
  const byNeed = open.toSorted((a, b) => a.slots - b.slots || (a.name < b.name ? -1 : 1));
  for (const one of byNeed.slice(0, left)) shares.set(one.name, (shares.get(one.name) ?? 0) + 1);
  return shares.get(name) ?? 0;
}
