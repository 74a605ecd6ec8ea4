import { expect, test } from 'vitest';
import { Together } from './together.ts';

test('what is asked at the same time is done in one go, and each gets its own answer', async () => {
  const goes: number[][] = [];
  const together = new Together({
    work: async (asks: readonly number[]) => {
      goes.push([...asks]);
      return asks.map((ask) => ask * 10);
    },
  });
  expect(await Promise.all([1, 2, 3].map((ask) => together.ask(ask)))).toEqual([10, 20, 30]);
  expect(await together.ask(4)).toBe(40);
  expect(goes).toEqual([[1, 2, 3], [4]]);
});

test('what comes during a go is the next one, and no go is larger than it may be', async () => {
  const goes: number[][] = [];
  const together = new Together({
    work: async (asks: readonly number[]) => {
      goes.push([...asks]);
      return asks;
    },
    weightOf: (ask) => ask,
    most: 5,
  });
  await Promise.all([9, 2, 3, 1].map((ask) => together.ask(ask)));
  expect(goes).toEqual([[9], [2, 3], [1]]);
});

test('an ask that fails fails alone', async () => {
  const together = new Together({
    work: async (asks: readonly string[]) => {
      if (asks.includes('bad')) throw new Error('refused');
      return asks;
    },
  });
  const told = await Promise.allSettled(['a', 'bad', 'b'].map((ask) => together.ask(ask)));
  expect(told.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await together.ask('c')).toBe('c');
});

/** Groups that came, each answered when the test says so. */
function groups() {
  const asked: (readonly number[])[] = [];
  const open: ((fault?: Error) => void)[] = [];
  const answer = (group: readonly number[]): Promise<number[]> => {
    asked.push(group);
    return new Promise((resolve, reject) => {
      open.push((fault) => (fault ? reject(fault) : resolve(group.map((one) => one * 10))));
    });
  };
  const next = async (fault?: Error): Promise<void> => {
    while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
    open.shift()?.(fault);
  };
  return { asked, answer, next };
}

test('what is asked while a group is under way goes together with the next one, in groups of a size', async () => {
  const { asked, answer, next } = groups();
  const together = new Together({ work: answer, most: 3 });
  const first = together.ask(1);
  await next();
  expect(await first).toBe(10);
  const alone = together.ask(2);
  while (asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const rest = [3, 4, 5, 6].map((one) => together.ask(one));
  for (let at = 0; at < 3; at += 1) await next();
  expect(await Promise.all([alone, ...rest])).toEqual([20, 30, 40, 50, 60]);
  expect(asked).toEqual([[1], [2], [3, 4, 5], [6]]);
});

test('groups follow each other no faster than they may, unless one is full', async () => {
  const began: { at: number; group: readonly number[] }[] = [];
  const paced = (everyMs: number) =>
    new Together({
      work: async (group: readonly number[]) => {
        began.push({ at: performance.now(), group });
        return group;
      },
      most: 3,
      everyMs,
    });
  const slow = paced(50);
  await slow.ask(1);
  await Promise.all([2, 3].map((ask) => slow.ask(ask)));
  expect(began.map(({ group }) => group)).toEqual([[1], [2, 3]]);
  expect((began[1]?.at ?? 0) - (began[0]?.at ?? 0)).toBeGreaterThan(48);
  // Nobody would wait for the end of this one.
  const stopped = paced(1_000_000);
  await stopped.ask(1);
  expect(await Promise.all([2, 3, 4].map((ask) => stopped.ask(ask)))).toEqual([2, 3, 4]);
});
