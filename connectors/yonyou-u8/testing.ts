/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { JsonObject, WriteItem } from '../kit/index.ts';
import { type Started, startAgainst } from '../kit/testing.ts';
import u8 from './index.ts';
import { createSimulator, type SimulatorOptions, type U8Simulator } from './simulator/index.ts';

export type Running = Started<U8Simulator>;

/** Starts a simulator with ten goods, two customers and two warehouses. `config` is laid over the simulator's. */
export function start(
  options: SimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  const simulator = createSimulator({ now, ...options });
  const materials = Array.from({ length: 10 }, (_none, at) => ({ number: `M0${at}`, name: `存货${at}` }));
  simulator.seedMaterials(materials);
  simulator.seedCustomers([
    { number: 'CUST-WEB', name: '网店客户' },
    { number: 'CUST-S01', name: '一号店' },
  ]);
  simulator.seedStocks([
    { number: 'CK01', name: '总仓' },
    { number: 'CK02', name: '一号店仓' },
  ]);
  simulator.seedInventory(materials.map((one) => ({ material: one.number, stock: 'CK01', quantity: '100' })));
  return startAgainst(u8, simulator, { connection: 'erp', config, now });
}

/** An order of a web shop: `lines` as `[goods, quantity, amount]`. */
export function orderItem(key: string, lines: readonly (readonly [string, string, string])[]): WriteItem {
  return {
    key,
    body: {
      ...{ code: key, date: '2026-03-01', custcode: 'CUST-WEB', deptcode: '01', typecode: '01' },
      businesstype: '普通销售',
      entry: lines.map(([inventorycode, quantity, sum], at) => ({
        ...{ _key: `L${at + 1}`, inventorycode, quantity, sum },
      })),
    },
  };
}
