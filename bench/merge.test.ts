import { expect, it } from 'vitest';
import { benchMerge } from './merge.ts';

it('merges ordinary records, and its cost per field and per element does not grow with their number', () => {
  const result = benchMerge({ rounds: 3, ms: 5, longest: 1_000 });
  expect(result.customer).toBeGreaterThan(0);
  expect(Object.keys(result.elements.each)).toEqual(['10', '100', '1000']);
  // The benchmark asks for 2. What looks at everything for every element is above 30 here, on any machine.
  expect(result.fields.ratio).toBeLessThan(8);
  expect(result.elements.ratio).toBeLessThan(8);
});
