import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { type Served, serve } from './simulator.ts';
import { WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A hub that answers as told and remembers what came, in order of arrival. */
async function hub(
  answer: (message: string, attempt: number) => number,
): Promise<Served & { received: string[] }> {
  const received: string[] = [];
  const app = new Hono();
  app.post('/hook', async (context) => {
    const message = await context.req.text();
    received.push(message);
    const status = answer(message, received.filter((one) => one === message).length);
    return new Response(status === 200 ? 'OK' : 'NO', { status });
  });
  const served = await serve(app);
  open.push(served);
  return { ...served, received };
}

function sender(options: Partial<WebhookSenderOptions<number>> = {}): WebhookSender<number> {
  const made = new WebhookSender<number>({
    prepare: (message, target) => ({ url: target, body: String(message) }),
    acknowledged: ({ status, body }) => status === 200 && body === 'OK',
    resendAfterMs: [1, 1, 1],
    ...options,
  });
  open.push({ close: () => made.stop() });
  return made;
}

const hundred = Array.from({ length: 100 }, (_, index) => String(index));

describe('webhooks', () => {
  it('all arrive, and the sender is idle when they have', async () => {
    const { url, received } = await hub(() => 200);
    const made = sender();
    made.notifyAt(`${url}/hook`);
    for (const message of hundred) made.send(Number(message));
    await made.idle();
    expect([...received].sort()).toEqual([...hundred].sort());
    expect(made.counts).toEqual({ sent: 100, acknowledged: 100, refused: 0, givenUp: 0 });
  });

  it('keep their order when sent one at a time', async () => {
    const { url, received } = await hub(() => 200);
    const made = sender({ concurrency: 1 });
    made.notifyAt(`${url}/hook`);
    for (const message of hundred) made.send(Number(message));
    await made.idle();
    expect(received).toEqual(hundred);
  });

  it('are sent again, signed anew, until acknowledged', async () => {
    const { url } = await hub((_message, attempt) => (attempt < 3 ? 500 : 200));
    const attempts: number[] = [];
    const made = sender({
      prepare: (message, target, attempt) => {
        attempts.push(attempt);
        return { url: target, body: String(message) };
      },
    });
    made.notifyAt(`${url}/hook`);
    made.send(7);
    await made.idle();
    expect(attempts).toEqual([1, 2, 3]);
    expect(made.counts).toMatchObject({ acknowledged: 1, refused: 2, givenUp: 0 });
  });

  it('are given up after the last pause, also when nobody is there', async () => {
    const { url, close } = await hub(() => 200);
    await close();
    const made = sender();
    made.notifyAt(`${url}/hook`);
    made.send(1);
    await made.idle();
    expect(made.counts).toEqual({ sent: 4, acknowledged: 0, refused: 4, givenUp: 1 });
  });

  it('come twice when told to', async () => {
    const { url, received } = await hub(() => 200);
    const made = sender();
    made.duplicateEvery = 10;
    made.notifyAt(`${url}/hook`);
    for (const message of hundred) made.send(Number(message));
    await made.idle();
    expect(received).toHaveLength(110);
    expect(new Set(received).size).toBe(100);
  });

  it('come out of order when told to, none held back for ever', async () => {
    const { url, received } = await hub(() => 200);
    const made = sender({ concurrency: 1 });
    made.reorderWithin = 3;
    made.notifyAt(`${url}/hook`);
    for (const message of [0, 1, 2, 3]) made.send(message);
    await made.idle();
    expect(received).toEqual(['2', '1', '0', '3']);
  });

  it('go nowhere when nobody has asked for them', async () => {
    const made = sender();
    made.send(1);
    await made.idle();
    expect(made.counts.sent).toBe(0);
  });

  it('stop at once, with some queued and some waiting to be sent again', async () => {
    const { url } = await hub(() => 500);
    const made = sender({ concurrency: 2, resendAfterMs: [60_000] });
    made.notifyAt(`${url}/hook`);
    for (const message of hundred) made.send(Number(message));
    await expect.poll(() => made.counts.refused).toBeGreaterThan(2);
    await made.stop();
    await made.idle();
    const { sent } = made.counts;
    made.send(1);
    expect(made.counts.sent).toBe(sent);
  });
});
