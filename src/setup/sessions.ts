import type { z } from 'zod';
import type { Connector, ConnectorSession, JsonObject, VendorCall } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import { redacted } from '../security/index.ts';
import type { RunningSimulator } from './simulators.ts';

export interface OpenedConnections {
  readonly sessions: ReadonlyMap<string, ConnectorSession>;
  readonly problems: readonly Problem[];
}

/** Opens a session per connection. Wrong settings are problems with the place in hub.yaml, all at once. */
export function openSessions(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  simulators: ReadonlyMap<string, RunningSimulator>,
  onCall: (call: VendorCall) => void,
): OpenedConnections {
  const sessions = new Map<string, ConnectorSession>();
  const problems: Problem[] = [];
  for (const connection of Object.values(config.connections)) {
    const connector = connectors[connection.connector];
    if (!connector) continue;
    const given = settingsOf(connection, simulators.get(connection.name));
    const settings = connector.config.safeParse(given.config);
    const secrets = connector.secrets.safeParse(given.secrets);
    for (const [part, result] of [
      ['config', settings],
      ['secrets', secrets],
    ] as const) {
      if (!result.success) problems.push(...problemsOf(config, connection.name, part, result.error.issues));
    }
    if (!settings.success || !secrets.success) continue;
    redacted.addAll(given.secrets);
    sessions.set(
      connection.name,
      connector.open({
        connection: connection.name,
        config: settings.data,
        secrets: secrets.data,
        now: Date.now,
        onCall,
      }),
    );
  }
  return { sessions, problems };
}

function settingsOf(
  connection: ConnectionConfig,
  simulated: RunningSimulator | undefined,
): { config: JsonObject; secrets: JsonObject } {
  const own = {
    ...connection.config,
    ...(connection.limits === undefined ? {} : { limits: connection.limits }),
  } as JsonObject;
  if (!simulated) return { config: own, secrets: connection.secrets as JsonObject };
  const given = simulated.simulator.connectionFor(simulated.served.url);
  return { config: { ...given.config, ...own }, secrets: given.secrets };
}

function problemsOf(
  config: HubConfig,
  connection: string,
  part: 'config' | 'secrets',
  issues: readonly z.core.$ZodIssue[],
): Problem[] {
  return issues.map((issue) =>
    config.source.problem(
      ['connections', connection, part, ...issue.path.map(String)],
      `config.${part}`,
      `${[part, ...issue.path].join('.')} of ${connection}: ${issue.message}`,
    ),
  );
}
