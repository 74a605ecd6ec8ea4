/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../kit/conformance/subject.ts';
import {
  type ErrorRow,
  fromChinaTime,
  type JsonObject,
  jsonObject,
  parseJson,
  sha256Hex,
  type WebhookRequest,
} from '../kit/index.ts';
import type { PospalConfig, PospalSecrets } from './config.ts';
import { pospalErrors, transportErrors } from './errors.ts';
import pospal from './index.ts';
import { textOf } from './shapes.ts';
import type { PospalSimulator } from './simulator/index.ts';
import { start } from './testing.ts';

const accounts = ['WEB', 'S01', 'S02'];
let serial = 0;

/** A push as it reaches the receiver. */
export function pushed(
  simulator: PospalSimulator,
  cmd: string,
  payload: JsonObject | string,
  timestamp?: number,
): WebhookRequest {
  const { headers, body } = simulator.signedPush('S01', cmd, payload, timestamp);
  return { method: 'POST', query: '', headers, body: Buffer.from(body), receivedAt: new Date() };
}

function forge(good: WebhookRequest): WebhookRequest {
  const text = Buffer.from(good.body).toString('utf8').replace('T-1', 'T-2');
  return { ...good, body: Buffer.from(text) };
}

/** What Pospal says, row by row. */
const words: Readonly<Record<string, string>> = {
  'pospal.duplicate-submission': '请勿重复提交',
  'pospal.bad-signature': '签名验证失败',
  'pospal.unknown-app': 'appId不存在',
  'pospal.too-fast': '接口访问过于频繁',
  'pospal.over-quota': '今日接口访问次数已超出上限',
  'pospal.cursor-refused': 'postBackParameter 无效',
  'pospal.window-too-wide': '时间跨度不能超过一天',
  'pospal.absent': '商品不存在',
  'pospal.order-state': '订单状态错误',
  'pospal.busy': '系统繁忙',
};

function answerOf(row: ErrorRow) {
  if (row.status !== undefined) return { status: Number(row.status), body: '' };
  return { status: 200, body: { status: 'error', messages: [words[row.hubCode] ?? ''], errorCode: 9 } };
}

function product(remoteId: string) {
  return { key: remoteId, remoteId, body: { uid: remoteId, stock: '7' } };
}

function seedProduct(simulator: PospalSimulator, barcode: string, sellPrice: string): string {
  return `WEB/${simulator.seedProducts('WEB', [{ barcode, name: barcode, sellPrice }])[0]}`;
}

export const subject: Conformance<PospalConfig, PospalSecrets, PospalSimulator> = {
  connector: pospal,
  start: () => start({ pageSize: 4 }),
  flags: {
    wrongSecret: {
      secrets: { appKeys: Object.fromEntries(accounts.map((name) => [name, '123123123123'])) },
      words: '签名验证失败',
      attempts: (simulator) => [...simulator.calls.values()].reduce((all, count) => all + count, 0),
    },
    // Limits hold for a store account; one page is one call of the first.
    limits: {
      roomy: () => start({ pageSize: 40, dailyQuota: Number.POSITIVE_INFINITY }),
      unitOf: async ({ req }) => textOf(jsonObject(parseJson(await req.raw.clone().text())).appId),
      call: async (session, signal) =>
        session.objects.ticket?.list?.({ since: '2026-01-01T00:00:00.000Z', signal }),
    },
    errors: {
      tables: [pospalErrors, transportErrors],
      answer: answerOf,
      operation: 'queryTicketPages',
      call: async (session, signal) =>
        session.objects.ticket?.list?.({ since: '2026-01-01T00:00:00.000Z', signal }),
    },
    list: {
      object: 'ticket',
      operation: 'queryTicketPages',
      halfPage: true,
      seed: (simulator, count) => {
        const at = Date.now();
        return Array.from({ length: count }, (_none, index) => {
          const name = accounts[index % 2] ?? 'WEB';
          return `${name}/${simulator.sellTicket(name, { at, items: [{ barcode: '6901', quantity: '1' }] })}`;
        });
      },
      clear: () => {},
    },
    moved: {
      object: 'product',
      seed: (simulator, count) =>
        Array.from({ length: count }, () => seedProduct(simulator, `M-${++serial}`, '1')),
      disturb(simulator, remoteId) {
        simulator.deleteProduct('WEB', remoteId.slice('WEB/'.length));
        return 'gone';
      },
    },
    batch: {
      object: 'product',
      step: 'update',
      items: [
        product('WEB/1000001000000000001'),
        product('WEB/1000001000000099999'),
        product('WEB/1000001000000000002'),
      ],
      kind: 'absent',
    },
    webhook: {
      object: 'ticket',
      good: ({ simulator }) => pushed(simulator, 'ticket.new', { sn: 'T-1' }),
      forged: forge,
      stale: ({ simulator }) => pushed(simulator, 'ticket.new', { sn: 'T-1' }, Date.now() - 3_600_000),
      senseless: ({ simulator }) => pushed(simulator, 'ticket.new', 'no json at all'),
      otherSecrets: { appKeys: { WEB: 'other-key-0001', S01: 'other-key-0002', S02: 'other-key-0003' } },
      otherAlgorithm: (good, { simulator, url }) => {
        const { appKeys } = pospal.secrets.parse(simulator.connectionFor(url).secrets);
        const signature = sha256Hex(appKeys.S01 ?? '', good.body).toUpperCase();
        return { ...good, headers: { ...good.headers, 'data-signature': signature } };
      },
      acknowledged: ({ status, body }) => status === 200 && body === 'SUCCESS',
    },
    values: {
      text: {
        read: {
          object: 'customer',
          seed: (simulator, value) =>
            `WEB/${simulator.seedCustomers('WEB', [{ number: `V${++serial}`, name: value }])[0]}`,
          told: ({ body }) => textOf(body?.name),
        },
      },
      decimal: {
        read: {
          object: 'product',
          seed: (simulator, value) => seedProduct(simulator, `D-${++serial}`, value),
          told: ({ body }) => textOf(body?.sellPrice),
        },
        written: {
          object: 'product',
          step: 'update',
          item(key, value, simulator) {
            const remoteId = seedProduct(simulator, key, '1');
            return { key, remoteId, body: { uid: remoteId, stock: value } };
          },
          held: (simulator, key) =>
            textOf(simulator.products('WEB').find((one) => one.barcode === key)?.stock),
        },
      },
      time: {
        object: 'ticket',
        seed: (simulator, value) =>
          `S01/${simulator.sellTicket('S01', { at: Date.parse(value), items: [{ barcode: '6901', quantity: '1' }] })}`,
        told: ({ body }) => fromChinaTime(textOf(body?.datetime)),
      },
    },
    lacks: {
      actions: 'the connector offers none',
      expiry: 'every call is signed, there is no session',
      revisions:
        'Pospal tells no revision and no time of change; an object is compared with what was told before',
      lostAnswer: 'nothing is created there: its shops and tills issue everything',
      duplicate: 'nothing is created there',
    },
  },
};
