import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsOf, dayOf, defaultShares, sharesInUse } from './budget.ts';
import {
  claimProbe,
  decide,
  goodForMs,
  noteAnswering,
  noteSilent,
  type Question,
  type Returned,
  renewProbe,
  travelMs,
} from './decide.ts';
import { emptyState, type LimitState } from './state.ts';
import { fairShare, tidied } from './windows.ts';

const budget = { zone: 'Asia/Shanghai', shares: defaultShares };

function question(more: Partial<Question>): Question {
  return {
    ...{ holder: 'a', limits: {}, budget, wants: {}, returned: [] },
    ...{ busy: 0, demand: 1, waiting: 1 },
    ...more,
  };
}

/** Processes that ask, call late, give back late or die, played against one vendor that notes each call. */
function play(limits: { perSecond: number; perMinute?: number }, steps: readonly Step[]): number[] {
  let state: LimitState = emptyState;
  let now = Date.UTC(2026, 10, 1);
  const arrivals: number[] = [];
  const toReturn = new Map<number, Returned[]>();
  steps.forEach((step, index) => {
    now += step.waitMs;
    const returned = (toReturn.get(step.process) ?? []).map((one) => ({ ...one, agoMs: now - one.agoMs }));
    toReturn.set(step.process, []);
    const holder = String(step.process);
    const asked = question({ holder, limits, wants: { write: step.wants }, returned });
    const decided = decide(state, asked, now, index + 1);
    state = decided.state;
    const { grant } = decided.answer;
    if (!grant) return;
    const granted = grant.parts.reduce((sum, part) => sum + part.count, 0);
    const made = Math.min(granted, step.makes);
    const startedAt = now + step.startsLate * goodForMs;
    for (let call = 0; call < made; call += 1) arrivals.push(startedAt + step.travels * travelMs);
    if (step.dies) return;
    const unused = granted > made ? { write: granted - made } : {};
    const settledAt = made === 0 ? now : startedAt + travelMs;
    toReturn.set(step.process, [{ id: grant.id, date: undefined, unused, agoMs: settledAt }]);
    // Given back at the next question, which comes after the calls were made.
    now = Math.max(now, startedAt);
  });
  return arrivals.sort((a, b) => a - b);
}

interface Step {
  readonly process: number;
  readonly waitMs: number;
  readonly wants: number;
  readonly makes: number;
  readonly startsLate: number;
  readonly travels: number;
  readonly dies: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  process: fc.integer({ min: 0, max: 3 }),
  waitMs: fc.integer({ min: 0, max: 700 }),
  wants: fc.integer({ min: 1, max: 12 }),
  makes: fc.integer({ min: 0, max: 12 }),
  startsLate: fc.double({ min: 0, max: 1, noNaN: true }),
  travels: fc.double({ min: 0, max: 1, noNaN: true }),
  dies: fc.boolean(),
});

describe('limits all processes share', () => {
  it('never let a vendor see more calls in any second or minute, whoever is late, gives back or dies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(step, { maxLength: 80 }),
        (perSecond, perMinute, steps) => {
          const arrivals = play({ perSecond, perMinute }, steps);
          arrivals.forEach((first, index) => {
            const inSecond = arrivals[index + perSecond];
            const inMinute = arrivals[index + perMinute];
            if (inSecond !== undefined) expect(inSecond - first).toBeGreaterThanOrEqual(1_000);
            if (inMinute !== undefined) expect(inMinute - first).toBeGreaterThanOrEqual(60_000);
          });
        },
      ),
    );
  });

  it('never hand out more slots than there are, and nobody less than others who want more', () => {
    const ask = fc.record({ holder: fc.constantFrom('a', 'b', 'c'), demand: fc.nat(9), gone: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(ask, { maxLength: 40 }), (concurrent, asks) => {
        let state = emptyState;
        let now = 0;
        const held = new Map<string, number>();
        for (const { holder, demand, gone } of asks) {
          now += gone ? 11_000 : 100;
          if (gone) held.clear();
          const asked = question({ holder, limits: { concurrent }, demand });
          const decided = decide(state, asked, now, 1);
          state = decided.state;
          held.set(holder, decided.answer.slots);
          expect([...held.values()].reduce((sum, slots) => sum + slots, 0)).toBeLessThanOrEqual(concurrent);
        }
      }),
    );
    const three = ['a', 'b', 'c'].map((name, index) => ({ name, demand: [1, 9, 9][index] ?? 0, slots: 0 }));
    expect(three.map(({ name }) => fairShare(8, three, name))).toEqual([1, 4, 3]);
    const turns = [
      { name: 'a', demand: 5, slots: 1 },
      { name: 'b', demand: 5, slots: 0 },
    ];
    expect(turns.map(({ name }) => fairShare(1, turns, name))).toEqual([0, 1]);
  });

  it('keep a minute of small grants short and never tell a call earlier than it was', () => {
    const grants = Array.from({ length: 900 }, (_, index) => ({
      ...{ id: index, count: 1, settled: true },
      until: index * 60,
    }));
    const kept = tidied(grants, [{ count: 1_000, lengthMs: 60_000 }], 54_000);
    expect(kept.length).toBeLessThan(150);
    expect(kept.reduce((sum, grant) => sum + grant.count, 0)).toBe(900);
    for (const { until } of grants) {
      const later = kept.filter((grant) => grant.until >= until).reduce((sum, grant) => sum + grant.count, 0);
      expect(later).toBeGreaterThanOrEqual(grants.filter((grant) => grant.until >= until).length);
    }
  });
});

describe("a day's calls", () => {
  const limits = { perDay: 100 };
  const noon = Date.parse('2026-11-01T04:00:00Z');

  it('are divided; what is used up waits for the midnight of the vendor, the rest goes on', () => {
    const polls = decide(emptyState, question({ limits, wants: { poll: 60 } }), noon, 1);
    expect(polls.answer.grant?.parts).toEqual([{ purpose: 'poll', share: 'poll', count: 50 }]);
    const more = decide(polls.state, question({ limits, wants: { poll: 1, write: 1 } }), noon + 1, 2);
    expect(more.answer).toMatchObject({ usedUp: ['poll'], resetsInMs: 12 * 3_600_000 - 1 });
    expect(more.answer.grant?.parts).toEqual([{ purpose: 'write', share: 'write', count: 1 }]);
    const tomorrow = Date.parse('2026-11-01T16:00:00Z');
    const next = decide(more.state, question({ limits, wants: { poll: 1 } }), tomorrow, 3);
    expect(next.answer.grant?.parts).toEqual([{ purpose: 'poll', share: 'poll', count: 1 }]);
    expect(next.state.day).toMatchObject({ date: '2026-11-02', used: { poll: 1 } });
  });

  it('are paid back when they were not made', () => {
    const first = decide(emptyState, question({ limits, wants: { write: 20 } }), noon, 1);
    const back = [{ id: 1, date: '2026-11-01', unused: { write: 8 }, agoMs: 5 }];
    const second = decide(first.state, question({ limits, returned: back }), noon + 900, 2);
    expect(second.state.day?.used).toEqual({ write: 12 });
    // Said twice, it counts once.
    expect(decide(second.state, question({ limits, returned: back }), noon + 901, 3).state.day?.used).toEqual(
      { write: 12 },
    );
  });

  it('of nobody in particular come from where most is left', () => {
    const first = decide(emptyState, question({ limits, wants: { any: 1 } }), noon, 1);
    expect(first.answer.grant?.parts).toEqual([{ purpose: 'any', share: 'poll', count: 1 }]);
  });

  it('that one kind of work never needs go to the others, and none is lost', () => {
    const shares = sharesInUse(defaultShares, new Set(['write', 'fetch']));
    expect(callsOf(300, shares)).toEqual({ fetch: 0, poll: 250, write: 0, backfill: 25, operator: 25 });
    expect(callsOf(7, defaultShares)).toEqual({ fetch: 1, poll: 3, write: 1, backfill: 0, operator: 2 });
    expect(dayOf(Date.parse('2026-11-01T15:59:59Z'), 'Asia/Shanghai').date).toBe('2026-11-01');
  });
});

describe('a silent vendor', () => {
  it('is asked by one process at a time, and by none before its pause is over', () => {
    const silent = noteSilent(noteSilent(emptyState, 'a', 1_000, 0), 'b', 3_000, 10);
    expect(claimProbe(silent, 'a', 1_000).afterMs).toBe(2_010);
    const mine = claimProbe(silent, 'a', 3_010);
    expect(mine.afterMs).toBe(0);
    expect(claimProbe(mine.state, 'b', 3_020).afterMs).toBeGreaterThan(0);
    // A third that finds the vendor silent as well does not let others probe beside the one who does.
    expect(claimProbe(noteSilent(mine.state, 'c', 1, 3_030), 'b', 3_100).afterMs).toBeGreaterThan(0);
    // A prober that died frees its place; one that asks still, and nobody else, keeps it.
    expect(claimProbe(mine.state, 'b', 3_010 + 10_001).afterMs).toBe(0);
    const renewed = renewProbe(mine.state, 'a', 3_010 + 9_000);
    expect(claimProbe(renewed, 'b', 3_010 + 10_001).afterMs).toBeGreaterThan(0);
    expect(renewProbe(mine.state, 'b', 3_010 + 9_000)).toEqual(mine.state);
    expect(renewProbe(noteAnswering(mine.state), 'a', 3_010 + 9_000).breaker).toBeUndefined();
    expect(noteAnswering(mine.state).breaker).toBeUndefined();
    expect(silent.breaker?.since).toBe(0);
  });
});
