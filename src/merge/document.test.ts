import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, entities, type Json, type JsonObject } from '../model/index.ts';
import { reviseDocument, rollUpShipments } from './index.ts';

const stages = entities.order.stages;
const order = {
  number: 'W-1',
  states: { payment: 'paid', fulfilment: 'partial' },
  amounts: { payable: '30' },
  lines: [
    { key: 'a', skuId: 's1', quantity: '2', shippedQuantity: '1' },
    { key: 'b', skuId: 's2', quantity: '1' },
  ],
};

describe('revising documents', () => {
  test('the issuer revises content; what others added to its lines stays', () => {
    const revised = reviseDocument({
      golden: order,
      incoming: {
        lines: [{ key: 'a', skuId: 's1', quantity: '3', notes: null }],
        amounts: { payable: '45' },
      },
      fromIssuer: true,
      stages,
    });
    expect(revised.data).toEqual({
      ...order,
      amounts: { payable: '45' },
      lines: [{ key: 'a', skuId: 's1', quantity: '3', shippedQuantity: '1' }],
    });
    expect(Object.keys(revised.patch)).toEqual(['amounts.payable', 'lines[a].quantity', 'lines[b]']);
    expect(revised.refused).toEqual({});
  });

  test('the first that is told of a document is taken as if it revised nothing', () => {
    const { tree } = fc.letrec<{ tree: JsonObject; value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>('a', '', '1', null, true, []),
        fc.constantFrom<Json>({ kind: 'masked', display: '199****' }, { kind: 'real', e164: '+86199' }),
        fc.array(fc.constantFrom<Json>('x', 'y'), { maxLength: 2 }),
        fc.array(
          fc
            .tuple(fc.constantFrom('k', 'l', 'm'), tie('tree'))
            .map(([key, rest]): JsonObject => ({ ...rest, key })),
          { maxLength: 3 },
        ),
        tie('tree'),
      ),
      tree: fc.dictionary(fc.constantFrom('states', 'lines', 'notes', 'a', '__proto__'), tie('value'), {
        maxKeys: 4,
      }),
    }));
    fc.assert(
      fc.property(tree, (incoming) => {
        const told = { incoming, fromIssuer: true, stages };
        const first = reviseDocument({ ...told, golden: undefined });
        const long = reviseDocument({ ...told, golden: {} });
        expect(first).toEqual(long);
      }),
      { numRuns: 200 },
    );
  });

  test('others set stages only; their view of the content is refused and listed', () => {
    const revised = reviseDocument({
      golden: order,
      incoming: {
        number: 'W-1',
        states: { approval: 'approved' },
        amounts: { payable: '29', refunded: '1' },
        lines: [
          { key: 'a', quantity: '9', shippedQuantity: '2' },
          { key: 'c', skuId: 's3', quantity: '1' },
        ],
        notes: 'hello',
      },
      fromIssuer: false,
      stages,
    });
    expect(revised.data).toEqual({
      ...order,
      states: { payment: 'paid', fulfilment: 'partial', approval: 'approved' },
      amounts: { payable: '30', refunded: '1' },
      lines: [{ ...order.lines[0], shippedQuantity: '2' }, order.lines[1]],
    });
    expect(Object.keys(revised.refused)).toEqual([
      'amounts.payable',
      'lines[c]',
      'lines[a].quantity',
      'notes',
    ]);
  });

  test('a stage a system has shown before does not undo what others told since', () => {
    const told = { states: { payment: 'paid', fulfilment: 'none' } };
    const incoming = { ...told, amounts: { payable: '31' } };
    const revised = reviseDocument({ golden: order, incoming, fromIssuer: true, stages, theirs: told });
    expect(revised.data.states).toEqual(order.states);
    expect(revised.data.amounts).toEqual({ payable: '31' });
    expect(reviseDocument({ golden: order, incoming, fromIssuer: true, stages }).data.states).toEqual(
      told.states,
    );
  });

  test('a new document is what its issuer told, without the nulls', () => {
    const incoming = {
      number: 'W-2',
      notes: null,
      lines: [{ key: 'a', skuId: 's', quantity: '1', notes: null }],
    };
    const revised = reviseDocument({ golden: undefined, incoming, fromIssuer: true, stages });
    expect(revised.data).toEqual({ number: 'W-2', lines: [{ key: 'a', skuId: 's', quantity: '1' }] });
    const again = reviseDocument({ golden: revised.data, incoming, fromIssuer: true, stages });
    expect(again.patch).toEqual({});
  });

  test('somebody else cannot bring content into being', () => {
    const incoming = { lines: [{ key: 'a', skuId: 's' }], states: { approval: 'draft' } };
    const revised = reviseDocument({ golden: { number: 'W-1' }, incoming, fromIssuer: false, stages });
    expect(revised.data).toEqual({ number: 'W-1', states: { approval: 'draft' } });
    expect(Object.keys(revised.refused)).toEqual(['lines[a]']);
  });
});

const fulfilment = {
  number: 'W-1-1',
  orderIds: ['o'],
  lines: [
    { key: 'a', skuId: 'tea', quantity: '2' },
    { key: 'b', skuId: 'tea', quantity: '3' },
    { key: 'c', skuId: 'cup', quantity: '1', cancelledQuantity: '1' },
    { key: 'd', skuId: 'wrapping', kind: 'service', quantity: '1' },
  ],
};
const shipped = (data: JsonObject) =>
  JSON.parse(JSON.stringify(data.lines)).map((line: JsonObject) => line.shippedQuantity);

describe('rolling shipments up', () => {
  const first = {
    id: 'r1',
    number: 'W-1-1',
    part: '1',
    lines: [{ key: '1', skuId: 'tea', qty: '3' }],
    packages: [{ key: 'p', carrierId: 'sf', trackingNo: 'SF1', weight: '1' }],
  };
  const second = {
    id: 'r2',
    number: 'W-1-1',
    part: '2',
    lines: [{ key: '1', lineKey: 'b', skuId: 'tea', qty: '2' }],
    packages: [{ key: 'p', carrierId: 'sf', trackingNo: 'SF2' }],
  };

  test('partial shipments add up over lines of one sku, and parcels are listed', () => {
    const one = rollUpShipments(fulfilment, [first]).data;
    expect(shipped(one)).toEqual(['2', '1', undefined, undefined]);
    expect(one.states).toEqual({ fulfilment: 'partial' });
    const both = rollUpShipments(one, [second, first]);
    expect(shipped(both.data)).toEqual(['2', '3', undefined, undefined]);
    expect(both.data.states).toEqual({ fulfilment: 'shipped' });
    expect(both.data.packages).toEqual([
      { key: 'W-1-1/1/p', carrierId: 'sf', trackingNo: 'SF1', shipmentId: 'r1' },
      { key: 'W-1-1/2/p', carrierId: 'sf', trackingNo: 'SF2', shipmentId: 'r2' },
    ]);
    expect(both.overshoot).toEqual([]);
  });

  test('nothing is shipped above what was asked; the rest is reported', () => {
    const much = {
      number: 'x',
      lines: [
        { key: '1', skuId: 'tea', qty: '7' },
        { key: '2', skuId: 'pot', qty: '1' },
      ],
    };
    const rolled = rollUpShipments(fulfilment, [much]);
    expect(shipped(rolled.data)).toEqual(['2', '3', undefined, undefined]);
    expect(rolled.overshoot).toEqual([
      { skuId: 'tea', quantity: '2' },
      { skuId: 'pot', quantity: '1' },
    ]);
    const line = { number: 'x', lines: [{ key: '1', lineKey: 'a', skuId: 'tea', qty: '5' }] };
    expect(rollUpShipments(fulfilment, [line]).overshoot).toEqual([
      { skuId: 'tea', lineKey: 'a', quantity: '3' },
    ]);
  });

  test('a final shipment closes an instruction, but not an order with other instructions', () => {
    const final = { ...first, final: true };
    expect(rollUpShipments(fulfilment, [final]).data.states).toEqual({ fulfilment: 'shipped' });
    const { orderIds: _none, ...asOrder } = fulfilment;
    expect(rollUpShipments(asOrder, [final]).data.states).toEqual({ fulfilment: 'partial' });
  });

  test('a cancelled shipment counts no more', () => {
    const one = rollUpShipments(fulfilment, [first]).data;
    const none = rollUpShipments(one, [{ ...first, states: { closure: 'cancelled' } }]).data;
    expect(shipped(none)).toEqual(['0', '0', undefined, undefined]);
    expect(none.states).toEqual({ fulfilment: 'none' });
    expect(none.packages).toEqual([]);
  });

  test('for all shipments: order and repetition do not matter, and no piece is lost', () => {
    const line = fc.record({
      skuId: fc.constantFrom('tea', 'cup', 'pot'),
      qty: fc.integer({ min: 0, max: 9 }).map(String),
      lineKey: fc.constantFrom('a', 'b', 'zz', null),
    });
    const shipments = fc.array(fc.array(line, { maxLength: 3 }), { maxLength: 4 }).map((parts) =>
      parts.map((lines, part) => ({
        number: 'n',
        part: String(part),
        lines: lines.map((one, at) => ({ key: String(at), ...one })),
      })),
    );
    fc.assert(
      fc.property(shipments, (parts) => {
        const rolled = rollUpShipments(fulfilment, parts);
        expect(rollUpShipments(fulfilment, [...parts].reverse()).data).toEqual(rolled.data);
        expect(rollUpShipments(rolled.data, parts)).toEqual(rolled);
        const told = decimal.sum(parts.flatMap((part) => part.lines.map((one) => one.qty)));
        const placed: string[] = shipped(rolled.data).map((quantity: string | undefined) => quantity ?? '0');
        expect(decimal.sum([...placed, ...rolled.overshoot.map((one) => one.quantity)])).toBe(told);
      }),
    );
  });
});
