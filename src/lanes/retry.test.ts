import { expect, test } from 'vitest';
import { lookAgain, lookLimit } from './retry.ts';

const minute = 60_000;

test('what a message refers to is looked for again no later than a fifth of the time the message has waited', () => {
  for (const random of [0, 0.5, 1]) {
    let age = 0;
    for (let attempts = 0; attempts < lookLimit; attempts += 1) {
      const delay = lookAgain(attempts, age, random);
      expect(delay).toBeGreaterThanOrEqual(125);
      expect(delay).toBeLessThanOrEqual(Math.max(1_000, age / 5));
      age += delay;
    }
  }
});

test('it is looked for for about an hour, and never less often than every five minutes', () => {
  let age = 0;
  let longest = 0;
  for (let attempts = 0; attempts < lookLimit; attempts += 1) {
    const delay = lookAgain(attempts, age, 0.5);
    longest = Math.max(longest, delay);
    age += delay;
  }
  expect(age).toBeGreaterThan(45 * minute);
  expect(age).toBeLessThan(90 * minute);
  expect(longest).toBeLessThanOrEqual(5 * minute);
});

test('of a message that a person tries again after days, it is looked for at once and soon again', () => {
  const days = 3 * 24 * 60 * minute;
  expect(lookAgain(0, days, 1)).toBeLessThanOrEqual(250);
  expect(lookAgain(3, days, 1)).toBeLessThanOrEqual(2_000);
});
