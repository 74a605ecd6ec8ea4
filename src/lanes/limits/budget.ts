/** The calls of a day, divided between kinds of work, and the vendor's midnight. Pure. */
import { DateTime } from 'luxon';
import { type CallKind, callKinds } from '../../../connectors/kit/shared.ts';

/** Percent of a day's calls by kind, and the zone whose midnight begins the day. */
export interface Budget {
  readonly zone: string;
  readonly shares: Readonly<Record<CallKind, number>>;
}

/** What a connection gets that says nothing. Webhooks make polls a net, so polls and fetches take turns as the larger part. */
export const defaultShares: Readonly<Record<CallKind, number>> = {
  fetch: 20,
  poll: 50,
  write: 20,
  backfill: 5,
  operator: 5,
};

/** The part of a day each kind of work gets when some kinds are not done here: their parts go to the others. */
export function sharesInUse(
  shares: Readonly<Record<CallKind, number>>,
  unused: ReadonlySet<CallKind>,
): Record<CallKind, number> {
  const total = callKinds.reduce((sum, kind) => sum + (unused.has(kind) ? 0 : shares[kind]), 0);
  const of = (kind: CallKind): number =>
    unused.has(kind) || total === 0 ? 0 : (shares[kind] * sumOf(shares)) / total;
  return Object.fromEntries(callKinds.map((kind) => [kind, of(kind)])) as Record<CallKind, number>;
}

export function sumOf(shares: Readonly<Record<CallKind, number>>): number {
  return callKinds.reduce((sum, kind) => sum + shares[kind], 0);
}

/** Calls a day per kind. Rounded down; what is left over is the operator's. */
export function callsOf(
  perDay: number,
  shares: Readonly<Record<CallKind, number>>,
): Record<CallKind, number> {
  const whole = Math.floor(perDay);
  const calls = Object.fromEntries(
    callKinds.map((kind) => [kind, Math.floor((whole * shares[kind]) / 100)]),
  ) as Record<CallKind, number>;
  calls.operator += Math.max(0, whole - sumOf(calls));
  return calls;
}

/** The vendor's day a moment is in, and when it ends (ms since the epoch). */
export function dayOf(now: number, zone: string): { date: string; resetsAt: number } {
  const local = DateTime.fromMillis(now, { zone });
  return {
    date: local.toISODate() ?? '',
    resetsAt: local.startOf('day').plus({ days: 1 }).toMillis(),
  };
}
