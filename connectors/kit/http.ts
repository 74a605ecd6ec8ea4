/**
 * The one way connectors talk HTTP: keep-alive, deadlines, limits, breaker, and above all an honest answer
 * to "could it have happened?". A status is never an error here; the vendor's error table reads it.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import axios, { AxiosHeaders, type AxiosResponse } from 'axios';
import { type BreakerOptions, CallStopped, createBreaker } from './breaker.ts';
import { charsetOf, decodeText } from './charset.ts';
import { badAddress, explainFailure, isAddress, notSent } from './http-failures.ts';
import { createLimiter } from './limiter.ts';
import { manyMayListen } from './listeners.ts';
import { maySend } from './sending.ts';
import { type SharedConnection, spentAs } from './shared.ts';
import type { Limits, VendorCall } from './types.ts';

export interface HttpClientOptions {
  /** Connection name: for metrics. */
  readonly connection: string;
  /** The vendor's call limits: over all processes where `shared` is given, else for this one. */
  readonly limits?: Limits;
  /** `ConnectionContext.shared`. */
  readonly shared?: SharedConnection | undefined;
  /** What the vendor counts calls of, where one connection has several. Default: the whole connection. */
  readonly unit?: string;
  /** Deadline of one call from its turn at the limiter to the last byte, ms. Default 30 000. */
  readonly timeoutMs?: number;
  /** Clock of the limiter, ms; must go forward. Default: a monotonic one. */
  readonly now?: () => number;
  /** Told about every call that was tried. */
  readonly onCall?: (call: VendorCall) => void;
  /** Largest answer after decompression, bytes. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Connections open at once per host. Default 64. */
  readonly maxSockets?: number;
  /** An idle connection is closed after this, ms; below the vendor's own time-out. Default 4000. */
  readonly idleSocketMs?: number;
  readonly breaker?: BreakerOptions;
}

export interface HttpRequest {
  /** What is done, for metrics and logs: `Save`, `queryTickets`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whether the call changes something at the vendor: decides between `unknown` and `retry`. */
  readonly write: boolean;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; several of one name are joined by `, ` (`set-cookie` by a line break). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * The body as text, in the charset its type names (UTF-8 when it names none). Throws UnreadableError when it is not
   * in that charset: read all the same it would be full of replaced characters, which nobody would notice.
   */
  text(): string;
  /** The same for sentences people read: what cannot be read is replaced. */
  plainText(): string;
}

export interface HttpClient {
  /**
   * Sends one request. Throws ConnectorError:
   * `http.unreachable` (`retry`): nothing can have arrived (refused, DNS, TLS, no free connection, stopped);
   * `http.no-answer` (`unknown` for a write, else `retry`): time-out, reset, cut answer, stopped meanwhile;
   * `http.too-large` (`unknown` for a write, else `reject`): the answer exceeds `maxBodyBytes`;
   * `http.circuit-open`, `http.budget-used` (`retry`), `http.rate-limit` (`throttle`): not sent, see `afterMs`.
   * `http.bad-address` (`fatal`): the configured address is none.
   * Messages never hold addresses, headers or bodies.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes all connections; calls still running end with `http.no-answer`. */
  close(): void;
}

/** A client for one connection; made by `open`, closed at the end. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { connection, timeoutMs = 30_000, onCall, maxBodyBytes = 32 * 1024 * 1024 } = options;
  const agentOptions = {
    keepAlive: true,
    // What axios asks for on every call: another value would cost two calls to the system each time.
    keepAliveMsecs: 60_000,
    maxSockets: options.maxSockets ?? 64,
    maxFreeSockets: options.maxSockets ?? 64,
    timeout: options.idleSocketMs ?? 4000,
    scheduling: 'lifo' as const,
  };
  const httpAgent = new http.Agent(agentOptions);
  const httpsAgent = new https.Agent(agentOptions);
  const { shared, limits = {}, unit = '' } = options;
  const limiter =
    shared?.limiter(unit, limits) ?? createLimiter({ limits, ...(options.now ? { now: options.now } : {}) });
  const breaker = createBreaker(options.breaker, shared?.probes(unit));
  let closed = false;
  const running = new Set<Trace>();
  const settings = {
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    responseType: 'arraybuffer',
    decompress: true,
    validateStatus: () => true,
    maxContentLength: maxBodyBytes,
    maxBodyLength: Number.POSITIVE_INFINITY,
  } as const;

  /** One try, no queueing: the deadline runs from here. */
  async function attempt(request: HttpRequest, waitedMs: number): Promise<HttpAnswer> {
    const { sendWithinMs } = limiter;
    const sendBy = sendWithinMs === undefined ? undefined : performance.now() + sendWithinMs;
    const trace = new Trace(
      () => maySend(request.signal) && (sendBy === undefined || performance.now() < sendBy),
    );
    const timer = setTimeout(() => trace.end('deadline'), request.timeoutMs ?? timeoutMs);
    const onAbort = (): void => trace.end('stopped');
    request.signal.addEventListener('abort', onAbort, { once: true });
    running.add(trace);
    const started = performance.now();
    let outcome: VendorCall['outcome'] = 'ok';
    try {
      const answer = await sendOnce({
        ...settings,
        method: request.method,
        url: request.url,
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { data: bytesOf(request.body) }),
        transport: trace,
      });
      const body: unknown = answer.data;
      return new Answer(
        answer.status,
        flatten(answer.headers),
        Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      );
    } catch (error) {
      const failure = explainFailure(error, request, {
        sent: trace.sent,
        stopped: trace.ended === 'stopped',
      });
      outcome = failure.decision.kind;
      throw failure;
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', onAbort);
      running.delete(trace);
      onCall?.({
        connection,
        operation: request.operation,
        kind: spentAs(request.signal) ?? (request.write ? 'write' : 'other'),
        waitedMs,
        durationMs: performance.now() - started,
        outcome,
      });
    }
  }

  return {
    async send(request) {
      if (!isAddress(request.url)) throw badAddress();
      manyMayListen(request.signal);
      breaker.check();
      const asked = performance.now();
      const release = await limiter.acquire(request.signal, request.write);
      const waitedMs = performance.now() - asked;
      try {
        if (closed)
          throw notSent('The client of this connection is closed; nothing was sent.', new CallStopped());
        return await breaker.run(() => attempt(request, waitedMs));
      } finally {
        release();
      }
    },
    close() {
      closed = true;
      for (const one of running) one.end('stopped');
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Axios' own way onto the wire without its layers above it, which double the cost of a call. */
const sendOnce = axios.getAdapter('http');

/**
 * Stands where axios expects node's http module, and notes the moment a connection is up: from then on the
 * request may have arrived. Waiting for a free connection, DNS, TCP and TLS all come before it.
 */
class Trace {
  sent = false;
  ended: 'deadline' | 'stopped' | undefined;
  readonly #maySend: () => boolean;
  #request: ClientRequest | undefined;

  constructor(maySend: () => boolean) {
    this.#maySend = maySend;
  }

  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const secure = options.protocol === 'https:';
    const request = (secure ? https : http).request(options, onResponse);
    request.once('socket', (socket) => {
      // Kept alive, or freed by the call before it: node marks only the first of these as reused.
      if (request.reusedSocket || !socket.connecting) this.#markSent();
      else socket.once(secure ? 'secureConnect' : 'connect', () => this.#markSent());
    });
    this.#request = request;
    if (this.ended) request.destroy(new Error('The call has ended.'));
    return request;
  }

  /** Breaks the call off, whatever it is doing. */
  end(why: 'deadline' | 'stopped'): void {
    this.ended ??= why;
    this.#request?.destroy(new Error('The call has ended.'));
  }

  /** The last moment before the first byte: node writes what it has when this returns. */
  #markSent(): void {
    if (this.#maySend()) this.sent = true;
    else this.end('stopped');
  }
}

class Answer implements HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Buffer) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  text(): string {
    return decodeText(this.body, charsetOf(this.headers['content-type']));
  }

  plainText(): string {
    return this.body.toString('utf8');
  }
}

function headersOf(request: HttpRequest): AxiosHeaders {
  return new AxiosHeaders({ 'user-agent': 'LianHub', ...request.headers });
}

function bytesOf(body: string | Uint8Array): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function flatten(headers: AxiosResponse['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null) continue;
    flat[name.toLowerCase()] = Array.isArray(value) ? value.join('\n') : String(value);
  }
  return flat;
}
