/** What the conformance suite has to know about this connector. */
import type { Conformance, Running } from '../kit/conformance/subject.ts';
import { toldInOrder } from '../kit/conformance/tellings.ts';
import {
  type CannedAnswer,
  ConnectorError,
  defineErrorTable,
  type ErrorRow,
  hmac,
  type WriteItem,
} from '../kit/index.ts';
import { startAgainst } from '../kit/testing.ts';
import type { HttpConfig, HttpSecrets } from './config.ts';
import http from './index.ts';
import { createSimulator, type RestSimulator } from './simulator/index.ts';

let serial = 0;
const order = (key: string, amount: string): WriteItem => ({ key, body: { code: key, amount } });

let disturbed = 0;

function seeded(
  simulator: RestSimulator,
  told: { name?: string; price?: string; updatedAt?: string },
): string {
  return simulator.seed([{ code: `ONE-${++serial}`, name: 'Tea', ...told }])[0] ?? '';
}

const since = '2000-01-01T00:00:00.000Z';

function start(pageSize?: number): Promise<Running<RestSimulator>> {
  const simulator = createSimulator(pageSize === undefined ? {} : { pageSize });
  return startAgainst(http, simulator, { connection: 'shop' });
}

/** What answers mean: the rows written in hub.yaml first, then what every status means by itself. */
const errorTable = defineErrorTable([
  row('unknown', 'rest.unknown', { code: 'DUPLICATE' }),
  row('closed', 'rest.closed', { status: 422, text: /月结/ }),
  row('throttle', 'rest.throttle', { code: 'BUSY' }),
  row('reauth', 'rest.token-refused', { status: 401 }),
  row('fatal', 'rest.forbidden', { status: 403 }),
  row('fatal', 'rest.wrong-address', { status: 404 }),
  row('fatal', 'rest.wrong-address', { status: 410 }),
  row('fatal', 'rest.wrong-method', { status: 405 }),
  row('fatal', 'rest.wrong-method', { status: 501 }),
  row('unknown', 'rest.timeout', { status: 408 }),
  row('conflict', 'rest.conflict', { status: 409 }),
  row('conflict', 'rest.changed-meanwhile', { status: 412 }),
  row('conflict', 'rest.changed-meanwhile', { status: 428 }),
  row('throttle', 'rest.too-fast', { status: 425 }),
  row('throttle', 'rest.too-fast', { status: 429 }),
  row('fatal', 'rest.redirected', { status: '3xx' }),
  row('unknown', 'rest.server-error', { status: '5xx' }),
  row('reject', 'rest.refused', { status: '4xx' }),
]);

function row(
  kind: ErrorRow['kind'],
  hubCode: string,
  met: Pick<ErrorRow, 'status' | 'code' | 'text'>,
): ErrorRow {
  return { kind, hubCode, message: hubCode, ...met };
}

function answerOf({ status, code, text }: ErrorRow): CannedAnswer {
  const said = typeof status === 'string' ? { '3xx': 302, '4xx': 422, '5xx': 500 }[String(status)] : status;
  const body = { code: String(code ?? 'OTHER'), message: text === undefined ? 'refused' : '三月已月结' };
  return { status: Number(said ?? 400), body };
}

export const subject: Conformance<HttpConfig, HttpSecrets, RestSimulator> = {
  connector: http,
  start: () => start(),
  flags: {
    session: {
      logins: (simulator) => simulator.tokens(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { clientSecret: 'not-the-secret' },
      words: 'client secret mismatch',
      attempts: (simulator) => simulator.calls.get('POST /oauth/token') ?? 0,
    },
    limits: {
      roomy: () => start(100),
      call: async (session, signal) => session.objects.product?.list?.({ since, signal }),
    },
    list: {
      object: 'product',
      operation: 'GET /api/products',
      halfPage: true,
      seed(simulator, count) {
        const moment = new Date(Date.now() - 1000).toISOString();
        // Four out of five share one moment, more than a page of them.
        return simulator.seed(
          Array.from({ length: count }, (_, at) => ({
            code: `SEED-${++serial}`,
            name: `商品 ${serial} 🍵`,
            updatedAt: at % 5 === 0 ? new Date(Date.now() - 2000 - at).toISOString() : moment,
          })),
        );
      },
      clear: () => {},
      // The pages of one second are read once more: what changed meanwhile has pulled others over a border.
      mostTellings: 3,
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'GET /api/products',
      call: async (session, signal) => session.objects.product?.list?.({ since, signal }),
      writes: {
        rows: ['rest.timeout', 'rest.conflict', 'rest.server-error'],
        operation: 'POST /api/products',
        async call(session, signal) {
          const items = [{ key: 'E-1', body: { code: 'E-1', name: 'Tea' } }];
          const [result] = (await session.objects.product?.write?.({ step: 'create', items, signal })) ?? [];
          if (result && !result.ok) throw new ConnectorError(result.decision);
        },
      },
    },
    moved: {
      object: 'product',
      seed: (simulator, count) =>
        simulator.seed(
          Array.from({ length: count }, (_, at) => ({
            code: `SEED-${++serial}`,
            name: `商品 ${serial}`,
            updatedAt: new Date(Date.now() - 3_600_000 + Math.floor(at / 3) * 1000).toISOString(),
          })),
        ),
      disturb(simulator, remoteId) {
        disturbed += 1;
        if (disturbed % 3 === 0) {
          simulator.products.remove(remoteId);
          return 'gone';
        }
        simulator.products.change(remoteId, { name: '改名' }, new Date().toISOString());
        return 'changed';
      },
    },
    revisions: {
      tellings: ({ session, simulator }) => {
        const [id = ''] = simulator.seed([
          { code: 'TWICE', name: '绿茶', updatedAt: '2026-03-01T00:00:00.000Z' },
        ]);
        return toldInOrder(session, 'product', id, () =>
          simulator.products.change(id, { name: '红茶' }, '2026-03-01T00:00:01.000Z'),
        );
      },
    },
    values: {
      text: {
        written: {
          object: 'product',
          step: 'create',
          item: (key, value) => ({ key, body: { code: key, name: value } }),
          held: (simulator, key) => String(simulator.products.withCode(key)?.name),
        },
        read: {
          object: 'product',
          seed: (simulator, value) => seeded(simulator, { name: value }),
          told: ({ body }) => (typeof body?.name === 'string' ? body.name : undefined),
        },
      },
      decimal: {
        written: {
          object: 'product',
          step: 'create',
          item: (key, value) => ({ key, body: { code: key, name: 'Tea', price: value } }),
          held: (simulator, key) => String(simulator.products.withCode(key)?.price),
        },
        read: {
          object: 'product',
          seed: (simulator, value) => seeded(simulator, { price: value }),
          told: ({ body }) => (body?.price === undefined ? undefined : String(body.price)),
        },
      },
      time: {
        object: 'product',
        seed: (simulator, value) => seeded(simulator, { updatedAt: value }),
        told: ({ revision }) => revision,
      },
    },
    lacks: { actions: 'the connector offers none' },
    create: {
      object: 'product',
      step: 'create',
      operation: 'POST /api/products',
      item: (key) => ({ key, body: { code: key, name: 'Oolong', price: '39.90' } }),
      stored: (simulator, key) => simulator.products.all().filter((row) => row.code === key).length,
    },
    batch: {
      object: 'order',
      step: 'create',
      items: [order('B-1', '1'), order('B-2', 'none'), order('B-3', '3')],
    },
    webhook: {
      object: 'product',
      good: ({ simulator }) =>
        simulator.signed(
          JSON.stringify({ event: 'product.updated', data: { id: 'p000001', code: 'A', name: 'Tea' } }),
          Date.now(),
        ),
      stale: ({ simulator }) => ({
        ...simulator.signed('{"event":"product.updated"}', Date.now() - 3_600_000),
        receivedAt: new Date(),
      }),
      senseless: ({ simulator }) => simulator.signed('{"event":"weather"}', Date.now()),
      otherSecrets: { webhookSecret: 'another-webhook-secret' },
      otherAlgorithm: (good, { simulator, url }) => {
        const { webhookSecret = '' } = http.secrets.parse(simulator.connectionFor(url).secrets);
        const other = hmac('sha1', webhookSecret, [`${good.headers['x-timestamp']}.`, good.body], 'hex');
        return { ...good, headers: { ...good.headers, 'x-signature': `sha256=${other}` } };
      },
    },
  },
};
