import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { latenessMs, type ObjectName, objectNames } from '../connector/shapes.ts';
import type { Dice } from '../random.ts';
import type { Store, Written } from './store.ts';

const bodySchema = z.looseObject({ number: z.string().min(1) });
const changeSchema = z.looseObject({});
const objectSchema = z.enum(objectNames as [ObjectName, ...ObjectName[]]);

export interface Temper {
  /** Longest pause before an answer, milliseconds; drawn anew for each call. */
  readonly latencyMs: number;
  /** Share of writes that take effect and are then answered 500. */
  failAfterSaving: number;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** One vendor's API over HTTP. */
export interface ServedVendor {
  readonly url: string;
  /** Answers of 500 after the write had taken effect, so far. */
  readonly failedAfterSaving: () => number;
  close(): Promise<void>;
}

/** Serves a store on a free loopback port. */
export async function serveStore(store: Store, temper: Temper, dice: Dice): Promise<ServedVendor> {
  let failures = 0;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isWrite = request.method !== 'GET';
      let answer = answerTo(store, request, Buffer.concat(chunks).toString('utf8'));
      if (isWrite && answer.status < 300 && dice.chance(temper.failAfterSaving)) {
        failures += 1;
        answer = { status: 500 };
      }
      setTimeout(() => {
        const body = Buffer.from(JSON.stringify(answer.body ?? {}));
        response.writeHead(answer.status, {
          'content-type': 'application/json',
          'content-length': body.length,
        });
        response.end(body);
      }, dice.next() * temper.latencyMs);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failedAfterSaving: () => failures,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(store: Store, request: http.IncomingMessage, text: string): Answer {
  const url = new URL(request.url ?? '/', 'http://vendor');
  const [, first, id] = url.pathname.split('/').map(decodeURIComponent);
  const object = objectSchema.safeParse(first);
  if (!object.success) return { status: 404 };
  if (request.method === 'GET') return reading(store, object.data, id, url.searchParams);
  // What hung in a socket while this machine or the way here stood still is not acted on any more.
  const sent = Number(request.headers['x-sent']);
  if (!(Date.now() - sent <= latenessMs)) return { status: 408 };
  const key = request.headers['x-key'];
  return writing(store, object.data, id, text, typeof key === 'string' ? decodeURIComponent(key) : undefined);
}

function reading(store: Store, object: ObjectName, id: string | undefined, query: URLSearchParams): Answer {
  if (id === undefined && query.has('after')) {
    const limit = Number(query.get('limit') ?? 100);
    return { status: 200, body: store.changesAfter(object, Number(query.get('after')), limit) };
  }
  const by = query.has('key') ? 'key' : 'number';
  const found = id === undefined ? store.find(object, by, query.get(by) ?? '') : store.get(object, id);
  return found ? { status: 200, body: found } : { status: 404 };
}

function writing(
  store: Store,
  object: ObjectName,
  id: string | undefined,
  text: string,
  key: string | undefined,
): Answer {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { status: 422 };
  }
  let written: Written;
  if (id === undefined) {
    const body = bodySchema.safeParse(given);
    if (!body.success) return { status: 422 };
    written = store.create(object, body.data, 'hub', key);
  } else {
    const told = changeSchema.safeParse(given);
    if (!told.success) return { status: 422 };
    written = store.update(object, id, told.data, 'hub', key);
  }
  return written.ok
    ? { status: id === undefined ? 201 : 200, body: written.shown }
    : { status: written.status };
}
