import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { closedText, datedBy, isPeriod, nextOpenDay, withNewDates } from './posting.ts';

const zone = 'Asia/Shanghai';

describe('which period a document belongs to', () => {
  test.each([
    [{ postingDate: '2026-11-01', businessDate: '2026-10-31' }, 'postingDate', '2026-11-01'],
    [{ businessDate: '2026-10-31', placedAt: '2026-11-02T00:00:00.000Z' }, 'businessDate', '2026-10-31'],
    [{ placedAt: '2026-10-31T15:59:59.000Z' }, 'placedAt', '2026-10-31'],
    [{ placedAt: '2026-10-31T16:00:00.000Z' }, 'placedAt', '2026-11-01'],
  ])('%j is dated by its %s: %s, where days begin in the zone of the books', (data, field, day) => {
    expect(datedBy('order', data, zone)).toEqual({ field, day });
  });

  test('what is no document, or tells no date, belongs to none', () => {
    expect(datedBy('product', { occurredAt: '2026-10-31T16:00:00.000Z' }, zone)).toBeUndefined();
    expect(datedBy('order', { number: 'SO-1', placedAt: 'soon' }, zone)).toBeUndefined();
  });

  test('every moment belongs to the day it is there, also where clocks change and zones are odd', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
    ];
    const moments = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, where) => {
        const placedAt = moment.toISOString();
        const day = DateTime.fromISO(placedAt, { zone: where }).toFormat('yyyy-MM-dd');
        expect(datedBy('order', { placedAt }, where)).toEqual({ field: 'placedAt', day });
      }),
      { numRuns: 2_000 },
    );
  });

  test('a period is a month', () => {
    expect(['2026-10', '2026-13', '2026-1', '2026-10-01'].map(isPeriod)).toEqual([true, false, false, false]);
  });
});

describe('the day a document gets instead', () => {
  const closed = new Set(['2026-10', '2026-11']);
  const isClosed = (period: string): boolean => closed.has(period);

  test('is the first of the next period that is open, over the end of a year too', () => {
    expect(nextOpenDay('2026-10', '2026-12-05', isClosed)).toBe('2026-12-01');
    expect(nextOpenDay('2026-10', '2026-11-05', isClosed)).toBe('2026-12-01');
    expect(nextOpenDay('2026-12', '2026-12-31', isClosed)).toBe('2027-01-01');
  });

  test('is none where that would be later than next month', () => {
    expect(nextOpenDay('2026-10', '2026-10-20', isClosed)).toBeUndefined();
  });

  const redated = { from: '2026-10-31', to: '2026-12-01', period: '2026-10', book: '' };

  test('stands in days and in moments, and the remark tells the original one', () => {
    const data = { placedAt: '2026-10-31T10:00:00.000Z', notes: 'ring twice' };
    const rule = { ...redated, fields: ['postingDate', 'placedAt'], note: true };
    expect(withNewDates('order', data, rule, zone)).toEqual({
      postingDate: '2026-12-01',
      placedAt: '2026-11-30T16:00:00.000Z',
      notes: 'ring twice 原日期 2026-10-31',
    });
    expect(data.notes).toBe('ring twice');
  });

  test('leaves remarks alone where nobody asks for them, or the model has none', () => {
    const quiet = { ...redated, fields: ['postingDate'], note: false };
    expect(withNewDates('order', { notes: 'ring' }, quiet, zone).notes).toBe('ring');
    expect(withNewDates('retailDay', {}, { ...quiet, note: true }, zone)).toEqual({
      postingDate: '2026-12-01',
    });
  });
});

test('documents of one closed period say the same, and of another book something else', () => {
  const period = { connection: 'erp', book: '', period: '2026-10' };
  expect(closedText(period)).toContain('lianhub periods open erp 2026-10');
  expect(closedText({ ...period, book: '100' })).toContain('--book 100');
});
