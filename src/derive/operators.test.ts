import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, entities, type JsonObject, validateRecord } from '../model/index.ts';
import {
  allocate,
  type Catalog,
  DeriveError,
  deriveOne,
  emptyCatalog,
  readRule,
  share,
  takeLines,
} from './index.ts';

const products: Readonly<Record<string, JsonObject>> = {
  tea: { id: 'id-tea', code: 'TEA', price: '20', baseUnitId: 'bag', taxRate: '13' },
  cup: { id: 'id-cup', code: 'CUP', price: '10', baseUnitId: 'pcs' },
  bag: { id: 'id-bag', code: 'BAG', baseUnitId: 'pcs' },
  set: {
    id: 'id-set',
    code: 'SET',
    kind: 'bundle',
    bundle: [
      { key: 'a', sku: 'TEA', quantity: '2' },
      { key: 'b', sku: 'CUP', quantity: '1', validTo: '2026-10-31' },
      { key: 'c', sku: 'CUP', quantity: '3', validFrom: '2026-11-01' },
    ],
  },
  box: {
    id: 'id-box',
    code: 'BOX',
    bundle: [
      { key: 'x', sku: 'SET', quantity: '2' },
      { key: 'y', sku: 'CUP', quantity: '1' },
    ],
  },
  loop: { id: 'id-loop', code: 'LOOP', bundle: [{ key: 'l', sku: 'LOOP', quantity: '1' }] },
  lost: { id: 'id-lost', code: 'LOST', bundle: [{ key: 'l', sku: 'NOBODY', quantity: '1' }] },
};
const catalog: Catalog = {
  ...emptyCatalog,
  product: (id) => Object.values(products).find((one) => one.id === id),
  productOf: (code) => Object.values(products).find((one) => one.code === code),
  rows: (table, key, day) =>
    table === 'sets' && key === 'TEA' && (day ?? '') >= '2026-11-01'
      ? [
          { bundle: 'TEA', sku: 'CUP', quantity: '4', weight: '1' },
          { bundle: 'TEA', sku: 'BAG', quantity: '1', weight: '3' },
        ]
      : [],
};

const order = (lines: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: 'order-1',
  number: 'W-1',
  kind: 'web',
  placedAt: '2026-11-01T03:00:00Z',
  businessDate: '2026-11-01',
  amounts: { payable: '100', freight: '8.00' },
  lines: lines.map((line, at) => ({ key: `l${at + 1}`, quantity: '1', ...line })),
  ...more,
});
const rule = (doc: JsonObject) => readRule('receivable', { from: 'order', ...doc });
const lines = (doc: JsonObject, record: JsonObject) =>
  takeLines(rule(doc), record, catalog).map(({ line }) => line);

describe('a total is allocated', () => {
  test('exactly, the largest remainders first', () => {
    expect(allocate('10', ['1', '1', '1'])).toEqual(['3.34', '3.33', '3.33']);
    expect(allocate('0.05', ['1', '2', '1'])).toEqual(['0.01', '0.03', '0.01']);
    expect(allocate('100', ['0.1', '0.2'], 0)).toEqual(['33', '67']);
  });

  test('below zero like above, in equal parts when nothing has weight, and never to what has none', () => {
    expect(allocate('-10', ['1', '1', '1'])).toEqual(['-3.34', '-3.33', '-3.33']);
    expect(allocate('1', ['0', '0', '0'])).toEqual(['0.34', '0.33', '0.33']);
    expect(allocate('1', ['0', '3', '0'])).toEqual(['0', '1', '0']);
    expect(allocate('9', ['-1', '-2'])).toEqual(['3', '6']);
    expect(allocate('0', [])).toEqual([]);
  });

  test('with more places when the total has more', () => {
    expect(allocate('0.005', ['1', '1'])).toEqual(['0.003', '0.002']);
  });

  test('or refused: weights of both signs, a total for nobody', () => {
    expect(() => allocate('1', ['1', '-1'])).toThrow(/above and below/);
    expect(() => allocate('1', [])).toThrow(RangeError);
  });

  test('so that shares always add up, none is further than a unit from its part, and more weight is never less', () => {
    const amount = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 6 }))
      .map(([units, scale]) => decimal.div(units.toString(), (10n ** BigInt(scale)).toString(), scale));
    const weight = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 6 }))
      .map(([units, scale]) => decimal.div(units.toString(), (10n ** BigInt(scale)).toString(), scale));
    fc.assert(
      fc.property(
        amount,
        fc.array(weight, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 4 }),
        (total, weights, scale) => {
          const shares = allocate(total, weights, scale);
          expect(decimal.sum(shares)).toBe(decimal.add(total, '0'));
          const whole = decimal.sum(weights);
          const places = Math.max(scale, (total.split('.')[1] ?? '').length);
          const unit = decimal.div('1', (10n ** BigInt(places)).toString(), places);
          for (const [at, part] of shares.entries()) {
            if (decimal.isZero(whole)) continue;
            const exact = decimal.div(decimal.mul(total, weights[at] ?? '0'), whole, 15);
            expect(decimal.cmp(decimal.abs(decimal.sub(part, exact)), unit)).toBeLessThan(1);
            for (const [other, more] of shares.entries()) {
              if (decimal.cmp(weights[other] ?? '0', weights[at] ?? '0') <= 0) continue;
              expect(decimal.cmp(decimal.abs(more), decimal.abs(part))).toBeGreaterThan(-1);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('over the lines a rule chooses, on top of what they have', () => {
    const allocated = lines(
      {
        allocate: [
          { amount: 'record.amounts.freight', to: 'amount', by: 'line.amount', when: 'line.kind != "gift"' },
        ],
      },
      order([
        { skuId: 'a', amount: '60' },
        { skuId: 'b', amount: '30' },
        { skuId: 'c', amount: '0', kind: 'gift' },
      ]),
    );
    expect(allocated.map((line) => line.amount)).toEqual(['65.33', '32.67', '0']);
  });

  test('not at all when it is not told; a weight that is no number names the rule', () => {
    const doc = { allocate: [{ amount: 'record.amounts.fees', to: 'amount', by: 'line.name' }] };
    expect(lines(doc, order([{ skuId: 'a', amount: '60' }]))).toMatchObject([{ amount: '60' }]);
    const told = order([{ skuId: 'a', amount: '60', name: 'Tea' }], {
      amounts: { payable: '61', fees: '1' },
    });
    expect(() => lines(doc, told)).toThrow(/rule receivable: line.name gives "Tea", which is no decimal/);
  });
});

describe('a bundle is expanded', () => {
  const bundle = order([
    { skuId: 'id-set', quantity: '2', amount: '100', tax: '11.5', taxRate: '13' },
    { skuId: 'id-cup', amount: '10' },
  ]);

  test('into its components on the business day, which share its money exactly', () => {
    const expanded = lines({ expand: { bundles: 'product' } }, bundle);
    // Weights by list price: 4 × 20 and 6 × 10.
    expect(expanded).toEqual([
      {
        key: 'l1/a',
        skuId: 'id-tea',
        kind: 'goods',
        quantity: '4',
        baseQuantity: '4',
        unitId: 'bag',
        amount: '57.14',
        tax: '6.57',
        taxRate: '13',
      },
      {
        key: 'l1/c',
        skuId: 'id-cup',
        kind: 'goods',
        quantity: '6',
        baseQuantity: '6',
        unitId: 'pcs',
        amount: '42.86',
        tax: '4.93',
        taxRate: '13',
      },
      { key: 'l2', skuId: 'id-cup', quantity: '1', amount: '10' },
    ]);
    const before = lines({ expand: { bundles: 'product' } }, { ...bundle, businessDate: '2026-10-31' });
    expect(before.map(({ key, quantity }) => [key, quantity])).toEqual([
      ['l1/a', '4'],
      ['l1/b', '2'],
      ['l2', '1'],
    ]);
  });

  test('or kept, with components that allocate its amount', () => {
    const [kept, first, second] = lines({ expand: { bundles: 'product', keep: true } }, bundle);
    expect(kept).toMatchObject({ key: 'l1', kind: 'bundle', amount: '100' });
    expect(first).toMatchObject({ kind: 'component', parentKey: 'l1' });
    expect(decimal.add(String(first?.amount), String(second?.amount))).toBe('100');
  });

  test('through bundles inside it, by weights the rule says', () => {
    const expanded = lines(
      { expand: { bundles: 'product', weight: 'component.quantity' } },
      order([{ skuId: 'id-box', amount: '11', kind: 'gift' }]),
    );
    expect(expanded.map(({ key, quantity, amount, kind }) => [key, quantity, amount, kind])).toEqual([
      ['l1/x/a', '4', '4', 'gift'],
      ['l1/x/c', '6', '6', 'gift'],
      ['l1/y', '1', '1', 'gift'],
    ]);
  });

  test('from a code table, with the weights it has', () => {
    const expanded = lines(
      { expand: { bundles: { table: 'sets' } } },
      order([{ skuId: 'id-tea', quantity: '2', amount: '9' }]),
    );
    expect(expanded.map(({ skuId, quantity, amount }) => [skuId, quantity, amount])).toEqual([
      ['id-cup', '8', '2.25'],
      ['id-bag', '2', '6.75'],
    ]);
  });

  test('into the components the record tells itself, where it does', () => {
    const told = order([
      { skuId: 'id-set', kind: 'bundle', amount: '30' },
      { skuId: 'id-tea', kind: 'component', parentKey: 'l1', quantity: '1' },
      { skuId: 'id-cup', kind: 'component', parentKey: 'l1', quantity: '1' },
    ]);
    expect(lines({ expand: { bundles: 'product' } }, told)).toEqual([
      { key: 'l2', skuId: 'id-tea', kind: 'goods', quantity: '1', amount: '20' },
      { key: 'l3', skuId: 'id-cup', kind: 'goods', quantity: '1', amount: '10' },
    ]);
  });

  test('never by a guess: what is not known or not possible is said', () => {
    const of =
      (skuId: string, more: JsonObject = {}) =>
      () =>
        lines({ expand: { bundles: 'product' } }, order([{ skuId, amount: '1', ...more }]));
    expect(of('id-lost')).toThrow(/component NOBODY of bundle LOST is no product that is known/);
    expect(of('id-loop')).toThrow(/LOOP → LOOP contains itself/);
    expect(of('id-cup', { kind: 'bundle' })).toThrow(/line l1 is a bundle, but CUP has no components/);
    expect(of('id-none', { kind: 'bundle' })).toThrow(DeriveError);
    const unpriced = { ...catalog, productOf: (code: string) => ({ id: code, code }) };
    expect(() => takeLines(rule({ expand: { bundles: 'product' } }), bundle, unpriced)).toThrow(
      /TEA has no list price to share the money of its bundle by/,
    );
  });
});

describe('a list inside the lines is expanded', () => {
  const stock = readRule('stockDocument', {
    from: 'shipment',
    expand: { list: 'batches' },
    lines: { set: { quantity: 'line.qty' } },
    set: { number: 'concat("O-", record.number)', kind: '"otherOut"' },
  });
  const shipment = {
    id: 's-1',
    number: 'S-1',
    lines: [
      {
        key: '1',
        skuId: 'milk',
        qty: '10',
        batches: [
          { key: 'x', batch: 'B1', qty: '6', expiresOn: '2027-01-01' },
          { key: 'y', batch: 'B2', qty: '3' },
        ],
      },
      { key: '2', skuId: 'salt', qty: '5' },
      { key: '3', skuId: 'tea', qty: '1', batches: [{ key: 'z', batch: 'B9' }] },
    ],
  };

  test('one line per batch, the rest without one, and a document that is valid', () => {
    const { data } = deriveOne(stock, shipment);
    expect(data.lines).toEqual([
      { key: '1/x', skuId: 'milk', quantity: '6', batch: 'B1', expiresOn: '2027-01-01' },
      { key: '1/y', skuId: 'milk', quantity: '3', batch: 'B2' },
      { key: '1', skuId: 'milk', quantity: '1' },
      { key: '2', skuId: 'salt', quantity: '5' },
      { key: '3/z', skuId: 'tea', quantity: '1', batch: 'B9' },
    ]);
    expect(validateRecord(entities.stockDocument, data)).toEqual([]);
  });

  test('never more than the line is', () => {
    const more = {
      ...shipment,
      lines: [{ key: '1', skuId: 'milk', qty: '2', batches: [{ key: 'x', batch: 'B1', qty: '3' }] }],
    };
    expect(() => deriveOne(stock, more)).toThrow(/the batches of line 1 are 3, but the line is 2/);
  });
});

describe('lines are filtered and appended', () => {
  test('filter goes before everything, lines.when after it', () => {
    const doc = {
      filter: 'line.kind != "service"',
      append: [
        {
          key: 'freight',
          when: 'record.amounts.freight != null',
          sku: '"BAG"',
          fields: { quantity: '"1"', kind: '"freight"', amount: 'record.amounts.freight' },
        },
      ],
      lines: { when: 'line.amount != "0"' },
    };
    const record = order([
      { skuId: 'a', amount: '60' },
      { skuId: 'b', kind: 'service', amount: '5' },
      { skuId: 'c', amount: '0' },
    ]);
    expect(lines(doc, record)).toEqual([
      { key: 'l1', skuId: 'a', quantity: '1', amount: '60' },
      { key: 'freight', skuId: 'id-bag', unitId: 'pcs', quantity: '1', kind: 'freight', amount: '8.00' },
    ]);
  });

  test('a line for every line has its key after the key of that line', () => {
    const doc = {
      append: [
        {
          key: 'bag',
          each: 'line',
          when: 'line.skuId == "a"',
          sku: '"BAG"',
          fields: { quantity: 'line.quantity', amount: '"0"' },
        },
      ],
    };
    const made = takeLines(rule(doc), order([{ skuId: 'a', quantity: '3' }, { skuId: 'b' }]), catalog);
    expect(made.at(-1)).toEqual({
      line: { key: 'l1/bag', skuId: 'id-bag', unitId: 'pcs', quantity: '3', amount: '0' },
      origin: { line: 'l1', via: ['append'] },
    });
    expect(made).toHaveLength(3);
  });

  test('goods nobody knows and keys that are taken are refused', () => {
    const append = (key: string, sku: string) => () =>
      lines({ append: [{ key, sku: `"${sku}"`, fields: { quantity: '"1"' } }] }, order([{ skuId: 'a' }]));
    expect(append('x', 'GHOST')).toThrow(/no product is known by the code GHOST/);
    expect(append('l1', 'BAG')).toThrow(/has a line with the key l1 already/);
  });
});

describe('steps work together, whatever their order in hub.yaml', () => {
  test('bundles to components with their part of the freight, in a summary that can be explained', () => {
    const daily = readRule('retailDay', {
      allocate: [{ amount: 'record.amounts.freight', to: 'amount', by: 'line.amount' }],
      filter: 'line.kind != "service"',
      expand: { bundles: 'product' },
      group: ['storeId', 'businessDate', 'direction'],
      from: 'order',
      lines: { group: ['skuId'], sum: ['quantity', { amount: 'round(line.amount, 2)' }] },
      amount: 'sub(record.amounts.payable, "5")',
    });
    const told = share(
      daily,
      order(
        [
          { skuId: 'id-set', amount: '60' },
          { skuId: 'id-cup', amount: '32' },
          { skuId: 'fee', kind: 'service', amount: '5' },
        ],
        { storeId: 'S1', direction: 'sale', amounts: { payable: '105', freight: '8' } },
      ),
      catalog,
    );
    expect(told.amount).toBe('100');
    expect(told.lines).toEqual([
      {
        key: 'id-cup',
        fields: { skuId: 'id-cup' },
        sums: { quantity: '4', amount: '62.73' },
        from: [
          { line: 'l1', via: ['expand', 'allocate'], sums: { quantity: '3', amount: '27.95' } },
          { line: 'l2', via: ['allocate'], sums: { quantity: '1', amount: '34.78' } },
        ],
      },
      {
        key: 'id-tea',
        fields: { skuId: 'id-tea' },
        sums: { quantity: '2', amount: '37.27' },
        from: [{ line: 'l1', via: ['expand', 'allocate'], sums: { quantity: '2', amount: '37.27' } }],
      },
    ]);
  });
});
