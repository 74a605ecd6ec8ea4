import { expect, test, vi } from 'vitest';
import { soak } from './run.ts';

vi.setConfig({ testTimeout: 180_000 });

test('three hundred records with three kills: nothing lost, nothing doubled, nothing stale', async () => {
  const said: string[] = [];
  const result = await soak({
    records: 300,
    kills: 3,
    freezes: 0,
    redis: false,
    flush: false,
    pgRestart: false,
    blackhole: false,
    turns: false,
    seed: 618,
    patienceMs: 170_000,
    tell: (line) => said.push(line),
    signal: new AbortController().signal,
  });
  const { sent, lost, duplicated, stale, sumsAgree, kills, settled, crashes } = result;
  expect({ lost, duplicated, stale, sumsAgree, kills, settled, crashes }, said.join('\n')).toEqual({
    lost: 0,
    duplicated: 0,
    stale: 0,
    sumsAgree: true,
    kills: 3,
    settled: true,
    crashes: 0,
  });
  expect(sent).toBe(300);
});
