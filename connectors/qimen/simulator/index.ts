import { type Context, Hono } from 'hono';
import {
  buildXml,
  countCalls,
  Faults,
  faultMiddleware,
  fromChinaTime,
  type JsonObject,
  parseXml,
  type Simulator,
  UnreadableError,
} from '../../kit/index.ts';
import { signMethodOf, verifySign } from '../signature.ts';
import { isObject, listElements } from '../xml.ts';
import { createCallbacks } from './callbacks.ts';
import { planSteps, type Step } from './lifecycle.ts';
import { type CallbackQuirks, calmQuirks, type GatewayFault, type SimulatorOptions } from './options.ts';
import type { SimulatedItem, SimulatedOrder } from './state.ts';
import { createWarehouse, failure } from './warehouse.ts';

export type { CallbackQuirks, GatewayFault, SimulatorOptions } from './options.ts';
export type { SimulatedItem, SimulatedOrder } from './state.ts';

export interface QimenSimulator extends Simulator {
  /** Makes items known. Before the first one every item code is taken; afterwards unknown ones are refused. */
  seedItems(items: readonly SimulatedItem[]): void;
  /** Every order created, oldest first. */
  orders(): readonly SimulatedOrder[];
  order(code: string): SimulatedOrder | undefined;
  /** Calls received per method, without prefix. */
  callsByMethod(): Readonly<Record<string, number>>;
  /** Changeable at any time. */
  readonly quirks: CallbackQuirks;
  /** Every n-th callback is sent twice as it is; 0: never. */
  duplicateEvery(every: number): void;
  /** The next `count` calls (of `method`, when given) meet this trouble at the gateway. */
  gatewayFault(count: number, kind: GatewayFault, method?: string): void;
  /** Takes an order through all steps left; for simulators with `lifecycle: false`. */
  advance(code: string): void;
  /** What happened to callbacks so far; every attempt counts. */
  callbacks(): {
    readonly sent: number;
    readonly acknowledged: number;
    readonly refused: number;
    readonly givenUp: number;
  };
  /** Resolves when every order has gone its way and every callback is acknowledged or given up. */
  idle(): Promise<void>;
}

const path = '/router/qimen/service';

/** Gateway and warehouse in one, over memory. */
export function createSimulator(options: SimulatorOptions = {}): QimenSimulator {
  const now = options.now ?? Date.now;
  const gateway = (options.mode ?? 'gateway') === 'gateway';
  const account = {
    appKey: options.appKey ?? '12345678',
    appSecret: options.appSecret ?? 'test_secret',
    customerId: options.customerId ?? 'c1001',
  };
  const calls = new Map<string, number>();
  const faults = new Faults();
  const troubles: { kind: GatewayFault; method: string | undefined; left: number }[] = [];
  const quirks = calmQuirks();
  const callbacks = createCallbacks({
    ...account,
    now,
    quirks,
    resendAfterMs: options.resendAfterMs ?? [20, 100, 500, 1000, 2000],
  });
  const counter = { confirms: 0 };
  const plans = new Map<string, Step[]>();
  const timers = new Set<NodeJS.Timeout>();
  const settled: (() => void)[] = [];
  let notifying = false;
  let stopped = false;

  const warehouse = createWarehouse(options, now, (order) => {
    const steps = [...planSteps(order, options, quirks, counter)];
    plans.set(order.code, quirks.outOfOrder ? steps.reverse() : steps);
    if (options.lifecycle !== false && notifying) later(order.code);
  });

  /** After the answer is on its way: at once, or step by step with pauses. */
  function later(code: string): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (options.stepDelayMs === undefined || options.stepDelayMs === 0) advance(code);
      else {
        runStep(code);
        if (plans.has(code) && !stopped) later(code);
      }
      if (timers.size === 0) for (const resolve of settled.splice(0)) resolve();
    }, options.stepDelayMs ?? 0);
    timers.add(timer);
  }

  function runStep(code: string): void {
    const steps = plans.get(code);
    const step = steps?.shift();
    if (steps === undefined || steps.length === 0) plans.delete(code);
    for (const callback of step?.() ?? []) callbacks.send(callback);
  }

  function advance(code: string): void {
    while (plans.has(code)) runStep(code);
  }

  function trouble(method: string): GatewayFault | undefined {
    const found = troubles.find((one) => one.left > 0 && (one.method === undefined || one.method === method));
    if (found === undefined) return undefined;
    found.left--;
    return found.kind;
  }

  /** What is wrong with the call itself, before the warehouse sees it. */
  function refusal(params: ReadonlyMap<string, string>, body: Uint8Array): JsonObject | undefined {
    const missing = ['method', 'timestamp', 'app_key', 'sign', 'customerId'].find(
      (name) => !params.get(name),
    );
    if (missing !== undefined) return gateway ? platform('TOP60', `Missing parameter: ${missing}`) : illegal;
    const who = `customerId is ${params.get('customerId')}, fromAppkey is ${params.get('app_key')}`;
    const paired =
      params.get('app_key') === account.appKey && params.get('customerId') === account.customerId;
    if (!paired) return gateway ? platform('TOP60', `qimen internal error, ${who}`) : illegal;
    const given = params.get('sign') ?? '';
    const method = signMethodOf(params);
    if (method === undefined || !verifySign(given, { params, body, secret: account.appSecret, method })) {
      if (!gateway) return illegal;
      return platform('TOP60', `Signature is invalid, ${who}, original signature is ${given}`);
    }
    const toleranceMs = (options.timestampToleranceMinutes ?? 10) * 60_000;
    if (Math.abs(now() - millis(params.get('timestamp') ?? '')) <= toleranceMs) return undefined;
    return gateway
      ? platform('TOP60', 'Invalid timestamp')
      : failure('timestamp-expired', 'Invalid timestamp');
  }

  async function serveCall(context: Context): Promise<Response> {
    const params = new Map(new URL(context.req.url).searchParams);
    const body = new Uint8Array(await context.req.arrayBuffer());
    const refused = refusal(params, body);
    if (refused !== undefined) return xml(context, refused);
    const method = bareMethod(params.get('method') ?? '');
    const kind = trouble(method);
    if (kind === 'connectionRefuse')
      return xml(context, platform('TOP15', 'Remote service error | isp.http-connection-refuse'));
    if (kind === 'internal') return xml(context, platform('TOP1', 'qimen internal error'));
    if (kind === 'emptyBody') return context.body('', 200);
    if (kind === 'badGateway') return context.html('<html><body>502 Bad Gateway</body></html>', 502);
    if (kind === 'busy') return xml(context, failure('E999', '系统繁忙,请稍后再试'));
    const request = requestOf(body);
    if (request === undefined)
      return xml(
        context,
        gateway ? platform('TOP60', 'qimen.request-convert-error') : failure('E000', '报文无法解析'),
      );
    const answer = warehouse.handle(method, request);
    if (kind === 'readTimeoutAfterEffect')
      return xml(context, platform('TOP15', 'Remote service error | isp.http-read-timeout'));
    if (kind === 'truncatedAfterEffect') return context.body(buildXml('response', answer).slice(0, 60), 200);
    return xml(context, answer);
  }

  const app = new Hono();
  const operationOf = (context: Context): string => bareMethod(context.req.query('method') ?? '');
  app.use(countCalls(calls, operationOf), faultMiddleware(faults, operationOf));
  app.post('*', serveCall);

  return {
    app,
    faults,
    calls,
    quirks,
    connectionFor: (baseUrl) => ({
      config: {
        url: `${baseUrl}${gateway ? path : '/qimen'}`,
        mode: gateway ? 'gateway' : 'direct',
        customerId: account.customerId,
        appKey: account.appKey,
        warehouseCode: options.warehouseCode ?? 'WH01',
        sender: {
          name: '总仓',
          mobile: '13900000000',
          province: '浙江省',
          city: '杭州市',
          area: '余杭区',
          detailAddress: '仓前街道1号',
        },
      },
      secrets: { appSecret: account.appSecret },
    }),
    notifyAt(webhookUrl) {
      callbacks.notifyAt(webhookUrl);
      notifying = webhookUrl !== undefined;
      // Orders that came before anyone was to be told go their way now.
      if (notifying && options.lifecycle !== false) for (const code of plans.keys()) later(code);
    },
    seedItems(items) {
      for (const item of items) warehouse.items.set(item.itemCode, item);
    },
    orders: () => [...warehouse.orders.values()],
    order: (code) => warehouse.orders.get(code),
    callsByMethod: () => Object.fromEntries(calls),
    duplicateEvery(every) {
      callbacks.duplicateEvery = every;
    },
    gatewayFault(count, kind, method) {
      troubles.push({ kind, method, left: count });
    },
    advance,
    callbacks: () => callbacks.counts,
    async idle() {
      if (timers.size > 0) await new Promise<void>((resolve) => settled.push(resolve));
      await callbacks.idle();
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const resolve of settled.splice(0)) resolve();
      await callbacks.stop();
    },
  };
}

const illegal = failure('sign-check-failure', 'Illegal request');

/** A failure of the platform; the misspelt element is its own. */
function platform(code: string, message: string): JsonObject {
  return { ...failure(code, message), top_reuqest_id: 'sim0000001' };
}

function xml(context: Context, answer: JsonObject): Response {
  return context.body(buildXml('response', answer), 200, { 'content-type': 'text/xml;charset=utf-8' });
}

function bareMethod(method: string): string {
  return method.startsWith('taobao.qimen.') ? method.slice('taobao.qimen.'.length) : method;
}

function requestOf(body: Uint8Array): JsonObject | undefined {
  try {
    const request = parseXml(body, { arrays: listElements }).request;
    return isObject(request) ? request : undefined;
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

function millis(timestamp: string): number {
  try {
    return Date.parse(fromChinaTime(timestamp));
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN;
    throw error;
  }
}
