import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, patient } from './conformance/subject.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions, type HttpRequest } from './http.ts';
import { stopSendingWhen } from './sending.ts';

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const run of cleanup.splice(0)) run();
});

describe('a call whose time is over before it gets a socket', () => {
  it.each([
    ['while it waits for its turn', { limits: { concurrent: 1 } }],
    ['while it waits for a free connection', { maxSockets: 1 }],
  ])('is not sent, although its signal has not fired yet: %s', async (_where, options) => {
    const { client, url, arrived, answer } = await start(options);
    let over = false;
    const call = (path: string) =>
      client.send(
        post(
          `${url}${path}`,
          stopSendingWhen(() => over, patient()),
        ),
      );
    const first = call('/first');
    await expect.poll(() => arrived).toEqual(['/first']);
    const second = failureOf(call('/second'));
    over = true;
    answer();
    expect((await first).status).toBe(200);
    // Nothing was sent, so it may simply be tried again.
    expect((await second).decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    expect(arrived).toEqual(['/first']);
  });
});

describe('a write that waited for the connection of the call before it', () => {
  it('is unclear when no answer comes: it was sent', async () => {
    const { client, url, arrived, answer } = await start({ maxSockets: 1 });
    const call = (path: string, signal: AbortSignal) => client.send(post(`${url}${path}`, signal));
    const first = call('/first', patient());
    await expect.poll(() => arrived).toEqual(['/first']);
    const given = new AbortController();
    const second = failureOf(call('/second', given.signal));
    answer();
    await first;
    await expect.poll(() => arrived).toEqual(['/first', '/second']);
    given.abort();
    expect((await second).decision).toMatchObject({ kind: 'unknown', code: 'http.no-answer' });
  });
});

interface Started {
  readonly client: HttpClient;
  readonly url: string;
  /** Paths of the calls that reached the server, which answers none by itself. */
  readonly arrived: readonly string[];
  /** Answers the call that came last. */
  answer(): void;
}

async function start(options: Partial<HttpClientOptions>): Promise<Started> {
  const arrived: string[] = [];
  let last: http.ServerResponse | undefined;
  const server = http.createServer((request, response) => {
    arrived.push(request.url ?? '');
    last = response;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient({ connection: 'test', ...options });
  cleanup.push(
    () => client.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client, url, arrived, answer: () => last?.end('ok') };
}

function post(url: string, signal: AbortSignal): HttpRequest {
  return { operation: 'save', method: 'POST', url, body: '{}', write: true, signal };
}
