import { z } from 'zod';
import {
  type ConnectorSession,
  createHttpClient,
  decide,
  defineConnector,
  defineErrorTable,
  equalConstantTime,
  type FindResult,
  type HttpAnswer,
  isJsonObject,
  type Json,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
  type ObjectFacts,
  parseJson,
  UnreadableError,
  type WebhookReceiver,
  type WriteItem,
  type WriteResult,
} from '../../connectors/kit/index.ts';
import { callsAtOnce, type Page } from './shapes.ts';
import { signatureOf } from './signature.ts';

/** Webhooks older than this are refused, milliseconds. */
const freshForMs = 5 * 60_000;

const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'uniqueKey',
  latenessMs: 1_000,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 20_000,
  partialUpdate: false,
};

const errors = defineErrorTable([
  { status: 409, kind: 'conflict', hubCode: 'bench.exists', message: 'This number exists already.' },
  { status: 429, kind: 'throttle', hubCode: 'bench.busy', message: 'Too many calls.', afterMs: 1_000 },
  { status: 400, kind: 'reject', hubCode: 'bench.refused', message: 'The bill is refused.' },
]);

const stored = z.object({ id: z.string(), number: z.string() });
const cursorSchema = z.object({ after: z.number() });

/** The only vendor that exists for a benchmark: webhooks that carry everything, writes of one object a call. */
export const benchConnector = defineConnector({
  name: 'bench',
  title: { en: 'Benchmark', zh: '基准测试' },
  config: z.object({ url: z.string() }),
  secrets: z.object({ key: z.string() }),
  objects: { product: facts, order: facts, bill: facts },
  open({ connection, config, secrets, now, onCall }): ConnectorSession {
    const http = createHttpClient({
      connection,
      limits: { concurrent: callsAtOnce },
      ...(onCall === undefined ? {} : { onCall }),
    });

    async function write(item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
      const answer = await http.send({
        operation: 'bill',
        method: 'POST',
        url: `${config.url}/bills`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(item.body),
        write: true,
        signal,
      });
      const told = answer.status === 201 ? stored.safeParse(read(answer)) : undefined;
      if (told?.success) return { ok: true, remoteId: told.data.id, remoteNumber: told.data.number };
      return { ok: false, decision: decide(errors, { status: answer.status }) ?? senseless };
    }

    async function find(item: WriteItem, signal: AbortSignal): Promise<FindResult> {
      const answer = await http.send({
        operation: 'find',
        method: 'GET',
        url: `${config.url}/bills/${encodeURIComponent(item.key)}`,
        write: false,
        signal,
      });
      const told = stored.safeParse(read(answer));
      if (!told.success) return { found: false };
      return { found: true, remoteId: told.data.id, remoteNumber: told.data.number, stepDone: true };
    }

    async function list(object: string, { cursor, signal }: ListRequest): Promise<ListPage> {
      const after = cursor === undefined ? 0 : cursorSchema.parse(cursor).after;
      const answer = await http.send({
        operation: 'list',
        method: 'GET',
        url: `${config.url}/${object}?after=${after}`,
        write: false,
        signal,
      });
      const page = parsePage(answer.text());
      const items = page.items.map(({ id, data }) => ({ object, remoteId: id, body: data }));
      return { items, cursor: { after: page.after }, more: page.more, total: page.total };
    }

    return {
      objects: {
        order: { list: (request) => list('order', request) },
        product: { list: (request) => list('product', request) },
        bill: {
          write: ({ items, signal }) => Promise.all(items.map((item) => write(item, signal))),
          find: ({ items, signal }) => Promise.all(items.map((item) => find(item, signal))),
        },
      },
      webhook: receiverOf(secrets.key, now),
      test: async () => ({ ok: true, message: 'Nothing to sign in to.' }),
      async close() {
        http.close();
      },
    };
  },
});

const senseless = {
  kind: 'unknown',
  code: 'bench.senseless',
  message: 'The answer makes no sense; the bill is looked up before it is written again.',
} as const;

/** Verifies `x-sign` over `x-sent` and the raw bytes, then hands the object on as it was told. */
export function receiverOf(key: string, now: () => number): WebhookReceiver {
  return {
    acknowledge: { status: 200, contentType: 'text/plain', body: 'ok' },
    receive({ headers, body }) {
      const sent = headers['x-sent'] ?? '';
      if (!equalConstantTime(signatureOf(key, sent, body), headers['x-sign'] ?? '')) {
        return { ok: false, reason: 'bad-signature', message: 'The signature is wrong.' };
      }
      if (!(Math.abs(now() - Number(sent)) < freshForMs)) {
        return { ok: false, reason: 'stale', message: 'The webhook is too old.' };
      }
      const message = parsed(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
      return { ok: true, notices: [noticeOf(message)] };
    },
  };
}

function noticeOf(message: JsonObject): Notice {
  const { object, id, data } = message;
  if (typeof object !== 'string' || typeof id !== 'string' || !isJsonObject(data)) {
    return { object: 'unknown', remoteId: '', body: message };
  }
  return { object, remoteId: id, body: data };
}

/** A page as the vendor sends it; what sends it is ours as well, so it is not checked twice. */
export function parsePage(text: string): Page {
  return JSON.parse(text) as Page;
}

function read(answer: HttpAnswer): JsonObject {
  return parsed(answer.text());
}

function parsed(text: string): JsonObject {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return {};
  }
  return isJsonObject(value) ? value : {};
}
