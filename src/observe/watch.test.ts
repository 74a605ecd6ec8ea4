import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Landscape } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import { Tally } from './tally.ts';
import { idsOf } from './tracing.ts';
import { Watcher } from './watcher.ts';

test('a tally shows what was declared at zero, and everything nobody has named in one series', async () => {
  const registry = new Registry();
  const tally = new Tally(registry, { name: 'things_total', help: 'Things.', label: 'outcome' }, [
    'done',
    'dead',
  ]);
  tally.declare('erp', 'order', ['done']);
  for (let n = 0; n < 3; n += 1) tally.add('erp', `strange-${n}`, 'dead', 2);
  tally.add('erp', 'order', 'dead', 1);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('things_total{'));
  expect(lines.sort()).toEqual([
    'things_total{connection="erp",object="order",outcome="dead"} 1',
    'things_total{connection="erp",object="order",outcome="done"} 0',
    'things_total{connection="erp",object="other",outcome="dead"} 6',
  ]);
});

test('counting makes nothing new: a million counts take no memory', () => {
  const tally = new Tally(new Registry(), { name: 'things_total', help: 'Things.', label: 'outcome' }, [
    'done',
  ]);
  tally.declare('erp', 'order', ['done']);
  for (let n = 0; n < 100_000; n += 1) tally.add('erp', 'order', 'done', 1);
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 1_000_000; n += 1) tally.add('erp', 'order', 'done', 1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
});

test('without its database a hub says just that, and no number of before', async () => {
  const database = { query: () => Promise.reject(new Error('connection refused')) } as unknown as Database;
  const watcher = new Watcher();
  watcher.watch(() => ({ database, landscape: { parties: [] } as unknown as Landscape }));
  const text = await watcher.metrics();
  expect(text).toMatch(/^lianhub_database_up 0$/m);
  expect(text).not.toMatch(/^lianhub_health\{/m);
});

test('all processes find the same trace for a message, and tenants different ones', () => {
  expect(idsOf('lianhub', 7)).toEqual(idsOf('lianhub', 7));
  expect(idsOf('lianhub', 7).traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(idsOf('other', 7).traceId).not.toBe(idsOf('lianhub', 7).traceId);
});
