import { expect, test } from 'vitest';
import { documents, nextClosing } from './closing.ts';

const at = (iso: string): number => Date.parse(iso) / 1_000;
const rule = { day: 5, zone: 'Asia/Shanghai' };

test('the books of a month are closed at the end of a day of the next, by the clock there', () => {
  expect(nextClosing(rule, at('2026-11-05T15:59:59Z'))).toEqual({
    month: '2026-10',
    at: at('2026-11-05T16:00:00Z'),
    before: { day: '2026-11-01', moment: '2026-10-31T16:00:00.000Z' },
  });
  expect(nextClosing(rule, at('2026-11-05T16:00:00Z'))).toMatchObject({
    month: '2026-11',
    at: at('2026-12-05T16:00:00Z'),
  });
});

test('the end of a year, and a zone that shifts its clock', () => {
  expect(nextClosing(rule, at('2026-12-31T12:00:00Z'))).toMatchObject({
    month: '2026-12',
    before: { day: '2027-01-01', moment: '2026-12-31T16:00:00.000Z' },
  });
  expect(nextClosing({ day: 28, zone: 'Europe/Berlin' }, at('2026-03-20T00:00:00Z'))).toMatchObject({
    at: at('2026-03-28T23:00:00Z'),
    before: { moment: '2026-02-28T23:00:00.000Z' },
  });
});

test('only documents stand in books', () => {
  expect(documents).toContain('order');
  expect(documents).not.toContain('product');
  expect(documents).not.toContain('inventory');
});
