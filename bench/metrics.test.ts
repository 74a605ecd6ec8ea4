import { expect, inject, test } from 'vitest';
import { benchMetrics } from './metrics.ts';
import { startFrom } from './sync/remote.ts';

test('a hub that counts and is asked takes turns with one that counts nothing', async () => {
  startFrom(inject('code'));
  let pairs = 0;
  const result = await benchMetrics({
    n: 40,
    pairs: 2,
    every: 0.01,
    onPair: () => {
      pairs += 1;
    },
  });
  expect(pairs).toBe(2);
  for (const figure of [result.on, result.off, result.ratio, result.cpuRatio])
    expect(figure).toBeGreaterThan(0);
  // The orders of both portions and of the warm-up, and the articles of both systems: what was read was counted.
  expect(result.scraped.applied).toBeGreaterThanOrEqual(3 * 40 + 120);
  expect(result.scraped.times).toBeGreaterThan(2);
});
