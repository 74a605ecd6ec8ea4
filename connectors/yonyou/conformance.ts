/** What the conformance suite has to know about this connector. */
import { createHash } from 'node:crypto';
import { linesAt } from '../kit/bill-lines.ts';
import type { Conformance } from '../kit/conformance/subject.ts';
import { toldInOrder } from '../kit/conformance/tellings.ts';
import type { CannedAnswer, ErrorRow, JsonObject } from '../kit/index.ts';
import type { YonyouConfig, YonyouSecrets } from './config.ts';
import { errorTable } from './errors.ts';
import yonyou from './index.ts';
import type { YonyouSimulator } from './simulator/index.ts';
import { orderItem, start } from './testing.ts';

let serial = 0;

const since = '2000-01-01T00:00:00.000Z';

/** How far the clock of both sides is ahead of this machine's: somebody takes seconds to change something. */
let ahead = 0;
const now = (): number => Date.now() + ahead;

/** What Yonyou says, where a row goes by its words. */
const words: Readonly<Record<string, string>> = {
  'yonyou.period-closed': '库存组织2026年03月已关账',
  'yonyou.changed-meanwhile': '单据正在被其他人操作',
  'yonyou.duplicate-number': '单据编号重复:UO-1',
  'yonyou.wrong-state': '单据UO-1已审核',
  'yonyou.stock-short': '物料存量不足',
  'yonyou.no-such-bill': '数据不存在',
  'yonyou.busy': '单据已加锁，请稍后再试',
};

function answerOf(row: ErrorRow): CannedAnswer | string {
  if (row.status !== undefined) {
    const status = row.status === '5xx' ? 500 : typeof row.status === 'object' ? row.status[0] : row.status;
    return { status: Number(status), body: '' };
  }
  if (row.hubCode === 'yonyou.not-json') return { status: 200, body: '<html><body>登录</body></html>' };
  if (row.hubCode === 'yonyou.token-lost' && row.code === undefined)
    return { status: 200, body: '非法token' };
  if (row.hubCode === 'yonyou.nothing-found') return 'of a list it says that it is empty';
  const code = typeof row.code === 'object' ? row.code[0] : row.code;
  const message = row.text === undefined ? '其他原因' : (words[row.hubCode] ?? '');
  return { status: code === 310404 ? 404 : 200, body: { code: code ?? '999', message } };
}

export const subject: Conformance<YonyouConfig, YonyouSecrets, YonyouSimulator> = {
  connector: yonyou,
  start() {
    ahead = 0;
    return start({ pageSize: 7 }, {}, now);
  },
  flags: {
    session: {
      logins: (simulator) => simulator.logins(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { appSecret: 'not-the-secret-of-this-app' },
      words: '签名错误',
      attempts: (simulator) => simulator.logins(),
    },
    // Yonyou counts per API; what signs in is counted apart.
    limits: {
      roomy: () => start({ pageSize: 100 }),
      unitOf: ({ req }) => (req.path.includes('/yonbip/') ? req.path : undefined),
      call: async (session, signal) => session.objects.product?.list?.({ since, signal }),
    },
    list: {
      object: 'product',
      operation: 'listproductbycondition',
      seed(simulator, count) {
        const modified = Date.now() - 1000;
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        // Four out of five share one moment, more than a page of them.
        simulator.seedMaterials(
          numbers.map((number, at) => ({
            number,
            name: number,
            modified: at % 5 === 0 ? modified - at : modified,
          })),
        );
        return numbers.map((number) => simulator.idOf('products', number));
      },
      clear: (simulator) => simulator.hideData(true),
      huge: 210,
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'listproductbycondition',
      call: async (session, signal) => session.objects.product?.list?.({ since, signal }),
    },
    moved: {
      object: 'product',
      seed(simulator, count) {
        const modified = now() - 3_600_000;
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        simulator.seedMaterials(
          numbers.map((number, at) => ({
            ...{ number, name: number, modified: modified + Math.floor(at / 3) * 1000 },
          })),
        );
        return numbers.map((number) => simulator.idOf('products', number));
      },
      // What changes leaves the stretch of time that is being read, and the next one moves into its place.
      disturb(simulator, remoteId) {
        ahead += 2000;
        simulator.touch(remoteId);
        return 'changed';
      },
    },
    revisions: {
      tellings: ({ session, simulator }) => {
        simulator.seedMaterials([{ number: 'TWICE', name: '绿茶', modified: now() - 60_000 }]);
        const id = simulator.idOf('products', 'TWICE');
        return toldInOrder(session, 'product', id, () => simulator.touch(id));
      },
    },
    values: {
      text: {
        written: {
          object: 'voucherorder',
          step: 'save',
          item(key, value) {
            const item = orderItem(key, [['M01', '1', '10']]);
            return { ...item, body: { ...item.body, memo: value } };
          },
          held: (simulator, key) => String(simulator.bill('voucherorder', key)?.memo),
        },
        read: {
          object: 'product',
          seed(simulator, value) {
            const number = `TEXT-${++serial}`;
            simulator.seedMaterials([{ number, name: value }]);
            return simulator.idOf('products', number);
          },
          told: ({ body }) => (typeof body?.name === 'string' ? body.name : undefined),
        },
      },
      decimal: {
        written: {
          object: 'voucherorder',
          step: 'save',
          item: (key, value) => orderItem(key, [['M01', value, '10']]),
          held: (simulator, key) => String(firstLine(simulator.bill('voucherorder', key))?.qty),
        },
        read: {
          object: 'stock',
          seed(simulator, value) {
            const material = `STOCK-${++serial}`;
            simulator.seedMaterials([{ number: material, name: material }]);
            simulator.seedInventory([{ material, stock: 'CK01', quantity: value }]);
            return `${material}|CK01`;
          },
          told: ({ body }) => (typeof body?.currentqty === 'string' ? body.currentqty : undefined),
        },
      },
      time: {
        object: 'product',
        seed(simulator, value) {
          const number = `TIME-${++serial}`;
          simulator.seedMaterials([{ number, name: number, modified: Date.parse(value) }]);
          return simulator.idOf('products', number);
        },
        told: ({ revision }) => revision,
      },
    },
    lacks: { actions: 'the connector offers none' },
    create: {
      object: 'voucherorder',
      step: 'save',
      operation: 'singleSave',
      item: (key) => orderItem(key, [['M01', '2', '20']]),
      stored: (simulator, key) => simulator.bills('voucherorder').filter((bill) => bill.code === key).length,
    },
    batch: {
      object: 'voucherorder',
      step: 'save',
      items: [
        orderItem('B-1', [['M01', '1', '10']]),
        orderItem('B-2', [['NO-SUCH', '1', '10']]),
        orderItem('B-3', [['M02', '1', '10']]),
      ],
    },
    webhook: {
      object: 'voucherorder',
      good: ({ simulator }) => simulator.signedPush(audited('7'), Date.now()),
      stale: ({ simulator }) => simulator.signedPush(audited('7'), Date.now() - 26 * 3_600_000),
      senseless: ({ simulator }) =>
        simulator.signedPush({ type: 'WHAT_IS_THIS', eventId: 'e-9' }, Date.now()),
      unsigned: (good) => {
        const text = Buffer.from(good.body).toString('utf8');
        return { ...good, body: Buffer.from(text.replace('msgSignature', 'nothing')) };
      },
      forged: (good) => {
        const text = Buffer.from(good.body).toString('utf8');
        return { ...good, body: Buffer.from(text.replace(/"nonce":"./, '"nonce":"-')) };
      },
      shortened: (good) => {
        const text = Buffer.from(good.body).toString('utf8');
        return { ...good, body: Buffer.from(text.replace(/("msgSignature":"[^"]+)[^"]{4}"/, '$1"')) };
      },
      otherSecrets: { appSecret: '99998888-7777-6666-5555-444433332222' },
      otherAlgorithm: (good, { simulator, url }) => {
        const { appSecret } = yonyou.secrets.parse(simulator.connectionFor(url).secrets);
        const text = Buffer.from(good.body).toString('utf8');
        const { timestamp, nonce, encrypt } = JSON.parse(text) as Record<string, string>;
        const parts = [appSecret, String(timestamp), nonce, encrypt].sort().join('');
        const signature = createHash('md5').update(parts).digest('hex');
        return {
          ...good,
          body: Buffer.from(text.replace(/"msgSignature":"[^"]+"/, `"msgSignature":"${signature}"`)),
        };
      },
    },
  },
};

function firstLine(bill: JsonObject | undefined): JsonObject | undefined {
  return linesAt(bill ?? {}, 'orderDetails')[0];
}

function audited(id: string) {
  return {
    ...{ type: 'SALE_AUDITORDER_NOTIFY_SENT', eventId: `e-${id}`, tenantId: 't' },
    content: JSON.stringify({ BILL_INFO: { billId: id, billCode: 'UO-1', billNo: 'voucher_order' } }),
  };
}
