import http from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HubEvent } from '../events/event.ts';
import { AddressGuard } from '../security/address-guard.ts';
import { EventPoster, type PostResult } from './post-event.ts';
import { type Receiver, receive, receiveRaw } from './receiver.fixture.ts';
import { newSecret } from './signature.ts';

const event: HubEvent = {
  id: '019ab0f2-6d3c-7d6e-9c7f-2f0f5a3f9a11',
  type: 'ping',
  version: 1,
  occurredAt: '2026-11-22T08:00:00.123Z',
  subject: null,
  key: null,
  data: {},
};
const secret = newSecret();
const limitMs = 300;

let poster: EventPoster;
const receivers: Receiver[] = [];
beforeAll(() => {
  const guard = new AddressGuard({ allow: ['127.0.0.1'] });
  poster = new EventPoster({ guard, timeoutMs: limitMs });
});
afterEach(() => {
  for (const one of receivers.splice(0)) one.stop();
});
afterAll(() => poster.close());

async function at(receiver: Promise<Receiver>): Promise<Receiver> {
  receivers.push(await receiver);
  return receiver;
}
const post = (url: string, signal = new AbortController().signal, headers: Record<string, string> = {}) =>
  poster.post({ url, headers, secrets: [secret] }, event, { at: new Date(), signal });
const raw = async (answer: (socket: Socket) => void): Promise<PostResult> =>
  post((await at(receiveRaw(answer))).url);

describe('what a receiver answers', () => {
  test('any 2xx means that it has the event', async () => {
    const { url } = await at(receive((_, response) => void response.writeHead(202).end('later')));
    expect(await post(url)).toMatchObject({ ok: true, status: 202, answer: 'later' });
  });

  test('a redirect is not followed, wherever it leads', async () => {
    const inner = await at(receive());
    for (const status of [301, 302, 303, 307, 308]) {
      const { url } = await at(
        receive((_, response) => void response.writeHead(status, { location: inner.url }).end()),
      );
      const result = await post(url);
      expect(result).toMatchObject({ ok: false, status, error: { code: 'delivery.redirected' } });
    }
    expect(inner.received).toEqual([]);
  });

  test('410 says that it is gone; any other status is told, with the pause that is asked for', async () => {
    const answering = async (status: number, headers: Record<string, string> = {}) =>
      post((await at(receive((_, response) => void response.writeHead(status, headers).end('no')))).url);
    expect(await answering(410)).toMatchObject({ ok: false, gone: true, error: { code: 'delivery.gone' } });
    expect(await answering(500)).toMatchObject({
      status: 500,
      answer: 'no',
      error: { code: 'delivery.not-taken' },
    });
    expect(await answering(429, { 'retry-after': '7' })).toMatchObject({ status: 429, retryAfterMs: 7000 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterMs = 0 } = await answering(503, { 'retry-after': date });
    expect(Math.abs(retryAfterMs - 60_000)).toBeLessThan(3000);
    expect(await answering(200, { 'retry-after': '7' })).not.toHaveProperty('retryAfterMs');
  });

  test('an answer is read up to 4 kB and no further, and is text a database takes', async () => {
    let leave: () => void;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const endless = await at(
      receive((_, response) => {
        response.once('close', () => leave());
        const more = (): void => {
          while (!response.destroyed && response.write('枢'.repeat(1000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const result = await post(endless.url);
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(result.answer).toBe('枢'.repeat(1365));
    // It would go on forever: it ends because nobody listens any more.
    await left;
    const { url } = await at(receive((_, response) => void response.end(Buffer.from([0x61, 0, 0xff, 0x62]))));
    expect((await post(url)).answer).toBe('a\u{fffd}\u{fffd}b');
  });

  test('secrets of the request that a receiver repeats are not kept', async () => {
    const { url } = await at(receive(({ headers }, response) => void response.end(JSON.stringify(headers))));
    const { answer } = await post(url, undefined, { authorization: 'Bearer sesame-open' });
    expect(answer).toContain('[redacted]');
    expect(answer).not.toContain('sesame-open');
  });
});

describe('when there is no answer', () => {
  const codeOf = async (result: Promise<PostResult>): Promise<string | undefined> => {
    const { ok, status, error, durationMs } = await result;
    expect([ok, status]).toEqual([false, null]);
    expect(error?.message).toMatch(/\.$/);
    expect(durationMs).toBeLessThan(limitMs * 5);
    return error?.code;
  };

  test('each way has a code of its own', async () => {
    const closed = await receive();
    closed.stop();
    expect(await codeOf(post(closed.url))).toBe('delivery.refused');
    expect(await codeOf(post('https://nobody.invalid/'))).toBe('delivery.unknown-name');
    expect(await codeOf(raw((socket) => void socket.destroy()))).toBe('delivery.cut-off');
    expect(await codeOf(raw((socket) => void socket.resetAndDestroy()))).toBe('delivery.cut-off');
    expect(await codeOf(raw((socket) => void socket.end('SSH-2.0-x\r\n')))).toBe('delivery.bad-answer');
    expect(
      await codeOf(raw((socket) => void socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`))),
    ).toBe('delivery.bad-answer');
    const silent = await at(receiveRaw((socket) => void socket.destroy()));
    expect(await codeOf(post(silent.url.replace('http', 'https')))).toBe('delivery.tls');
    const plain = await at(receive());
    expect(await codeOf(post(plain.url.replace('http', 'https')))).toBe('delivery.tls');
  });

  test('one that hangs, and one that drips, are given up after the limit', async () => {
    expect(await codeOf(raw(() => undefined))).toBe('delivery.timeout');
    const dripping = raw((socket) => {
      const timer = setInterval(() => socket.write('H'), 20);
      socket.once('close', () => clearInterval(timer));
    });
    expect(['delivery.timeout', 'delivery.bad-answer']).toContain(await codeOf(dripping));
  });

  test('a status counts, though the body never ends or is cut off', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf';
    expect(await raw((socket) => void socket.write(head))).toMatchObject({
      ok: true,
      status: 200,
      answer: 'half',
    });
    expect(await raw((socket) => void socket.end(head))).toMatchObject({
      ok: true,
      status: 200,
      answer: 'half',
    });
  });

  test('an inner address is not contacted, by number or by name', async () => {
    const { port, connections } = await at(receive());
    const strict = new EventPoster({ guard: new AddressGuard(), timeoutMs: limitMs });
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost']) {
      const destination = { url: `https://${host}:${port}/`, headers: {}, secrets: [secret] };
      const result = await strict.post(destination, event, {
        at: new Date(),
        signal: new AbortController().signal,
      });
      expect(result.error?.code).toBe('destination.inner-address');
    }
    expect(connections()).toBe(0);
    await strict.close();
  });

  test('a post that is broken off ends at once and says so', async () => {
    const { url, connections } = await at(receiveRaw(() => stop.abort()));
    const stop = new AbortController();
    expect(await codeOf(post(url, stop.signal))).toBe('delivery.stopped');
    expect(await codeOf(post(url, stop.signal))).toBe('delivery.stopped');
    expect(connections()).toBe(1);
  });

  test('closing breaks off what is under way, and nothing is sent after it', async () => {
    const other = new EventPoster({ guard: new AddressGuard({ allow: ['127.0.0.1'] }), timeoutMs: 60_000 });
    const { url } = await at(receiveRaw(() => void other.close()));
    const one = () =>
      other.post({ url, headers: {}, secrets: [secret] }, event, {
        at: new Date(),
        signal: new AbortController().signal,
      });
    expect(await codeOf(one())).toBe('delivery.stopped');
    expect(await codeOf(one())).toBe('delivery.stopped');
  });
});

describe('connections', () => {
  test('are kept and used again', async () => {
    const { url, connections, received } = await at(receive());
    for (let n = 0; n < 5; n += 1) expect(await post(url)).toMatchObject({ ok: true });
    expect([connections(), received.length]).toEqual([1, 5]);
  });

  test('one that the receiver has closed meanwhile costs no try: the event goes over another', async () => {
    const sockets: Socket[] = [];
    let answered = 0;
    const server = await at(
      receiveRaw((socket) => {
        sockets.push(socket);
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        answered += 1;
        // The next request on it meets a reset, as when a receiver closes an idle connection just then.
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    expect(await post(server.url)).toMatchObject({ ok: true });
    expect(await post(server.url)).toMatchObject({ ok: true });
    expect([answered, server.connections()]).toEqual([2, 2]);
  });

  test('many posts under one signal are no leak', async () => {
    const { url } = await at(receive());
    const { signal } = new AbortController();
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', note);
    const results = await Promise.all(Array.from({ length: 40 }, () => post(url, signal)));
    await new Promise(setImmediate);
    process.off('warning', note);
    expect(results.every((one) => one.ok)).toBe(true);
    expect(warnings).toEqual([]);
    expect(http.globalAgent.sockets).toEqual({});
  });
});
