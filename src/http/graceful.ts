/** Ends a server without failing anybody: who asks is still answered, and told to ask somebody else next time. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as Listener } from 'node:net';
import { HubError } from '../errors.ts';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Longest that answers under way are waited for, milliseconds. */
const patienceMs = 4_000;
/** Who is connected asks within so many milliseconds what it came to ask. */
const lingerMs = 100;
/** Whoever has asked something in so many milliseconds is likely to ask again before it knows. */
const latelyMs = 10_000;

export interface Graceful {
  readonly handler: Handler;
  /**
   * Says on `/readyz` that it goes, and with each answer that the connection ends; takes requests for `noticeMs` more,
   * unless nobody has asked anything lately; then takes no more, and waits until those under way are answered.
   */
  close(server: Server, noticeMs: number): Promise<void>;
}

export function graceful(next: Handler): Graceful {
  const underWay = new Set<ServerResponse>();
  let isClosing = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let whenIdle: (() => void) | undefined;
  const end = (outgoing: ServerResponse): void => {
    if (!outgoing.headersSent) outgoing.setHeader('connection', 'close');
  };
  return {
    handler(incoming, outgoing) {
      askedAt = performance.now();
      underWay.add(outgoing);
      outgoing.once('close', () => {
        underWay.delete(outgoing);
        if (underWay.size === 0) whenIdle?.();
      });
      if (isClosing) {
        end(outgoing);
        if (incoming.url === '/readyz') {
          const problem = new HubError('hub.not-ready', { reason: 'it is being stopped' }).toProblem();
          outgoing
            .writeHead(503, { 'content-type': 'application/problem+json' })
            .end(JSON.stringify(problem));
          return;
        }
      }
      next(incoming, outgoing);
    },
    async close(server, noticeMs) {
      isClosing = true;
      for (const outgoing of underWay) end(outgoing);
      // Between two connections nobody is connected: that says nothing about who comes next.
      const isAsked = performance.now() - askedAt < latelyMs || (await connected(server)) > 0;
      if (isAsked) await pause(noticeMs);
      // Those who wait to be connected are connected before these are run.
      await new Promise((resolve) => setImmediate(resolve));
      // As HTTP, it would close at once whom it has just connected and not heard yet.
      const closed = new Promise<void>((resolve) => Listener.prototype.close.call(server, () => resolve()));
      if (isAsked) await pause(lingerMs);
      // Connections on which nothing is asked; the others end with their answer.
      server.close();
      if (underWay.size > 0) {
        const idle = new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
        await Promise.race([idle, pause(patienceMs)]);
      }
      server.closeAllConnections();
      await closed;
    },
  };
}

function connected(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
