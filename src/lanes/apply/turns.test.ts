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

  test('small live slices go one at a time; large ones, and those that ask a system, keep nobody waiting', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const take = (name: string, rows: number, asks = false) =>
      turns.take(live, async (_limit, read) => {
        begun.push(name);
        read(rows, asks);
        await new Promise<void>((resolve) => ends.push(resolve));
        return { rows, live: true };
      });
    const all = [
      take('large', 50),
      take('asking', 1, true),
      take('small', 49),
      take('second', 1),
      take('third', 1),
    ];
    const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
    await settled();
    expect(begun).toEqual(['large', 'asking', 'small']);
    ends[2]?.();
    await settled();
    expect(begun).toEqual(['large', 'asking', 'small', 'second']);
    for (let at = 0; at < 5; at += 1) {
      for (const end of ends) end();
      await settled();
    }
    await Promise.all(all);
    expect(begun.at(-1)).toBe('third');
  });

  test('a small slice that fails lets the next one in', async () => {
    const turns = new Turns();
    const failing = turns.take(live, async () => {
      throw new Error('the database is gone');
    });
    await expect(failing).rejects.toThrow('gone');
    expect(await turns.take(live, async () => ({ rows: 1, live: true }))).toBe(1);
  });
});
