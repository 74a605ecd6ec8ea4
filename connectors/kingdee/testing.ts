/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { ConnectorSession, JsonObject, WriteItem } from '../kit/index.ts';
import { existing, objectOf, type Started, signal, startAgainst } from '../kit/testing.ts';
import kingdee from './index.ts';
import { createSimulator, type KingdeeSimulator, type SimulatorOptions } from './simulator/index.ts';

export type Running = Started<KingdeeSimulator>;

/** Starts a simulator with ten materials, two customers and two warehouses. `config` is laid over the simulator's. */
export function start(
  options: SimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  const simulator = createSimulator({ now, ...options });
  const materials = Array.from({ length: 10 }, (_none, at) => ({ number: `M0${at}`, name: `物料${at}` }));
  simulator.seedMaterials(materials);
  simulator.seedMaterials([{ number: 'FREIGHT', name: '运费' }]);
  simulator.seedCustomers([
    { number: 'CUST-WEB', name: '网店客户' },
    { number: 'CUST-S01', name: '一号店' },
  ]);
  simulator.seedStocks([
    { number: 'CK01', name: '总仓' },
    { number: 'CK02', name: '一号店仓' },
  ]);
  simulator.seedInventory(materials.map((one) => ({ material: one.number, stock: 'CK01', quantity: '100' })));
  return startAgainst(kingdee, simulator, { connection: 'erp', config, now });
}

/** An order of a web shop: `lines` as `[material, quantity, price]`. */
export function orderItem(key: string, lines: readonly (readonly [string, string, string])[]): WriteItem {
  return {
    key,
    body: {
      FSaleOrderEntry: lines.map(([material, quantity, price], at) => ({
        _key: `L${at + 1}`,
        FRowType: material === 'FREIGHT' ? 'Service' : 'Standard',
        FMaterialId: { FNumber: material },
        FQty: quantity,
        FTaxPrice: price,
        FEntryTaxRate: '13',
        FIsFree: price === '0',
      })),
      FBillTypeID: { FNUMBER: 'XSDD01_SYS' },
      FBillNo: key,
      FDate: '2026-03-01 10:00:00',
      FSaleOrgId: { FNumber: '100' },
      FCustId: { FNumber: 'CUST-WEB' },
      FSaleOrderFinance: { FSettleCurrId: { FNumber: 'PRE001' }, FIsIncludedTax: true },
    },
  };
}

/** Saves, submits and audits orders; answers with the items as they then stand. */
export async function approvedOrders(
  session: ConnectorSession,
  items: readonly WriteItem[],
): Promise<WriteItem[]> {
  const orders = objectOf(session, 'SAL_SaleOrder');
  const saved = await orders.write({ step: 'save', items, signal });
  const known = items.map((item, at) => existing(item, saved[at]));
  await orders.write({ step: 'submit', items: known, signal });
  const audited = await orders.write({ step: 'audit', as: 'auditor', items: known, signal });
  return known.map((item, at) => existing(item, audited[at]));
}

/** A shipment pushed from an order: `lines` as `[material, quantity]`. */
export function shipmentItem(
  key: string,
  order: WriteItem,
  lines: readonly (readonly [string, string])[],
): WriteItem {
  return {
    key,
    parent: {
      object: 'SAL_SaleOrder',
      remoteId: order.remoteId ?? '',
      remoteNumber: order.remoteNumber ?? '',
    },
    body: {
      FBillNo: key,
      FDate: '2026-03-02 09:00:00',
      FCarriageNO: `SF${key}`,
      FEntity: lines.map(([material, quantity], at) => ({
        _key: `S${at + 1}`,
        FMaterialID: { FNumber: material },
        FRealQty: quantity,
        FStockID: { FNumber: 'CK01' },
      })),
    },
  };
}
