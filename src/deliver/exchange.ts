/** One request and the beginning of its answer over kept-alive connections; a hard end, and never a second place. */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { AddressGuard } from '../security/address-guard.ts';
import type { Broken, Phase } from './failure.ts';

/** Bytes of an answer that are read; what follows is left, and the connection with it. */
export const answerLimit = 4096;

export interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

export interface Outgoing {
  readonly url: URL;
  /** Names and values by turns, as they are sent; `host` is added. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

export class Exchanges {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  readonly #timeoutMs: number;
  readonly #running = new Set<Exchange>();
  readonly #heard = new WeakSet<AbortSignal>();
  #closed = false;

  constructor(guard: AddressGuard, timeoutMs: number) {
    const shared = {
      keepAlive: true,
      // An idle connection is closed before most receivers close it.
      timeout: 4000,
      maxFreeSockets: 64,
      scheduling: 'lifo' as const,
    };
    // The connection itself asks the guard: what was judged is what is connected to.
    this.#plain = new http.Agent({ ...shared, lookup: guard.lookup('http') });
    this.#secure = new https.Agent({ ...shared, lookup: guard.lookup('https') });
    this.#timeoutMs = timeoutMs;
  }

  /** Posts. Never throws: an answer, or how it broke. */
  async post(outgoing: Outgoing): Promise<Answered | Broken> {
    const { url, signal } = outgoing;
    const agent = url.protocol === 'https:' ? this.#secure : this.#plain;
    const exchange = new Exchange(outgoing, agent);
    const timer = setTimeout(endLate, this.#timeoutMs, exchange);
    this.#hear(signal);
    this.#running.add(exchange);
    try {
      for (;;) {
        if (this.#closed || signal.aborted) exchange.end('stopped');
        const outcome = await exchange.run();
        if (outcome !== 'stale') return outcome;
      }
    } finally {
      clearTimeout(timer);
      this.#running.delete(exchange);
    }
  }

  /** A signal ends all that is under way under it: listening once costs less than for every post. */
  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener('abort', () => this.#stop(signal), { once: true });
  }

  #stop(signal?: AbortSignal): void {
    for (const one of this.#running) {
      if (signal === undefined || one.signal === signal) one.end('stopped');
    }
  }

  /** Breaks off what is under way and closes all connections. */
  close(): void {
    this.#closed = true;
    this.#stop();
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

function endLate(exchange: Exchange): void {
  exchange.end('deadline');
}

/** One post: the connection it is on, how far it came, what was read. There are many: what each needs is made once. */
class Exchange {
  readonly #outgoing: Outgoing;
  readonly #agent: http.Agent;
  readonly #isSecure: boolean;
  #phase: Phase = 'connect';
  #ended: 'deadline' | 'stopped' | undefined;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #resolve: ((outcome: Answered | Broken | 'stale') => void) | undefined;

  constructor(outgoing: Outgoing, agent: http.Agent) {
    this.#outgoing = outgoing;
    this.#agent = agent;
    this.#isSecure = outgoing.url.protocol === 'https:';
  }

  get signal(): AbortSignal {
    return this.#outgoing.signal;
  }

  /** `stale`: a kept connection had been closed over there when it was used; another one is worth a try. */
  run(): Promise<Answered | Broken | 'stale'> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#ended) this.#break(undefined);
      else this.#send();
    });
  }

  #send(): void {
    const { url, headers, body } = this.#outgoing;
    const request = (this.#isSecure ? https : http).request({
      agent: this.#agent,
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
      port: url.port === '' ? undefined : url.port,
      path: url.pathname + url.search,
      // As a list, node sends them as they are: it has nothing to look up or to check again.
      headers: ['host', url.host, ...headers],
    });
    this.#request = request;
    request.once('socket', (socket) => this.#watch(socket));
    request.once('response', (response) => this.#read(response));
    request.on('error', (error) => {
      const isReset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (request.reusedSocket && isReset && !this.#ended) this.#settle('stale');
      else this.#break(error);
    });
    request.end(body);
  }

  #watch(socket: Socket): void {
    if (!socket.connecting) {
      this.#phase = 'sent';
      return;
    }
    socket.once('connect', () => {
      this.#phase = this.#isSecure ? 'tls' : 'sent';
    });
    if (this.#isSecure)
      socket.once('secureConnect', () => {
        this.#phase = 'sent';
      });
  }

  /** Once there is a status, that is the answer, however its body ends. */
  #read(response: IncomingMessage): void {
    this.#response = response;
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size <= answerLimit) return;
      this.#finish();
      response.destroy();
    });
    response.once('end', () => this.#finish());
    response.once('close', () => this.#finish());
    // A body that is cut off takes nothing from the status.
    response.on('error', () => this.#finish());
  }

  #finish(): void {
    const response = this.#response;
    if (response === undefined || this.#resolve === undefined) return;
    const status = response.statusCode ?? 0;
    this.#settle({
      status,
      // Node reads the headers when it is asked for one.
      retryAfter: status < 300 ? undefined : response.headers['retry-after'],
      body: Buffer.concat(this.#chunks).subarray(0, answerLimit),
    });
  }

  #break(thrown: unknown): void {
    this.#settle({ thrown, phase: this.#phase, ended: this.#ended });
  }

  /** What comes first counts. */
  #settle(outcome: Answered | Broken | 'stale'): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(outcome);
  }

  /** Breaks it off, whatever it is doing. */
  end(why: 'deadline' | 'stopped'): void {
    this.#ended ??= why;
    this.#finish();
    this.#request?.destroy(new Error('The post was broken off.'));
  }
}
