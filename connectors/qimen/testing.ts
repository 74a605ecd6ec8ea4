/** What the tests of this connector share. */
import type { JsonObject, WebhookRequest, WriteItem } from '../kit/index.ts';
import { type Started, startAgainst } from '../kit/testing.ts';
import qimen from './index.ts';
import { type CallbackSettings, prepare } from './simulator/callbacks.ts';
import { createSimulator, type QimenSimulator, type SimulatorOptions } from './simulator/index.ts';
import type { Callback } from './simulator/lifecycle.ts';
import { type CallbackQuirks, calmQuirks } from './simulator/options.ts';

export type Bench = Started<QimenSimulator>;

/** A simulator on loopback and a session that talks to it. */
export function startBench(options: SimulatorOptions = {}, config: JsonObject = {}): Promise<Bench> {
  const { now = Date.now } = options;
  return startAgainst(qimen, createSimulator(options), { connection: 'wms', config, now });
}

/** A delivery order as the mapping makes it; lines are `itemCode: quantity`. */
export function orderItem(
  code: string,
  lines: Readonly<Record<string, string>> = { 'SKU-1': '2.000' },
): WriteItem {
  return {
    key: code,
    body: {
      deliveryOrder: {
        deliveryOrderCode: code,
        orderType: 'JYCK',
        receiverInfo: {
          name: '张三 & <李四>',
          mobile: '13800000000',
          province: '浙江省',
          city: '杭州市',
          detailAddress: '文一西路969号',
        },
      },
      orderLines: {
        orderLine: Object.entries(lines).map(([itemCode, planQty], at) => ({
          orderLineNo: `L${at + 1}`,
          itemCode,
          planQty,
          actualPrice: '9.90',
        })),
      },
    },
  };
}

const account = { appKey: '12345678', appSecret: 'test_secret', customerId: 'c1001' };

/** A callback as it reaches our door, signed right now, with quirks. */
export function callbackRequest(
  callback: Pick<Callback, 'request'> & { readonly method: string },
  how: Partial<CallbackQuirks> & { readonly now?: Date } = {},
): WebhookRequest {
  const { now: moment, ...quirks } = how;
  const now = moment ?? new Date();
  const settings: CallbackSettings = {
    ...account,
    now: () => now.getTime(),
    quirks: { ...calmQuirks(), ...quirks },
    resendAfterMs: [],
  };
  const { url, headers, body } = prepare(
    settings,
    { orderCode: '', request: callback.request, method: callback.method as Callback['method'] },
    'http://hub/hooks/wms',
  );
  return {
    method: 'POST',
    query: new URL(url).search.slice(1),
    headers: headers ?? {},
    body: typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0)),
    receivedAt: now,
  };
}

/** A confirm of one line; `head` is laid over the deliveryOrder. */
export function confirmOf(
  code: string,
  head: Readonly<Record<string, string>> = {},
  lines: readonly Readonly<Record<string, string>>[] = [{ itemCode: 'SKU-1', actualQty: '2' }],
): Pick<Callback, 'request'> & { readonly method: string } {
  return {
    method: 'deliveryorder.confirm',
    request: {
      deliveryOrder: { deliveryOrderCode: code, warehouseCode: 'WH01', orderType: 'JYCK', ...head },
      packages: {
        package: [
          {
            logisticsCode: 'SF',
            expressCode: 'SF100',
            items: { item: [{ itemCode: 'SKU-1', quantity: '2' }] },
          },
        ],
      },
      orderLines: { orderLine: lines },
    },
  };
}
