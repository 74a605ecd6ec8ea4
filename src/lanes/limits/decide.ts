/** Who may call how often, decided over what all processes have told. Pure: a state and a question in, both out. */
import { type CallKind, callKinds } from '../../../connectors/kit/shared.ts';
import type { Limits } from '../../../connectors/kit/types.ts';
import { type Budget, callsOf, dayOf } from './budget.ts';
import type { LimitState } from './state.ts';
import { fairShare, freeIn, opensInMs, tidied, windowsOf } from './windows.ts';

/** A call may start this long after it was granted, ms. */
export const goodForMs = 1_000;
/** A call that got its turn is sent within this or not at all, ms: connecting and a busy process take their time. */
export const sendWithinMs = 1_500;
/** A call that got its turn has reached the vendor within this, ms: until then, or its answer, it may be counted there. */
export const travelMs = sendWithinMs + 500;
/** A process that says nothing for this long is taken for dead, and what it held is free, ms. */
export const holderLeaseMs = 10_000;
/** How long a process counts as wanting what it asked for, ms; longer than the pause between two questions. */
const demandFreshMs = 2_500;

/** A call nobody told the purpose of is paid from the share with most left. */
export type Purpose = CallKind | 'any';

export interface Returned {
  readonly id: number;
  /** Calls that were not made, by the share they were to be paid from. */
  readonly unused: Readonly<Partial<Record<CallKind, number>>>;
  readonly date: string | undefined;
  /** How long ago the last of its calls can have been counted by the vendor, ms; negative: not yet. */
  readonly agoMs: number;
}

export interface Question {
  readonly holder: string;
  readonly limits: Limits;
  readonly budget: Budget;
  readonly wants: Readonly<Partial<Record<Purpose, number>>>;
  readonly returned: readonly Returned[];
  /** Calls under way, and those with the ones that wait. */
  readonly busy: number;
  readonly demand: number;
  readonly waiting: number;
}

export interface Granted {
  readonly purpose: Purpose;
  readonly share: CallKind;
  readonly count: number;
}

export interface Answer {
  /** Calls that may start, all under one id; absent: none, or rates are not limited. */
  readonly grant?: {
    readonly id: number;
    readonly date: string | undefined;
    readonly parts: readonly Granted[];
  };
  /** Calls that may be under way in this process. */
  readonly slots: number;
  /** Others want slots too: ask again soon. */
  readonly contended: boolean;
  /** When a window has room again, ms; 0: it has. */
  readonly opensInMs: number;
  /** Purposes whose share of the day is used up, and how long until the day is over, ms. */
  readonly usedUp: readonly Purpose[];
  readonly resetsInMs: number;
}

/** @param id of the grant this answer may make: greater than all before it */
export function decide(
  before: LimitState,
  question: Question,
  now: number,
  id: number,
): { readonly state: LimitState; readonly answer: Answer } {
  const { limits } = question;
  const windows = windowsOf(limits);
  const day = dayFor(before, question, now);
  const returned = new Map(question.returned.map((one) => [one.id, one]));
  const grants = tidied(
    before.grants.map((grant) => {
      const back = grant.settled ? undefined : returned.get(grant.id);
      if (!back) return grant;
      const unused = callKinds.reduce((sum, kind) => sum + (back.unused[kind] ?? 0), 0);
      return { ...grant, count: Math.max(0, grant.count - unused), until: now - back.agoMs, settled: true };
    }),
    windows,
    now,
  );
  const { slots, contended, holders } = slotsFor(before, question, now);

  const parts: Granted[] = [];
  const usedUp: Purpose[] = [];
  let free = Math.min(...windows.map((window) => freeIn(window, grants, now)));
  let reserved = 0;
  if (windows.length > 0 || day) {
    for (const [purpose, wanted] of wantsOf(question, id)) {
      const share = shareOf(purpose, day);
      const left = day ? leftOf(day, share) : Number.POSITIVE_INFINITY;
      if (left <= 0) usedUp.push(purpose);
      const count = Math.max(0, Math.min(wanted, free, left));
      if (count === 0) continue;
      parts.push({ purpose, share, count });
      free -= count;
      reserved += count;
      if (day) day.used[share] = (day.used[share] ?? 0) + count;
    }
  }
  const all =
    reserved === 0
      ? grants
      : [...grants, { id, count: reserved, until: now + goodForMs + travelMs, settled: false }];
  return {
    state: { ...before, limits: limitsShown(limits), grants: all, holders, ...(day ? { day } : {}) },
    answer: {
      ...(reserved === 0 ? {} : { grant: { id, date: day?.date, parts } }),
      slots,
      contended,
      opensInMs: Math.max(0, ...windows.map((window) => opensInMs(window, grants, now))),
      usedUp,
      resetsInMs: day ? Math.max(1, day.resetsAt - now) : 0,
    },
  };
}

type Day = NonNullable<LimitState['day']>;

/** Today's account with what was not spent paid back; undefined where the day has no limit. */
function dayFor(before: LimitState, question: Question, now: number): Day | undefined {
  const { limits, budget } = question;
  if (limits.perDay === undefined) return undefined;
  const today = dayOf(now, budget.zone);
  const used = before.day?.date === today.date ? { ...before.day.used } : {};
  const open = new Set(before.grants.filter((grant) => !grant.settled).map((grant) => grant.id));
  for (const back of question.returned) {
    if (back.date !== today.date || !open.has(back.id)) continue;
    for (const kind of callKinds) {
      const unused = back.unused[kind] ?? 0;
      if (unused > 0) used[kind] = Math.max(0, (used[kind] ?? 0) - unused);
    }
  }
  return { ...today, used, shares: callsOf(limits.perDay, budget.shares) };
}

function leftOf(day: Day, kind: CallKind): number {
  return (day.shares[kind] ?? 0) - (day.used[kind] ?? 0);
}

function shareOf(purpose: Purpose, day: Day | undefined): CallKind {
  if (purpose !== 'any') return purpose;
  if (!day) return 'operator';
  return callKinds.toSorted((a, b) => leftOf(day, b) - leftOf(day, a))[0] ?? 'operator';
}

const purposes = [...callKinds, 'any'] as const;

/** What is asked for, beginning with another purpose each time: none is always the last to be served. */
function wantsOf({ wants }: Question, turn: number): [Purpose, number][] {
  const first = turn % purposes.length;
  return [...purposes.slice(first), ...purposes.slice(0, first)].flatMap((purpose): [Purpose, number][] => {
    const count = wants[purpose] ?? 0;
    return count > 0 ? [[purpose, count]] : [];
  });
}

function slotsFor(before: LimitState, question: Question, now: number) {
  const { holder, busy, demand, waiting, limits } = question;
  const holders = Object.fromEntries(
    Object.entries(before.holders).filter(([name, one]) => name !== holder && one.until > now),
  );
  const others = Object.entries(holders);
  const total = limits.concurrent ?? Number.POSITIVE_INFINITY;
  const held = others.reduce((sum, [, one]) => sum + one.slots, 0);
  const claimants = others.map(([name, one]) => ({
    name,
    slots: one.slots,
    demand: one.asked + demandFreshMs > now ? one.demand : 0,
  }));
  const wanted = claimants.reduce((sum, one) => sum + one.demand, demand);
  const contended = wanted > total && claimants.some((one) => one.demand > 0);
  const mine = { name: holder, slots: before.holders[holder]?.slots ?? 0, demand };
  const fair = contended ? fairShare(total, [...claimants, mine], holder) : demand;
  // Calls under way are there whatever is fair; new ones only where a slot is free.
  const slots = Math.max(busy, Math.min(fair, Math.max(0, total - held)));
  const limited = limits.concurrent !== undefined;
  if (demand > 0 || busy > 0) {
    const until = now + holderLeaseMs;
    holders[holder] = { slots: limited ? slots : 0, demand, waiting, asked: now, until };
  }
  return { slots, contended, holders };
}

function limitsShown({ perSecond, perMinute, perHour, perDay, concurrent }: Limits): LimitState['limits'] {
  return {
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(perMinute === undefined ? {} : { perMinute }),
    ...(perHour === undefined ? {} : { perHour }),
    ...(perDay === undefined ? {} : { perDay }),
    ...(concurrent === undefined ? {} : { concurrent }),
  };
}

/** A probe that says nothing for this long has died with its process, ms. One under way says so three times as often. */
export const probeLeaseMs = 10_000;
/** No probe takes longer, ms: no call does. */
export const longestProbeMs = 60_000;

type Breaker = NonNullable<LimitState['breaker']>;

/** Whether a process other than this one is asking the vendor. */
function isProbedBesides({ probing, probingUntil }: Breaker, holder: string, now: number): boolean {
  return probing !== undefined && probing !== holder && probingUntil > now;
}

/** Notes that a vendor is silent, and until when nobody asks it. */
export function noteSilent(before: LimitState, holder: string, pauseMs: number, now: number): LimitState {
  const { breaker } = before;
  const silent = { since: breaker?.since ?? now, probeAt: Math.max(now + pauseMs, breaker?.probeAt ?? 0) };
  const probing = breaker !== undefined && isProbedBesides(breaker, holder, now);
  return { ...before, breaker: probing ? { ...breaker, ...silent } : { ...silent, probingUntil: 0 } };
}

/** Whether this process asks the silent vendor now (0), or how long it stays away, ms. */
export function claimProbe(
  before: LimitState,
  holder: string,
  now: number,
): { readonly state: LimitState; readonly afterMs: number } {
  const { breaker } = before;
  if (!breaker) return { state: before, afterMs: 0 };
  // Whoever asks will soon know; till then there is nothing to gain from a longer pause.
  if (isProbedBesides(breaker, holder, now)) return { state: before, afterMs: 1_000 };
  // A note takes a moment to be written: this process's own pause ends a little before what it noted.
  if (breaker.probeAt - now > 50) return { state: before, afterMs: Math.ceil(breaker.probeAt - now) };
  return {
    state: { ...before, breaker: { ...breaker, probing: holder, probingUntil: now + probeLeaseMs } },
    afterMs: 0,
  };
}

/** Notes that this process is still asking; changes nothing when another one has taken over, or the answer is there. */
export function renewProbe(before: LimitState, holder: string, now: number): LimitState {
  const { breaker } = before;
  if (breaker?.probing !== holder) return before;
  return { ...before, breaker: { ...breaker, probingUntil: now + probeLeaseMs } };
}

export function noteAnswering({ breaker: _, ...before }: LimitState): LimitState {
  return before;
}
