import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, isObject, type Json, type JsonObject } from '../model/index.ts';
import { type DeriveRule, deriveCycles, type PartState, readRule, type Settlement, settle } from './index.ts';

const daily = (late: string) =>
  readRule('retailDay', {
    from: 'order',
    group: ['storeId', 'businessDate', 'direction'],
    lines: { group: ['skuId'], sum: ['quantity', 'amount'] },
    tenders: true,
    late,
  });
const owed = (late: string) =>
  readRule('receivable', { from: 'order', copy: ['number', 'settlePartyId'], late });

const day = (quantity: string, more: JsonObject = {}): JsonObject => ({
  number: 'S1-D',
  storeId: 'S1',
  lines: [{ key: 'tea', skuId: 'tea', quantity, amount: decimal.mul(quantity, '10') }],
  tenders: [{ key: 'cash', method: 'cash', amount: decimal.mul(quantity, '10') }],
  counts: { tickets: Number(quantity) },
  amount: decimal.mul(quantity, '10'),
  ...more,
});
const made = (data: JsonObject, posted: boolean, part = 1): PartState => ({ part, data, posted });

describe('a document whose sources change', () => {
  test('is computed again as long as nobody was asked to write it, and cancelled when nothing is left', () => {
    for (const late of ['amend', 'reopen', 'park']) {
      expect(settle(daily(late), day('3'), [made(day('1'), false)])).toEqual({
        kind: 'revise',
        part: 1,
        data: day('3'),
      });
      expect(settle(daily(late), undefined, [made(day('1'), false)])).toEqual({ kind: 'cancel', part: 1 });
      expect(settle(daily(late), day('3'), [])).toEqual({ kind: 'create', data: day('3') });
      expect(settle(daily(late), undefined, [])).toEqual({ kind: 'none' });
    }
  });

  test('amend: once it is posted, the difference is the next part', () => {
    const rule = daily('amend');
    const next = settle(rule, day('3'), [made(day('1'), true)]);
    expect(next).toMatchObject({
      kind: 'create',
      data: {
        number: 'S1-D-2',
        amount: '20',
        counts: { tickets: 2 },
        lines: [{ key: 'tea', quantity: '2', amount: '20' }],
      },
    });
    expect(settle(rule, day('1'), [made(day('1'), true)])).toEqual({ kind: 'none' });
    const open = settle(rule, day('5'), [made(day('1'), true), made(day('2'), false, 2)]);
    expect(open).toMatchObject({ kind: 'revise', part: 2, data: { amount: '40' } });
  });

  test('amend: when all sources leave a posted document, the next part takes it back, without its stages', () => {
    const posted = day('2', { states: { approval: 'approved' } });
    const next = settle(daily('amend'), undefined, [made(posted, true)]);
    expect(next).toEqual({
      kind: 'create',
      data: {
        number: 'S1-D-2',
        storeId: 'S1',
        lines: [{ key: 'tea', skuId: 'tea', quantity: '-2', amount: '-20' }],
        tenders: [{ key: 'cash', method: 'cash', amount: '-20' }],
        counts: { tickets: -2 },
        amount: '-20',
      },
    });
  });

  test('reopen: the posted document is revised; when nothing is left of it, a person decides', () => {
    const rule = daily('reopen');
    expect(settle(rule, day('3'), [made(day('1'), true)])).toEqual({
      kind: 'revise',
      part: 1,
      data: day('3'),
    });
    expect(settle(rule, undefined, [made(day('1'), true)])).toMatchObject({
      kind: 'park',
      reason: expect.stringMatching(/nothing is left/),
    });
  });

  test('park: a person sees the difference and decides', () => {
    const rule = daily('park');
    const parked = settle(rule, day('3'), [made(day('1'), true)]);
    expect(parked).toMatchObject({ kind: 'park', difference: { amount: '20' } });
    expect(settle(rule, day('3'), [made(day('1'), true)], true)).toMatchObject({ kind: 'create' });
    expect(settle(rule, day('1'), [made(day('1'), true)])).toEqual({ kind: 'none' });
  });

  test('a document of one source: quantities and amounts are amended, anything else asks for a person', () => {
    const rule = owed('amend');
    const bill = (amount: string, more: JsonObject = {}): JsonObject => ({
      number: 'AR-1',
      orderId: 'o',
      settlePartyId: 'C1',
      amount,
      lines: [{ key: 'a', skuId: 'tea', quantity: '1', price: amount, amount }],
      ...more,
    });
    expect(settle(rule, bill('12'), [made(bill('10', { states: { approval: 'approved' } }), true)])).toEqual({
      kind: 'create',
      data: bill('2', {
        number: 'AR-1-2',
        lines: [{ key: 'a', skuId: 'tea', quantity: '0', price: '12', amount: '2' }],
      }),
    });
    const other = settle(rule, bill('10', { settlePartyId: 'C2' }), [made(bill('10'), true)]);
    expect(other).toMatchObject({ kind: 'park', reason: expect.stringMatching(/^settlePartyId changed/) });
    expect(settle(owed('reopen'), bill('12'), [made(bill('10'), true)])).toMatchObject({
      kind: 'revise',
      part: 1,
    });
  });
});

describe('whatever happens, in any order', () => {
  const steps = fc.array(
    fc.record({ quantity: fc.option(fc.integer({ min: 1, max: 9 })), post: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  const sums = (parts: readonly PartState[], name: string): string =>
    decimal.sum(
      parts.flatMap(({ data }) =>
        [...(Array.isArray(data.lines) ? data.lines : [])]
          .filter(isObject)
          .map((line: JsonObject) => String(line[name])),
      ),
    );

  test.each(['amend', 'reopen'])('%s: all parts together are what the sources say', (late) => {
    const rule = daily(late);
    fc.assert(
      fc.property(steps, (all) => {
        let parts: PartState[] = [];
        let wanted: JsonObject | undefined;
        for (const { quantity, post } of all) {
          wanted = quantity === null ? undefined : day(String(quantity));
          const outcome = settle(rule, wanted, parts);
          if (outcome.kind === 'park') return; // a person cancels it
          parts = carriedOut(parts, outcome);
          if (post) parts = parts.map((one) => ({ ...one, posted: true }));
          const amount = (data: JsonObject | undefined): Json => data?.amount ?? '0';
          expect(decimal.sum(parts.map(({ data }) => String(amount(data))))).toBe(String(amount(wanted)));
          expect(sums(parts, 'quantity')).toBe(quantity === null ? '0' : String(quantity));
          const numbers = parts.map(({ data }) => data.number);
          expect(new Set(numbers).size).toBe(numbers.length);
        }
      }),
    );
  });

  function carriedOut(parts: readonly PartState[], outcome: Settlement): PartState[] {
    if (outcome.kind === 'create') return [...parts, made(outcome.data, false, parts.length + 1)];
    if (outcome.kind === 'revise')
      return parts.map((one) => (one.part === outcome.part ? { ...one, data: outcome.data } : one));
    if (outcome.kind === 'cancel') return parts.filter((one) => one.part !== outcome.part);
    return [...parts];
  }
});

describe('rules that feed one another in a circle', () => {
  const feeding = (...rules: [string, string][]) =>
    deriveCycles(rules.map(([from, entity], at) => ({ name: `r${at}`, from, entity }) as DeriveRule));

  test('are found, each circle once, in the order in which they feed', () => {
    expect(feeding(['order', 'fulfilment'], ['fulfilment', 'shipment'], ['shipment', 'order'])).toEqual([
      ['r0', 'r1', 'r2'],
    ]);
    expect(feeding(['order', 'order'])).toEqual([['r0']]);
    expect(feeding(['order', 'receivable'], ['order', 'order'], ['receivable', 'receipt'])).toEqual([['r1']]);
  });

  test('a chain and two ways to one entity are none', () => {
    expect(
      feeding(
        ['order', 'fulfilment'],
        ['order', 'receivable'],
        ['fulfilment', 'shipment'],
        ['receivable', 'shipment'],
      ),
    ).toEqual([]);
  });
});
