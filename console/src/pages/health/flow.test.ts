import { describe, expect, test } from 'vitest';
import { rateOf, rateText } from './flow.ts';

describe('Rates on the map', () => {
  test('are over the last five minutes, or over the last step of a longer time', () => {
    expect(rateOf([100, 0, 0, 5, 0, 5], 60)).toBe(2);
    expect(rateOf([100, 60], 600)).toBe(6);
    expect(rateOf([], 60)).toBe(0);
  });

  test('something is never told as nothing', () => {
    expect([0, 0.01, 0.44, 9.4, 12.4].map(rateText)).toEqual(['0', '0.1', '0.4', '9.4', '12']);
  });
});
