/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../kit/conformance/subject.ts';
import { type ErrorRow, isJsonObject, type JsonObject } from '../kit/index.ts';
import type { KingdeeConfig, KingdeeSecrets } from './config.ts';
import { errorTable } from './errors.ts';
import kingdee from './index.ts';
import type { KingdeeSimulator } from './simulator/index.ts';
import { orderItem, start } from './testing.ts';

let serial = 0;

/** What Kingdee says, where a row goes by its words. */
const words: Readonly<Record<string, string>> = {
  'kingdee.account-locked': '登录失败次数超限，用户已被锁定',
  'kingdee.user-not-allowed': '第三方应用：240101 不允许用户maker 登录',
  'kingdee.account-set': 'Fail to verify thirty passport',
  'kingdee.session-lost': '会话信息已丢失，请重新登录',
  'kingdee.no-permission': '您没有销售订单的查询权限',
  'kingdee.period-closed': '库存组织在2026年3期已关账',
  'kingdee.duplicate-number': '单据编号已存在',
  'kingdee.changed-meanwhile': '单据已被其他用户修改',
  'kingdee.locked': '网控冲突，操作被中止',
  'kingdee.has-followers': '存在下游单据，不允许反审核',
  'kingdee.wrong-state': '只有暂存状态的单据才能提交',
  'kingdee.no-such-bill': '单据不存在',
  'kingdee.stock-short': '更新库存时出现可以忽略的异常数据：负库存',
  'kingdee.database-busy': '事务被选作死锁牺牲品',
};

/** A query refused: one row of one cell. */
function refusedQuery(code: string | number, text: string): string {
  const errors = [{ FieldName: null, Message: text, DIndex: 0 }];
  return JSON.stringify([
    [{ Result: { ResponseStatus: { IsSuccess: false, MsgCode: code, Errors: errors } } }],
  ]);
}

function answerOf(row: ErrorRow) {
  const code = typeof row.code === 'object' ? row.code[0] : row.code;
  const json = { 'content-type': 'application/json; charset=utf-8' };
  if (row.status === 519) return { status: 519, body: { errcode: code ?? 5000, description: 'gateway' } };
  if (row.status !== undefined) {
    const status = row.status === '5xx' ? 500 : typeof row.status === 'object' ? row.status[0] : row.status;
    return { status: Number(status), body: '' };
  }
  if (row.hubCode === 'kingdee.exception') return { status: 200, body: 'response_error: 对象引用为空' };
  if (row.hubCode === 'kingdee.not-json') return { status: 200, body: '<html><body>登录</body></html>' };
  if (row.text === undefined) {
    return { status: 200, headers: json, body: refusedQuery(code ?? 99, '其他原因') };
  }
  const text = words[row.hubCode];
  return text === undefined
    ? 'no text is known'
    : { status: 200, headers: json, body: refusedQuery(0, text) };
}

function firstLine(bill: JsonObject | undefined): JsonObject | undefined {
  const lines = bill?.FSaleOrderEntry;
  const line: unknown = Array.isArray(lines) ? lines[0] : undefined;
  return isJsonObject(line as JsonObject) ? (line as JsonObject) : undefined;
}

export const subject: Conformance<KingdeeConfig, KingdeeSecrets, KingdeeSimulator> = {
  connector: kingdee,
  start: () => start({ queryLimit: 7 }, { limits: {} }),
  flags: {
    session: {
      logins: (simulator) => simulator.logins('maker'),
      expire: (simulator) => simulator.expireSessions(),
    },
    wrongSecret: {
      secrets: { default: { username: 'maker', password: 'not-the-password', appSecret: 'not-the-secret' } },
      words: '签名不匹配',
      attempts: (simulator) => simulator.logins('maker'),
    },
    limits: {
      roomy: () => start({ queryLimit: 40 }),
      call: async (session, signal) =>
        session.objects.BD_Customer?.list?.({ since: '2000-01-01T00:00:00.000Z', signal }),
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'ExecuteBillQuery',
      call: async (session, signal) =>
        session.objects.BD_MATERIAL?.list?.({ since: '2000-01-01T00:00:00.000Z', signal }),
    },
    list: {
      object: 'BD_MATERIAL',
      operation: 'ExecuteBillQuery',
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
        return numbers;
      },
      clear: (simulator) => simulator.hideData(true),
    },
    moved: {
      object: 'BD_MATERIAL',
      seed(simulator, count) {
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        const modified = Date.now() - 3_600_000;
        simulator.seedMaterials(
          numbers.map((number, at) => ({
            number,
            name: number,
            modified: modified + Math.floor(at / 3) * 1000,
          })),
        );
        return numbers;
      },
      disturb(simulator, number) {
        simulator.seedMaterials([{ number, name: `${number} 改` }]);
        return 'changed';
      },
    },
    revisions: {
      async tellings({ session, simulator }) {
        const list = session.objects.BD_MATERIAL?.list;
        const tell = async (modified: number) => {
          simulator.seedMaterials([{ number: 'TWICE', name: 'TWICE', modified }]);
          const since = new Date(modified - 1000).toISOString();
          const page = await list?.({ since, signal: AbortSignal.timeout(5000) });
          const found = page?.items.find((item) => item.remoteId === 'TWICE');
          if (!found) throw new Error('The list did not tell the material.');
          return found;
        };
        const earlier = await tell(Date.now() - 60_000);
        return { earlier, later: await tell(Date.now() - 59_000) };
      },
    },
    create: {
      object: 'SAL_SaleOrder',
      step: 'save',
      operation: 'BatchSave',
      item: (key) => orderItem(key, [['M01', '2', '10']]),
      stored: (simulator, key) =>
        simulator.bills('SAL_SaleOrder').filter((bill) => bill.FBillNo === key).length,
    },
    batch: {
      object: 'SAL_SaleOrder',
      step: 'save',
      items: [
        orderItem('B-1', [['M01', '1', '10']]),
        orderItem('B-2', [['NO-SUCH', '1', '10']]),
        orderItem('B-3', [['M02', '1', '10']]),
      ],
    },
    values: {
      text: {
        written: {
          object: 'SAL_SaleOrder',
          step: 'save',
          item(key, value) {
            const item = orderItem(key, [['M01', '1', '10']]);
            return { ...item, body: { ...item.body, FNote: value } };
          },
          held: (simulator, key) => String(simulator.bill('SAL_SaleOrder', key)?.FNote),
        },
        read: {
          object: 'BD_MATERIAL',
          seed(simulator, value) {
            const number = `TEXT-${++serial}`;
            simulator.seedMaterials([{ number, name: value }]);
            return number;
          },
          told: ({ body }) => (typeof body?.FName === 'string' ? body.FName : undefined),
        },
      },
      decimal: {
        written: {
          object: 'SAL_SaleOrder',
          step: 'save',
          item: (key, value) => orderItem(key, [['M01', value, '10']]),
          held: (simulator, key) => String(firstLine(simulator.bill('SAL_SaleOrder', key))?.FQty),
        },
        read: {
          object: 'STK_Inventory',
          seed(simulator, value) {
            const material = `STOCK-${++serial}`;
            simulator.seedMaterials([{ number: material, name: material }]);
            simulator.seedInventory([{ material, stock: 'CK01', quantity: value }]);
            return `${material}|CK01`;
          },
          told: ({ body }) => (typeof body?.FBaseQty === 'string' ? body.FBaseQty : undefined),
        },
      },
      time: {
        object: 'BD_MATERIAL',
        seed(simulator, value) {
          const number = `TIME-${++serial}`;
          simulator.seedMaterials([{ number, name: number, modified: Date.parse(value) }]);
          return number;
        },
        told: ({ revision }) => revision,
      },
    },
    lacks: {
      actions: 'the connector offers none',
      webhook: 'Kingdee sends no webhooks',
      stale: 'Kingdee sends no webhooks',
    },
  },
};
