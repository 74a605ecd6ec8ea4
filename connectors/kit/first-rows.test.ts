import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstRows } from './first-rows.ts';

it('the first rows are those that sorting and cutting would give, equal ones as they stood', () => {
  const row = fc.record({ key: fc.integer({ min: 0, max: 9 }), at: fc.nat() });
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 0, max: 12 }), (rows, count) => {
      const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
      expect(firstRows(rows, compare, count)).toEqual(rows.toSorted(compare).slice(0, count));
    }),
  );
});
