import { describe, expect, inject, test } from 'vitest';
import { benchConnector } from './connector/index.ts';
import type { Bill } from './connector/shapes.ts';
import { signatureOf } from './connector/signature.ts';
import { billOf, faultOf, orderOf } from './sync/goods.ts';
import { startFrom } from './sync/remote.ts';
import { benchSync } from './sync.ts';

describe('the race between the hub and the hand-written job', () => {
  test('both deliver every order once and rightly, and are measured', async () => {
    startFrom(inject('code'));
    const runs: string[] = [];
    const result = await benchSync({
      n: 60,
      runs: 1,
      queues: ['postgres'],
      targets: [0],
      halfLoadSeconds: 1,
      onRun: (what) => runs.push(what),
    });
    // A run whose target does not hold every number once with the right values throws.
    expect(runs).toEqual(['hub postgres 0 ms', 'limit 0 ms', 'hub postgres at half load']);
    const [race] = result.races;
    expect(race).toMatchObject({ queue: 'postgres', targetMs: 0, n: 60, runs: 1 });
    expect(race?.ratio).toBeCloseTo((race?.hub ?? 0) / (race?.limit ?? 1), 1);
    expect(race?.p99AtHalfLoadMs).toBeGreaterThanOrEqual(race?.p50AtHalfLoadMs ?? Number.NaN);
    for (const figure of [race?.hub, race?.limit, race?.cpuPerRecordHub, race?.rssMaxMb]) {
      expect(figure).toBeGreaterThan(0);
    }
  });

  test('a bill with a wrong value, line or customer is noticed', () => {
    const bill = billOf(orderOf(7));
    const [line] = bill.lines as [Bill['lines'][number]];
    expect(faultOf(bill)).toBeUndefined();
    expect(faultOf({ ...bill, total: '0.01' })).toMatch('total');
    expect(faultOf({ ...bill, customer: 'CUST-OTHER' })).toMatch('customer');
    expect(faultOf({ ...bill, lines: bill.lines.slice(1) })).toMatch('lines');
    const wrong = [{ ...line, amount: '999' }, ...bill.lines.slice(1)];
    expect(faultOf({ ...bill, lines: wrong })).toMatch('amount');
  });

  test('amounts compare by value, not by how many zeros they are written with', () => {
    const bill = billOf(orderOf(4));
    expect(faultOf({ ...bill, freight: '8' })).toBeUndefined();
  });
});

describe('the webhook of the benchmark', () => {
  const now = Date.now();
  const session = benchConnector.open({
    connection: 'shop',
    config: { url: 'http://127.0.0.1:1' },
    secrets: { key: 'k' },
    now: () => now,
  });
  const body = Buffer.from(JSON.stringify({ object: 'order', id: 'B1', data: { number: 'B1' } }));
  const receive = (sent: number, sign: string) =>
    session.webhook?.receive({
      method: 'POST',
      query: '',
      headers: { 'x-sent': String(sent), 'x-sign': sign },
      body,
      receivedAt: new Date(now),
    });

  test('is taken when signed over time and bytes', () => {
    expect(receive(now, signatureOf('k', String(now), body))).toEqual({
      ok: true,
      notices: [{ object: 'order', remoteId: 'B1', body: { number: 'B1' } }],
    });
  });

  test('is refused when forged or stale', () => {
    expect(receive(now, signatureOf('other', String(now), body))).toMatchObject({ reason: 'bad-signature' });
    const old = now - 3_600_000;
    expect(receive(old, signatureOf('k', String(old), body))).toMatchObject({ reason: 'stale' });
  });
});
