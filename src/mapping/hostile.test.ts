import { describe, expect, it } from 'vitest';
import { compileShipped, readShipped, shippedNames } from '../../bench/mapping/shipped.ts';
import { hostileRuns } from './hostile.fixture.ts';

// 100,000 for each mapping are run by `npm run bench -- mapping --hostile`.
const DOCUMENTS = Number(process.env.HOSTILE_DOCUMENTS ?? 1_000);

describe('documents nobody should send', () => {
  it.each(shippedNames())('%s takes or refuses each, naming the field', (name) => {
    const report = hostileRuns(readShipped(name), compileShipped(name), DOCUMENTS, 20_261_121);
    expect(report.bad).toEqual([]);
    expect(report.documents).toBeGreaterThanOrEqual(DOCUMENTS);
  });
});
