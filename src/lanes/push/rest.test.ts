import { expect, it } from 'vitest';
import type { OutcomeRows } from './outcome.ts';
import { LaneRests } from './rest.ts';

const outcome = (code: string | undefined, delayMs = 500): OutcomeRows =>
  ({ link: { id: '1', state: 'due', delayMs, ...(code === undefined ? {} : { code }) } }) as OutcomeRows;

it('a lane rests only when nothing of its slice was answered, and then tries a few', () => {
  let now = 0;
  const rests = new LaneRests(() => now);
  rests.note('a', outcome('http.circuit-open'));
  rests.note('a', outcome(undefined));
  rests.end('a');
  expect(rests.sliceOf('a', 200)).toBe(200);
  rests.note('a', outcome('http.circuit-open', 700));
  rests.note('a', outcome('http.circuit-open', 900));
  rests.end('a');
  expect([rests.sliceOf('a', 200), rests.sliceOf('b', 200)]).toEqual([0, 200]);
  now = 700;
  // The one that probed, and those that waited for what it finds.
  for (const code of ['http.no-answer', 'http.circuit-open']) rests.note('a', outcome(code));
  rests.end('a');
  expect(rests.sliceOf('a', 200)).toBe(0);
  now = 1_200;
  expect(rests.sliceOf('a', 200)).toBe(8);
  rests.note('a', outcome(undefined));
  rests.end('a');
  expect(rests.sliceOf('a', 200)).toBe(200);
});
