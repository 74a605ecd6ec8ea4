/** The target: takes one bill a call, remembers how often each number came and whether it was right. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bill } from '../connector/shapes.ts';
import { faultOf } from './goods.ts';

export interface Contents {
  /** Different numbers. */
  readonly numbers: number;
  /** Posts beyond the first of a number. */
  readonly repeated: number;
  /** Bills with a wrong value, the first few in words. */
  readonly wrong: number;
  readonly examples: readonly string[];
}

export class Target {
  /** Milliseconds between a request and its answer; 0: at once. */
  delayMs = 0;
  /** When each number came first, `performance.now()`. */
  readonly arrivals = new Map<string, number>();
  readonly #bills = new Map<string, number>();
  /** Ids are never given twice, not even after a reset. */
  #lastId = 0;
  #repeated = 0;
  #wrong = 0;
  #examples: string[] = [];
  #server: http.Server | undefined;
  #reached: { count: number; resolve: () => void } | undefined;

  /** Serves on a free loopback port and answers the address. */
  async listen(): Promise<string> {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [status, body] =
          request.method === 'POST'
            ? this.#take(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Bill)
            : this.#find(decodeURIComponent((request.url ?? '').split('/').at(-1) ?? ''));
        const send = (): void => {
          response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
          response.end(body);
        };
        if (this.delayMs > 0) setTimeout(send, this.delayMs);
        else send();
      });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Forgets everything. */
  reset(): void {
    this.#bills.clear();
    this.arrivals.clear();
    this.#repeated = 0;
    this.#wrong = 0;
    this.#examples = [];
  }

  /** Resolves when this many different numbers are here; rejects when nothing has come for `patienceMs`. */
  async reached(count: number, patienceMs: number): Promise<void> {
    if (this.#bills.size >= count) return;
    const arrived = new Promise<void>((resolve) => {
      this.#reached = { count, resolve };
    });
    let last = this.#bills.size;
    let watch: NodeJS.Timeout | undefined;
    const stalled = new Promise<never>((_, reject) => {
      watch = setInterval(() => {
        if (this.#bills.size === last) {
          reject(new Error(`nothing came for ${patienceMs} ms; ${last} of ${count} bills are there`));
        }
        last = this.#bills.size;
      }, patienceMs);
    });
    try {
      await Promise.race([arrived, stalled]);
    } finally {
      clearInterval(watch);
    }
  }

  get contents(): Contents {
    return {
      numbers: this.#bills.size,
      repeated: this.#repeated,
      wrong: this.#wrong,
      examples: this.#examples,
    };
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #take(bill: Bill): [number, string] {
    const known = this.#bills.get(bill.number);
    if (known !== undefined) {
      this.#repeated += 1;
      return [409, '{"error":"exists"}'];
    }
    const fault = faultOf(bill);
    if (fault !== undefined) {
      this.#wrong += 1;
      if (this.#examples.length < 5) this.#examples.push(`${bill.number}: ${fault}`);
    }
    this.#lastId += 1;
    const id = this.#lastId;
    this.#bills.set(bill.number, id);
    this.arrivals.set(bill.number, performance.now());
    if (this.#reached && this.#bills.size >= this.#reached.count) this.#reached.resolve();
    return [201, `{"id":"${id}","number":${JSON.stringify(bill.number)}}`];
  }

  #find(number: string): [number, string] {
    const id = this.#bills.get(number);
    return id === undefined ? [404, '{}'] : [200, `{"id":"${id}","number":${JSON.stringify(number)}}`];
  }
}
