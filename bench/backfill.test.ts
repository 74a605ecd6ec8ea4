import { expect, inject, test } from 'vitest';
import { benchBackfill } from './backfill.ts';
import { startFrom } from './sync/remote.ts';

test('hub and bare loop read every row of the same vendor, and are measured', async () => {
  startFrom(inject('code'));
  const runs: string[] = [];
  const result = await benchBackfill({
    n: 300,
    runs: 1,
    answerMs: 1,
    instant: false,
    live: 0,
    everyMs: 5,
    turns: 1,
    onRun: (what) => runs.push(what.split(',')[0] ?? ''),
  });
  // A run after which not every order is there throws.
  expect(runs).toEqual(['hub', 'limit']);
  expect(result.ratio).toBeCloseTo(result.hub / result.limit, 1);
  for (const figure of [result.hub, result.limit, result.rssMaxMb]) expect(figure).toBeGreaterThan(0);
});
