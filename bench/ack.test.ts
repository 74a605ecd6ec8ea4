import { expect, inject, test } from 'vitest';
import { benchAck } from './ack.ts';
import { startFrom } from './sync/remote.ts';

test('the door and the bare route acknowledge every webhook, and are measured', async () => {
  startFrom(inject('code'));
  const heard: string[] = [];
  const result = await benchAck({
    ...{ n: 100, runs: 1, sockets: 16, paced: 200, warmUp: 50, redis: false },
    onRun: (what) => heard.push(what),
  });
  // A webhook that is answered otherwise than with 200 ends the benchmark.
  expect(heard.sort()).toEqual(['hub', 'inboxOnly', 'limit']);
  for (const run of [result.hub, result.limit, result.inboxOnly]) {
    expect(run.perSecond).toBeGreaterThan(0);
    expect(run.p99).toBeGreaterThanOrEqual(run.p50);
    expect(run.pacedP99).toBeGreaterThanOrEqual(run.pacedP50);
  }
  expect(result.ratio).toBeCloseTo(result.hub.perSecond / result.limit.perSecond, 1);
  expect(result.redis).toBeNull();
});
