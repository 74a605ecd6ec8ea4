import { describe, expect, test } from 'vitest';
import { headersProblem } from './headers.ts';
import type { PostResult } from './result.ts';
import { readRetryAfter } from './retry-after.ts';
import { nextAttempt } from './schedule.ts';

const failed: PostResult = { ok: false, status: 500, answer: '', durationMs: 3 };
const hour = 3_600_000;

describe('when an event is posted again', () => {
  test('after 5 s, 5 m, 30 m, 2 h, 5 h, 10 h and 10 h, and then no more', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempts) => nextAttempt(failed, attempts, 0));
    expect(delays.map((one) => (one.kind === 'retry' ? one.delayMs : one.kind))).toEqual([
      5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000,
    ]);
    expect(nextAttempt(failed, 8, 0)).toEqual({ kind: 'give-up' });
    expect(nextAttempt(failed, 100, 0)).toEqual({ kind: 'give-up' });
  });

  test('spread by a fifth, and never sooner', () => {
    expect(nextAttempt(failed, 1, 0.5)).toEqual({ kind: 'retry', delayMs: 5_500 });
    expect(nextAttempt(failed, 7, 1)).toEqual({ kind: 'retry', delayMs: 43_200_000 });
  });

  test('a receiver that asks for a longer pause gets it, up to a day; a shorter one does not use the tries up', () => {
    const asking = (retryAfterMs: number) => nextAttempt({ ...failed, status: 429, retryAfterMs }, 2, 0);
    expect(asking(1_000)).toEqual({ kind: 'retry', delayMs: 300_000 });
    expect(asking(hour)).toEqual({ kind: 'retry', delayMs: hour });
    expect(asking(1000 * hour)).toEqual({ kind: 'retry', delayMs: 24 * hour });
  });

  test('410 switches off; what the hub broke off itself goes on at once', () => {
    expect(nextAttempt({ ...failed, status: 410, gone: true }, 1, 0)).toEqual({ kind: 'disable' });
    const error = { code: 'delivery.stopped', message: '' };
    expect(nextAttempt({ ...failed, status: null, error }, 8, 1)).toEqual({ kind: 'retry', delayMs: 0 });
  });
});

test('Retry-After is read as seconds and as the three forms of a date; anything else asks for nothing', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter(' 0 ', now)).toBe(0);
  expect(readRetryAfter('999999999999999', now)).toBe(366 * 24 * hour);
  expect(readRetryAfter('Sun, 22 Nov 2026 08:02:00 GMT', now)).toBe(120_000);
  expect(readRetryAfter('Sunday, 22-Nov-26 08:02:00 GMT', now)).toBe(120_000);
  expect(readRetryAfter('Sun Nov 22 08:02:00 2026', now)).toBe(120_000);
  expect(readRetryAfter('Sun, 22 Nov 2026 07:00:00 GMT', now)).toBe(0);
  for (const value of [undefined, '', '-5', '1.5', '1e3', 'soon', 'Sun, 99 Nov 2026 08:02:00 GMT']) {
    expect([value, readRetryAfter(value, now)]).toEqual([value, undefined]);
  }
});

test('headers that would break a request, or are the hub’s own, are refused without showing their value', () => {
  expect(headersProblem({ Authorization: 'Bearer abc', 'x-shop': 'S01' })).toBeUndefined();
  const bad: Record<string, string>[] = [
    { 'x-a': 'one\r\nx-b: two' },
    { 'x a': '1' },
    { 'x-a\n': '1' },
    { '': '1' },
    { 'x-a': '中文' },
    { 'x-a': 'x'.repeat(5000) },
    { Host: 'inner' },
    { 'Content-Length': '0' },
    { 'transfer-encoding': 'chunked' },
    { 'Webhook-Signature': 'v1,abc' },
    { 'x-a': '1', 'X-A': '2' },
    Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`x-${at}`, '1'])),
  ];
  for (const headers of bad)
    expect(headersProblem(headers)?.code, JSON.stringify(headers)).toBe('destination.bad-header');
  expect(headersProblem({ 'x-a': 'hidden\n' })?.toText()).not.toContain('hidden');
});
