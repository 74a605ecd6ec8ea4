/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { JsonObject } from '../kit/index.ts';
import { type Started, startAgainst } from '../kit/testing.ts';
import neocrm from './index.ts';
import { createSimulator, type NeocrmSimulator, type NeocrmSimulatorOptions } from './simulator/index.ts';

export type Running = Started<NeocrmSimulator>;

/** Starts a simulator and opens a connection without limits to it; `config` is laid over the simulator's. */
export function start(
  options: NeocrmSimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  const settings = { connection: 'crm', config: { limits: {}, ...config }, now };
  return startAgainst(neocrm, createSimulator({ now, ...options }), settings);
}
