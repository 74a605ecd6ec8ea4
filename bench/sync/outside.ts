/** Everything outside the hub in a process of its own: the shop that sends and the books that receive. */
import { articles, numberOf, orderOf } from './goods.ts';
import { type Message, requestOf, sendAll } from './load.ts';
import { answer } from './remote.ts';
import { type Contents, Target } from './target.ts';

const target = new Target();
/** Webhooks under way at once, as many connections. */
const sockets = 64;
let prepared: { readonly url: URL; readonly requests: readonly Buffer[] } | undefined;

export interface Sending {
  /** `http://host:port` of the contender. */
  readonly hub: string;
  readonly connection: string;
  readonly key: string;
}

const handlers = {
  listen: (): Promise<string> => target.listen(),

  reset({ delayMs }: { readonly delayMs: number }): void {
    target.reset();
    target.delayMs = delayMs;
  },

  /** Tells the articles. */
  async sendArticles(to: Sending): Promise<void> {
    const url = new URL(`/hooks/${to.connection}`, to.hub);
    const messages = articles.map(({ code, name }): Message => {
      return { object: 'product', id: `${to.connection}-${code}`, data: { code, name } };
    });
    await sendAll(
      url,
      messages.map((message) => requestOf(url, to.key, message)),
      sockets,
    );
  },

  /** Makes and signs the orders from one index on, so that sending them costs next to nothing. */
  prepareOrders({ to, first, count }: { to: Sending; first: number; count: number }): void {
    const url = new URL(`/hooks/${to.connection}`, to.hub);
    const requests = Array.from({ length: count }, (_, at) => {
      const message = { object: 'order', id: numberOf(first + at), data: orderOf(first + at) };
      return requestOf(url, to.key, message);
    });
    prepared = { url, requests };
  },

  /** Sends what was prepared at a steady pace; answers how long each took until it was written, sorted, ms. */
  async sendPaced({ perSecond, first }: { perSecond: number; first: number }): Promise<number[]> {
    if (!prepared) throw new Error('nothing is prepared');
    const { url, requests } = prepared;
    prepared = undefined;
    const sent: number[] = [];
    const written = target.reached(first + requests.length, 60_000);
    const onSent = (index: number): void => {
      sent[index] = performance.now();
    };
    await Promise.all([sendAll(url, requests, sockets, { perSecond, onSent }), written]);
    return sent
      .map((at, index) => (target.arrivals.get(numberOf(first + index)) ?? Number.NaN) - at)
      .sort((a, b) => a - b);
  },

  /** Sends what was prepared; answers when the first went out and when the last was acknowledged (epoch, ms). */
  async sendOrders(): Promise<{ startedAt: number; acknowledgedAt: number }> {
    if (!prepared) throw new Error('nothing is prepared');
    const { url, requests } = prepared;
    prepared = undefined;
    const startedAt = Date.now();
    await sendAll(url, requests, sockets);
    return { startedAt, acknowledgedAt: Date.now() };
  },

  reached: ({ count }: { readonly count: number }): Promise<void> => target.reached(count, 60_000),

  contents: (): Contents => target.contents,
};
export type Outside = typeof handlers;

answer(handlers);
