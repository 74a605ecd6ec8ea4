import { describe, expect, it } from 'vitest';
import type { Crossref } from '../ledger/crossrefs.ts';
import { changesOf, planEnd, planImport, planSet } from './plan.ts';

const place = { name: 't', connection: 'erp', key: 'S09' };
const row = (value: string, more: Partial<Crossref> = {}): Crossref => ({
  ...place,
  value,
  more: {},
  validFrom: '0001-01-01',
  validTo: null,
  position: 0,
  ...more,
});

describe('A code that is set', () => {
  it('replaces whatever the key was called, on any day', () => {
    const before = [row('A'), row('B', { validFrom: '2026-01-01' })];
    expect(planSet(place, before, { value: 'C', more: {} })).toEqual({ put: [row('C')], remove: before });
  });

  it('from a day on leaves the days before as they were', () => {
    const before = [row('A'), row('B', { validFrom: '2026-09-01' }), row('Z', { validTo: '2020-12-31' })];
    expect(planSet(place, before, { value: 'C', more: {}, from: '2026-03-01' })).toEqual({
      put: [row('A', { validTo: '2026-02-28' }), row('C', { validFrom: '2026-03-01' })],
      remove: [row('B', { validFrom: '2026-09-01' })],
    });
  });

  it('until a day lets what was in force go on after it', () => {
    const plan = planSet(place, [row('A')], { value: 'C', more: {}, from: '2026-03-01', to: '2026-03-08' });
    expect(plan).toEqual({ put: [row('C', { validFrom: '2026-03-01', validTo: '2026-03-08' })], remove: [] });
  });

  it('beside others is understood and not written', () => {
    const plan = planSet(place, [row('A'), row('B', { position: 1 })], { value: 'C', more: {}, also: true });
    expect(plan).toEqual({ put: [row('C', { position: 2 })], remove: [] });
  });
});

describe('A code that ends', () => {
  it('holds until its last day, and what would begin later does not', () => {
    const before = [row('A'), row('B', { validFrom: '2027-01-01' }), row('Z', { validTo: '2020-12-31' })];
    const plan = planEnd(before, '2026-11-30');
    expect(plan).toEqual({ put: [row('A', { validTo: '2026-11-30' })], remove: [before[1]] });
    expect(changesOf(before, plan)).toMatchObject([{ connection: 'erp', key: 'S09', from: '2026-12-01' }]);
  });

  it('may be one of several', () => {
    expect(planEnd([row('A'), row('B')], '2026-11-30', 'B').put).toEqual([
      row('B', { validTo: '2026-11-30' }),
    ]);
  });
});

describe('A file that is imported', () => {
  const before = [row('A', { more: { name: '甲' } }), row('B', { position: 1 }), row('K', { key: 'S10' })];

  it('makes its keys what it says and leaves the others', () => {
    const file = { values: ['value'], rows: [row('A'), row('C', { key: 'S11' })] };
    const plan = planImport(before, file, false);
    expect(plan).toEqual({ put: [row('C', { key: 'S11' })], remove: [before[1]] });
    expect(changesOf(before, plan).map((change) => change.key)).toEqual(['S09', 'S11']);
  });

  it('is the whole table when that is said', () => {
    expect(planImport(before, { values: ['value'], rows: [row('A')] }, true).remove).toEqual(before.slice(1));
  });

  it('changes nothing the second time', () => {
    const plan = planImport(before, { values: ['value', 'name'], rows: before }, true);
    expect(plan).toEqual({ put: [], remove: [] });
    expect(changesOf(before, plan)).toEqual([]);
  });
});
