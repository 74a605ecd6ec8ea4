import { describe, expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../shell/address.ts';
import { amountText } from './number-text.ts';
import { spanText } from './time-text.ts';

describe('What people read', () => {
  test('amounts keep every digit, however many there are', () => {
    expect(amountText('12345678901234567.890', 'en')).toBe('12,345,678,901,234,567.890');
    expect(amountText('-1234.5', 'zh-CN', 'CNY')).toBe('-¥1,234.5');
    expect(amountText('about ten', 'en')).toBe('about ten');
  });

  test('stretches of time are told in the unit that fits', () => {
    expect([0, 119, 120, 7_199, 7_200, 172_800].map((one) => spanText(one, 'en'))).toEqual([
      '0 sec',
      '119 sec',
      '2 min',
      '119 min',
      '2 hr',
      '2 days',
    ]);
    expect(spanText(300, 'zh-CN')).toBe('5分钟');
  });

  test('addresses hold what was selected as it is, numbers and brackets too', () => {
    const search = { q: 'W2026110100017', code: '[x]', ids: ['a', 'b'], none: undefined };
    expect(stringifySearch(search)).toBe('?q=W2026110100017&code=%22%5Bx%5D%22&ids=%5B%22a%22%2C%22b%22%5D');
    expect(parseSearch(stringifySearch(search))).toEqual({
      q: 'W2026110100017',
      code: '[x]',
      ids: ['a', 'b'],
    });
    expect(parseSearch('?q=[broken')).toEqual({ q: '[broken' });
  });
});
