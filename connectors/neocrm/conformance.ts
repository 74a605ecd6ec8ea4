/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../kit/conformance/subject.ts';
import { toldInOrder } from '../kit/conformance/tellings.ts';
import type { CannedAnswer, ErrorRow } from '../kit/index.ts';
import type { NeocrmConfig, NeocrmSecrets } from './config.ts';
import { errorTable } from './errors.ts';
import neocrm from './index.ts';
import type { NeocrmSimulator } from './simulator/index.ts';
import { start } from './testing.ts';

const since = '2000-01-01T00:00:00.000Z';

/** What Neocrm says, where a row goes by its words. */
const words: Readonly<Record<string, string>> = {
  'neocrm.token-lost': '令牌已过期',
  'neocrm.too-fast': '访问过于频繁',
  'neocrm.day-used': '当日调用次数已达上限',
  'neocrm.duplicate': 'accountName 已存在',
  'neocrm.activated': '订单已激活',
  'neocrm.locked': '数据已锁定',
  'neocrm.absent': '数据不存在',
  'neocrm.no-permission': '没有该数据的权限',
  'neocrm.system-error': '系统繁忙',
};

function answerOf(row: ErrorRow): CannedAnswer {
  if (row.status !== undefined) {
    const status = row.status === '5xx' ? 500 : typeof row.status === 'object' ? row.status[0] : row.status;
    return { status: Number(status), body: '' };
  }
  if (row.hubCode === 'neocrm.not-json') return { status: 200, body: '<html><body>登录</body></html>' };
  const code = typeof row.code === 'object' ? row.code[0] : row.code;
  const msg = row.text === undefined ? '其他原因' : (words[row.hubCode] ?? '');
  // A code no row names.
  return { status: 200, body: { code: code ?? 1009999, msg } };
}

let disturbed = 0;

export const subject: Conformance<NeocrmConfig, NeocrmSecrets, NeocrmSimulator> = {
  connector: neocrm,
  start: () => start(),
  flags: {
    session: {
      logins: (simulator) => simulator.signIns(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      // The bare password, without the security token behind it.
      secrets: { securityToken: '' },
      words: 'username or password error',
      attempts: (simulator) => simulator.signIns(),
    },
    limits: {
      call: async (session, signal) => session.objects.account?.list?.({ since, signal }),
    },
    list: {
      object: 'account',
      operation: 'query',
      halfPage: true,
      count: 250,
      seed(simulator, count) {
        const updatedAt = Date.now() - 1000;
        // Nine out of ten share one moment, more than a page of them.
        return Array.from({ length: count }, (_none, at) =>
          simulator.seed('account', {
            accountName: `客户${at}`,
            updatedAt: at % 10 === 0 ? updatedAt - at : updatedAt,
          }),
        );
      },
      clear: () => {},
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'query',
      call: async (session, signal) => session.objects.account?.list?.({ since, signal }),
    },
    moved: {
      object: 'account',
      count: 250,
      seed(simulator, count) {
        const updatedAt = Date.now() - 3_600_000;
        return Array.from({ length: count }, (_none, at) =>
          simulator.seed('account', { accountName: `客户${at}`, updatedAt: updatedAt + Math.floor(at / 3) }),
        );
      },
      disturb(simulator, remoteId) {
        disturbed += 1;
        if (disturbed % 3 === 0) {
          simulator.remove('account', remoteId);
          return 'gone';
        }
        simulator.change('account', remoteId, { accountName: '改名' });
        return 'changed';
      },
    },
    revisions: {
      tellings: ({ session, simulator }) => {
        const id = simulator.seed('account', { accountName: '客户', updatedAt: Date.now() - 60_000 });
        return toldInOrder(session, 'account', id, () =>
          simulator.change('account', id, { accountName: '改名' }),
        );
      },
    },
    values: {
      text: {
        written: {
          object: 'account',
          step: 'create',
          item: (key, value) => ({ key, body: { accountName: value } }),
          held: (simulator, key) =>
            String(simulator.records('account').find((row) => row.hubKey__c === key)?.accountName),
        },
        read: {
          object: 'contact',
          seed: (simulator, value) => simulator.seed('contact', { contactName: value }),
          told: ({ body }) => (typeof body?.contactName === 'string' ? body.contactName : undefined),
        },
      },
      decimal: {
        written: {
          object: 'consumption',
          step: 'create',
          item: (key, value) => ({ key, body: { number: key, amount: value } }),
          held: (simulator, key) =>
            String(
              simulator.records('hubConsumption__c').find((row) => row.hubNumber__c === key)?.hubAmount__c,
            ),
        },
        read: {
          object: 'product',
          seed: (simulator, value) => simulator.seed('product', { productName: '绿茶', priceUnit: value }),
          told: ({ body }) => (typeof body?.priceUnit === 'string' ? body.priceUnit : undefined),
        },
      },
      time: {
        object: 'account',
        seed: (simulator, value) =>
          simulator.seed('account', { accountName: '客户', updatedAt: Date.parse(value) }),
        // Milliseconds since the epoch, as the vendor keeps them.
        told: ({ revision }) => new Date(Number(revision)).toISOString(),
      },
    },
    lacks: {
      webhook: 'no documentation of Neocrm has events that go out (unverified): it is polled',
      stale: 'nothing is pushed',
      actions: 'the connector offers none',
    },
    create: {
      object: 'consumption',
      step: 'create',
      operation: 'create',
      item: (key) => ({ key, body: { number: key, amount: '9.90' } }),
      stored: (simulator, key) =>
        simulator.records('hubConsumption__c').filter((row) => row.hubNumber__c === key).length,
    },
    batch: {
      object: 'contact',
      step: 'create',
      items: [
        { key: 'B-1', body: { contactName: '张三' } },
        { key: 'B-2', body: { contactName: '李四', accountId: '1' } },
        { key: 'B-3', body: { contactName: '王五' } },
      ],
    },
  },
};
