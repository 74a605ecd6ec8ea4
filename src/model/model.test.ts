import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as decimal from './decimal.ts';
import {
  canonicalPaths,
  displayStage,
  entities,
  entityNames,
  isEntityName,
  matchValues,
  orderBalance,
  pathInfo,
  validatePartial,
  validateRecord,
} from './index.ts';

const order = {
  kind: 'web',
  number: 'W-1',
  placedAt: '2026-11-01T08:30:00Z',
  amounts: { payable: '30.00', freight: '5', paid: '30' },
  lines: [
    { key: 'a', skuId: 's1', quantity: '2', amount: '20.00' },
    { key: 'b', skuId: 's2', quantity: '1', amount: '5' },
  ],
  payments: [{ key: 'p', amount: '30.0', kind: 'online' }],
} as const;

describe('the canonical model', () => {
  test('describes every property, and every reference names an entity', () => {
    for (const name of entityNames) {
      for (const info of canonicalPaths(name).values())
        expect(info.description, `${name}.${info.path}`).not.toBe('');
      for (const entity of Object.values(entities[name].references)) expect(isEntityName(entity)).toBe(true);
    }
  });

  test('knows references, personal fields, lists and stages by path', () => {
    expect(entities.order.references).toMatchObject({ 'lines[].skuId': 'product', customerId: 'customer' });
    expect(entities.fulfilment.references.orderIds).toBe('order');
    expect(entities.order.personal).toContain('receiver');
    expect(entities.customer.personal).toEqual(
      expect.arrayContaining(['name', 'phone', 'addresses', 'identities']),
    );
    expect(Object.keys(entities.order.lists)).toEqual(
      expect.arrayContaining(['lines', 'payments', 'promotions', 'packages']),
    );
    for (const name of entityNames) {
      const definition = entities[name];
      for (const path of [...definition.stages, ...definition.matchKeys.flatMap((key) => key.paths)]) {
        expect(pathInfo(name, path), `${name}.${path}`).toBeDefined();
      }
    }
    expect(pathInfo('order', 'ext.region')?.type).toBe('json');
    expect(pathInfo('order', 'lines[].colour')).toBeUndefined();
  });

  test('says what is missing, unknown or wrong, with its path', () => {
    expect(validateRecord(entities.order, order)).toEqual([]);
    const bad = {
      number: 'W-1',
      color: 'red',
      placedAt: 'yesterday',
      lines: [{ key: 'a', skuId: 's', quantity: 2 }],
    };
    expect(validateRecord(entities.order, bad)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'kind', code: 'missing' }),
        expect.objectContaining({ path: 'color', code: 'unknown' }),
        expect.objectContaining({ path: 'placedAt', code: 'invalid' }),
        expect.objectContaining({ path: 'lines.0.quantity', code: 'invalid' }),
      ]),
    );
    expect(validatePartial(entities.order, { number: 'W-1' })).toEqual([]);
    expect(validatePartial(entities.order, bad).map((issue) => issue.code)).not.toContain('missing');
  });

  test('refuses a list in which two elements have the same key', () => {
    const twice = { ...order, lines: [order.lines[0], order.lines[0]] };
    expect(validateRecord(entities.order, twice)).toEqual([
      { path: 'lines.1.key', code: 'invalid', message: 'lines.1.key: key "a" is used twice' },
    ]);
  });

  test('builds match keys only from what is told', () => {
    expect(matchValues(entities.product, { code: 'SKU-1' })).toEqual([
      { name: 'code', strength: 'strong', value: 'SKU-1' },
    ]);
    expect(matchValues(entities.product, { name: 'Tea' })).toEqual([]);
    expect(matchValues(entities.inventory, { skuId: 's', locationId: 'l', quality: 'good' })[0]?.value).toBe(
      '["s","l","","good"]',
    );
  });
});

describe('the order balance', () => {
  test('holds when lines, freight, payable and payments agree', () => {
    expect(orderBalance(order)).toEqual({ ok: true, applicable: true });
  });

  test('reports both sums of a breach', () => {
    const short = { ...order, lines: [order.lines[0]] };
    expect(orderBalance(short)).toEqual({
      ok: false,
      applicable: true,
      equation: 'lines',
      left: '25',
      right: '30.00',
    });
    const unpaid = { ...order, payments: [{ key: 'p', amount: '29.99' }] };
    expect(orderBalance(unpaid)).toMatchObject({ ok: false, equation: 'payments', left: '29.99' });
  });

  test('does not apply where the amounts were not told', () => {
    expect(orderBalance({ lines: [{ key: 'a', skuId: 's', quantity: '1' }] }).applicable).toBe(false);
    expect(orderBalance({ amounts: { payable: '1' } })).toEqual({ ok: true, applicable: false });
  });

  test('counts a bundle once, not with its components', () => {
    const bundle = {
      amounts: { payable: '10' },
      lines: [
        { key: 'b', skuId: 'set', kind: 'bundle' as const, quantity: '1', amount: '10' },
        { key: 'c', skuId: 'cup', kind: 'component' as const, parentKey: 'b', quantity: '1', amount: '10' },
      ],
    };
    expect(orderBalance(bundle).ok).toBe(true);
  });
});

test('the display stage is the furthest of the independent states', () => {
  expect(displayStage({})).toBe('awaitingShipment');
  expect(displayStage({ states: { payment: 'unpaid' } })).toBe('awaitingPayment');
  expect(displayStage({ states: { payment: 'paid', fulfilment: 'partial' } })).toBe('partlyShipped');
  expect(displayStage({ states: { fulfilment: 'shipped', closure: 'cancelled' } })).toBe('cancelled');
});

describe('decimals', () => {
  const cents = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  const text = (value: bigint) => decimal.div(value.toString(), '100', 2);

  test('sums are exact, in any order and any grouping', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 40 }), (values) => {
        const expected = text(values.reduce((a, b) => a + b, 0n));
        expect(decimal.sum(values.map(text))).toBe(expected);
        expect(values.map(text).reduceRight(decimal.add, '0')).toBe(expected);
      }),
    );
  });

  test('what is added can be taken away again', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(decimal.sub(decimal.add(text(a), text(b)), text(b))).toBe(text(a));
        expect(decimal.cmp(text(a), text(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test('never shows an exponent, a minus zero or a float', () => {
    expect(decimal.add('0.1', '0.2')).toBe('0.3');
    expect(decimal.mul('100000000000000000000', '100000000000000000000')).toBe(`1${'0'.repeat(40)}`);
    expect(decimal.sub('0.00', '0')).toBe('0');
    expect(decimal.neg('0')).toBe('0');
    expect(decimal.div('10', '3', 4)).toBe('3.3333');
    expect(decimal.round('-0.005', 2)).toBe('-0.01');
    expect(decimal.fixed('5', 2)).toBe('5.00');
    for (const bad of ['', '.', '1e3', ' 1', '+1', 'NaN', '1.']) {
      expect(() => decimal.add(bad, '1')).toThrow(RangeError);
    }
    expect(() => decimal.div('1', '0', 2)).toThrow(RangeError);
  });
});
