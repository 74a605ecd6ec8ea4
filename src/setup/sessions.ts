import type { z } from 'zod';
import type { Connector, ConnectorSession, JsonObject, VendorCall } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import { reasonOf } from '../errors.ts';
import type { SharedLimits } from '../lanes/limits/shared.ts';
import { hintFor } from '../problems/index.ts';
import { redacted } from '../security/index.ts';
import { budgetOf } from './budgets.ts';
import { keysAt, meaningOf } from './known-keys.ts';
import { folderOf } from './objects.ts';
import { splitSecrets } from './rotation.ts';
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
    const split = splitSecrets(given.secrets);
    const settings = connector.config.safeParse(given.config);
    const secrets = connector.secrets.safeParse(split.current);
    for (const path of split.wrong) {
      const at = ['connections', connection.name, 'secrets', ...path];
      problems.push(
        config.source.problem(at, 'config.rotation', 'expected [new, old], two texts', { key: true }),
      );
    }
    const previous = split.previous && connector.secrets.safeParse(split.previous);
    if (previous && !previous.success && secrets.success)
      problems.push(
        ...problemsOf(config, connection.name, 'secrets', previous.error.issues, connector.secrets),
      );
    for (const [part, result] of [
      ['config', settings],
      ['secrets', secrets],
    ] as const) {
      if (result.success) continue;
      const schema = part === 'config' ? connector.config : connector.secrets;
      problems.push(...problemsOf(config, connection.name, part, result.error.issues, schema));
    }
    if (!settings.success || !secrets.success || previous?.success === false) continue;
    redacted.addAll(given.secrets);
    try {
      const shared = limits?.of({
        connection: connection.name,
        budget: budgetOf(config, connection),
        identity: JSON.stringify([connection.connector, given]),
      });
      const context = {
        connection: connection.name,
        now: Date.now,
        onCall,
        folder: folderOf(config),
        ...(shared ? { shared } : {}),
        webhook: {
          ...(connection.webhook?.tolerance === undefined
            ? {}
            : { toleranceMs: connection.webhook.tolerance }),
          ...(previous ? { previous: previous.data } : {}),
        },
      };
      const session = connector.open({ ...context, config: settings.data, secrets: secrets.data });
      sessions.set(connection.name, session);
      if (!session.webhook) problems.push(...unheard(config, connection, previous !== undefined));
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

/** What is said about webhooks of a connection that receives none. */
function unheard(config: HubConfig, { name, webhook }: ConnectionConfig, isReplacing: boolean): Problem[] {
  const at = ['connections', name];
  const say = (part: string, code: string, message: string): Problem =>
    config.source.problem([...at, part], code, message, { key: true });
  return [
    ...(webhook ? [say('webhook', 'config.webhook', `${name} receives no webhooks`)] : []),
    ...(isReplacing
      ? [say('secrets', 'config.rotation', `an old secret is only for webhooks, and ${name} receives none`)]
      : []),
  ];
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
  schema: z.ZodType,
): Problem[] {
  return issues.flatMap((issue) => {
    const at = ['connections', connection, part, ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        config.source.problem([...at, key], 'config.unknown-key', `${key} is not known here`, {
          hint: hintFor(key, keysAt(schema, issue.path)),
          key: true,
        }),
      );
    }
    const name = `${[part, ...issue.path].join('.')} of ${connection}`;
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    const message = isMissing ? `${name} is missing` : `${name}: ${issue.message}`;
    const hint = meaningOf(schema, issue.path);
    return [config.source.problem(at, `config.${part}`, message, { key: true, ...(hint ? { hint } : {}) })];
  });
}
