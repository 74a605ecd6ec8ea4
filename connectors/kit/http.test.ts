import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, patient } from './conformance/subject.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions, type HttpRequest } from './http.ts';
import type { VendorCall } from './types.ts';

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const run of cleanup.splice(0).reverse()) await run();
});

/** A node server on loopback; resolves to its address. */
async function server(handler: http.RequestListener): Promise<string> {
  const made = http.createServer(handler);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    made.close();
    made.closeAllConnections();
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

/** A bare TCP server: for what HTTP servers do not do. */
async function tcp(onSocket: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const made = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    made.close();
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ connection: 'test', ...options });
  cleanup.push(() => made.close());
  return made;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { operation: 'get', method: 'GET', url, write: false, signal: patient(), ...more };
}

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { operation: 'save', method: 'POST', url, body: '{}', write: true, signal: patient(), ...more };
}

describe('an answer', () => {
  it('is an answer whatever its status', async () => {
    const url = await server((_request, response) => response.writeHead(503, { 'X-A': 'b' }).end('busy'));
    const answer = await client().send(get(url));
    expect([answer.status, answer.headers['x-a'], answer.text()]).toEqual([503, 'b', 'busy']);
  });

  it('is not followed when it redirects', async () => {
    const url = await server((_request, response) => response.writeHead(302, { location: '/login' }).end());
    const answer = await client().send(get(url));
    expect([answer.status, answer.headers.location]).toEqual([302, '/login']);
  });

  it('keeps every cookie and every byte', async () => {
    const bytes = Buffer.from([0, 255, 0xef, 0xbb, 0xbf, 0x7b]);
    const url = await server((_request, response) =>
      response
        .writeHead(200, { 'set-cookie': ['a=1; path=/', 'b=2'], 'content-type': 'application/json' })
        .end(bytes),
    );
    const answer = await client().send(get(url));
    expect(answer.headers['set-cookie']).toBe('a=1; path=/\nb=2');
    expect(answer.body).toEqual(bytes);
  });

  it('is unpacked when it comes zipped', async () => {
    const url = await server((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}')),
    );
    expect((await client().send(get(url))).text()).toBe('{"a":1}');
  });

  it('may be empty', async () => {
    const url = await server((_request, response) => response.writeHead(204).end());
    expect((await client().send(get(url))).text()).toBe('');
  });
});

describe('a request', () => {
  it('arrives as it was given: method, headers, bytes', async () => {
    let seen: { method?: string | undefined; type?: string | undefined; body: string } | undefined;
    const url = await server(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen = {
        method: request.method,
        type: request.headers['content-type'],
        body: Buffer.concat(chunks).toString('utf8'),
      };
      response.end();
    });
    await client().send(
      post(url, { body: '{"名":"\\"x"}', headers: { 'content-type': 'text/xml; charset=utf-8' } }),
    );
    expect(seen).toEqual({ method: 'POST', type: 'text/xml; charset=utf-8', body: '{"名":"\\"x"}' });
  });

  it('uses the open connection again', async () => {
    const sockets = new Set<net.Socket>();
    const url = await server((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    const kept = client();
    for (let call = 0; call < 5; call++) await kept.send(get(url));
    expect(sockets.size).toBe(1);
  });
});

describe('an idle connection', () => {
  it('is closed after its time, but a slow answer is no idleness', async () => {
    let closed = 0;
    const url = await server((request, response) => {
      request.socket.once('close', () => closed++);
      setTimeout(() => response.end('at last'), 150);
    });
    const kept = client({ idleSocketMs: 40 });
    expect((await kept.send(get(url))).text()).toBe('at last');
    await expect.poll(() => closed).toBe(1);
    expect((await kept.send(get(url))).text()).toBe('at last');
  });
});

describe('a failure', () => {
  it('before anything was sent says so, also for a write: refused', async () => {
    const url = await server(() => {});
    await cleanup.pop()?.();
    const { decision } = await failureOf(client().send(post(url)));
    expect(decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    expect(decision.message).toContain('ECONNREFUSED');
  });

  it('before anything was sent says so, also for a write: unknown host', async () => {
    const { decision } = await failureOf(client().send(post('http://no-such-host.invalid/')));
    expect(decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
  });

  it('before anything was sent says so, also for a write: no TLS on the other side', async () => {
    const url = await tcp((socket) => socket.end('no tls here\r\n'));
    const { decision } = await failureOf(client().send(post(url.replace('http:', 'https:'))));
    expect(decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
  });

  it('while waiting for a free connection is not sent yet', async () => {
    const url = await server(() => {});
    const narrow = client({ maxSockets: 1, timeoutMs: 400 });
    const first = failureOf(narrow.send(post(url)));
    const second = failureOf(narrow.send(post(url, { timeoutMs: 100 })));
    expect((await second).decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    expect((await first).decision).toMatchObject({ kind: 'unknown', code: 'http.no-answer' });
  });

  it('after sending is unknown for a write and a retry for a read: no answer in time', async () => {
    const url = await server(() => {});
    const impatient = client({ timeoutMs: 100 });
    expect((await failureOf(impatient.send(post(url)))).decision).toMatchObject({ kind: 'unknown' });
    expect((await failureOf(impatient.send(get(url)))).decision).toMatchObject({
      kind: 'retry',
      code: 'http.no-answer',
    });
  });

  it('after sending is unknown for a write: connection reset', async () => {
    const url = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect((await failureOf(client().send(post(url)))).decision).toMatchObject({
      kind: 'unknown',
      code: 'http.no-answer',
    });
  });

  it('after sending is unknown for a write: the other side closes without a word', async () => {
    const url = await tcp((socket) => socket.once('data', () => socket.end()));
    expect((await failureOf(client().send(post(url)))).decision.kind).toBe('unknown');
  });

  it('after sending is unknown for a write: the answer is cut off', async () => {
    const url = await tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":')),
    );
    expect((await failureOf(client().send(post(url)))).decision.kind).toBe('unknown');
  });

  it('after sending is unknown for a write: the zipped answer is cut off', async () => {
    const zipped = gzipSync('x'.repeat(1000)).subarray(0, 12);
    const head = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 100\r\n\r\n';
    const url = await tcp((socket) =>
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from(head), zipped]))),
    );
    expect((await failureOf(client().send(post(url)))).decision.kind).toBe('unknown');
  });

  it('after sending is unknown for a write: an answer that drips for ever', async () => {
    const url = await tcp((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      const drip = setInterval(() => socket.write('.'), 10);
      socket.once('close', () => clearInterval(drip));
    });
    expect((await failureOf(client({ timeoutMs: 150 }).send(post(url)))).decision.kind).toBe('unknown');
  });

  it('after sending is unknown for a write: a kept connection that the other side has closed meanwhile', async () => {
    const url = await tcp((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    const kept = client();
    await kept.send(get(url));
    expect((await failureOf(kept.send(post(url)))).decision.kind).toBe('unknown');
  });

  it('of size is told as such, zipped or not', async () => {
    const url = await server((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
    );
    const small = client({ maxBodyBytes: 50_000 });
    expect((await failureOf(small.send(get(url)))).decision).toMatchObject({
      kind: 'reject',
      code: 'http.too-large',
    });
    expect((await failureOf(small.send(post(url)))).decision).toMatchObject({
      kind: 'unknown',
      code: 'http.too-large',
    });
  });

  it('of configuration is fatal: an address that is none', async () => {
    for (const url of ['not an address', 'ftp://127.0.0.1/x', '']) {
      expect((await failureOf(client().send(get(url)))).decision).toMatchObject({
        kind: 'fatal',
        code: 'http.bad-address',
      });
    }
  });

  it('never shows addresses, headers or bodies', async () => {
    const url = await tcp((socket) => socket.once('data', () => socket.destroy()));
    const request = post(`${url}/x?token=s3cret`, { headers: { authorization: 's3cret' }, body: 's3cret' });
    const failure = await failureOf(client().send(request));
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('s3cret');
    expect(failure.message).not.toContain('127.0.0.1');
  });
});

describe('stopping', () => {
  it('before the call sends nothing', async () => {
    let requests = 0;
    const url = await server((_request, response) => {
      requests++;
      response.end();
    });
    const { decision } = await failureOf(client().send(post(url, { signal: AbortSignal.abort() })));
    expect(decision).toMatchObject({ kind: 'retry', code: 'http.unreachable' });
    expect(requests).toBe(0);
  });

  it('during the call is unknown for a write', async () => {
    const stop = new AbortController();
    const url = await server(() => stop.abort());
    expect((await failureOf(client().send(post(url, { signal: stop.signal })))).decision.kind).toBe(
      'unknown',
    );
  });

  it('the client ends calls still running and refuses new ones', async () => {
    const used = client();
    const url = await server(() => used.close());
    expect((await failureOf(used.send(post(url)))).decision.kind).toBe('unknown');
    expect((await failureOf(used.send(post(url)))).decision.code).toBe('http.unreachable');
  });
});

describe('the circuit', () => {
  it('opens after failures in a row, tells when it asks again, and closes when the vendor is back', async () => {
    let broken = true;
    let requests = 0;
    const url = await server((request, response) => {
      requests++;
      if (broken) request.socket.destroy();
      else response.end('ok');
    });
    const careful = client({ breaker: { failures: 3, pauseMs: 60 } });
    for (let call = 0; call < 3; call++) await failureOf(careful.send(get(url)));
    const { decision } = await failureOf(careful.send(post(url)));
    expect(decision).toMatchObject({ kind: 'retry', code: 'http.circuit-open' });
    expect(decision.afterMs).toBeGreaterThan(0);
    expect(requests).toBe(3);

    broken = false;
    await expect.poll(() => careful.send(get(url)).then((answer) => answer.text(), String)).toBe('ok');
  });

  it('stays closed for bad answers and for calls their caller stopped', async () => {
    const url = await server((request, response) => {
      if (request.url === '/500') response.writeHead(500).end();
    });
    const careful = client({ breaker: { failures: 2 } });
    for (let call = 0; call < 4; call++) {
      await careful.send(get(`${url}/500`));
      const stop = new AbortController();
      const stopped = failureOf(careful.send(get(url, { signal: stop.signal })));
      setImmediate(() => stop.abort());
      await stopped;
    }
    expect((await careful.send(get(`${url}/500`))).status).toBe(500);
  });

  it('counts a deadline of the caller as silence of the vendor', async () => {
    const url = await server(() => {});
    const careful = client({ breaker: { failures: 2 } });
    for (let call = 0; call < 2; call++) {
      await failureOf(careful.send(get(url, { signal: AbortSignal.timeout(50) })));
    }
    expect((await failureOf(careful.send(get(url)))).decision.code).toBe('http.circuit-open');
  });
});

describe('limits and metrics', () => {
  it('never has more calls running than allowed', async () => {
    let most = 0;
    const waiting: http.ServerResponse[] = [];
    const url = await server((_request, response) => {
      most = Math.max(most, waiting.push(response));
      if (waiting.length >= 3) setImmediate(() => waiting.splice(0).forEach((one) => void one.end()));
    });
    const limited = client({ limits: { concurrent: 3 } });
    await Promise.all(Array.from({ length: 21 }, () => limited.send(get(url))));
    expect(most).toBe(3);
  });

  it('tells of every call tried, with its outcome', async () => {
    const calls: VendorCall[] = [];
    const url = await server((request, response) => {
      if (request.url === '/bad') request.socket.destroy();
      else response.end();
    });
    const told = client({ onCall: (call) => calls.push(call) });
    await told.send(get(url));
    await failureOf(told.send(post(`${url}/bad`)));
    expect(calls.map(({ connection, operation, outcome }) => [connection, operation, outcome])).toEqual([
      ['test', 'get', 'ok'],
      ['test', 'save', 'unknown'],
    ]);
  });
});
