import { expect, it } from 'vitest';
import { benchMapping } from './mapping.ts';

it('times mappings only after all sides agree, and keeps to what is promised of the language', async () => {
  const result = await benchMapping({ lines: 5, rounds: 3, ms: 15, hostile: 20 });
  expect(result.hub).toBeGreaterThan(0);
  expect(result.jsonataTimes).toBeGreaterThan(10);
  expect(Object.keys(result.linear.perLine)).toEqual(['1', '10', '100', '1000']);
  expect(result.hostile).toMatchObject({ bad: [] });
});
