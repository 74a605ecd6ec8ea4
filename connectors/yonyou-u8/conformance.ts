/** What the conformance suite has to know about this connector. */

import { linesAt } from '../kit/bill-lines.ts';
import type { Conformance } from '../kit/conformance/subject.ts';
import type { CannedAnswer, ErrorRow } from '../kit/index.ts';
import type { U8Config, U8Secrets } from './config.ts';
import { errorTable } from './errors.ts';
import u8 from './index.ts';
import type { U8Simulator } from './simulator/index.ts';
import { orderItem, start } from './testing.ts';

let serial = 0;

const since = '2000-01-01T00:00:00.000Z';

/** What the relay and U8 say, where a row goes by its words. */
const words: Readonly<Record<string, string>> = {
  'yonyou-u8.token-lost': 'token无效或已过期',
  'yonyou-u8.credentials': '调用方不存在',
  'yonyou-u8.not-allowed': '未订阅该接口',
  'yonyou-u8.call-limit': '调用次数超过上限',
  'yonyou-u8.client-offline': '用友开放平台客户端不在线',
  'yonyou-u8.timed-out': '请求超时',
  'yonyou-u8.period-closed': '会计期间2026年3月已结账',
  'yonyou-u8.duplicate-number': '单据编号重复，SO1已存在',
  'yonyou-u8.busy': '单据被锁定，请稍后',
  'yonyou-u8.wrong-state': '单据SO1已审核',
  'yonyou-u8.stock-short': '可用量不足',
};

function answerOf(row: ErrorRow): CannedAnswer | string {
  if (row.status !== undefined) {
    const status = row.status === '5xx' ? 500 : typeof row.status === 'object' ? row.status[0] : row.status;
    return { status: Number(status), body: '' };
  }
  if (row.hubCode === 'yonyou-u8.not-json') return { status: 200, body: '<html><body>登录</body></html>' };
  if (row.hubCode === 'yonyou-u8.nothing-found') return 'of a list it says that it is empty';
  const errmsg = row.text === undefined ? '其他原因' : (words[row.hubCode] ?? '');
  return { status: 200, body: { errcode: '10099', errmsg } };
}

let disturbed = 0;

export const subject: Conformance<U8Config, U8Secrets, U8Simulator> = {
  connector: u8,
  start: () => start({ pageSize: 7 }),
  flags: {
    session: {
      logins: (simulator) => simulator.logins(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { appSecret: 'not-the-secret-of-this-app' },
      words: 'app_secret不正确',
      attempts: (simulator) => simulator.logins(),
    },
    limits: {
      roomy: () => start({ pageSize: 100 }),
      call: async (session, signal) => session.objects.inventory?.list?.({ since, signal }),
    },
    list: {
      object: 'inventory',
      operation: 'inventory',
      seed(simulator, count) {
        // U8 dates changes by the day: all of them share one.
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        simulator.seedMaterials(numbers.map((number) => ({ number, name: number })));
        return numbers;
      },
      clear: (simulator) => simulator.hideData(true),
      huge: 210,
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'inventory',
      call: async (session, signal) => session.objects.inventory?.list?.({ since, signal }),
    },
    moved: {
      object: 'inventory',
      seed(simulator, count) {
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        // Long ago: what the first reading passes over, no later one tells.
        const modified = Date.now() - 10 * 86_400_000;
        simulator.seedMaterials(numbers.map((number) => ({ number, name: number, modified })));
        return numbers;
      },
      disturb(simulator, number) {
        disturbed += 1;
        if (disturbed % 3 !== 0) {
          simulator.removeMaterial(number);
          return 'gone';
        }
        simulator.seedMaterials([{ number, name: `${number} 改` }]);
        return 'changed';
      },
    },
    values: {
      text: {
        written: {
          object: 'saleorder',
          step: 'save',
          item(key, value) {
            const item = orderItem(key, [['M01', '1', '10']]);
            return { ...item, body: { ...item.body, memo: value } };
          },
          held: (simulator, key) => String(simulator.bill('saleorder', key)?.memo),
        },
        read: {
          object: 'inventory',
          seed(simulator, value) {
            const number = `TEXT-${++serial}`;
            simulator.seedMaterials([{ number, name: value }]);
            return number;
          },
          told: ({ body }) => (typeof body?.name === 'string' ? body.name : undefined),
        },
      },
      decimal: {
        written: {
          object: 'saleorder',
          step: 'save',
          item: (key, value) => orderItem(key, [['M01', value, '10']]),
          held: (simulator, key) =>
            String(linesAt(simulator.bill('saleorder', key) ?? {}, 'entry')[0]?.quantity),
        },
        read: {
          object: 'currentstock',
          seed(simulator, value) {
            const material = `STOCK-${++serial}`;
            simulator.seedMaterials([{ number: material, name: material }]);
            simulator.seedInventory([{ material, stock: 'CK01', quantity: value }]);
            return `${material}|CK01`;
          },
          told: ({ body }) => (typeof body?.qty === 'string' ? body.qty : undefined),
        },
      },
    },
    lacks: {
      revisions:
        'U8 tells the day of a change and no revision (its lists filter by modifydate); what was read later is newer',
      webhook: 'the U8 OpenAPI pushes nothing: it is polled',
      stale: 'nothing is pushed',
      actions: 'the connector offers none',
      times: 'U8 tells days and no moments; days are taken as they are',
    },
    create: {
      object: 'saleorder',
      step: 'save',
      operation: 'add',
      item: (key) => orderItem(key, [['M01', '2', '20']]),
      stored: (simulator, key) => simulator.bills('saleorder').filter((bill) => bill.code === key).length,
    },
    batch: {
      object: 'saleorder',
      step: 'save',
      items: [
        orderItem('B-1', [['M01', '1', '10']]),
        orderItem('B-2', [['NO-SUCH', '1', '10']]),
        orderItem('B-3', [['M02', '1', '10']]),
      ],
    },
  },
};
