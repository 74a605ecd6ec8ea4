import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { failureOf, patient } from './conformance/subject.ts';
import { createLimiter, SlidingWindow } from './limiter.ts';

describe('a sliding window', () => {
  it('never allows more starts in any stretch of its length than it says', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), gaps, (count, waits) => {
        const window = new SlidingWindow(count, 1000);
        const starts: number[] = [];
        let clock = 0;
        for (const wait of waits) {
          clock = Math.max(clock + wait, window.opensAt());
          window.take(clock);
          starts.push(clock);
        }
        starts.forEach((start, index) => {
          const after = starts[index + count];
          if (after !== undefined) expect(after - start).toBeGreaterThanOrEqual(1000);
        });
      }),
    );
  });
});

describe('a limiter', () => {
  it('lets everything through when nothing is limited', async () => {
    const limiter = createLimiter({ limits: {} });
    await Promise.all(Array.from({ length: 100 }, () => limiter.acquire(patient())));
  });

  it('keeps to its rate and its order', async () => {
    vi.useFakeTimers();
    try {
      const limiter = createLimiter({ limits: { perSecond: 2 }, now: Date.now });
      const begun = Date.now();
      const turns: [number, number][] = [];
      for (let call = 0; call < 6; call++) {
        void limiter.acquire(patient()).then((release) => {
          turns.push([call, Date.now() - begun]);
          release();
        });
      }
      await vi.advanceTimersByTimeAsync(5000);
      expect(turns).toEqual([
        [0, 0],
        [1, 0],
        [2, 1000],
        [3, 1000],
        [4, 2000],
        [5, 2000],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('counts a call until it is answered: only then it has surely reached the vendor', async () => {
    vi.useFakeTimers();
    try {
      const limiter = createLimiter({ limits: { perSecond: 1 }, now: Date.now });
      const begun = Date.now();
      const first = await limiter.acquire(patient());
      setTimeout(first, 40);
      const second = limiter.acquire(patient());
      const turns: number[] = [];
      void second.then((release) => {
        turns.push(Date.now() - begun);
        setTimeout(release, 900);
      });
      void limiter.acquire(patient()).then(() => turns.push(Date.now() - begun));
      await vi.advanceTimersByTimeAsync(5000);
      expect(turns).toEqual([1040, 2940]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on although its clock stands still', async () => {
    vi.useFakeTimers();
    try {
      const limiter = createLimiter({ limits: { perSecond: 1 }, now: () => 42 });
      let turns = 0;
      for (let call = 0; call < 3; call++) void limiter.acquire(patient()).then(() => turns++);
      await vi.advanceTimersByTimeAsync(2000);
      expect(turns).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says how long to stay away when the wait would be long', async () => {
    const limiter = createLimiter({ limits: { perDay: 2 }, now: () => 0 });
    await limiter.acquire(patient());
    await limiter.acquire(patient());
    const { decision } = await failureOf(limiter.acquire(patient()));
    expect(decision).toMatchObject({ kind: 'throttle', code: 'http.rate-limit', afterMs: 86_400_000 });
  });

  it('does not let a queue grow longer than it can serve in time', async () => {
    const limiter = createLimiter({ limits: { perSecond: 10 }, maxWaitMs: 1000, now: () => 0 });
    const stop = new AbortController();
    const calls = Array.from({ length: 40 }, () => limiter.acquire(stop.signal).then(() => 'turn', String));
    const last = await calls[39];
    expect(last).toContain('call limit');
    stop.abort();
    expect((await Promise.all(calls)).filter((one) => one === 'turn')).toHaveLength(10);
  });

  it('counts a call that failed like any other, once', async () => {
    const limiter = createLimiter({ limits: { concurrent: 1 } });
    const release = await limiter.acquire(patient());
    const next = limiter.acquire(patient());
    release();
    release();
    await next;
    const third = limiter.acquire(AbortSignal.timeout(20));
    expect((await failureOf(third)).decision.code).toBe('http.unreachable');
  });

  it('forgets a call whose caller has gone, and its place with it', async () => {
    const limiter = createLimiter({ limits: { concurrent: 1 } });
    const release = await limiter.acquire(patient());
    const stop = new AbortController();
    const gone = failureOf(limiter.acquire(stop.signal));
    const next = limiter.acquire(patient());
    stop.abort();
    expect((await gone).decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    release();
    await next;
  });
});
