import type { z } from 'zod';
import type { Connector, ConnectorSession, JsonObject, VendorCall } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import { reasonOf } from '../errors.ts';
import type { SharedLimits } from '../lanes/limits/shared.ts';
import { hintFor } from '../problems/index.ts';
import { redacted } from '../security/index.ts';
import { budgetOf } from './budgets.ts';
import type { RunningSimulator } from './simulators.ts';

export interface OpenedConnections {
  readonly sessions: ReadonlyMap<string, ConnectorSession>;
  readonly problems: readonly Problem[];
}

/**
 * Opens a session per connection; nothing is sent yet. Wrong settings are problems with the place in hub.yaml,
 * all at once. A simulated connection whose simulator does not run is left out. Without `limits` nothing is shared
 * with other processes.
 */
export function openSessions(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  simulators: ReadonlyMap<string, RunningSimulator>,
  onCall: (call: VendorCall) => void,
  limits?: SharedLimits,
): OpenedConnections {
  const sessions = new Map<string, ConnectorSession>();
  const problems: Problem[] = [];
  for (const connection of Object.values(config.connections)) {
    const connector = connectors[connection.connector];
    if (!connector) continue;
    if (connection.simulator !== undefined && !simulators.has(connection.name)) continue;
    const given = settingsOf(connection, simulators.get(connection.name));
    const settings = connector.config.safeParse(given.config);
    const secrets = connector.secrets.safeParse(given.secrets);
    for (const [part, result] of [
      ['config', settings],
      ['secrets', secrets],
    ] as const) {
      if (result.success) continue;
      const names = keysOf(part === 'config' ? connector.config : connector.secrets);
      problems.push(...problemsOf(config, connection.name, part, result.error.issues, names));
    }
    if (!settings.success || !secrets.success) continue;
    redacted.addAll(given.secrets);
    try {
      const shared = limits?.of({
        connection: connection.name,
        budget: budgetOf(config, connection),
        identity: JSON.stringify([connection.connector, given]),
      });
      const context = { connection: connection.name, now: Date.now, onCall, ...(shared ? { shared } : {}) };
      sessions.set(
        connection.name,
        connector.open({ ...context, config: settings.data, secrets: secrets.data }),
      );
    } catch (error) {
      const at = ['connections', connection.name];
      problems.push(config.source.problem(at, 'config.connection', reasonOf(error), { key: true }));
    }
  }
  return { sessions, problems };
}

/** Opens and closes every session, to learn what is wrong with the settings of real systems. */
export async function checkSessions(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
): Promise<readonly Problem[]> {
  const { sessions, problems } = openSessions(config, connectors, new Map(), () => undefined);
  for (const session of sessions.values()) await session.close();
  return problems;
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
  names: readonly string[],
): Problem[] {
  return issues.flatMap((issue) => {
    const at = ['connections', connection, part, ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        config.source.problem([...at, key], 'config.unknown-key', `${key} is not known here`, {
          hint: issue.path.length === 0 ? hintFor(key, names) : undefined,
          key: true,
        }),
      );
    }
    const name = `${[part, ...issue.path].join('.')} of ${connection}`;
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    const message = isMissing ? `${name} is missing` : `${name}: ${issue.message}`;
    return [config.source.problem(at, `config.${part}`, message, { key: true })];
  });
}

/** The names a connector's settings may have, where its schema is an object. */
function keysOf(schema: z.ZodType): string[] {
  return 'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null
    ? Object.keys(schema.shape)
    : [];
}
