import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chinaDate, chinaTime, fromChinaTime } from './time.ts';

describe('Chinese time', () => {
  it('is eight hours ahead, into the next day and year', () => {
    expect(chinaTime('2023-12-31T16:30:05.123Z')).toBe('2024-01-01 00:30:05');
    expect(chinaTime(Date.UTC(2024, 5, 1))).toBe('2024-06-01 08:00:00');
    expect(chinaDate('2023-12-31T16:00:00Z')).toBe('2024-01-01');
  });

  it('is read back to UTC in every form vendors write', () => {
    expect(fromChinaTime('2024-01-01 08:00:00')).toBe('2024-01-01T00:00:00.000Z');
    expect(fromChinaTime(' 2024-01-01 08:00 ')).toBe('2024-01-01T00:00:00.000Z');
    expect(fromChinaTime('2024-01-01')).toBe('2023-12-31T16:00:00.000Z');
    expect(fromChinaTime('2024-01-01T08:00:00.5')).toBe('2024-01-01T00:00:00.500Z');
    expect(fromChinaTime('2024-01-01T08:00:00Z')).toBe('2024-01-01T08:00:00.000Z');
  });

  it('refuses what is no time', () => {
    for (const text of [
      '',
      '0',
      '2024-13-01',
      '2024-02-30 00:00:00',
      '24:00',
      'yesterday',
      '0000-00-00 00:00:00',
    ]) {
      expect(() => fromChinaTime(text)).toThrow(RangeError);
    }
    expect(() => chinaTime('soon')).toThrow(RangeError);
    expect(() => chinaTime(Number.NaN)).toThrow(RangeError);
  });

  it('survives the way there and back, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }), (seconds) => {
        expect(Date.parse(fromChinaTime(chinaTime(seconds * 1000)))).toBe(seconds * 1000);
      }),
    );
  });
});
