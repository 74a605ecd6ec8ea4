/**
 * A small system with a REST interface, as many are built: tokens by client credentials, pages of a list in the order
 * of the last change, times as China's wall clock shows them, prices as bare numbers, a unique code, several creates in
 * one call, signed webhooks.
 */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import {
  chinaTime,
  countCalls,
  Faults,
  faultMiddleware,
  fromChinaTime,
  hmacSha256Hex,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
  type Simulator,
  stringifyJson,
  type WebhookRequest,
} from '../../kit/index.ts';
import { Store, type Stored } from './store.ts';

export interface RestSimulator extends Simulator {
  readonly products: Store;
  readonly orders: Store;
  /** Tokens handed out so far. */
  tokens(): number;
  /** Makes all of them invalid. */
  expireTokens(): void;
  /** A signed message about a product, as it would be sent at `time`, milliseconds since the epoch. */
  signed(body: string, time: number): WebhookRequest;
  /** Puts products in as if somebody had made them there; answers their ids. */
  seed(products: readonly { code: string; name: string; price?: string; updatedAt?: string }[]): string[];
}

const clientId = 'hub';
const clientSecret = 'simulated-client-secret';
const webhookSecret = 'simulated-webhook-secret';
const product = z.looseObject({ code: z.string().min(1), name: z.string().min(1) });
const order = z.looseObject({ code: z.string().min(1), amount: z.coerce.number().nonnegative() });

export interface RestSimulatorOptions {
  /** Rows of a page, as the settings of the connection say it. Default 10. */
  readonly pageSize?: number;
}

export function createSimulator({ pageSize = 10 }: RestSimulatorOptions = {}): RestSimulator {
  const app = new Hono();
  const faults = new Faults();
  const calls = new Map<string, number>();
  const products = new Store('p');
  const orders = new Store('o');
  const valid = new Set<string>();
  let handedOut = 0;
  let notify: string | undefined;
  const sending = new Set<Promise<unknown>>();
  const operationOf = ({ req }: Context): string =>
    `${req.method} ${req.path.replace(/\/[po]\d{6}$/, '/one')}`;
  const moment = (): string => new Date().toISOString();
  const shown = (row: Stored): JsonObject => ({ ...row, updatedAt: chinaTime(row.updatedAt) });
  const answered = (context: Context, body: Json, status: 200 | 201 = 200): Response =>
    context.body(stringifyJson(body, { numbers: ['price'] }), status, { 'content-type': 'application/json' });
  const bodyOf = async (context: Context): Promise<JsonObject> =>
    jsonObject(parseJson(await context.req.text()));

  app.use(countCalls(calls, operationOf), faultMiddleware(faults, operationOf));
  app.post('/oauth/token', async (context) => {
    const right = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (context.req.header('authorization') !== right)
      return context.json({ error: 'invalid_client', error_description: 'client secret mismatch' }, 401);
    const token = `token-${++handedOut}`;
    valid.add(token);
    return context.json({ access_token: token, token_type: 'Bearer', expires_in: 7200 });
  });
  app.use('/api/*', async (context, next) => {
    const token = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (token === undefined || !valid.has(token))
      return context.json({ code: 'TOKEN_EXPIRED', message: 'access token is not valid' }, 401);
    return next();
  });

  app.get('/api/products', (context) => {
    const { code, since, page = '1', size = '10' } = context.req.query();
    const rows = products
      .all()
      .filter(
        (row) =>
          (code === undefined || row.code === code) &&
          (since === undefined || row.updatedAt >= fromChinaTime(since)),
      );
    const from = (Number(page) - 1) * Number(size);
    const whole = rows.slice(from, from + Number(size));
    const items = faults.take('halfPage', operationOf(context)) ? whole.slice(0, whole.length / 2) : whole;
    return answered(context, { data: { items: items.map(shown), total: rows.length } });
  });
  app.get('/api/products/:id', (context) => {
    const row = products.get(context.req.param('id'));
    return row
      ? answered(context, { data: shown(row) })
      : context.json({ code: 'NOT_FOUND', message: 'no such product' }, 404);
  });
  app.post('/api/products', async (context) => {
    const body = product.safeParse(await bodyOf(context));
    if (!body.success)
      return context.json({ code: 'INVALID', message: 'name and code are required', field: 'name' }, 422);
    const row = products.add(body.data, body.data.code, moment());
    if (!row) return context.json({ code: 'DUPLICATE', message: `code ${body.data.code} exists` }, 409);
    tell('product.created', row);
    return answered(context, { data: shown(row) }, 201);
  });
  app.put('/api/products/:id', async (context) => {
    const row = products.change(context.req.param('id'), await bodyOf(context), moment());
    if (row) tell('product.updated', row);
    return row
      ? answered(context, { data: shown(row) })
      : context.json({ code: 'NOT_FOUND', message: 'no such product' }, 404);
  });
  app.delete('/api/products/:id', (context) =>
    products.remove(context.req.param('id'))
      ? context.body(null, 204)
      : context.json({ code: 'NOT_FOUND', message: 'no such product' }, 404),
  );
  app.post('/api/orders/batch', async (context) => {
    const { orders: told } = z.object({ orders: z.array(z.unknown()) }).parse(await context.req.json());
    const results = told.map((one) => {
      const body = order.safeParse(one);
      if (!body.success) return { ok: false, code: 'INVALID', message: 'amount must be a number' };
      const row = orders.add(body.data, body.data.code, moment());
      return row
        ? { ok: true, order: row }
        : { ok: false, code: 'DUPLICATE', message: `code ${body.data.code} exists` };
    });
    return context.json({ data: { results } });
  });
  app.get('/api/orders', (context) => {
    const { code } = context.req.query();
    return context.json({ data: { items: orders.all().filter((row) => row.code === code) } });
  });

  function signed(text: string, time: number): WebhookRequest {
    const seconds = String(Math.floor(time / 1000));
    const body = Buffer.from(text);
    const sign = hmacSha256Hex(webhookSecret, `${seconds}.${text}`);
    const headers = { 'x-signature': `sha256=${sign}`, 'x-timestamp': seconds };
    return { method: 'POST', query: '', headers, body, receivedAt: new Date(time) };
  }

  function tell(event: string, row: Stored): void {
    if (notify === undefined) return;
    const { headers, body } = signed(
      stringifyJson({ event, data: shown(row) }, { numbers: ['price'] }),
      Date.now(),
    );
    const sent = fetch(notify, { method: 'POST', headers, body: Buffer.from(body) }).catch(() => undefined);
    sending.add(sent);
    void sent.finally(() => sending.delete(sent));
  }

  return {
    app,
    faults,
    calls,
    products,
    orders,
    signed,
    tokens: () => handedOut,
    expireTokens: () => valid.clear(),
    seed: (told) =>
      told.flatMap(({ updatedAt = moment(), ...body }) => products.add(body, body.code, updatedAt)?.id ?? []),
    connectionFor: (baseUrl) => ({
      config: settings(baseUrl, pageSize),
      secrets: { clientSecret, webhookSecret },
    }),
    notifyAt: (url) => {
      notify = url;
    },
    async stop() {
      await Promise.all(sending);
    },
  };
}

/** How this system is described in hub.yaml. */
function settings(baseUrl: string, pageSize: number): JsonObject {
  return {
    baseUrl: `${baseUrl}/api`,
    auth: { type: 'oauth2', tokenUrl: `${baseUrl}/oauth/token`, clientId },
    error: { field: 'field' },
    errors: [
      { code: 'DUPLICATE', kind: 'unknown' },
      { status: 422, text: '月结', kind: 'closed', message: 'The month is closed' },
      { code: 'BUSY', kind: 'throttle', afterMs: 5000 },
    ],
    objects: {
      product: {
        id: 'id',
        number: 'code',
        revision: { at: 'updatedAt', as: 'datetime' },
        numbers: ['price'],
        createSafety: 'uniqueKey',
        listsAll: true,
        list: {
          path: '/products',
          query: { since: '{{since}}', page: '{{page}}', size: '{{size}}' },
          items: 'data.items',
          total: 'data.total',
          paging: { by: 'page', size: pageSize },
          changed: { sorted: true },
        },
        get: { path: '/products/{{id}}', item: 'data' },
        find: { path: '/products', query: { code: '{{key}}' }, items: 'data.items', match: { at: 'code' } },
        create: { path: '/products', item: 'data' },
        update: { path: '/products/{{id}}', item: 'data' },
        remove: { path: '/products/{{id}}' },
      },
      order: {
        id: 'id',
        number: 'code',
        createSafety: 'uniqueKey',
        find: { path: '/orders', query: { code: '{{key}}' }, items: 'data.items', match: { at: 'code' } },
        create: {
          path: '/orders/batch',
          body: { orders: '{{items}}' },
          batch: 50,
          results: { at: 'data.results', item: 'order', success: { at: 'ok', is: [true] } },
        },
      },
    },
    webhook: {
      object: { at: 'event', is: { 'product.created': 'product', 'product.updated': 'product' } },
      item: 'data',
      signature: { header: 'x-signature', pattern: 'sha256=([0-9a-f]+)', sign: '{{timestamp}}.{{body}}' },
      timestamp: { header: 'x-timestamp' },
    },
  };
}
