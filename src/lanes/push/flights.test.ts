import { expect, test } from 'vitest';
import type { LaneHold } from '../runner.ts';
import { Flights } from './flights.ts';

function deferred() {
  let resolve = (): void => undefined;
  let reject = (_: Error): void => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

function holding(): { hold: LaneHold; kept: Promise<void>[]; ring: () => void } {
  const kept: Promise<void>[] = [];
  const { promise, resolve } = deferred();
  const signal = new AbortController().signal;
  const hold: LaneHold = {
    ...{ lane: 'push/erp/bill/0', holder: 'me', epoch: 1, signal, isOver: () => false },
    nextRing: () => promise,
    keep: (work) => void kept.push(work),
  };
  return { hold, kept, ring: resolve };
}

const none = { links: [], parents: [] };

test('the next slice begins while calls of the one before are waited for, and no third one', async () => {
  const { hold, kept } = holding();
  const flights = new Flights(hold);
  const [first, second] = [deferred(), deferred()];
  const begin = (links: string[], { promise }: { promise: Promise<void> }) =>
    flights.begin({ links, parents: [] }, async (away) => {
      away();
      await promise;
    });
  await begin(['a'], first);
  await begin(['b'], second);
  expect(flights.links).toEqual(['a', 'b']);
  let hasRoom = false;
  const room = flights.room().then(() => {
    hasRoom = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasRoom).toBe(false);
  first.resolve();
  await room;
  expect(flights.links).toEqual(['b']);
  second.resolve();
  await Promise.all(kept);
  // What those two had may be due again: it is looked for once more.
  expect(await flights.pause(1)).toBe(1);
  expect(await flights.pause(2)).toBe(0);
});

test('a lane with nothing new waits for what is under way, or for a ring', async () => {
  const { hold, ring } = holding();
  const flights = new Flights(hold);
  await flights.begin(none, async (away) => {
    away();
    await new Promise(() => undefined);
  });
  const pause = flights.pause(0);
  ring();
  expect(await pause).toBe(1);
});

test('what fails is told when all others have ended', async () => {
  const { hold } = holding();
  const flights = new Flights(hold);
  const other = deferred();
  let hasEnded = false;
  await flights.begin(none, async (away) => {
    away();
    await other.promise;
    hasEnded = true;
  });
  const failing = flights.begin(none, async () => {
    throw new Error('no database');
  });
  other.resolve();
  await expect(failing).rejects.toThrow('no database');
  expect(hasEnded).toBe(true);
});

test('a hold that cannot wait for what goes on has one slice at a time', async () => {
  const { keep: _keep, ...hold } = holding().hold;
  const flights = new Flights(hold);
  const order: string[] = [];
  await flights.begin(none, async (away) => {
    away();
    await new Promise((resolve) => setImmediate(resolve));
    order.push('ended');
  });
  order.push('begun');
  expect(order).toEqual(['ended', 'begun']);
});
