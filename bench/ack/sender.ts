/** The shop that sends, in a process of its own: requests are made and signed before the clock starts. */
import { numberOf, orderOf } from '../sync/goods.ts';
import { requestOf, sendAll } from '../sync/load.ts';
import { answer } from '../sync/remote.ts';

export interface Round {
  /** `http://host:port` of the contender. */
  readonly url: string;
  readonly key: string;
  /** Index of the first order. */
  readonly first: number;
  readonly count: number;
  /** Requests under way at once, as many connections. */
  readonly sockets: number;
  /** Requests a second, at a steady pace; else as fast as they are acknowledged. */
  readonly perSecond?: number;
}

/** Milliseconds from request to acknowledgement of each, sorted; and of all together. */
export interface Sent {
  readonly ms: number;
  readonly latencies: readonly number[];
}

const handlers = {
  async send({ url, key, first, count, sockets, perSecond }: Round): Promise<Sent> {
    const to = new URL('/hooks/shop', url);
    const requests = Array.from({ length: count }, (_, at) =>
      requestOf(to, key, { object: 'order', id: numberOf(first + at), data: orderOf(first + at) }),
    );
    const sentAt = new Float64Array(count);
    const latencies = new Float64Array(count);
    const began = performance.now();
    await sendAll(
      to,
      requests,
      sockets,
      {
        perSecond: perSecond ?? Number.POSITIVE_INFINITY,
        onSent: (index) => {
          sentAt[index] = performance.now();
        },
      },
      (index) => {
        latencies[index] = performance.now() - (sentAt[index] ?? 0);
      },
    );
    return { ms: performance.now() - began, latencies: [...latencies.sort()] };
  },
};
export type Sender = typeof handlers;

answer(handlers);
