import { expect, inject, test } from 'vitest';
import { benchFanout } from './fanout.ts';
import { startFrom } from './sync/remote.ts';

test('hub and bare loop post every event to every receiver, also beside dead ones, and are measured', async () => {
  startFrom(inject('code'));
  const heard: string[] = [];
  const result = await benchFanout({
    ...{ n: 20, warmUp: 10, runs: 1, perSecond: 20, seconds: 0.5 },
    onRun: (what) => heard.push(what),
  });
  // An event that is missing, wrong or there twice ends the benchmark.
  expect(heard).toEqual(['hub', 'limit', 'dead']);
  expect(result.ratio).toBeCloseTo(result.hub / result.limit, 1);
  const { live } = result;
  expect(live.p99Ms).toBeGreaterThanOrEqual(live.p50Ms);
  for (const figure of [result.hub, result.limit, live.perSecondBesideDead, live.p99BesideDeadMs])
    expect(figure).toBeGreaterThan(0);
  // Nobody is there to count at the first; the two others were tried.
  expect(live.tried[0]).toBe(0);
  expect(Math.min(...live.tried.slice(1))).toBeGreaterThan(0);
});
