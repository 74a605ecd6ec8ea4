/** Everything outside the hub in a process of its own: receivers that take events, and some that do not. */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { answer } from '../sync/remote.ts';

/** What a receiver does with an event: take it, answer 500, never answer, or not be there at all. */
export type Manner = 'takes' | 'fails' | 'hangs' | 'refuses';

/** One body of so many is read and its signature verified; the others are only counted, by their id. */
const checkedEach = 50;

class Receiver {
  readonly ids = new Set<string>();
  repeated = 0;
  readonly wrong: string[] = [];
  /** Milliseconds from an event to its arrival, for those since `reset`. */
  latencies: number[] = [];
  lastAt = 0;
  /** From the beginning on. */
  requests = 0;
  url = '';
  #secret = '';

  /** Counts from nothing; every body that is looked at must verify with this secret. */
  reset(secret: string): void {
    this.ids.clear();
    this.repeated = 0;
    this.wrong.length = 0;
    this.latencies = [];
    this.#secret = secret;
  }

  take(headers: http.IncomingHttpHeaders, chunks: readonly Buffer[]): void {
    const id = String(headers['webhook-id']);
    this.lastAt = Date.now();
    this.requests += 1;
    if (this.ids.has(id)) this.repeated += 1;
    this.ids.add(id);
    this.latencies.push(this.lastAt - madeAt(id));
    if (this.requests % checkedEach === 1) this.#check(id, headers, Buffer.concat(chunks).toString('utf8'));
  }

  #check(id: string, headers: http.IncomingHttpHeaders, body: string): void {
    try {
      const told = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      const event: unknown = new Webhook(this.#secret).verify(body, told);
      const whole =
        typeof event === 'object' && event !== null && 'id' in event && event.id === id && 'data' in event;
      if (!whole) this.wrong.push(`${id}: not the event`);
    } catch (error) {
      this.wrong.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** A UUID version 7 begins with the milliseconds at which it was made. */
function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

const receivers: Receiver[] = [];
let onArrival: (() => void) | undefined;

async function start(manner: Manner): Promise<Receiver> {
  const receiver = new Receiver();
  const server =
    manner === 'hangs'
      ? net.createServer((socket) => {
          receiver.requests += 1;
          socket.on('error', () => socket.destroy());
          socket.resume();
        })
      : http.createServer((request, response) => {
          const chunks: Buffer[] = [];
          request.on('data', (chunk: Buffer) => chunks.push(chunk));
          request.on('end', () => {
            if (manner === 'fails') receiver.requests += 1;
            else receiver.take(request.headers, chunks);
            response.writeHead(manner === 'fails' ? 500 : 200, { 'content-length': 2 });
            response.end('ok');
            onArrival?.();
          });
        });
  if (server instanceof http.Server) server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  // Nobody listens at a port that was free a moment ago.
  if (manner === 'refuses') await new Promise<void>((resolve) => server.close(() => resolve()));
  return receiver;
}

export interface Taken {
  /** Epoch, ms, of the last arrival at any of them. */
  readonly lastAt: number;
  readonly latencies: readonly number[];
}

const handlers = {
  /** Starts receivers and answers their addresses, in this order. */
  async listen(manners: readonly Manner[]): Promise<string[]> {
    receivers.push(...(await Promise.all(manners.map(start))));
    return receivers.map(({ url }) => url);
  },

  reset({ secret }: { readonly secret: string }): void {
    for (const receiver of receivers) receiver.reset(secret);
  },

  /**
   * Waits until each of the named receivers has so many different events, for as long as some arrive. Throws when
   * one was wrong, or came twice where `once` is asked for.
   */
  async taken(from: { readonly urls: readonly string[]; readonly count: number }): Promise<Taken> {
    const meant = receivers.filter(({ url }) => from.urls.includes(url));
    const are = (): boolean => meant.every(({ ids }) => ids.size >= from.count);
    await new Promise<void>((resolve, reject) => {
      const counts = (): number => meant.reduce((sum, { requests }) => sum + requests, 0);
      let last = counts();
      const watch = setInterval(() => {
        if (counts() === last) done(new Error(`nothing came for 60 s: ${meant.map(({ ids }) => ids.size)}`));
        last = counts();
      }, 60_000);
      const done = (error?: Error): void => {
        clearInterval(watch);
        onArrival = undefined;
        if (error) reject(error);
        else resolve();
      };
      onArrival = () => {
        if (are()) done();
      };
      onArrival();
    });
    const wrong = meant.flatMap((one) => one.wrong);
    const repeated = meant.reduce((sum, one) => sum + one.repeated, 0);
    if (wrong.length > 0 || repeated > 0 || meant.some(({ ids }) => ids.size > from.count)) {
      throw new Error(`${repeated} events came twice; wrong: ${wrong.slice(0, 5).join('; ')}`);
    }
    return {
      lastAt: Math.max(...meant.map(({ lastAt }) => lastAt)),
      latencies: meant.flatMap(({ latencies }) => latencies),
    };
  },

  /** Requests, or connections, each has seen: the dead ones were really tried. */
  requests: (): number[] => receivers.map(({ requests }) => requests),
};
export type Receivers = typeof handlers;

answer(handlers);
