import { expect, test } from 'vitest';
import type { DeriveRule } from '../derive/index.ts';
import type { CompiledMapping } from '../mapping/index.ts';
import { derivesNothing, isBefore, isHistory } from './history.ts';
import { Landscape, type Party } from './landscape.ts';

const mapping = { writes: true } as unknown as CompiledMapping;
function party(connection: string, entity: string, more: Partial<Party>): Party {
  return {
    ...{
      sync: entity,
      name: connection,
      connection,
      object: entity,
      entity,
      mapping,
      reads: true,
      mode: 'live',
    },
    ...more,
  } as Party;
}
const writes = { create: true, update: true };
const landscape = (shop: Partial<Party>, erp: Partial<Party>): Landscape =>
  new Landscape({
    connections: [],
    parties: [
      party('shop', 'order', shop),
      party('erp', 'order', { writes, ...erp }),
      party('erp', 'receivable', { writes }),
    ],
    rules: [],
    stock: { safety: new Map() },
  });
const rule = { name: 'receivable', from: 'order', entity: 'receivable' } as unknown as DeriveRule;
const since = '2026-11-01T00:00:00.000Z';
const placed = (placedAt: string) => ({
  entity: 'order',
  data: { placedAt },
  source: { connection: 'shop', kind: 'order' },
});
const old = placed('2026-10-31T23:59:59.000Z');
const young = placed('2026-11-01T00:00:00.000Z');

test('a document before the day is history, the day itself counts whole', () => {
  expect([isBefore(old.data, since), isBefore(young.data, since)]).toEqual([true, false]);
  expect(isBefore({ businessDate: '2026-11-01' }, since)).toBe(false);
  expect(isBefore({ businessDate: '2026-10-31' }, since)).toBe(true);
  expect([isBefore({}, since), isBefore(old.data, undefined)]).toEqual([false, false]);
});

test('it is to everybody when its own party says so, else to the party that says so; states never are', () => {
  const all = landscape({ since }, {});
  expect([isHistory(all, old), isHistory(all, young)]).toEqual([true, false]);
  // As a row of the database tells it.
  const { entity, data } = old;
  expect(isHistory(all, { entity, data, source_connection: 'shop', source_kind: 'order' })).toBe(true);
  expect(isHistory(all, { ...old, entity: 'product' })).toBe(false);
  const one = landscape({}, { since });
  expect([isHistory(one, old), isHistory(one, old, { since })]).toEqual([false, true]);
});

test('nothing is derived from it, as far as everybody who would get that says so', () => {
  expect(derivesNothing(landscape({ since }, {}), rule, old)).toBe(true);
  expect(derivesNothing(landscape({}, { since }), rule, old)).toBe(true);
  expect(derivesNothing(landscape({}, { since }), rule, young)).toBe(false);
  expect(derivesNothing(landscape({}, {}), rule, old)).toBe(false);
});
