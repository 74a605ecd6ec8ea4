/**
 * A YonBIP tenant in memory: data centre and tokens, the gateway's refusals and limits, bills with their states, stock that
 * moves at audit, receivables an audited sales out makes, and events. Where the vendor's behaviour is not known for
 * sure it is an option.
 */
import { type Context, Hono } from 'hono';
import { textOf } from '../../kit/bill-lines.ts';
import type { ErpSimulator, GoodsSeed, OnHandSeed, PartySeed } from '../../kit/erp-simulator.ts';
import {
  countCalls,
  Faults,
  faultMiddleware,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
  stringifyJson,
  UnreadableError,
  type WebhookRequest,
} from '../../kit/index.ts';
import type { SignatureKind } from '../crypto.ts';
import { booksOf } from './books.ts';
import { type Event, eventOf, eventSender, pushBody } from './events.ts';
import { appKey, appSecret, Gateway, Refused, Resubmits, tenantId } from './gateway.ts';
import { listBase, listBills, merchantShown, productShown, queryStock } from './lists.ts';
import { billShown, saveBill } from './saves.ts';
import { type Bill, type BillObject, bareNumbers, Store } from './store.ts';
import { isVerb, runVerb } from './verbs.ts';

export interface SimulatorOptions {
  readonly now?: () => number;
  /** Calls of one API a minute. Default 60, as Yonyou's free calls for sale orders. */
  readonly callsPerMinute?: number;
  /** Default 7200. */
  readonly tokenSeconds?: number;
  /** Default 5 minutes. */
  readonly toleranceMs?: number;
  /** Audit takes only what was handed in. Default true. */
  readonly requiresSubmit?: boolean;
  /** Stock may go below zero. Default true. */
  readonly allowNegative?: boolean;
  /** An audited sale return takes the goods in by itself. Default true. */
  readonly returnsStock?: boolean;
  /** Paths the app is not authorised for. */
  readonly unauthorised?: readonly string[];
  /** Rows a page holds for the connection made here. Default 500. */
  readonly pageSize?: number;
  /** What is subscribed to: beginnings of event codes. Default: products, customers and sale orders. */
  readonly events?: readonly string[];
  readonly eventSignature?: SignatureKind;
  readonly eventField?: 'msgSignature' | 'signature';
  readonly eventExpects?: 'encrypted' | 'plain' | 'either';
  /** Pauses before an event is sent again, milliseconds. Yonyou: a minute, five, an hour. Default short ones. */
  readonly resendAfterMs?: readonly number[];
}

export interface YonyouSimulator extends ErpSimulator {
  seedMaterials(materials: readonly (GoodsSeed & { readonly modified?: number })[]): void;
  seedCustomers(customers: readonly (PartySeed & { readonly modified?: number })[]): void;
  seedInventory(rows: readonly (OnHandSeed & { readonly batch?: string; readonly status?: string })[]): void;
  /** Bills of an object as their details show them, in the order they were made. */
  bills(object: BillObject): JsonObject[];
  bill(object: BillObject, code: string): JsonObject | undefined;
  /** Id of a product by its code, of a customer … */
  idOf(table: 'products' | 'merchants' | 'warehouses', code: string): string;
  logins(): number;
  expireTokens(): void;
  /** The next calls are refused with these codes of the platform. */
  refuseWith(...codes: string[]): void;
  /** The next save is done and answered as if it were still running (202), or as timed out (310504). */
  stallSaves(...codes: ('202' | '310504')[]): void;
  /** Calls refused because of a limit. */
  overLimit(): number;
  /** What a repeated save gets once its answer is forgotten. */
  repeatedCode: '10004' | '100004';
  /** The tenant moves: its gateway is there from now on, and nowhere else. */
  moveTo(prefix: string): void;
  /** Somebody changes a product and tells nobody. */
  touch(productId: string): void;
  /** The app's data permissions hide everything. */
  hideData(hidden: boolean): void;
  /** Somebody does a step in the client. Throws what the client would say against it. */
  byHand(verb: string, object: BillObject, code: string): void;
  /** A push about `event` as the platform would sign it at `time`, ms. */
  signedPush(event: JsonObject, time: number, owner?: string): WebhookRequest;
  /** Events taken, refused and given up. */
  eventCounts(): Readonly<{ sent: number; acknowledged: number; refused: number; givenUp: number }>;
}

const bases: Readonly<Record<string, BillObject>> = {
  '/yonbip/sd/voucherorder': 'voucherorder',
  '/yonbip/scm/salesout': 'salesout',
  '/yonbip/sd/vouchersalereturn': 'vouchersalereturn',
};
const verbOf: Readonly<Record<string, string>> = {
  ...{ batchsubmit: 'submit', batchaudit: 'audit', batchunaudit: 'unaudit' },
  ...{ submit: 'submit', audit: 'audit', unaudit: 'unaudit' },
};
const eventNames: Readonly<Record<string, string>> = { submit: 'SUBMIT', audit: 'AUDIT', unaudit: 'UNAUDIT' };
const digital = '/yonbip/digitalModel';
const stockPath = '/yonbip/scm/stock/QueryCurrentStocksByCondition';

type Api = (body: Json, query: Readonly<Record<string, string>>, half: boolean) => Json | undefined;

export function createSimulator(options: SimulatorOptions = {}): YonyouSimulator {
  const now = options.now ?? Date.now;
  const store = new Store(now);
  const gateway = new Gateway({
    now,
    callsPerMinute: options.callsPerMinute ?? 60,
    tokenSeconds: options.tokenSeconds ?? 7200,
    toleranceMs: options.toleranceMs ?? 300_000,
    unauthorised: options.unauthorised ?? [],
  });
  const resubmits = new Resubmits(now);
  const flow = {
    requiresSubmit: options.requiresSubmit ?? true,
    allowNegative: options.allowNegative ?? true,
    returnsStock: options.returnsStock ?? true,
  };
  const signing = {
    signature: options.eventSignature ?? 'sha1',
    field: options.eventField ?? 'msgSignature',
  } as const;
  const sender = eventSender({
    ...{ now, ...signing, expects: options.eventExpects ?? 'either' },
    resendAfterMs: options.resendAfterMs ?? [50, 200, 1000, 3000, 10_000],
  });
  const subscribed = options.events ?? ['SALE_', 'YXYBASEDOC_'];
  const faults = new Faults();
  const calls = new Map<string, number>();
  const stalled: string[] = [];
  let prefix = '/iuap-api-gateway';
  let hidden = false;

  function tell(type: string, content: JsonObject): void {
    if (subscribed.some((start) => type.startsWith(start))) sender.send(eventOf(type, content, now()));
  }
  function tellOrder(name: string, bill: Bill): void {
    tell(`SALE_${name}ORDER_NOTIFY_SENT`, {
      BILL_INFO: { billId: bill.id, billCode: bill.code, billNo: 'voucher_order' },
    });
  }

  const apis = new Map<string, { readonly method: 'GET' | 'POST'; readonly run: Api }>();
  const post = (path: string, run: Api): unknown => apis.set(path, { method: 'POST', run });
  for (const [base, object] of Object.entries(bases)) {
    const verbs =
      object === 'vouchersalereturn'
        ? ['submit', 'audit', 'unaudit']
        : ['batchsubmit', 'batchaudit', 'batchunaudit'];
    const save =
      object === 'voucherorder' ? 'singleSave' : object === 'salesout' ? 'single/save' : 'batchsave';
    post(`${base}/${save}`, (body) => saveUnderToken(`${base}/${save}`, object, body));
    for (const verb of verbs) post(`${base}/${verb}`, (body) => operate(object, verbOf[verb] ?? '', body));
    post(`${base}/list`, (body, _query, half) =>
      hidden ? { recordList: [], recordCount: 0 } : listBills(store, object, jsonObject(body), half),
    );
    apis.set(`${base}/detail`, {
      method: 'GET',
      run: (_body, query) => {
        const bill = hidden ? undefined : store.bills[object].byId.get(query.id ?? '');
        if (!bill)
          throw new Refused('999', object === 'voucherorder' ? '未获取到当前订单商品信息' : '数据不存在');
        return billShown(object, bill);
      },
    });
  }
  post(`${digital}/merchant/newlist`, (body, _query, half) => {
    const { recordList } = listBase(store.merchants, jsonObject(body), half, merchantShown);
    if (hidden || recordList.length === 0) throw new Refused(118001, '根据条件查询结果为空');
    return recordList;
  });
  post(`${digital}/merchant/newBatchDetail`, (body) =>
    details(body, (id) => {
      const row = store.merchants.find(id);
      return row && merchantShown(row);
    }),
  );
  post(`${digital}/merchant/idempotent/newinsert`, (body) => {
    const data = dataIn(body);
    return [resubmits.run('newinsert', textOf(data.resubmitCheckKey), () => insertMerchant(data))];
  });
  post(`${digital}/product/listproductbycondition`, (body, _query, half) =>
    hidden ? { recordList: [] } : { ...listBase(store.products, jsonObject(body), half, productShown) },
  );
  post(`${digital}/product/batchdetailnew`, (body) =>
    details(body, (id) => {
      const row = store.products.find(id);
      return row && productShown(row);
    }),
  );
  post(stockPath, (body) => queryStock(store, jsonObject(body)));

  function saveUnderToken(path: string, object: BillObject, body: Json): JsonObject {
    const data = dataIn(body);
    const saved = resubmits.run(path, textOf(data.resubmitCheckKey), () => {
      const bill = saveBill(store, object, data);
      if (object === 'voucherorder') tellOrder('SAVE', bill);
      return billShown(object, bill);
    });
    const stall = stalled.shift();
    if (stall !== undefined) throw new Refused(stall, stall === '202' ? '后端服务正在处理中' : '请求超时');
    return saved;
  }

  function operate(object: BillObject, verb: string, body: Json): JsonObject {
    const { answer, changed } = runVerb(store, object, verb, idsIn(body), flow);
    if (object === 'voucherorder') for (const bill of changed) tellOrder(eventNames[verb] ?? '', bill);
    return answer;
  }

  function insertMerchant(data: JsonObject): JsonObject {
    const code = textOf(data.code);
    for (const name of ['code', 'createOrgCode'])
      if (textOf(data[name]) === '') throw new Refused(0, `${name}不能为空!`);
    if (!isJsonObject(data.name) || textOf(data.name.simplifiedName) === '')
      throw new Refused(0, '客户名称不能为空!');
    if (store.merchants.find(code)) throw new Refused(0, `客户编码重复:${code}`);
    const { resubmitCheckKey: _key, _status, ...fields } = data;
    const row = store.put(store.merchants, code, fields);
    tell('YXYBASEDOC_AA_MERCHANT_INSERT', { id: row.id, code });
    return { id: row.id, code };
  }

  const app = new Hono();
  const pathOf = (context: Context): string => context.req.path.replace(/^\/[\w-]*gateway[\w-]*(?=\/)/, '');
  const operationOf = (context: Context): string => pathOf(context).replace(/^\/yonbip\//, '');
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.get('/open-auth/dataCenter/getGatewayAddress', (context) => {
    if (context.req.query('tenantId') !== tenantId)
      return context.json({ code: '500', message: '根据租户id获取网关地址出现异常' });
    const { origin } = new URL(context.req.url);
    const data = { gatewayUrl: origin + prefix, tokenUrl: `${origin}/iuap-api-auth` };
    return context.json({ code: '00000', message: '成功！', data });
  });
  for (const path of ['selfAppAuth/base/v1/getAccessToken', 'selfAppAuth/getAccessToken'])
    app.get(`/iuap-api-auth/open-auth/${path}`, (context) =>
      context.json(gateway.token(context.req.query())),
    );
  app.all('*', async (context) => {
    const path = pathOf(context);
    try {
      const api = context.req.path === prefix + path ? apis.get(path) : undefined;
      gateway.admit(path, context.req.query('access_token'), api !== undefined);
      if (api?.method !== context.req.method) throw new Refused('310405', '请求方法不允许');
      const body = api.method === 'POST' ? readBody(await context.req.text()) : {};
      const data = api.run(body, context.req.query(), faults.take('halfPage', operationOf(context)));
      // Base data answers with numbers where bills answer with texts.
      return json({ code: path.startsWith(digital) ? 200 : '200', message: '操作成功', data: data ?? null });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // One API is known to say so in plain text.
      if (error.code === '310036' && path === stockPath) return context.text('非法token');
      const { code, message, data, status } = error;
      return json({ code, message, displayCode: '000-000-000000', ...(data ? { data } : {}) }, status);
    }
  });

  return {
    app,
    faults,
    calls,
    callsByForm: calls,
    connectionFor(baseUrl) {
      const perMinute = options.callsPerMinute ?? 60;
      return {
        config: {
          ...{ tenantId, lookupUrl: baseUrl, orgCode: '100', pageSize: options.pageSize ?? 500 },
          lineDefaults: { unitId: 'Pcs', taxRate: '13' },
          taxes: { '13': 'VAT13', '9': 'VAT9' },
          ...{ overlapSeconds: 5, resubmitAfterMs: 20 },
          limits: { ...(Number.isFinite(perMinute) ? { perMinute } : {}), concurrent: 16 },
        },
        secrets: { appKey, appSecret },
      };
    },
    notifyAt(url) {
      sender.notifyAt(url);
      if (url !== undefined) sender.send(eventOf('CHECK_URL', {}, now()) satisfies Event);
    },
    stop: () => sender.stop(),
    touch(productId) {
      const row = store.products.byId.get(productId);
      if (row) row.modified = store.moment();
    },
    seedMaterials(materials) {
      for (const { number, name, unit, barcode, service, modified } of materials) {
        const isNew = store.products.find(number) === undefined;
        const fields = {
          ...{ name, unitCode: unit ?? 'Pcs', unitName: '件', createOrgCode: '100', stopStatus: false },
          ...{ realProductAttribute: service ? 2 : 1, barCode: barcode ?? '' },
        };
        const row = store.put(store.products, number, fields, modified);
        const archive = { id: row.id, orgId: '100' };
        tell(`YXYBASEDOC_PC_PRODUCT_${isNew ? 'INSERT' : 'UPDATE'}`, { archive });
      }
    },
    seedCustomers(customers) {
      for (const { number, name, modified } of customers) {
        const isNew = store.merchants.find(number) === undefined;
        const row = store.put(
          store.merchants,
          number,
          { name: { simplifiedName: name }, createOrgCode: '100' },
          modified,
        );
        tell(`YXYBASEDOC_AA_MERCHANT_${isNew ? 'INSERT' : 'UPDATE'}`, { id: row.id, code: number });
      }
    },
    seedStocks(stocks) {
      for (const { number, name } of stocks) store.put(store.warehouses, number, { name });
    },
    seedInventory(rows) {
      for (const { material, stock, quantity, status, batch } of rows) {
        const product = store.products.find(material);
        const warehouse = store.warehouses.find(stock);
        if (!product || !warehouse) throw new Error(`the simulated tenant has no ${material} or no ${stock}`);
        store.move(product, warehouse, quantity, status, batch);
      }
    },
    books: () => booksOf(store),
    inventory: () =>
      [...store.stock.values()].map((row) => ({
        ...{ material: row.product.code, stock: row.warehouse.code, quantity: row.quantity },
      })),
    bills: (object) => store.bills[object].rows.map((bill) => billShown(object, bill)),
    bill(object, code) {
      const found = store.bills[object].find(code);
      return found ? billShown(object, found) : undefined;
    },
    idOf(table, code) {
      const found = store[table].find(code);
      if (!found) throw new Error(`the simulated tenant has no ${code} among its ${table}`);
      return found.id;
    },
    logins: () => gateway.logins,
    expireTokens: () => gateway.expireTokens(),
    refuseWith: (...codes) => void gateway.queue.push(...codes),
    stallSaves: (...codes) => void stalled.push(...codes),
    overLimit: () => gateway.overLimit,
    get repeatedCode() {
      return resubmits.code;
    },
    set repeatedCode(code) {
      resubmits.code = code;
    },
    moveTo(place) {
      prefix = place;
    },
    hideData(value) {
      hidden = value;
    },
    byHand(verb, object, code) {
      if (!isVerb(verb)) throw new Error(`no verb ${verb}`);
      const { answer } = runVerb(store, object, verb, [code], flow);
      if (answer.failCount !== 0) throw new Error(JSON.stringify(answer.messages));
    },
    signedPush(event, time, owner) {
      const body = Buffer.from(pushBody(event, signing, time, owner));
      const headers = { 'content-type': 'application/json;charset=utf-8' };
      return { method: 'POST', query: '', headers, body, receivedAt: new Date(now()) };
    },
    eventCounts: () => sender.counts,
  };
}

function json(value: Json, status = 200): Response {
  const headers = { 'content-type': 'application/json;charset=utf-8' };
  return new Response(stringifyJson(value, { numbers: bareNumbers }), { status, headers });
}

function readBody(text: string): Json {
  try {
    return text.trim() === '' ? {} : parseJson(text);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new Refused('310002', '请求体必须是JSON结构');
  }
}

function dataIn(body: Json): JsonObject {
  const data = isJsonObject(body) ? body.data : undefined;
  if (!isJsonObject(data)) throw new Refused('310008', '参数校验失败，缺少必填参数:data');
  return data;
}

/** `[{id}]`, `{id}` or `{id: []}`: each verb has its own shape. */
function idsIn(body: Json): string[] {
  const data = isJsonObject(body) ? body.data : undefined;
  if (Array.isArray(data)) return data.map((one: Json) => textOf(isJsonObject(one) ? one.id : undefined));
  if (!isJsonObject(data)) throw new Refused('310008', '参数校验失败，缺少必填参数:data');
  return Array.isArray(data.id) ? data.id.map((id: Json) => textOf(id)) : [textOf(data.id)];
}

/** Single objects asked for by id or code; nothing at all is an error. */
function details(body: Json, find: (name: string) => JsonObject | undefined): Json {
  const asked = Array.isArray(body) ? body : [body];
  const found = asked.flatMap((one: Json) => {
    const row = isJsonObject(one) ? find(textOf(one.id) || textOf(one.code)) : undefined;
    return row ? [row] : [];
  });
  if (found.length === 0) throw new Refused(118001, '根据条件查询结果为空');
  return found;
}
