import type { Dice } from './random.ts';

export type Fault =
  | { readonly kind: 'kill' }
  | { readonly kind: 'freeze'; readonly forMs: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'pgRestart' }
  | { readonly kind: 'blackhole'; readonly forMs: number };

export interface PlannedFault {
  /** Share of the generator's work after which it happens. */
  readonly at: number;
  readonly fault: Fault;
}

export interface FaultCounts {
  readonly kills: number;
  readonly freezes: number;
  readonly flushes: number;
  readonly pgRestarts: number;
  readonly blackholes: number;
}

/** How often everything happens in a run with so many kills. */
export function countsOf(wanted: {
  readonly kills: number;
  readonly freezes: number;
  readonly flush: boolean;
  readonly pgRestart: boolean;
  readonly blackhole: boolean;
}): FaultCounts {
  const often = (share: number): number => Math.max(1, Math.round(wanted.kills * share));
  return {
    kills: wanted.kills,
    freezes: wanted.freezes,
    flushes: wanted.flush ? often(0.2) : 0,
    pgRestarts: wanted.pgRestart ? often(0.1) : 0,
    blackholes: wanted.blackhole ? often(0.1) : 0,
  };
}

/** Draws when what happens, in order. Freezes last up to twice and a half a lease, so that some lose their lanes. */
export function planFaults(counts: FaultCounts, leaseMs: number, dice: Dice): PlannedFault[] {
  const planned: PlannedFault[] = [];
  const add = (count: number, make: () => Fault): void => {
    for (let n = 0; n < count; n += 1) {
      // Spread over the run, each somewhere in its own stretch of it.
      planned.push({ at: 0.03 + (0.94 * (n + dice.next())) / count, fault: make() });
    }
  };
  add(counts.kills, () => ({ kind: 'kill' }));
  add(counts.freezes, () => ({ kind: 'freeze', forMs: dice.int(300, Math.round(leaseMs * 2.5)) }));
  add(counts.flushes, () => ({ kind: 'flush' }));
  add(counts.pgRestarts, () => ({ kind: 'pgRestart' }));
  add(counts.blackholes, () => ({ kind: 'blackhole', forMs: dice.int(2_000, 10_000) }));
  return planned.sort((a, b) => a.at - b.at);
}
