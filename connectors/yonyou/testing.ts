/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { ConnectorSession, JsonObject, WriteItem } from '../kit/index.ts';
import { existing, objectOf, type Started, signal, startAgainst } from '../kit/testing.ts';
import yonyou from './index.ts';
import { createSimulator, type SimulatorOptions, type YonyouSimulator } from './simulator/index.ts';

export type Running = Started<YonyouSimulator>;

/** Starts a simulator with ten products, two customers and two warehouses. `config` is laid over the simulator's. */
export function start(
  options: SimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  const simulator = createSimulator({ now, callsPerMinute: Number.POSITIVE_INFINITY, ...options });
  const materials = Array.from({ length: 10 }, (_none, at) => ({ number: `M0${at}`, name: `物料${at}` }));
  simulator.seedMaterials([...materials, { number: 'FREIGHT', name: '运费', service: true }]);
  simulator.seedCustomers([
    { number: 'CUST-WEB', name: '网店客户' },
    { number: 'CUST-S01', name: '一号店' },
  ]);
  simulator.seedStocks([
    { number: 'CK01', name: '总仓' },
    { number: 'CK02', name: '一号店仓' },
  ]);
  simulator.seedInventory(materials.map((one) => ({ material: one.number, stock: 'CK01', quantity: '100' })));
  return startAgainst(yonyou, simulator, { connection: 'erp', config, now });
}

/** An order of a web shop: `lines` as `[product, quantity, amount]`. */
export function orderItem(key: string, lines: readonly (readonly [string, string, string])[]): WriteItem {
  return {
    key,
    body: {
      code: key,
      vouchdate: '2026-03-01 10:00:00',
      salesOrgId: '100',
      transactionTypeId: 'SO-01',
      agentId: 'CUST-WEB',
      settlementOrgId: '100',
      invoiceAgentId: 'CUST-WEB',
      orderPrices: {
        ...{ currency: 'CNY', natCurrency: 'CNY', exchRate: '1', exchangeRateType: '01', taxInclusive: true },
      },
      orderDetails: lines.map(([productId, qty, oriSum], at) => ({
        ...{ _key: `L${at + 1}`, productId, qty, oriSum, stockOrgId: '100', settlementOrgId: '100' },
      })),
    },
  };
}

/** Saves, submits and audits orders; answers with the items as they then stand. */
export async function approvedOrders(
  session: ConnectorSession,
  items: readonly WriteItem[],
): Promise<WriteItem[]> {
  const orders = objectOf(session, 'voucherorder');
  const saved = await orders.write({ step: 'save', items, signal });
  const known = items.map((item, at) => existing(item, saved[at]));
  await orders.write({ step: 'submit', items: known, signal });
  const audited = await orders.write({ step: 'audit', items: known, signal });
  return known.map((item, at) => existing(item, audited[at]));
}

/** A shipment of an order: `lines` as `[product, quantity]`. */
export function shipmentItem(
  key: string,
  order: WriteItem,
  lines: readonly (readonly [string, string])[],
): WriteItem {
  return {
    key,
    parent: {
      object: 'voucherorder',
      remoteId: order.remoteId ?? '',
      remoteNumber: order.remoteNumber ?? '',
    },
    body: {
      ...{ code: key, vouchdate: '2026-03-02 09:00:00', bustype: 'A30001', warehouse: 'CK01' },
      ...{ receiveAccountingBasis: 'st_salesout', salesoutAccountingMethod: 'salesoutConfirm' },
      details: lines.map(([product, qty], at) => ({ _key: `S${at + 1}`, product, qty })),
    },
  };
}
