/**
 * A Kingdee account set in memory: logins and sessions, queries, bills with their states, push from order to
 * delivery, stock that moves at audit. It never makes a customer or a material by itself.
 */
import { Decimal } from 'decimal.js';
import { type Context, Hono } from 'hono';
import type { ErpSimulator } from '../../kit/erp-simulator.ts';
import {
  countCalls,
  Faults,
  faultMiddleware,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../kit/index.ts';
import { type AnswerStyle, CallRefused, refusal, statusBlock, writeAnswer } from './answers.ts';
import { Auth, HttpRefusal, loginParameters } from './auth.ts';
import { booksOf } from './books.ts';
import { type Call, parsed, readCall } from './envelope.ts';
import { runStep, steps } from './flow.ts';
import { pushOrders } from './push.ts';
import { runQuery } from './query.ts';
import { saveOne } from './save.ts';
import { type Bill, codeIn, goodStatus, Store, type Table, textOf, timeText } from './store.ts';

export interface SimulatorOptions {
  readonly now?: () => number;
  readonly auth?: 'ValidateUser' | 'LoginByAppSecret' | 'LoginBySign' | 'signed';
  readonly strictness?: 'onprem' | 'gateway';
  /** A session unused for this long is lost, seconds. Default 1200. */
  readonly idleSeconds?: number;
  /** Rows a query gives at most. Default 2000. */
  readonly queryLimit?: number;
  /** Calls at the same time before MsgCode 14. Default: no limit. */
  readonly maxParallel?: number;
  /** Only `auditor` may audit and take an audit back. Default true. */
  readonly separateDuties?: boolean;
  /** Push joins orders of one customer in one call. Default false. */
  readonly joinPushed?: boolean;
  /** Whether a delivery moves FModifyDate of its order. Default true. */
  readonly touchOrders?: boolean;
  readonly textualAnswers?: boolean;
  readonly partialIsSuccess?: boolean;
  /** Users the third-party application may not sign in as. */
  readonly barred?: readonly string[];
}

export interface MaterialSeed {
  readonly number: string;
  readonly name: string;
  /** Unit code; default Pcs. */
  readonly unit?: string;
  readonly barcode?: string;
  readonly specification?: string;
  readonly group?: string;
  readonly forbidden?: boolean;
  /** Modification time, ms. Default now. */
  readonly modified?: number;
}
export interface NamedSeed {
  readonly number: string;
  readonly name: string;
  readonly modified?: number;
}
export interface StockSeed {
  readonly material: string;
  readonly stock: string;
  readonly quantity: string;
  readonly status?: string;
  readonly lot?: string;
}

export interface KingdeeSimulator extends ErpSimulator {
  seedMaterials(materials: readonly MaterialSeed[]): void;
  seedCustomers(customers: readonly NamedSeed[]): void;
  /** Warehouses. The first one is where pushed lines start. */
  seedStocks(stocks: readonly NamedSeed[]): void;
  /** Adds to what is on hand. */
  seedInventory(rows: readonly StockSeed[]): void;
  /** Somebody counts or moves goods in the ERP; `delta` is signed. */
  adjustInventory(material: string, stock: string, delta: string): void;
  /** All bills of a form as plain objects, in the order they were made. */
  bills(form: string): JsonObject[];
  bill(form: string, number: string): JsonObject | undefined;
  inventory(): { material: string; stock: string; status: string; lot: string; quantity: string }[];
  /** `<operation> <form>` → calls. */
  readonly callsByForm: ReadonlyMap<string, number>;
  totalCalls(): number;
  /** Logins asked for, of one user or of all. */
  logins(user?: string): number;
  expireSessions(): void;
  /** Stock bills dated on or before this day (yyyy-MM-dd) are refused; empty opens the books. */
  closeBooks(until: string): void;
  /** Somebody does a step in the client: Submit, Audit, UnAudit … Throws what the client would say against it. */
  byHand(operation: string, form: string, number: string): void;
  /** Somebody pushes an order in the client; answers the number of the bill it becomes. */
  pushByHand(order: string): string;
  /** A person has the bill open in the client, or closes it again. */
  lock(number: string, locked: boolean): void;
  /** The user's data permissions hide everything: queries answer with no rows. */
  hideData(hidden: boolean): void;
}

const acctId = '6571a2b3c4d5e6';
const appId = '240101_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4';
const appSecret = 'simulated-app-secret';
const users = { maker: 'maker-password', auditor: 'auditor-password' };
const route = /^\/k3cloud\/[\w.]*?(\w+)\.common\.kdsvc$/i;

export function createSimulator(options: SimulatorOptions = {}): KingdeeSimulator {
  const now = options.now ?? Date.now;
  const queryLimit = options.queryLimit ?? 2000;
  const store = new Store(now);
  const barred = options.barred ?? [];
  const idleMs = (options.idleSeconds ?? 1200) * 1000;
  const strictness = options.strictness ?? 'onprem';
  const auth = new Auth({ acctId, appId, appSecret, users, barred, idleMs, strictness, now });
  const style: AnswerStyle = {
    textual: options.textualAnswers ?? false,
    partialIsSuccess: options.partialIsSuccess ?? false,
  };
  const faults = new Faults();
  const calls = new Map<string, number>();
  const callsByForm = new Map<string, number>();
  const app = new Hono();
  let running = 0;
  let hidden = false;
  let defaultStock = '';

  const operationOf = (context: Context): string => route.exec(context.req.path)?.[1] ?? context.req.path;
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.post('*', async (context) => {
    const service = route.exec(context.req.path)?.[1];
    if (!service) return context.text('Not Found', 404);
    running++;
    try {
      return await answer(context, service);
    } finally {
      running--;
    }
  });

  async function answer(context: Context, service: string): Promise<Response> {
    const isQuery = service === 'ExecuteBillQuery' || service === 'BillQuery';
    try {
      const text = await context.req.text();
      if (['ValidateUser', 'LoginByAppSecret', 'LoginBySign'].includes(service))
        return signIn(context, service, text);
      const { user, session } = auth.user(context.req.raw.headers, context.req.url);
      if (session) setCookies(context, session);
      if (options.maxParallel !== undefined && running > options.maxParallel)
        throw new CallRefused(14, '调用限制');
      const call = readCall(service, text, context.req.header('content-type') ?? '');
      const name = `${service} ${call.form}`;
      callsByForm.set(name, (callsByForm.get(name) ?? 0) + 1);
      return context.json(run(service, call, user));
    } catch (error) {
      if (error instanceof HttpRefusal) {
        const body = typeof error.body === 'string' ? error.body : JSON.stringify(error.body);
        return new Response(body, { status: error.status });
      }
      if (!(error instanceof CallRefused)) throw error;
      // A failed signature still sets a cookie, and it is of no use.
      if (error.code === 1) setCookies(context, '');
      return context.json(refusal(error.code, error.message, isQuery));
    }
  }

  function signIn(context: Context, service: string, text: string): Response {
    const { answer: login, session } = auth.login(service, loginParameters(service, parsed(text)));
    if (session) setCookies(context, session);
    return context.json(login);
  }

  function run(service: string, call: Call, user: string): Json {
    if (service === 'ExecuteBillQuery') return hidden ? [] : runQuery(store, call.data, queryLimit);
    const table = store.tables.get(call.form);
    if (!table) throw new CallRefused(4, `业务对象${call.form}不存在`);
    if (service === 'Save' || service === 'BatchSave' || service === 'Draft')
      return save(service, table, call.data, user);
    if (service === 'Push') return push(table, call.data, user);
    if (/^Exe?cuteOperation$/i.test(service)) return operate(call.operation ?? '', table, call.data, user);
    if (steps[service]) return operate(service, table, call.data, user);
    throw new CallRefused(4, `服务${service}不存在`);
  }

  function save(service: string, table: Table, data: JsonObject, user: string): Json {
    const models = (Array.isArray(data.Model) ? (data.Model as readonly Json[]) : [data.Model ?? {}]).filter(
      isJsonObject,
    );
    const saveOptions = {
      deleteEntries: textOf(data.IsDeleteEntry).toLowerCase() !== 'false',
      onlyFields: new Set(list(data.NeedUpDateFields)),
      returnFields: list(data.NeedReturnFields),
      user,
      draft: service === 'Draft',
    };
    const results = models.map((model, at) => saveOne(store, table, model, at, saveOptions));
    const successes = results.flatMap((one) => ('id' in one ? [one] : []));
    const answered = writeAnswer(
      successes,
      results.flatMap((one) => ('id' in one ? [] : [one])),
      style,
    );
    const only = successes[0];
    if (service === 'BatchSave' || !only || !isJsonObject(answered.Result)) return answered;
    return { Result: { ...answered.Result, Id: only.id, Number: only.number } };
  }

  function operate(operation: string, table: Table, data: JsonObject, user: string): Json {
    if (/^(Un)?Audit$/.test(operation) && (options.separateDuties ?? true) && user !== 'auditor') {
      throw new CallRefused(2, `您没有${table.spec.title}的审核权限`);
    }
    const { names, byId } = named(data);
    const allowNegative = textOf(data.InterationFlags).includes('STK_InvCheckResult');
    const flow = { allowNegative, touchOrders: options.touchOrders ?? true };
    const { successes, problems } = runStep(store, table, operation, names, byId, flow);
    return { Result: { ResponseStatus: statusBlock(successes, problems, style) } };
  }

  function push(table: Table, data: JsonObject, user: string): Json {
    if (table.spec.id !== 'SAL_SaleOrder' || textOf(data.TargetFormId) !== 'SAL_OUTSTOCK') {
      throw new CallRefused(4, '没有可用的单据转换规则');
    }
    const { names, byId } = named(data);
    const orders = names.map((name) => ({
      name,
      bill: byId ? table.byId.get(Number(name)) : table.byNumber.get(name),
    }));
    const rules = { joinByCustomer: options.joinPushed ?? false, defaultStock, user };
    const { successes, problems } = pushOrders(store, orders, rules);
    const converted = statusBlock(successes, problems, style);
    return {
      Result: { ResponseStatus: statusBlock(successes, [], style), ConvertResponseStatus: converted },
    };
  }

  function plain(table: Table, bill: Bill): JsonObject {
    const { spec } = table;
    return {
      [spec.key]: bill.id,
      [spec.number]: bill.number,
      FDocumentStatus: bill.status,
      FCloseStatus: bill.closed ? 'B' : 'A',
      FCancelStatus: bill.cancelled ? 'B' : 'A',
      FModifyDate: timeText(bill.modified),
      FCreatorId: { FName: bill.creator },
      ...bill.fields,
      ...(spec.entry
        ? { [spec.entry.key]: bill.entries.map((entry) => ({ FEntryID: entry.id, ...entry.fields })) }
        : {}),
    };
  }

  const bills = (form: string): JsonObject[] =>
    [...store.table(form).byId.values()].map((bill) => plain(store.table(form), bill));

  return {
    app,
    faults,
    calls,
    callsByForm,
    connectionFor(baseUrl) {
      const config = {
        ...{ serverUrl: `${baseUrl}/k3cloud/`, acctId, lcid: 2052, orgNum: '100', appId, queryLimit },
        auth: options.auth ?? 'LoginBySign',
        ...{ pushBatchSize: options.joinPushed ? 1 : 50, overlapSeconds: 5, fullEveryPolls: 60 },
        ...{ allowNegativeStock: true, limits: { concurrent: 16 } },
      };
      const credential = (username: keyof typeof users) => ({
        username,
        password: users[username],
        appSecret,
      });
      return { config, secrets: { default: credential('maker'), auditor: credential('auditor') } };
    },
    // Kingdee has no webhooks: there is nothing to send.
    notifyAt: () => {},
    async stop() {},
    seedMaterials(materials) {
      for (const one of materials) {
        const fields = {
          ...{
            FName: one.name,
            FBaseUnitId: { FNumber: one.unit ?? 'Pcs' },
            FCreateOrgId: { FNumber: '100' },
          },
          ...{ FBARCODE: one.barcode ?? '', FSpecification: one.specification ?? '' },
          ...{ FForbidStatus: one.forbidden ? 'B' : 'A', FMaterialGroup: { FNumber: one.group ?? '' } },
        };
        store.createBase('BD_MATERIAL', one.number, fields, one.modified);
      }
    },
    seedCustomers(customers) {
      for (const { number, name, modified } of customers) {
        store.createBase('BD_Customer', number, { FName: name, FCreateOrgId: { FNumber: '100' } }, modified);
      }
    },
    seedStocks(stocks) {
      defaultStock ||= stocks[0]?.number ?? '';
      for (const { number, name, modified } of stocks)
        store.createBase('BD_STOCK', number, { FName: name }, modified);
    },
    seedInventory(rows) {
      for (const { material, stock, quantity, status = goodStatus, lot = '' } of rows) {
        store.changeStock({ material, stock, status, lot }, new Decimal(quantity));
      }
    },
    adjustInventory(material, stock, delta) {
      store.changeStock({ material, stock, status: goodStatus, lot: '' }, new Decimal(delta));
    },
    bills,
    books: () => booksOf(bills),
    bill(form, number) {
      const found = store.table(form).byNumber.get(number);
      return found ? plain(store.table(form), found) : undefined;
    },
    inventory: () =>
      [...store.table('STK_Inventory').byId.values()].map(({ fields }) => ({
        ...{
          material: codeIn(fields.FMaterialId),
          stock: codeIn(fields.FStockId),
          status: codeIn(fields.FStockStatusId),
        },
        ...{ lot: codeIn(fields.FLot), quantity: textOf(fields.FBaseQty) },
      })),
    totalCalls: () => [...calls.values()].reduce((total, count) => total + count, 0),
    logins: (user) =>
      user === undefined
        ? [...auth.logins.values()].reduce((total, count) => total + count, 0)
        : (auth.logins.get(user) ?? 0),
    expireSessions: () => auth.expireAll(),
    closeBooks(until) {
      store.closedUntil = until;
    },
    byHand(operation, form, number) {
      const flow = { allowNegative: true, touchOrders: options.touchOrders ?? true };
      const { problems } = runStep(store, store.table(form), operation, [number], false, flow);
      if (problems[0]) throw new Error(problems[0].message);
    },
    pushByHand(order) {
      const bill = store.table('SAL_SaleOrder').byNumber.get(order);
      const { successes, problems } = pushOrders(store, [{ name: order, bill }], {
        joinByCustomer: false,
        defaultStock,
        user: 'clerk',
      });
      if (problems[0]) throw new Error(problems[0].message);
      return successes[0]?.number ?? '';
    },
    lock(number, locked) {
      if (locked) store.locked.add(number);
      else store.locked.delete(number);
    },
    hideData(value) {
      hidden = value;
    },
  };
}

/** Numbers as a list, or Ids as one comma-joined text. */
function named(data: JsonObject): { names: string[]; byId: boolean } {
  const numbers = list(data.Numbers);
  if (numbers.length > 0) return { names: numbers, byId: false };
  return {
    names: textOf(data.Ids)
      .split(',')
      .filter((id) => id !== ''),
    byId: true,
  };
}

function list(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map((one: Json) => textOf(one)) : [];
}

function setCookies(context: Context, session: string): void {
  context.header('set-cookie', `kdservice-sessionid=${session}; path=/`, { append: true });
  context.header('set-cookie', `ASP.NET_SessionId=${session.slice(0, 8)}; path=/; HttpOnly`, {
    append: true,
  });
}
