import { expect, test } from 'vitest';
import { shows } from './same.ts';

test('a time is the same however a database writes it', () => {
  const sent = { changed: '2026-11-22T07:04:10.120Z' };
  const isSame = (changed: string) => shows({ changed }, sent);
  for (const there of [
    '2026-11-22T07:04:10.12Z',
    '2026-11-22 15:04:10.120000+08',
    '2026-11-22T07:04:10.12+00:00',
  ])
    expect([there, isSame(there)]).toEqual([there, true]);
  for (const there of ['2026-11-22T07:04:10.121Z', '2026-11-22 07:04:10.12', '2026-11-22T07:04:10Z'])
    expect([there, isSame(there)]).toEqual([there, false]);
});

test('numbers and flags are the same by value', () => {
  expect(shows({ price: '12.50', gift: '1' }, { price: '12.5', gift: true })).toBe(true);
  expect(shows({ price: '12.51' }, { price: '12.5' })).toBe(false);
});
