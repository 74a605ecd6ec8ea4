import { type Served, type Simulator, serve } from '../../connectors/kit/index.ts';
import type { ConnectionConfig } from '../config/index.ts';

/** A simulator that stands for a vendor, served on a loopback port. */
export interface RunningSimulator {
  readonly connection: string;
  readonly simulator: Simulator;
  readonly served: Served;
}

export type SimulatorFactories = Readonly<Record<string, (options: object) => Promise<Simulator>>>;

/** Starts the simulators of the connections that ask for one. */
export async function startSimulators(
  connections: readonly ConnectionConfig[],
  factories: SimulatorFactories,
): Promise<Map<string, RunningSimulator>> {
  const running = new Map<string, RunningSimulator>();
  for (const connection of connections) {
    const factory = factories[connection.connector];
    if (connection.simulator === undefined || !factory) continue;
    const simulator = await factory(connection.simulator);
    running.set(connection.name, {
      connection: connection.name,
      simulator,
      served: await serve(simulator.app),
    });
  }
  return running;
}

/** Ends simulators; what they remember is gone. */
export async function stopSimulators(running: Iterable<RunningSimulator>): Promise<void> {
  for (const one of running) {
    await one.simulator.stop();
    await one.served.close();
  }
}
