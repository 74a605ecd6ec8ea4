/** What verifies and splits the webhooks of one connection, for commands that need nothing else of it. */
import type { Connector, WebhookReceiver } from '../../connectors/kit/types.ts';
import { type HubConfig, InvalidConfig } from '../config/index.ts';
import { openSessions } from './sessions.ts';
import { type SimulatorFactories, startSimulators, stopSimulators } from './simulators.ts';

/** Runs `work` with the receiver; undefined: the connection has none. A simulated one gets its settings from a simulator. */
export async function withReceiver<R>(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  factories: SimulatorFactories,
  name: string,
  work: (receiver: WebhookReceiver | undefined) => Promise<R>,
): Promise<R> {
  const connections = Object.fromEntries(Object.entries(config.connections).filter(([one]) => one === name));
  const simulators = await startSimulators(Object.values(connections), factories);
  try {
    const own = { ...config, connections };
    const { sessions, problems } = openSessions(own, connectors, simulators, () => undefined);
    try {
      if (problems.length > 0) throw new InvalidConfig(problems, () => config.source.text);
      return await work(sessions.get(name)?.webhook);
    } finally {
      for (const session of sessions.values()) await session.close();
    }
  } finally {
    await stopSimulators(simulators.values());
  }
}
