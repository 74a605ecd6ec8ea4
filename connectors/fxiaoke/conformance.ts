/** What the conformance suite has to know about this connector. */
import { createHash } from 'node:crypto';
import type { Conformance } from '../kit/conformance/subject.ts';
import { toldInOrder } from '../kit/conformance/tellings.ts';
import type { CannedAnswer, ErrorRow, JsonObject, WebhookRequest } from '../kit/index.ts';
import type { FxiaokeConfig, FxiaokeSecrets } from './config.ts';
import { errorTable } from './errors.ts';
import fxiaoke from './index.ts';
import type { FxiaokeSimulator } from './simulator/index.ts';
import { start } from './testing.ts';
import { signatureOf } from './webhook.ts';

const since = '2000-01-01T00:00:00.000Z';
const fastInterfaces = { interfaceLimit: { calls: 1_000_000, seconds: 1 } };

/** What FXiaoke says, where a row goes by its words. */
const words: Readonly<Record<string, string>> = {
  'fxiaoke.offset': 'offset out of range 10000',
  'fxiaoke.no-such-api': 'request uri not exists',
  'fxiaoke.duplicate': '数据重复: hub_key__c的值必须唯一',
  'fxiaoke.locked': '数据已锁定，不可编辑',
  'fxiaoke.absent': '数据不存在或已删除',
  'fxiaoke.no-permission': '您没有该数据的权限',
};

function answerOf(row: ErrorRow): CannedAnswer {
  if (row.status !== undefined) {
    const status = row.status === '5xx' ? 500 : typeof row.status === 'object' ? row.status[0] : row.status;
    return { status: Number(status), body: '' };
  }
  if (row.hubCode === 'fxiaoke.not-json') return { status: 200, body: '<html><body>登录</body></html>' };
  const errorCode = typeof row.code === 'object' ? row.code[0] : row.code;
  const errorMessage = row.text === undefined ? '其他原因' : (words[row.hubCode] ?? '');
  // A code no row names.
  return { status: 200, body: { errorCode: errorCode ?? 201110009, errorMessage } };
}

let disturbed = 0;

const changed = { eventType: 'update', apiName: 'AccountObj', dataId: '65f0000000000000000000a1' };

function event(
  simulator: FxiaokeSimulator,
  payload: JsonObject | string,
  timestamp = Date.now(),
): WebhookRequest {
  const body = Buffer.from(JSON.stringify(simulator.event(payload, timestamp)));
  return { method: 'POST', query: '', headers: {}, body, receivedAt: new Date() };
}

/** The event with another text instead of its signature. */
function signedBy(
  good: WebhookRequest,
  other: (signature: string, told: JsonObject) => string,
): WebhookRequest {
  const told = JSON.parse(Buffer.from(good.body).toString('utf8')) as JsonObject & { signature: string };
  const body = Buffer.from(JSON.stringify({ ...told, signature: other(told.signature, told) }));
  return { ...good, body };
}

export const subject: Conformance<FxiaokeConfig, FxiaokeSecrets, FxiaokeSimulator> = {
  connector: fxiaoke,
  start: () => start({ interfaceLimit: false }, fastInterfaces),
  flags: {
    session: {
      logins: (simulator) => simulator.signIns(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { appSecret: 'not-the-secret' },
      words: 'appId或appSecret错误',
      attempts: (simulator) => simulator.signIns(),
    },
    // Beside these each interface has a pace of its own; fxiaoke.test.ts holds it against the simulator's.
    limits: {
      config: (limits) => ({ limits: { ...limits }, ...fastInterfaces }),
      call: async (session, signal) => session.objects.AccountObj?.list?.({ since, signal }),
    },
    list: {
      object: 'AccountObj',
      operation: 'query',
      halfPage: true,
      count: 250,
      seed(simulator, count) {
        const modified = Date.now() - 1000;
        // Nine out of ten share one moment, more than a page of them.
        return Array.from({ length: count }, (_none, at) =>
          simulator.seed('AccountObj', {
            name: `客户${at}`,
            last_modified_time: at % 10 === 0 ? modified - at : modified,
          }),
        );
      },
      clear: () => {},
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'query',
      call: async (session, signal) => session.objects.AccountObj?.list?.({ since, signal }),
    },
    moved: {
      object: 'AccountObj',
      count: 250,
      seed(simulator, count) {
        const modified = Date.now() - 3_600_000;
        return Array.from({ length: count }, (_none, at) =>
          simulator.seed('AccountObj', {
            name: `客户${at}`,
            last_modified_time: modified + Math.floor(at / 3),
          }),
        );
      },
      disturb(simulator, remoteId) {
        disturbed += 1;
        if (disturbed % 3 === 0) {
          simulator.void('AccountObj', remoteId);
          return 'gone';
        }
        simulator.change('AccountObj', remoteId, { name: '改名' });
        return 'changed';
      },
    },
    revisions: {
      tellings: ({ session, simulator }) => {
        const id = simulator.seed('AccountObj', { name: '客户', last_modified_time: Date.now() - 60_000 });
        return toldInOrder(session, 'AccountObj', id, () =>
          simulator.change('AccountObj', id, { name: '改名' }),
        );
      },
    },
    values: {
      text: {
        written: {
          object: 'AccountObj',
          step: 'create',
          item: (key, value) => ({ key, body: { name: value } }),
          held: (simulator, key) =>
            String(simulator.records('AccountObj').find((row) => row.hub_key__c === key)?.name),
        },
        read: {
          object: 'ContactObj',
          seed: (simulator, value) => simulator.seed('ContactObj', { name: value }),
          told: ({ body }) => (typeof body?.name === 'string' ? body.name : undefined),
        },
      },
      decimal: {
        written: {
          object: 'consumption',
          step: 'create',
          item: (key, value) => ({ key, body: { number: key, amount: value } }),
          held: (simulator, key) =>
            String(
              simulator.records('hub_consumption__c').find((row) => row.hub_number__c === key)?.hub_amount__c,
            ),
        },
        read: {
          object: 'ProductObj',
          seed: (simulator, value) => simulator.seed('ProductObj', { name: '绿茶', price: value }),
          told: ({ body }) => (typeof body?.price === 'string' ? body.price : undefined),
        },
      },
      time: {
        object: 'AccountObj',
        seed: (simulator, value) =>
          simulator.seed('AccountObj', { name: '客户', last_modified_time: Date.parse(value) }),
        // Milliseconds since the epoch, as the vendor keeps them.
        told: ({ revision }) => new Date(Number(revision)).toISOString(),
      },
    },
    lacks: { actions: 'the connector offers none' },
    create: {
      object: 'consumption',
      step: 'create',
      operation: 'create',
      item: (key) => ({ key, body: { number: key, customer: '65f0000000000000000000a1', amount: '9.90' } }),
      stored: (simulator, key) =>
        simulator.records('hub_consumption__c').filter((row) => row.hub_number__c === key).length,
    },
    batch: {
      object: 'ContactObj',
      step: 'create',
      items: [
        { key: 'B-1', body: { name: '张三' } },
        { key: 'B-2', body: { name: '李四', account_id: '某公司' } },
        { key: 'B-3', body: { name: '王五' } },
      ],
    },
    webhook: {
      object: 'AccountObj',
      good: ({ simulator }) => event(simulator, changed),
      stale: ({ simulator }) => event(simulator, changed, Date.now() - 3_600_000),
      senseless: ({ simulator }) => event(simulator, 'no json at all'),
      forged(good) {
        const told = JSON.parse(Buffer.from(good.body).toString('utf8')) as JsonObject;
        return { ...good, body: Buffer.from(JSON.stringify({ ...told, nonce: 'another' })) };
      },
      unsigned: (good) => signedBy(good, () => ''),
      shortened: (good) => signedBy(good, (signature) => signature.slice(0, -4)),
      otherSecrets: { aesKey: Buffer.alloc(32, 7).toString('base64') },
      otherAlgorithm: (good, { simulator, url }) =>
        signedBy(good, (_signature, { timestamp, nonce, messageId, enterpriseAccount, encryptedContent }) => {
          const { aesKey } = simulator.connectionFor(url).secrets;
          const parts = [timestamp, nonce, messageId, enterpriseAccount, encryptedContent, aesKey];
          return createHash('sha256').update(parts.map(String).join('')).digest('hex');
        }),
      acknowledged({ status, body }, { simulator, url }) {
        if (status !== 200) return false;
        const { timestamp, nonce, encryptedResult, signature } = JSON.parse(body) as Record<string, unknown>;
        const { aesKey } = simulator.connectionFor(url).secrets;
        return signature === signatureOf(...[timestamp, nonce, encryptedResult, aesKey].map(String));
      },
    },
  },
};
