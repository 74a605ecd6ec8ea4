import { expect, inject, test, vi } from 'vitest';
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
    turns: true,
    seed: 618,
    code: inject('code'),
    patienceMs: 170_000,
    tell: (line) => said.push(line),
    signal: new AbortController().signal,
  });
  const { sent, lost, duplicated, stale, sumsAgree, kills, settled, crashes } = result;
  const { events, eventsLost, eventsOutOfOrder, eventsStrange } = result;
  const found = { lost, duplicated, stale, sumsAgree, kills, settled, crashes };
  expect({ ...found, eventsLost, eventsOutOfOrder, eventsStrange }, said.join('\n')).toEqual({
    lost: 0,
    duplicated: 0,
    stale: 0,
    sumsAgree: true,
    kills: 3,
    settled: true,
    crashes: 0,
    eventsLost: 0,
    eventsOutOfOrder: 0,
    eventsStrange: 0,
  });
  expect(events).toBeGreaterThan(600);
  expect(sent).toBe(300);
});
