import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../kit/index.ts';
import { type Bench, orderItem, startBench } from '../testing.ts';
import type { SimulatorOptions } from './index.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Door {
  readonly notices: Notice[];
  readonly refused: string[];
  readonly url: string;
}

/** A door like the hub's: the connector's own receiver behind a port. `deaf` calls are answered 503 first. */
async function door(bench: Bench, deaf = 0): Promise<Door> {
  const notices: Notice[] = [];
  const refused: string[] = [];
  let ignored = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (ignored++ < deaf) return response.writeHead(503).end();
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
      const receiver = bench.session.webhook;
      const query = new URL(request.url ?? '', 'http://hub').search.slice(1);
      const verdict = receiver?.receive({
        method: 'POST',
        query,
        headers,
        body: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      if (verdict === undefined || receiver === undefined) return response.writeHead(500).end();
      if (!verdict.ok) {
        refused.push(verdict.reason);
        return response.writeHead(verdict.refusal?.status ?? 401).end(verdict.refusal?.body);
      }
      notices.push(...verdict.notices);
      return response.writeHead(200).end(receiver.acknowledge.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { notices, refused, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/wms` };
}

async function bench(options: SimulatorOptions = {}): Promise<Bench> {
  const made = await startBench({ resendAfterMs: [1, 1, 1, 1, 1], ...options });
  open.push(async () => {
    await made.close();
  });
  return made;
}

async function create(one: Bench, ...codes: string[]): Promise<void> {
  await one.session.objects['delivery-order']?.write?.({
    step: 'create',
    items: codes.map((code) => orderItem(code, { A: '2', B: '1' })),
    signal: new AbortController().signal,
  });
}

const confirms = (notices: readonly Notice[]) =>
  notices.filter((notice) => notice.object === 'delivery-confirm');

describe('the simulated warehouse', () => {
  it('reports the steps in order, then confirms everything that was planned', async () => {
    const one = await bench({ partialShare: 0 });
    const hub = await door(one);
    one.simulator.notifyAt(hub.url);
    await create(one, 'W1-1');
    await one.simulator.idle();
    expect(hub.notices.map((notice) => notice.remoteId.split('/')[1])).toEqual([
      'ACCEPT',
      'PICK',
      'PACKAGE',
      expect.stringMatching(/^[0-9a-f]{12}$/),
    ]);
    expect(one.simulator.order('W1-1')).toMatchObject({
      state: 'DELIVERED',
      lines: [{ shippedQty: 2 }, { shippedQty: 1 }],
    });
  });

  it('ships in two goes that add up, the last one final, in several packages, with lines that may lack numbers', async () => {
    const one = await bench({ partialShare: 1, packageShare: 1, namelessShare: 1 });
    const hub = await door(one);
    one.simulator.notifyAt(hub.url);
    const codes = Array.from({ length: 20 }, (_, at) => `W${at}-1`);
    await create(one, ...codes);
    await one.simulator.idle();
    for (const order of one.simulator.orders()) {
      expect(order.confirms.map((confirm) => confirm.final)).toEqual([false, true]);
      expect(order.lines.map((line) => line.shippedQty)).toEqual([2, 1]);
    }
    expect(
      one.simulator.orders().some((order) => order.confirms.some((confirm) => confirm.packages.length === 2)),
    ).toBe(true);
    expect(JSON.stringify(confirms(hub.notices))).not.toContain('orderLineNo');
    expect(new Set(confirms(hub.notices).map((notice) => notice.remoteId)).size).toBe(40);
  });

  it('sends again, signed anew, until it is answered success', async () => {
    const one = await bench({ partialShare: 0 });
    const hub = await door(one, 3);
    one.simulator.quirks.wrongSign = 1;
    one.simulator.quirks.staleTimestamp = 1;
    one.simulator.notifyAt(hub.url);
    await create(one, 'W1-1');
    await one.simulator.idle();
    expect(hub.notices).toHaveLength(4);
    expect(one.simulator.callbacks()).toMatchObject({ acknowledged: 4, givenUp: 0 });
    expect(one.simulator.callbacks().sent).toBeGreaterThan(4);
  });

  it('gives up after six attempts', async () => {
    const one = await bench({ partialShare: 0, steps: [] });
    const hub = await door(one);
    one.simulator.quirks.wrongSign = 100;
    one.simulator.notifyAt(hub.url);
    await create(one, 'W1-1');
    await one.simulator.idle();
    expect(hub.refused).toEqual(Array.from({ length: 6 }, () => 'bad-signature'));
    expect(one.simulator.callbacks().givenUp).toBe(1);
  });

  it('repeats a confirm under a new message id, which is recognised as the same shipment', async () => {
    const one = await bench({ partialShare: 0, steps: [] });
    const hub = await door(one);
    one.simulator.quirks.repeatedUnderNewIdEvery = 1;
    one.simulator.notifyAt(hub.url);
    await create(one, 'W1-1');
    await one.simulator.idle();
    const told = confirms(hub.notices);
    expect(told).toHaveLength(2);
    expect(new Set(told.map((notice) => notice.messageId)).size).toBe(2);
    expect(new Set(told.map((notice) => notice.remoteId)).size).toBe(1);
  });

  it('can send the final confirm before the first one, twice, and before anybody heard of the order', async () => {
    const one = await bench({ partialShare: 1 });
    const hub = await door(one);
    one.simulator.quirks.outOfOrder = true;
    one.simulator.duplicateEvery(1);
    one.simulator.notifyAt(hub.url);
    await create(one, 'W1-1');
    await one.simulator.idle();
    expect(hub.notices).toHaveLength(10);
    expect(hub.notices[0]).toMatchObject({ object: 'delivery-confirm' });
  });

  it('keeps orders until somebody listens', async () => {
    const one = await bench({ partialShare: 0 });
    await create(one, 'W1-1', 'W2-1');
    const hub = await door(one);
    one.simulator.notifyAt(hub.url);
    await one.simulator.idle();
    expect(hub.notices).toHaveLength(8);
  });
});
