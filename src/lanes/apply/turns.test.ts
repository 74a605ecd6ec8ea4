import { describe, expect, test } from 'vitest';
import type { LaneHold } from '../runner.ts';
import { backfillLane, Turns } from './turns.ts';

const holdOf = (lane: string): LaneHold => ({
  lane,
  holder: '',
  epoch: 1,
  // Ended, so that nothing sleeps.
  signal: AbortSignal.abort(),
  isOver: () => false,
});
const live = holdOf('apply/pos/0');
const behind = holdOf('apply/pos/backfill-0');

describe('turns between what is live and a backfill', () => {
  test('what a backfill has read has lanes of its own, and an object always the same', () => {
    expect(backfillLane('apply/pos/3')).toBe('apply/pos/backfill-1');
    expect(backfillLane('apply/pos/2')).toBe('apply/pos/backfill-0');
  });

  test('a backfill gets large slices while nothing is live, small ones and rests while something is, and a share always', async () => {
    let now = 0;
    const turns = new Turns(() => now);
    const limits: number[] = [];
    const slice = (tookMs: number) => async (limit: number) => {
      limits.push(limit);
      now += tookMs;
      return { rows: limit, live: true };
    };
    await turns.take(behind, slice(10));
    await turns.take(behind, slice(10));
    expect(limits).toEqual([500, 500]);

    // Live work goes on for ten seconds, a message every 20 ms.
    limits.length = 0;
    let slices = 0;
    while (now < 10_000) {
      await turns.take(live, slice(10));
      now += 10;
      slices += (await turns.take(behind, slice(10))) === 10 ? 1 : 0;
    }
    expect(new Set(limits)).toEqual(new Set([200, 10]));
    expect(slices).toBeGreaterThanOrEqual(15);
    expect(slices).toBeLessThanOrEqual(21);

    // Quiet for a second: no rest is waited for.
    now += 1_000;
    limits.length = 0;
    await turns.take(behind, slice(10));
    expect(limits).toEqual([500]);
  });

  test('an answer to our own write is not live: what a backfill causes does not hold it up', async () => {
    let now = 0;
    const turns = new Turns(() => now);
    await turns.take(live, async () => ({ rows: 1, live: false }));
    now += 1;
    let given = 0;
    await turns.take(behind, async (limit) => {
      given = limit;
      return { rows: 0, live: false };
    });
    expect(given).toBe(500);
  });
});
