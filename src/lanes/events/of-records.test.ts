import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/index.ts';
import { eventsOfRecords } from './of-records.ts';

const at = new Date('2026-11-01T08:00:00Z');

function told(entity: string, before: JsonObject | undefined, data: JsonObject, low = {}, state = 'live') {
  const was = before === undefined ? {} : { was: { state: 'live', data: before } };
  const patches = [{ patch: { 'states.payment': { to: 'paid' } } }];
  const record = { id: 'r', entity, state, data, patches, ...was };
  return eventsOfRecords([record], at, new Map(Object.entries(low))).map(({ type, data: more }) => [
    type,
    more,
  ]);
}

const states = (more: JsonObject): JsonObject => ({ number: '1', states: more });

test('a change tells itself and each stage that is reached by it, once', () => {
  expect(told('order', undefined, states({ payment: 'paid' }))).toEqual([
    ['order.created', {}],
    ['order.paid', { stage: 'awaitingShipment', before: null }],
  ]);
  expect(told('order', states({ payment: 'unpaid' }), states({ payment: 'paid' }))).toEqual([
    ['order.updated', { changed: ['states.payment'] }],
    ['order.stage-changed', { stage: 'awaitingShipment', before: 'awaitingPayment' }],
    ['order.paid', { stage: 'awaitingShipment', before: 'awaitingPayment' }],
  ]);
  expect(told('order', states({ payment: 'paid' }), states({ payment: 'paid', note: 'x' }))).toHaveLength(1);
});

test('what was only spoken of comes to be, what is deleted is told once, what is merged is not told', () => {
  const record = { id: 'r', entity: 'product', state: 'live', data: {}, patches: [] };
  const types = (one: object) =>
    eventsOfRecords([{ ...record, ...one }], at, new Map()).map(({ type }) => type);
  expect(types({ was: { state: 'placeholder', data: {} } })).toEqual(['product.created']);
  expect(types({ state: 'deleted', was: { state: 'live', data: {} } })).toEqual(['product.deleted']);
  expect(types({ state: 'deleted', was: { state: 'deleted', data: {} } })).toEqual([]);
  expect(types({ state: 'merged', was: { state: 'live', data: {} } })).toEqual([]);
});

test('stock is low once, when what can be sold passes the threshold of its location', () => {
  const stock = (sellable: string): JsonObject => ({ locationId: 'CK01', onHand: '20', sellable });
  const low = { CK01: '10' };
  const lows = (before: string | undefined, now: string) =>
    told('inventory', before === undefined ? undefined : stock(before), stock(now), low)
      .map(([type]) => type)
      .filter((type) => type === 'inventory.low').length;
  expect([
    lows('10', '9.5'),
    lows('9.5', '9'),
    lows('9', '10'),
    lows(undefined, '3'),
    lows('12', '10'),
  ]).toEqual([1, 0, 0, 1, 0]);
  expect(told('inventory', stock('5'), { ...stock('5'), asOf: 'later' }).map(([type]) => type)).toEqual([
    'inventory.updated',
  ]);
});
