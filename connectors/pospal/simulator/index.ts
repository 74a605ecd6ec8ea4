import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import {
  countCalls,
  Faults,
  faultMiddleware,
  fromChinaTime,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
  type Simulator,
  WebhookSender,
} from '../../kit/index.ts';
import {
  type AccountState,
  admit,
  makeAccounts,
  type Push,
  type SignedPush,
  signPush,
  spend,
} from './accounts.ts';
import { type Desk, endpoints } from './endpoints.ts';
import type { CustomerInput, OrderInput, ProductInput, SimulatedAccount, TicketInput } from './inputs.ts';
import { type Row, StoreError } from './store.ts';

export type {
  CustomerInput,
  ItemInput,
  OrderInput,
  ProductInput,
  SimulatedAccount,
  TicketInput,
} from './inputs.ts';

export interface PospalSimulatorOptions {
  /** Default: WEB (online) and the stores S01 and S02. */
  readonly accounts?: readonly SimulatedAccount[];
  /** Rows per page. Default 100, the vendor's. */
  readonly pageSize?: number;
  /** Calls per account and day in China. Default 300, a free account's; Infinity: none. */
  readonly dailyQuota?: number;
  /** Calls per account and minute. Default: none, no limit is known. */
  readonly perMinute?: number;
  /** Pauses before a push is sent again, ms. How often the vendor does so is not known. */
  readonly resendAfterMs?: readonly number[];
  /** What a push about an order carries. Default hint. */
  readonly orderPush?: 'hint' | 'full';
  /** What is pushed for a return. Default both: the vendor sends ticket.new for returns too. */
  readonly returnPush?: 'ticket.new' | 'ticket.reverse' | 'both';
  /** Answer about something unknown: an error, or success without data. The real shape is not known. */
  readonly unknownAnswers?: 'error' | 'empty';
  readonly now?: () => number;
}

export interface PospalSimulator extends Simulator {
  readonly pushes: Pick<WebhookSender<never>, 'idle' | 'counts' | 'duplicateEvery' | 'reorderWithin'>;
  /** The next n pushes carry a wrong signature. */
  forgePushes(count: number): void;
  /** A push as the vendor would send it now: for tests of the receiver. */
  signedPush(account: string, cmd: string, payload: JsonObject | string, timestamp?: number): SignedPush;
  seedProducts(account: string, products: readonly ProductInput[]): readonly string[];
  seedCustomers(account: string, customers: readonly CustomerInput[]): readonly string[];
  /** Takes goods off the books; nothing is pushed, and the API neither deletes nor tells it. */
  deleteProduct(account: string, uid: string): void;
  /** Answers the order number. */
  placeOrder(account: string, order: OrderInput): string;
  /** Changes an order as a till would (sync, cancel, …) and pushes order.edit. */
  changeOrder(
    account: string,
    orderNo: string,
    changes: { state?: 0 | 1 | 2 | 3 | 4; contactAddress?: string },
  ): void;
  /** Answers the serial number. */
  sellTicket(account: string, ticket: TicketInput): string;
  /** Takes goods back; without input everything of the ticket `sn`. Answers the serial number of the return. */
  returnTicket(account: string, sn: string, input?: Partial<TicketInput>): string;
  /** Read-outs, ids as text. */
  orders(account: string): readonly JsonObject[];
  products(account: string): readonly JsonObject[];
  customers(account: string): readonly JsonObject[];
  tickets(account: string): readonly JsonObject[];
  callsByOperation(): Readonly<Record<string, number>>;
  /** Calls counted against today's quota. */
  quotaUsed(account: string): number;
}

/** Pospal over memory: both bases and signatures, areas, quota, windows, paging, order states, signed pushes. */
export function createSimulator(options: PospalSimulatorOptions = {}): PospalSimulator {
  const { pageSize = 100, dailyQuota = 300, perMinute = Number.POSITIVE_INFINITY, now = Date.now } = options;
  const accounts = makeAccounts(
    options.accounts ?? [{ name: 'WEB', online: true }, { name: 'S01' }, { name: 'S02' }],
    now,
  );
  const byAppId = new Map([...accounts.values()].map((state) => [state.appId, state]));
  const faults = new Faults();
  const calls = new Map<string, number>();
  let forged = 0;
  const pushes = new WebhookSender<Push>({
    prepare: (push, target) => ({ url: push.account.store.pushUrl ?? target, ...signed(push, now()) }),
    acknowledged: (response) => response.status === 200 && response.body.trim() === 'SUCCESS',
    ...(options.resendAfterMs === undefined ? {} : { resendAfterMs: options.resendAfterMs }),
  });

  function signed(push: Push, timestamp: number): SignedPush {
    const wrong = forged > 0;
    if (wrong) forged -= 1;
    return signPush(push, timestamp, wrong);
  }

  function account(name: string): AccountState {
    const found = accounts.get(name);
    if (found === undefined) throw new Error(`The simulator has no account ${name}.`);
    return found;
  }

  function pushOrder(state: AccountState, cmd: string, row: Row): void {
    const payload = options.orderPush === 'full' ? row.json : { orderNo: row.text('orderNo') };
    pushes.send({ account: state, cmd, payload, bornAt: now() });
  }

  function pushTicket(state: AccountState, row: Row): void {
    const isReturn = row.text('ticketType') === 'SELL_RETURN';
    const told = options.returnPush ?? 'both';
    const commands = !isReturn ? ['ticket.new'] : told === 'both' ? ['ticket.new', 'ticket.reverse'] : [told];
    const bornAt = Date.parse(fromChinaTime(row.text('datetime')));
    const payload = { sn: row.text('sn'), customerUid: row.text('customerUid'), customerPointGaintLogs: [] };
    for (const cmd of commands) pushes.send({ account: state, cmd, payload, bornAt });
  }

  function book(state: AccountState, input: TicketInput, type: 'SELL' | 'SELL_RETURN'): string {
    const row = state.store.addTicket(input, type);
    if (input.push !== false) pushTicket(state, row);
    return row.text('sn');
  }

  function deskOf(state: AccountState, operation: string): Desk {
    return {
      pageSize,
      used: state.used,
      quota: dailyQuota,
      unknownAnswers: options.unknownAnswers ?? 'error',
      halve: () => faults.take('halfPage', operation),
      ticketFor: (order) => {
        const items: readonly unknown[] = Array.isArray(order.fields.items) ? order.fields.items : [];
        book(state, { items: items.map(itemOf), totalAmount: order.text('totalAmount') }, 'SELL');
      },
      orderPlaced: (order) => pushOrder(state, 'order.new', order),
      pushUrlChanged: (url) => pushes.notifyAt(url),
    };
  }

  async function answer(context: Context, version: 'v1' | 'v2'): Promise<Response> {
    const operation = operationOf(context);
    const endpoint = endpoints[operation];
    if (endpoint === undefined || (version === 'v2' && !operation.startsWith('orderOpenApi/')))
      return context.notFound();
    const text = await context.req.text();
    let told: string;
    try {
      const body = jsonObject(parseJson(text));
      const state = admit(byAppId, { context, version, text, body, now: now() });
      spend(state, { now: now(), perDay: dailyQuota, perMinute });
      const data = endpoint(state.store, body, deskOf(state, operation));
      told = data === undefined ? '{"status":"success"}' : `{"status":"success","data":${data}}`;
    } catch (error) {
      const { errorCode, message } =
        error instanceof StoreError ? error : { errorCode: 9999, message: '参数错误：请求不是JSON' };
      told = JSON.stringify({ status: 'error', messages: [message], errorCode });
    }
    const zip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    const headers = {
      'content-type': 'application/json;charset=UTF-8',
      ...(zip ? { 'content-encoding': 'gzip' } : {}),
    };
    return context.body(zip ? new Uint8Array(gzipSync(told, { level: 1 })) : told, 200, headers);
  }

  const app = new Hono();
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.post('/:host{area[0-9]+}/pospal-api2/openapi/v1/:module/:method', (context) => answer(context, 'v1'));
  app.post('/:host{openapi[0-9]+}/openinterface/:module/:method', (context) => answer(context, 'v2'));

  return {
    app,
    faults,
    calls,
    pushes,
    connectionFor: (baseUrl) => ({
      config: {
        accounts: Object.fromEntries(
          [...accounts.values()].map((state) => [
            state.name,
            {
              appId: state.appId,
              baseUrl: `${baseUrl}/area${state.area}/pospal-api2/openapi/v1/`,
              baseUrlV2: `${baseUrl}/openapi${state.area}/openinterface/`,
              storeCode: state.storeCode,
              online: state.online,
            },
          ]),
        ),
        shipOrderTracking: { carrierField: 'expressCompany', numberField: 'expressNo' },
      },
      secrets: {
        appKeys: Object.fromEntries([...accounts.values()].map((state) => [state.name, state.appKey])),
      },
    }),
    notifyAt: (url) => pushes.notifyAt(url),
    forgePushes: (count) => {
      forged += count;
    },
    signedPush: (name, cmd, payload, timestamp = now()) =>
      signed({ account: account(name), cmd, payload, bornAt: timestamp }, timestamp),
    stop: () => pushes.stop(),
    seedProducts: (name, products) =>
      products.map((product) => account(name).store.addProduct(product).text('uid')),
    seedCustomers: (name, customers) =>
      customers.map((customer) => account(name).store.addCustomer(customer).text('customerUid')),
    deleteProduct: (name, uid) => account(name).store.deleteProduct(uid),
    placeOrder(name, order) {
      const row = account(name).store.addOrder(order);
      if (order.push !== false) pushOrder(account(name), 'order.new', row);
      return row.text('orderNo');
    },
    changeOrder(name, orderNo, changes) {
      const row = account(name).store.orderByNo.get(orderNo);
      if (row === undefined) throw new Error(`Account ${name} has no order ${orderNo}.`);
      row.set(changes);
      pushOrder(account(name), 'order.edit', row);
    },
    sellTicket: (name, ticket) => book(account(name), ticket, 'SELL'),
    returnTicket(name, sn, input) {
      const sold = account(name).store.ticketBySn.get(sn);
      const items = input?.items ?? (Array.isArray(sold?.fields.items) ? sold.fields.items.map(itemOf) : []);
      const total = input?.items === undefined ? { totalAmount: sold?.text('totalAmount') ?? '0' } : {};
      const customer = sold === undefined ? {} : { customerUid: sold.text('customerUid') };
      return book(account(name), { ...total, ...customer, ...input, items }, 'SELL_RETURN');
    },
    orders: (name) => account(name).store.orders.map(readOut),
    products: (name) => account(name).store.products.map(readOut),
    customers: (name) => account(name).store.customers.map(readOut),
    tickets: (name) => account(name).store.tickets.map(readOut),
    callsByOperation: () => Object.fromEntries(calls),
    quotaUsed: (name) => account(name).used,
  };
}

function operationOf(context: Context): string {
  return context.req.path.split('/').slice(-2).join('/');
}

/** What was read of a row before; read-outs are asked for again and again while a job runs. */
const readings = new WeakMap<Row, { readonly json: string; readonly value: JsonObject }>();

function readOut(row: Row): JsonObject {
  const { json } = row;
  const known = readings.get(row);
  if (known?.json === json) return known.value;
  const value = jsonObject(parseJson(json));
  readings.set(row, { json, value });
  return value;
}

/** A stored line as the input of another ticket. */
function itemOf(item: unknown): {
  productUid: string;
  quantity: string;
  price: string;
  totalAmount?: string;
} {
  const told = item as Json;
  const line = isJsonObject(told) ? told : {};
  const text = (name: string): string => String(line[name] ?? '');
  const total = text('totalAmount');
  return {
    productUid: text('productUid'),
    quantity: text('quantity') || text('productQuantity'),
    price: text('sellPrice') || text('productSellPrice'),
    ...(total === '' ? {} : { totalAmount: total }),
  };
}
