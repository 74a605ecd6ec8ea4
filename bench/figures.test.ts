import { describe, expect, test } from 'vitest';
import { median, round, table } from './figures.ts';

describe('figures of a benchmark', () => {
  test('the median is the middle run, or lies between the two in the middle', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(median([])).toBeNaN();
  });

  test('numbers are rounded to significant digits', () => {
    expect(round(0.000123456)).toBe(0.000123);
    expect(round(1234.5)).toBe(1230);
  });

  test('columns of a table line up', () => {
    expect(
      table([
        ['what', 'n'],
        ['hub', '1200'],
      ]),
    ).toBe('what     n\nhub   1200');
  });
});
