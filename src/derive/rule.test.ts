import { describe, expect, test } from 'vitest';
import { applies, closeTime, compileExpression, DeriveError, RuleError, readRule } from './index.ts';

function problemsOf(doc: unknown): string[] {
  try {
    readRule('retailDay', doc);
  } catch (error) {
    if (error instanceof RuleError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('reading a rule', () => {
  test('reports everything that is wrong at once, with its path', () => {
    expect(
      problemsOf({
        from: 'order',
        when: 'record.knid == "ticket"',
        group: ['storeId', 'shopId'],
        lines: { group: ['skuId', { isGift: 'line.kind = "gift"' }], sum: ['quantity', 'skuId'] },
        set: { nummer: '"x"', number: 'concat(record.storeId, record.placedAt)' },
      }),
    ).toEqual([
      'when: order has no field knid',
      'group.1: order has no field shopId',
      'group.1: retailDay has no field shopId',
      'set.nummer: retailDay has no field nummer',
      'set.number: retailDay has no field placedAt',
      expect.stringContaining('lines.group.1.isGift: Unexpected character: ='),
      'lines.sum.1: skuId is no decimal and cannot be summed',
    ]);
    expect(problemsOf({ from: 'orders', group: [] })[0]).toContain('group');
    expect(problemsOf({ from: 'orders' })).toEqual([
      expect.stringMatching(/^from: orders is no entity; known are order,/),
    ]);
    expect(problemsOf({ from: 'order', groups: ['storeId'] })[0]).toContain('groups');
    expect(problemsOf({ from: 'order', group: ['storeId'], split: ['locationId'] })).toContain(
      'split: a rule groups or splits, not both',
    );
    expect(
      problemsOf({ from: 'order', group: ['storeId'], close: { at: '25:00', quiet: '2x', zone: 'Moon' } }),
    ).toHaveLength(3);
  });

  test('has documented defaults', () => {
    const rule = readRule('retailDay', { from: 'order', group: ['storeId'], close: { at: '04:00' } });
    expect(rule).toMatchObject({
      entity: 'retailDay',
      kind: 'group',
      late: 'park',
      close: { at: '04:00', quietMs: 0, zone: 'Asia/Shanghai' },
    });
  });
});

describe('conditions', () => {
  const rule = (when: string) => readRule('receivable', { from: 'order', when });

  test('see null for what is not told', () => {
    expect(applies(rule('record.states.payment == "paid"'), { kind: 'web' })).toBe(false);
    expect(applies(rule('record.states.payment != "paid"'), { kind: 'web' })).toBe(true);
    expect(applies(rule('has(record.paidAt)'), {})).toBe(false);
    expect(applies(rule('has(record.states.payment) && record.states.payment == "paid"'), {})).toBe(false);
    const gift = rule('record.lines.exists(one, one.kind == "gift")');
    expect(applies(gift, { lines: [{ key: 'a' }, { key: 'b', kind: 'gift' }] })).toBe(true);
    expect(applies(gift, {})).toBe(false);
    expect(applies(rule('cmp(record.amounts.payable, "10") >= 0'), { amounts: { payable: '10.00' } })).toBe(
      true,
    );
  });

  test('that cannot be computed name the rule and the expression', () => {
    const check = () => applies(rule('cmp(record.amounts.payable, "10") > 0'), {});
    expect(check).toThrow(DeriveError);
    expect(check).toThrow(
      /rule receivable: cmp\(record.amounts.payable, "10"\) > 0 could not be computed: .*not told/,
    );
  });
});

describe('expressions', () => {
  const value = (text: string, record = {}) =>
    compileExpression(text, ['record', 'part']).evaluate({ record, part: 2 });

  test('compute with exact decimals and refuse floats', () => {
    expect(value('add("0.1", "0.2")')).toBe('0.3');
    expect(value('div("10", 3, 2)')).toBe('3.33');
    expect(
      value('sum(record.lines.map(one, one.amount))', { lines: [{ amount: '1.10' }, { amount: '2' }] }),
    ).toBe('3.1');
    expect(value('neg(abs("-2"))')).toBe('-2');
    expect(() => value('add("1", 0.5)')).toThrow(/"0.5"/);
    expect(() => value('0.5')).toThrow(/float/);
  });

  test('give plain JSON: whole numbers, lists, absent for null', () => {
    expect(value('part')).toBe(2);
    expect(value('concat(record.number, "-", part)', { number: 'W-1' })).toBe('W-1-2');
    expect(value('[record.id]', { id: 'x' })).toEqual(['x']);
    expect(value('record.notes')).toBeUndefined();
  });
});

describe('the close of a group', () => {
  const close = (settings: object) =>
    readRule('retailDay', { from: 'order', group: ['storeId'], close: settings });
  const day = { businessDate: '2026-11-01' };

  test('is the time of day after the business date, in the zone of the books', () => {
    const rule = close({ at: '04:00', quiet: '2h' });
    expect(closeTime(rule, day, '2026-11-01T12:00:00Z')).toBe('2026-11-01T20:00:00.000Z');
  });

  test('waits until the group has been quiet', () => {
    const rule = close({ at: '04:00', quiet: '2h' });
    expect(closeTime(rule, day, '2026-11-01T19:30:00Z')).toBe('2026-11-01T21:30:00.000Z');
    expect(closeTime(close({ quiet: '90s' }), {}, '2026-11-01T19:30:00Z')).toBe('2026-11-01T19:31:30.000Z');
  });

  test('needs a business date', () => {
    expect(() => closeTime(close({ at: '04:00' }), {}, '2026-11-01T19:30:00Z')).toThrow(/businessDate/);
  });
});
