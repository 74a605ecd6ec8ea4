/** Objects that a connection brings itself: which there are, and what they look like. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Connector, JsonObject, ObjectFacts } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import type { JsonSchema } from '../mapping/index.ts';

/** Schemas by name, as mappings are checked against them. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** What objects of connections look like, by connection. */
export interface Described {
  readonly schemas: ReadonlyMap<string, Schemas>;
  readonly problems: readonly Problem[];
}

/** The connector's objects and the connection's own; undefined when its settings cannot be read. */
export function objectsOf(
  connector: Connector,
  connection: ConnectionConfig | undefined,
): Readonly<Record<string, ObjectFacts>> | undefined {
  if (!connector.objectsOf) return connector.objects;
  const own = connector.objectsOf((connection?.config ?? {}) as JsonObject);
  return own && { ...connector.objects, ...own };
}

/** Reads the descriptions that settings name, each from the folder of hub.yaml. */
export function describeConnections(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
): Described {
  const folder = folderOf(config);
  const schemas = new Map<string, Schemas>();
  const problems: Problem[] = [];
  for (const connection of Object.values(config.connections)) {
    const connector = connectors[connection.connector];
    const described = connector?.describe?.(connection.config as JsonObject, (file) =>
      textOf(path.resolve(folder, file)),
    );
    if (!described) continue;
    schemas.set(connection.name, described.schemas as Schemas);
    for (const { path: inside, message } of described.problems) {
      const at = ['connections', connection.name, 'config', ...inside];
      problems.push(config.source.problem(at, 'config.description', message));
    }
  }
  return { schemas, problems };
}

/** Absolute folder of hub.yaml. */
export function folderOf(config: HubConfig): string {
  return path.dirname(path.resolve(config.source.file));
}

/** A connection that asks for a simulator where there is none would never be opened. */
export function wrongSimulators(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
): Problem[] {
  return Object.values(config.connections).flatMap((connection) => {
    const connector = connectors[connection.connector];
    if (connection.simulator === undefined || connector?.simulated !== false) return [];
    const at = ['connections', connection.name, 'simulator'];
    const message = `${connector.name} has no simulator`;
    const hint = 'remove simulator: and give config: and secrets: of a system to try it with';
    return [config.source.problem(at, 'config.no-simulator', message, { hint, key: true })];
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The connector says which of its settings named it.
    return undefined;
  }
}
