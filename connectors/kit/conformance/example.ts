/**
 * The smallest vendor that has everything: a token that expires, pages, creates, signed webhooks. Its
 * connector and simulator show the shape of real ones and prove the conformance suite itself.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import type { ActionRequest } from '../actions.ts';
import { signatureOf } from '../digest.ts';
import { decide, defineErrorTable, fail } from '../errors.ts';
import { countCalls, Faults, faultMiddleware } from '../faults.ts';
import { createHttpClient } from '../http.ts';
import { jsonObject, parseJson } from '../json.ts';
import { limitsSchema } from '../limits.ts';
import { singleFlight, withSession } from '../session.ts';
import type { Simulator } from '../simulator.ts';
import {
  type ConnectorSession,
  defineConnector,
  type FindResult,
  type Json,
  type JsonObject,
  type WebhookReceiver,
  type WebhookRequest,
  type WriteResult,
} from '../types.ts';
import { rotating } from '../webhook-manners.ts';
import { createVerifier, type SignatureScheme } from '../webhook-verifier.ts';

const pageSize = 10;
export const exampleErrors = defineErrorTable([
  {
    status: 401,
    code: 'expired',
    kind: 'reauth',
    hubCode: 'example.session-lost',
    message: 'The token has run out.',
  },
  {
    status: 401,
    kind: 'fatal',
    hubCode: 'example.secret',
    message: 'The key is not accepted; correct the secret.',
  },
  { status: 409, kind: 'conflict', hubCode: 'example.exists', message: 'This number exists already.' },
  { status: 400, kind: 'reject', hubCode: 'example.refused', message: 'The item is refused: {text}' },
]);
const pageShape = z.object({
  items: z.array(z.object({ id: z.string(), number: z.string(), changed: z.string() })),
  more: z.boolean(),
});
const storedShape = z.object({ id: z.string(), number: z.string() });
const tokenShape = z.object({ token: z.string() });

/** The connector: one object, `thing`. */
export const exampleConnector = defineConnector({
  name: 'example',
  title: { en: 'Example', zh: '示例' },
  config: z.object({ url: z.string(), limits: limitsSchema.prefault({}) }),
  secrets: z.object({ key: z.string() }),
  objects: {
    thing: {
      payload: 'full',
      createSafety: 'uniqueKey',
      latenessMs: 0,
      searchLagMs: 0,
      batchSize: 10,
      writeDeadlineMs: 5000,
      partialUpdate: false,
    },
  },
  actions: {
    tell: {
      title: { en: 'Tell somebody', zh: '告知' },
      input: z.object({ to: z.string().min(1), text: z.string().min(1) }),
      safety: 'token',
    },
  },
  open(context): ConnectorSession {
    const { connection, config, secrets, now } = context;
    const client = createHttpClient({ connection, limits: config.limits });
    const session = singleFlight(() => login(), Number.POSITIVE_INFINITY, now);

    async function login(): Promise<string> {
      const body = JSON.stringify({ key: secrets.key });
      const answer = await call('login', body, {}, false, new AbortController().signal);
      return tokenShape.parse(answer).token;
    }

    async function call(
      operation: string,
      body: string,
      headers: Record<string, string>,
      write: boolean,
      signal: AbortSignal,
    ): Promise<Json> {
      const url = `${config.url}/${operation}`;
      const answer = await client.send({ operation, method: 'POST', url, headers, body, write, signal });
      const kind = write ? 'unknown' : 'retry';
      const senseless = {
        kind,
        code: 'example.senseless',
        message: 'The vendor gave a senseless answer.',
      } as const;
      const parsed = readable(answer.text());
      if (answer.status === 200) return parsed ?? fail(senseless);
      const error = z.object({ code: z.string() }).safeParse(parsed).data;
      fail(
        decide(exampleErrors, { status: answer.status, code: error?.code, text: error?.code }) ?? senseless,
      );
    }

    function signedIn(operation: string, body: Json, write: boolean, signal: AbortSignal): Promise<Json> {
      return withSession(session, signal, (token) =>
        call(operation, JSON.stringify(body), { token }, write, signal),
      );
    }

    return {
      objects: {
        thing: {
          async list({ cursor, signal }) {
            const after = String(cursor?.after ?? '');
            const page = pageShape.parse(await signedIn('list', { after }, false, signal));
            return {
              items: page.items.map((body) => ({
                object: 'thing',
                remoteId: body.id,
                body,
                revision: body.changed,
              })),
              cursor: { after: page.items.at(-1)?.id ?? after },
              more: page.more,
            };
          },
          async find({ items, signal }) {
            const results: FindResult[] = [];
            for (const item of items) {
              const answer = await signedIn('find', { number: item.key }, false, signal);
              const found = storedShape.safeParse(answer).data;
              results.push(
                found
                  ? { found: true, remoteId: found.id, remoteNumber: found.number, stepDone: true }
                  : { found: false },
              );
            }
            return results;
          },
          async write({ items, signal }) {
            const answer = await signedIn('save', { items: items.map((item) => item.body) }, true, signal);
            const rows = z.array(z.union([storedShape, z.object({ error: z.string() })])).parse(answer);
            return rows.map((row): WriteResult => {
              if ('id' in row) return { ok: true, remoteId: row.id, remoteNumber: row.number };
              const status = row.error === 'exists' ? 409 : 400;
              return {
                ok: false,
                decision: decide(exampleErrors, { status, text: row.error }) ?? fail(neverDecided),
              };
            });
          },
        },
      },
      webhook: rotating(context, ({ key }) => receiver(key)),
      actions: {
        // The schema of the action has parsed it.
        tell: async ({ input, key, signal }: ActionRequest<JsonObject>) => {
          await signedIn('tell', { ...input, token: key }, true, signal);
          return { ok: true, id: key };
        },
      },
      async test(signal) {
        await signedIn('find', { number: '' }, false, signal);
        return { ok: true, message: 'Signed in.' };
      },
      async close() {
        client.close();
      },
    };
  },
});

const neverDecided = { kind: 'fatal', code: 'example.table', message: 'The error table has a gap.' } as const;

function readable(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // Not JSON at all: the caller decides what that means for a read or a write.
    return undefined;
  }
}

/** How its webhooks are signed. */
const scheme: SignatureScheme = {
  ...{ algorithm: 'hmac-sha256', encoding: 'hex', secretEncoding: 'text' },
  header: 'sign',
  sign: '{{timestamp}}{{body}}',
  timestamp: { header: 'time', at: Number, toleranceMs: 300_000 },
};

function receiver(key: string): WebhookReceiver {
  const verify = createVerifier(scheme, key);
  return {
    acknowledge: { status: 200, contentType: 'text/plain', body: 'OK' },
    busy: { status: 503, contentType: 'text/plain', body: 'BUSY' },
    receive(request) {
      const refused = request.verified ? undefined : verify(request);
      if (refused) return refused;
      const parsed = readable(Buffer.from(request.body).toString('utf8'));
      const thing = storedShape.safeParse(parsed).data;
      if (!thing) return { ok: true, notices: [{ object: 'unknown', remoteId: '' }] };
      return { ok: true, notices: [{ object: 'thing', remoteId: thing.id, body: jsonObject(parsed) }] };
    },
  };
}

export interface ExampleSimulator extends Simulator {
  readonly things: Map<string, { id: string; number: string; changed: string }>;
  readonly tokens: Set<string>;
  /** What somebody was told, by token. */
  readonly told: Map<string, string>;
  /** A webhook about `body` as the vendor would sign it at `time`, ms. */
  signed(body: string, time: number): WebhookRequest;
}

/** The vendor over memory. */
export function createSimulator(): ExampleSimulator {
  const key = 'right-key-123';
  const app = new Hono();
  const faults = new Faults();
  const calls = new Map<string, number>();
  const things: ExampleSimulator['things'] = new Map();
  const tokens = new Set<string>();
  const told = new Map<string, string>();
  const operationOf = ({ req }: { req: { path: string } }): string => req.path.slice(1);

  app.use(countCalls(calls, operationOf), faultMiddleware(faults, operationOf));
  app.post('/login', async (context) => {
    const body = z.object({ key: z.string() }).parse(await context.req.json());
    if (body.key !== key) return context.json({ code: 'key' }, 401);
    const token = `token-${calls.get('login')}`;
    tokens.add(token);
    return context.json({ token });
  });
  app.use(async (context, next) => {
    if (tokens.has(context.req.header('token') ?? '')) return next();
    return context.json({ code: 'expired' }, 401);
  });
  app.post('/list', async (context) => {
    const { after } = z.object({ after: z.string() }).parse(await context.req.json());
    const waiting = [...things.values()].filter((thing) => thing.id > after);
    const whole = waiting.slice(0, pageSize);
    const items = faults.take('halfPage', 'list') ? whole.slice(0, pageSize / 2) : whole;
    return context.json({ items, more: waiting.length > items.length });
  });
  app.post('/find', async (context) => {
    const { number } = z.object({ number: z.string() }).parse(await context.req.json());
    return context.json(things.get(number) ?? {});
  });
  app.post('/tell', async (context) => {
    const shape = z.object({ to: z.string(), text: z.string(), token: z.string() });
    const { to, text, token } = shape.parse(await context.req.json());
    told.set(token, `${to}: ${text}`);
    return context.json({});
  });
  app.post('/save', async (context) => {
    const shape = z.object({ items: z.array(z.object({ number: z.string() })) });
    const { items } = shape.parse(await context.req.json());
    return context.json(items.map(({ number }) => save(number)));
  });

  function save(number: string): { id: string; number: string } | { error: string } {
    if (number === '') return { error: 'number missing' };
    if (things.has(number)) return { error: 'exists' };
    const thing = { id: String(things.size + 1).padStart(6, '0'), number, changed: '2024-01-01' };
    things.set(number, thing);
    return thing;
  }

  return {
    app,
    faults,
    calls,
    things,
    tokens,
    told,
    connectionFor: (baseUrl) => ({ config: { url: baseUrl }, secrets: { key } }),
    notifyAt() {},
    signed(text, time) {
      const body = Buffer.from(text);
      const sign = signatureOf(scheme, key, [String(time), body]);
      const headers = { time: String(time), sign };
      return { method: 'POST', query: '', headers, body, receivedAt: new Date(time) };
    },
    async stop() {},
  };
}
