import { z } from 'zod';
import { signatureOf } from '../../bench/connector/signature.ts';
import {
  type Connector,
  type ConnectorSession,
  createHttpClient,
  decide,
  defineConnector,
  defineErrorTable,
  equalConstantTime,
  type FetchRequest,
  type FetchResult,
  type FindRequest,
  type FindResult,
  fail,
  type HttpAnswer,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
  type ObjectFacts,
  type ObjectOperations,
  parseJson,
  type WebhookVerdict,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../connectors/kit/index.ts';
import { equal } from '../../src/model/index.ts';
import { latenessMs, objectNames, safeties, searchLagMs, type VendorName, vendorNames } from './shapes.ts';

const pageSize = 200;

const errors = defineErrorTable([
  { status: 404, kind: 'absent', hubCode: 'soak.absent', message: 'There is no such object.' },
  { status: 409, kind: 'conflict', hubCode: 'soak.exists', message: 'This number exists already.' },
  { status: 422, kind: 'reject', hubCode: 'soak.refused', message: 'The object is refused.' },
  { status: 408, kind: 'retry', hubCode: 'soak.too-late', message: 'It arrived too late; nothing was done.' },
  {
    status: '5xx',
    kind: 'unknown',
    hubCode: 'soak.failed',
    message: 'The vendor failed; nobody knows when.',
  },
]);

const shown = z.object({
  id: z.string(),
  revision: z.string(),
  body: z.object({ number: z.string() }).catchall(z.json()),
});
const page = z.object({ items: z.array(shown), next: z.int(), more: z.boolean() });
const told = z.object({ object: z.string(), messageId: z.string(), shown });

function factsOf(vendor: VendorName): ObjectFacts {
  return {
    payload: 'full',
    createSafety: safeties[vendor],
    latenessMs,
    searchLagMs: vendor === 'marked' ? searchLagMs : 0,
    batchSize: 1,
    writeDeadlineMs: 4_000,
    partialUpdate: true,
    // It remembers every token for as long as it runs.
    ...(vendor === 'token' ? { tokenValidMs: 86_400_000 } : {}),
  };
}

/** Connectors `soak-keyed`, `soak-token`, `soak-marked`, `soak-bare`: alike but for what makes their creates safe. */
export const soakConnectors: Readonly<Record<string, Connector>> = Object.fromEntries(
  vendorNames.map((vendor) => [`soak-${vendor}`, connectorOf(vendor) as Connector]),
);

function connectorOf(vendor: VendorName) {
  const facts = factsOf(vendor);
  return defineConnector({
    name: `soak-${vendor}`,
    title: { en: `Soak (${vendor})`, zh: `浸泡测试（${vendor}）` },
    config: z.object({ url: z.string() }),
    secrets: z.object({ key: z.string() }),
    objects: Object.fromEntries(objectNames.map((name) => [name, facts])),
    open({ connection, config, secrets, onCall }): ConnectorSession {
      const http = createHttpClient({
        connection,
        limits: { concurrent: 32 },
        ...(onCall === undefined ? {} : { onCall }),
      });
      const call = new Calls(http, config.url, vendor);
      return {
        objects: Object.fromEntries(objectNames.map((name) => [name, call.operationsOf(name)])),
        webhook: {
          acknowledge: { status: 200, contentType: 'text/plain', body: 'ok' },
          receive: ({ headers, body }) => received(secrets.key, headers, body),
        },
        test: async () => ({ ok: true, message: 'Nothing to sign in to.' }),
        async close() {
          http.close();
        },
      };
    },
  });
}

function received(key: string, headers: Readonly<Record<string, string>>, body: Uint8Array): WebhookVerdict {
  if (!equalConstantTime(signatureOf(key, headers['x-sent'] ?? '', body), headers['x-sign'] ?? '')) {
    return { ok: false, reason: 'bad-signature', message: 'The signature is wrong.' };
  }
  const message = told.parse(parseJson(Buffer.from(body).toString('utf8')));
  const { object, messageId } = message;
  return { ok: true, notices: [{ ...noticeOf(object, message.shown), messageId }] };
}

function noticeOf(object: string, one: z.infer<typeof shown>): Notice {
  return { object, remoteId: one.id, revision: one.revision, body: one.body };
}

/** Only what differs, as the vendors take it; lists are taken whole. */
function contentOf({ body, difference }: WriteItem): JsonObject {
  if (difference === undefined || Object.values(difference.body).some(Array.isArray)) return body;
  return Object.keys(difference.removed).length > 0 ? body : difference.body;
}

class Calls {
  readonly #http: ReturnType<typeof createHttpClient>;
  readonly #url: string;
  readonly #vendor: VendorName;

  constructor(http: ReturnType<typeof createHttpClient>, url: string, vendor: VendorName) {
    this.#http = http;
    this.#url = url;
    this.#vendor = vendor;
  }

  operationsOf(object: string): ObjectOperations {
    return {
      list: (request) => this.#list(object, request),
      fetch: ({ hints, signal }: FetchRequest) =>
        Promise.all(hints.map((hint) => this.#fetch(object, hint.remoteId, signal))),
      write: ({ items, signal }: WriteRequest) =>
        Promise.all(items.map((item) => this.#write(object, item, signal))),
      // A vendor that takes a token answers a repeated create with what the first one made: nothing is looked up.
      ...(this.#vendor === 'token'
        ? {}
        : {
            find: ({ items, signal }: FindRequest) =>
              Promise.all(items.map((item) => this.#find(object, item, signal))),
          }),
    };
  }

  async #list(object: string, { cursor, signal }: ListRequest): Promise<ListPage> {
    const after = typeof cursor?.after === 'number' ? cursor.after : 0;
    const answer = await this.#read(`${object}?after=${after}&limit=${pageSize}`, 'list', signal);
    const { items, next, more } = page.parse(bodyOf(answer));
    return { items: items.map((one) => noticeOf(object, one)), cursor: { after: next }, more };
  }

  async #fetch(object: string, id: string, signal: AbortSignal): Promise<FetchResult> {
    const answer = await this.#read(`${object}/${encodeURIComponent(id)}`, 'get', signal, 404);
    const decision = answer.status === 404 ? decide(errors, { status: 404 }) : undefined;
    if (decision) return { found: false, decision };
    const one = shown.parse(bodyOf(answer));
    const { body, revision } = noticeOf(object, one);
    return { found: true, body: body ?? {}, ...(revision === undefined ? {} : { revision }) };
  }

  async #write(object: string, item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
    const isNew = item.remoteId === undefined;
    const answer = await this.#http.send({
      operation: isNew ? 'create' : 'update',
      method: isNew ? 'POST' : 'PUT',
      url: `${this.#url}/${object}${isNew ? '' : `/${encodeURIComponent(item.remoteId)}`}`,
      headers: {
        'content-type': 'application/json',
        'x-sent': String(Date.now()),
        // Token or marker, as the vendor has it; the others take no notice.
        'x-key': encodeURIComponent(item.key),
      },
      body: JSON.stringify(contentOf(item)),
      write: true,
      signal,
    });
    const decision = decide(errors, { status: answer.status });
    if (decision) return { ok: false, decision };
    const one = shown.parse(bodyOf(answer));
    return { ok: true, remoteId: one.id, remoteNumber: one.body.number, revision: one.revision };
  }

  /** By id once it is known; else by number where numbers are unique, by marker where they are not. */
  async #find(object: string, item: WriteItem, signal: AbortSignal): Promise<FindResult> {
    const asked: Record<string, string> =
      this.#vendor === 'marked' ? { key: item.key } : { number: String(item.body.number) };
    const where =
      item.remoteId === undefined
        ? `${object}?${new URLSearchParams(asked)}`
        : `${object}/${encodeURIComponent(item.remoteId)}`;
    const answer = await this.#read(where, 'find', signal, 404);
    if (answer.status === 404) return { found: false };
    const one = shown.parse(bodyOf(answer));
    // What was looked up by its key is there because of the create; a change is there when it shows.
    const stepDone =
      item.remoteId === undefined ||
      Object.entries(item.body).every(([name, value]) => equal(one.body[name], value));
    return { found: true, remoteId: one.id, remoteNumber: one.body.number, stepDone };
  }

  /** A reading that is not answered as it should be throws: nothing has happened, it is made again. */
  async #read(path: string, operation: string, signal: AbortSignal, also?: number): Promise<HttpAnswer> {
    const url = `${this.#url}/${path}`;
    const answer = await this.#http.send({ operation, method: 'GET', url, write: false, signal });
    if (answer.status === 200 || answer.status === also) return answer;
    return fail({ kind: 'retry', code: 'soak.unreadable', message: `The vendor answered ${answer.status}.` });
  }
}

function bodyOf(answer: HttpAnswer): unknown {
  return parseJson(answer.text());
}
