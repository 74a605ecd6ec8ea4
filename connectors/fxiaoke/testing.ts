/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { JsonObject } from '../kit/index.ts';
import { type Started, startAgainst } from '../kit/testing.ts';
import fxiaoke from './index.ts';
import { createSimulator, type FxiaokeSimulator, type FxiaokeSimulatorOptions } from './simulator/index.ts';

export type Running = Started<FxiaokeSimulator>;

/** Starts a simulator and opens a connection to it; `config` is laid over the simulator's. */
export function start(
  options: FxiaokeSimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  return startAgainst(fxiaoke, createSimulator({ now, ...options }), { connection: 'crm', config, now });
}
