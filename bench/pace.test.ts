import { expect, it } from 'vitest';
import { connectors } from '../connectors/registry.ts';
import { benchRows } from './pace/rows.ts';
import { benchPace } from './pace.ts';

/** Their systems count no calls. */
const uncounted = ['file', 'sql'];

it.each(Object.keys(connectors).filter((name) => !uncounted.includes(name)))(
  'takes %s through its limits without exceeding one, at most of what they allow',
  async (connector) => {
    const runs = await benchPace({ n: 60, seconds: 1, connector });
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) {
      expect(run).toMatchObject({ connector, exceeded: 0, objects: 60 });
      expect(run.mostInASecond).toBeLessThanOrEqual(run.perSecond);
      // The benchmark asks for 0.9; a run this short on a busy machine is mostly beginning and end.
      expect(run.ratio).toBeGreaterThan(0.4);
    }
  },
);

it('measures rows where no calls are counted, and that all of them arrived', async () => {
  const runs = await benchRows(300, 'file');
  expect(runs.map(({ connector, way, rows }) => [connector, way, rows])).toEqual([
    ['file', 'write', 300],
    ['file', 'read', 300],
  ]);
});
