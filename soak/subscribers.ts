/** Receivers of events that count: what was posted to whom, how often, in which order, and under which ids. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event the hubs have written, in their order. */
export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string | null;
}

/** What is wrong with what was received. */
export interface EventsVerdict {
  /** Events times those who should have got them. */
  readonly events: number;
  /** Never received by somebody who should. */
  readonly lost: readonly string[];
  /** First received after a later one of the same key, where order was asked for. */
  readonly outOfOrder: readonly string[];
  /** Under an id nobody gave, or with another content than the first time. */
  readonly strange: readonly string[];
  /** Posts beyond the first of each event. */
  readonly repeated: number;
}

/** Types that are subscribed to. */
export const subscribed = ['customer.*', 'stockDocument.*', 'link.completed'];

interface Subscriber {
  readonly name: string;
  readonly ordered: boolean;
  readonly server: Server;
  /** Bodies by id, in the order they were first received in. */
  readonly first: Map<string, string>;
  readonly refused: Set<string>;
  readonly strange: string[];
  posts: number;
}

export class Subscribers {
  readonly #all: readonly Subscriber[];
  #isCalm = false;

  private constructor(all: readonly Subscriber[]) {
    this.#all = all;
  }

  static async open(): Promise<Subscribers> {
    const all = [
      { name: 'in-order', ordered: true },
      { name: 'at-once', ordered: false },
    ].map((one) => ({
      ...one,
      server: createServer(),
      first: new Map<string, string>(),
      refused: new Set<string>(),
      strange: [],
      posts: 0,
    }));
    const subscribers = new Subscribers(all);
    for (const one of all) {
      one.server.on('request', (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const id = String(request.headers['webhook-id']);
          response.writeHead(subscribers.#take(one, id, Buffer.concat(chunks).toString('utf8'))).end();
        });
      });
      await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve));
    }
    return subscribers;
  }

  /** `subscriptions:` of hub.yaml. */
  get settings(): Record<string, object> {
    return Object.fromEntries(
      this.#all.map(({ name, ordered, server }) => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
        return [name, { url, ordered, events: subscribed, shards: 2 }];
      }),
    );
  }

  /** From now on everything is taken. */
  calm(): void {
    this.#isCalm = true;
  }

  /** One event in sixteen is refused the first time, and posted again after seconds. */
  #take(one: Subscriber, id: string, body: string): number {
    if (!this.#isCalm && id.endsWith('0') && !one.refused.has(id) && !one.first.has(id)) {
      one.refused.add(id);
      return 500;
    }
    one.posts += 1;
    const before = one.first.get(id);
    if (before === undefined) one.first.set(id, body);
    if ((before ?? body) !== body || (JSON.parse(body) as { id: unknown }).id !== id)
      one.strange.push(`${one.name}: ${id} came with another content`);
    return 204;
  }

  verdict(told: readonly ToldEvent[]): EventsVerdict {
    const places = new Map(told.map((event, at) => [event.id, { ...event, at }]));
    const lost: string[] = [];
    const outOfOrder: string[] = [];
    const strange: string[] = [];
    let repeated = 0;
    for (const one of this.#all) {
      const missing = told.filter(({ id }) => !one.first.has(id));
      lost.push(...missing.map(({ id, type }) => `${one.name}: ${type} ${id}`));
      strange.push(...one.strange);
      repeated += one.posts - one.first.size;
      const reached = new Map<string, number>();
      for (const id of one.first.keys()) {
        const place = places.get(id);
        if (place === undefined) strange.push(`${one.name}: nobody has written ${id}`);
        else if (one.ordered && place.key !== null) {
          const before = reached.get(place.key) ?? -1;
          if (place.at < before) outOfOrder.push(`${one.name}: ${place.type} ${id} of ${place.key}`);
          reached.set(place.key, Math.max(before, place.at));
        }
      }
    }
    return { events: told.length * this.#all.length, lost, outOfOrder, strange, repeated };
  }

  async stop(): Promise<void> {
    for (const { server } of this.#all) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
