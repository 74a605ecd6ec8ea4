/**
 * A company's U8 behind Yonyou's relay, in memory: tokens by plain GET, lists with their pages, queued and immediate saves,
 * keys of our own, bills that are verified and then move stock, and a relay client that can be offline. Codes other than
 * 0 and 20002, and what an unfinished result looks like, are invented: no source has them.
 */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { textOf } from '../../kit/bill-lines.ts';
import {
  chinaDate,
  countCalls,
  Faults,
  faultMiddleware,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  type Simulator,
} from '../../kit/index.ts';
import { type BillResource, type Fields, forms, Refused, Store } from './store.ts';

export interface SimulatorOptions {
  readonly now?: () => number;
  /** Default 7200. */
  readonly tokenSeconds?: number;
  /** How often the result of a queued save is asked for before it is there. Default 1. */
  readonly pendingPolls?: number;
  /** How an unfinished result shows itself: no id yet, or words. Default `noId`. */
  readonly pendingForm?: 'noId' | 'words';
  /** Page numbers as texts, as some answers have them. Default true. */
  readonly textualPages?: boolean;
  /** Rows a page holds for the connection made here. Default 500. */
  readonly pageSize?: number;
  /** Immediate saves for the connection made here. Default false: queued. */
  readonly sync?: boolean;
}

export interface GoodsSeed {
  readonly number: string;
  readonly name: string;
  /** Unit code; default Pcs. */
  readonly unit?: string;
  /** Modification time, ms. Default now. */
  readonly modified?: number;
}

export interface U8Simulator extends Simulator {
  seedMaterials(materials: readonly GoodsSeed[]): void;
  seedCustomers(customers: readonly { readonly number: string; readonly name: string }[]): void;
  seedStocks(stocks: readonly { readonly number: string; readonly name: string }[]): void;
  /** Adds to what is on hand. */
  seedInventory(
    rows: readonly {
      readonly material: string;
      readonly stock: string;
      readonly quantity: string;
      readonly batch?: string;
    }[],
  ): void;
  /** Somebody deletes goods that nothing refers to. */
  removeMaterial(number: string): void;
  /** The account set shows nothing any more. */
  hideData(hidden: boolean): void;
  bills(resource: BillResource): JsonObject[];
  bill(resource: BillResource, code: string): JsonObject | undefined;
  onHand(material: string, stock: string): string;
  logins(): number;
  expireTokens(): void;
  /** Yonyou's client beside the U8 server stops, or runs again. */
  offline(isOffline: boolean): void;
  /** Somebody verifies a bill in U8. */
  byHand(verb: 'verify' | 'unverify', resource: BillResource, code: string): void;
}

const accounts = { from: 'simulated-caller', to: 'simulated-company' };
const appKey = 'opa1234567890abcdef';
const appSecret = 'simulated-u8-secret-0123456789';

interface Queued {
  readonly answer: JsonObject;
  pollsLeft: number;
}

export function createSimulator(options: SimulatorOptions = {}): U8Simulator {
  const now = options.now ?? Date.now;
  const store = new Store(now);
  const faults = new Faults();
  const calls = new Map<string, number>();
  const tokens = new Map<string, number>();
  const queue = new Map<string, Queued>();
  /** Own key → code, per kind of bill. */
  const keys = new Map<string, string>();
  let logins = 0;
  let isOffline = false;
  let isHidden = false;

  const app = new Hono();
  const operationOf = (context: Context): string => context.req.path.replace(/^\/(api|system)\//, '');
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.get('/system/token', (context) => {
    logins++;
    const { from_account, app_key, app_secret } = context.req.query();
    if (from_account !== accounts.from || app_key !== appKey || app_secret !== appSecret)
      return context.json({ errcode: '10011', errmsg: 'app_secret不正确' });
    const id = randomUUID().replaceAll('-', '');
    tokens.set(id, now() + (options.tokenSeconds ?? 7200) * 1000);
    return context.json({ errcode: '0', errmsg: '', token: { id, expiresIn: 7200, appKey } });
  });
  app.get('/result', (context) => {
    const queued = queue.get(context.req.query('requestid') ?? '');
    if (!queued) return context.json({ errcode: '10012', errmsg: 'requestid不正确' });
    if (queued.pollsLeft-- > 0) {
      const words = options.pendingForm === 'words';
      return context.json(words ? { errcode: '10013', errmsg: '请求处理中' } : { errcode: '0', errmsg: '' });
    }
    return context.json(queued.answer);
  });
  app.all('/api/:resource/:verb', async (context) => {
    try {
      const { resource, verb } = context.req.param();
      const query = context.req.query();
      admit(query);
      return context.json({ errcode: '0', errmsg: '', ...(await run(context, resource, verb, query)) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return context.json({ errcode: error.code, errmsg: error.message });
    }
  });

  function admit(query: Readonly<Record<string, string>>): void {
    if (query.from_account !== accounts.from || query.app_key !== appKey)
      throw new Refused('10010', '调用方不存在');
    if ((tokens.get(query.token ?? '') ?? 0) <= now()) throw new Refused('10009', 'token无效或已过期');
    if (query.to_account !== accounts.to) throw new Refused('10014', '提供方不存在');
    if (isOffline) throw new Refused('10015', '用友开放平台客户端不在线');
  }

  async function run(
    context: Context,
    resource: string,
    verb: string,
    query: Readonly<Record<string, string>>,
  ): Promise<JsonObject> {
    if (verb === 'batch_get') return list(resource, query, faults.take('halfPage', operationOf(context)));
    if (verb === 'get') return { [resource]: single(resource, query.id ?? '') };
    const own = billResource(resource);
    if (!own) throw new Refused('10016', `接口${resource}/${verb}不存在`);
    const body = parseJson(await context.req.text());
    const bill = isJsonObject(body) ? body[own] : undefined;
    if (!isJsonObject(bill)) throw new Refused('10001', `缺少${own}`);
    if (verb === 'add') return save(own, bill, query, context);
    if (verb !== 'verify' && verb !== 'unverify') throw new Refused('10016', `接口${resource}/${verb}不存在`);
    const code = textOf(bill.voucher_code);
    store.decide(own, code, verb === 'verify');
    return { id: code };
  }

  function save(
    resource: BillResource,
    bill: JsonObject,
    query: Readonly<Record<string, string>>,
    context: Context,
  ): JsonObject {
    const { biz_id, tradeid, sync } = query;
    if (biz_id && tradeid) throw new Refused('10017', 'tradeid与biz_id不能同时传入');
    const key = biz_id ?? tradeid;
    if (key === undefined) throw new Refused('10017', '缺少tradeid');
    const answer = added(resource, bill, `${resource}/${key}`);
    if (sync === '1') {
      if (answer.errcode !== '0') throw new Refused(textOf(answer.errcode), textOf(answer.errmsg));
      return answer;
    }
    const requestid = randomUUID();
    queue.set(requestid, { answer, pollsLeft: options.pendingPolls ?? 1 });
    const { origin } = new URL(context.req.url);
    return { requestid, tradeid: tradeid ?? '', url: `${origin}/result?requestid=${requestid}` };
  }

  function added(resource: BillResource, bill: JsonObject, key: string): JsonObject {
    try {
      const code = keys.get(key) ?? store.add(resource, bill);
      keys.set(key, code);
      return { errcode: '0', errmsg: '', id: code, code };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { errcode: error.code, errmsg: error.message };
    }
  }

  function list(resource: string, query: Readonly<Record<string, string>>, half: boolean): JsonObject {
    const rows = isHidden ? [] : rowsOf(resource, query);
    const size = Number(query.rows_per_page ?? 20);
    const page = Number(query.page_index ?? 1);
    if (rows.length === 0) throw new Refused('20002', `未检索到匹配的[${resource}]`);
    const whole = rows.slice((page - 1) * size, page * size);
    const shown = (value: number): Json => ((options.textualPages ?? true) ? String(value) : value);
    return {
      ...{ page_index: shown(page), rows_per_page: shown(size), row_count: shown(rows.length) },
      page_count: shown(Math.ceil(rows.length / size)),
      [resource]: half ? whole.slice(0, Math.ceil(whole.length / 2)) : whole,
    };
  }

  function rowsOf(resource: string, query: Readonly<Record<string, string>>): Fields[] {
    const within = (value: string, begin?: string, end?: string): boolean =>
      (begin === undefined || value >= begin) && (end === undefined || value <= end);
    if (resource === 'currentstock')
      return stockRows().filter((row) => within(textOf(row.whcode), query.whcode_begin, query.whcode_end));
    if (resource === 'inventory' || resource === 'customer') {
      const all = [...(resource === 'inventory' ? store.goods : store.customers).values()];
      return all
        .filter((row) => within(textOf(row.code), query.code_begin, query.code_end))
        .filter((row) => within(textOf(row.ModifyDate), query.modifydate_begin, query.modifydate_end));
    }
    const own = billResource(resource.replace(/list$/, ''));
    if (!own || !resource.endsWith('list')) throw new Refused('10016', `接口${resource}/batch_get不存在`);
    return [...store.bills[own].values()]
      .filter((bill) => within(textOf(bill.code), query.code_begin, query.code_end))
      .filter((bill) => within(textOf(bill.date), query.date_begin, query.date_end))
      .filter((bill) => query.state === undefined || bill.state === query.state)
      .map(({ entry: _entry, ...head }) => head);
  }

  function single(resource: string, id: string): JsonObject {
    const own = billResource(resource);
    const base =
      resource === 'inventory' ? store.goods : resource === 'customer' ? store.customers : undefined;
    const found = own ? store.bills[own].get(id) : base?.get(id);
    if (!found) throw new Refused('20002', `未检索到匹配的[${resource}]`);
    return found;
  }

  function stockRows(): Fields[] {
    return [...store.stock].map(([key, qty]) => {
      const [invcode = '', whcode = '', batch = ''] = key.split('|');
      // U8 pads its numbers.
      const padded = `${qty}${qty.includes('.') ? '' : '.'}000000`;
      return {
        invcode,
        whcode,
        batch,
        whname: store.warehouses.get(whcode) ?? '',
        qty: padded,
        availqty: padded,
      };
    });
  }

  return {
    app,
    faults,
    calls,
    connectionFor: (baseUrl) => ({
      config: {
        ...{ baseUrl, fromAccount: accounts.from, toAccount: accounts.to, resultAfterMs: 5, taxRate: '13' },
        ...{ pageSize: options.pageSize ?? 500, sync: options.sync ?? false, limits: { concurrent: 16 } },
      },
      secrets: { appKey, appSecret },
    }),
    // U8 pushes nothing.
    notifyAt: () => {},
    async stop() {},
    seedMaterials(materials) {
      for (const { number, name, unit, modified } of materials) {
        const ModifyDate = chinaDate(modified ?? now());
        store.goods.set(number, { code: number, name, main_measure: unit ?? 'Pcs', specs: '', ModifyDate });
      }
    },
    seedCustomers(customers) {
      for (const { number, name } of customers)
        store.customers.set(number, { code: number, name, abbrname: name, ModifyDate: chinaDate(now()) });
    },
    seedStocks(stocks) {
      for (const { number, name } of stocks) store.warehouses.set(number, name);
    },
    seedInventory(rows) {
      for (const { material, stock, quantity, batch } of rows) store.move(material, stock, quantity, batch);
    },
    removeMaterial: (number) => void store.goods.delete(number),
    hideData(hidden) {
      isHidden = hidden;
    },
    bills: (resource) => [...store.bills[resource].values()],
    bill: (resource, code) => store.bills[resource].get(code),
    onHand: (material, stock) => store.stock.get(`${material}|${stock}|`) ?? '0',
    logins: () => logins,
    expireTokens: () => tokens.clear(),
    offline(value) {
      isOffline = value;
    },
    byHand: (verb, resource, code) => store.decide(resource, code, verb === 'verify'),
  };
}

function billResource(name: string): BillResource | undefined {
  return Object.hasOwn(forms, name) ? (name as BillResource) : undefined;
}
