import { expect, test } from 'vitest';
import { doneBetween } from './sampler.ts';
import { seriesOf } from './series.ts';

const at = (seconds: number): Date => new Date(seconds * 1_000);
const order = { connection: 'erp', object: 'order' };
const stock = { connection: 'erp', object: 'stock' };
const parties = [
  { sync: 'order', ...order },
  { sync: 'order', connection: 'pos', object: 'order' },
  { sync: 'inventory', ...stock },
];

test('what several processes have done is added up, and where the hub stands is counted once', () => {
  const standing = [
    { ...order, due: 3, late: 40 },
    { ...stock, due: 1, late: 90 },
  ];
  const done = [{ ...order, applied: 1, pushed: 2, failed: 0 }];
  const samples = [
    { at: at(15), process: 'a', standing, done },
    { at: at(15), process: 'b', standing, done },
    { at: at(30), process: 'b', standing: null, done: [] },
  ];
  const series = seriesOf(samples, parties, { from: 0, to: 30_000, stepMs: 15_000 });
  expect(series.processes).toEqual(['a', 'b']);
  expect(series.connections.map((one) => [one.connection, one.backlog, one.freshness, one.pushed])).toEqual([
    ['erp', [null, 4, null], [null, 90, null], [0, 4, 0]],
    ['pos', [null, 0, null], [null, 0, null], [0, 0, 0]],
  ]);
  expect(series.syncs.find((one) => one.sync === 'order')).toMatchObject({
    backlog: [null, 3, null],
    applied: [0, 2, 0],
  });
});

test('a sample tells what was done since the one before, and nothing of places where nothing was', () => {
  const now = new Map([
    ['erp/order', { ...order, applied: 5, pushed: 7, failed: 1 }],
    ['erp/stock', { ...stock, applied: 2, pushed: 0, failed: 0 }],
  ]);
  const before = new Map([
    ['erp/order', { ...order, applied: 4, pushed: 7, failed: 0 }],
    ['erp/stock', { ...stock, applied: 2, pushed: 0, failed: 0 }],
  ]);
  expect(doneBetween(before, now)).toEqual([{ ...order, applied: 1, pushed: 0, failed: 1 }]);
  expect(doneBetween(new Map(), now)).toHaveLength(2);
});
