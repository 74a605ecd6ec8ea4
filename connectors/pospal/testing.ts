/** A connection to a fresh simulator on loopback, for this connector's tests. */
import { type Started, type StartSettings, startAgainst } from '../kit/testing.ts';
import pospal from './index.ts';
import { createSimulator, type PospalSimulator, type PospalSimulatorOptions } from './simulator/index.ts';

export type Running = Started<PospalSimulator>;

/** Starts a simulator with three articles in every account, and opens a connection to it with these settings. */
export function start(options: PospalSimulatorOptions = {}, settings: StartSettings = {}): Promise<Running> {
  const simulator = createSimulator({ pageSize: 10, resendAfterMs: [1, 1, 1], ...options });
  for (const { name } of options.accounts ?? [{ name: 'WEB' }, { name: 'S01' }, { name: 'S02' }]) {
    simulator.seedProducts(name, [
      { barcode: '6901', name: '高山绿茶', sellPrice: '39.90', stock: '100' },
      { barcode: '6902', name: '手工面', sellPrice: '12.00', stock: '50' },
      { barcode: '6903', name: '赠品杯', sellPrice: '5', stock: '9' },
    ]);
  }
  return startAgainst(pospal, simulator, { connection: 'pos', ...settings });
}

export const patient = (): AbortSignal => AbortSignal.timeout(20_000);
