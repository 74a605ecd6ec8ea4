import path from 'node:path';
import { connectors, simulators } from '../../connectors/registry.ts';
import { type HubConfig, loadConfig } from '../config/index.ts';
import { type HubOptions, packageRoot } from '../hub.ts';
import { createLogger } from '../log.ts';
import { entityNames } from '../model/index.ts';
import { mappingNames } from '../setup/mappings.ts';

/** The only place that reads the environment of the process; everything below is passed values. */
export async function readEnvironment(configFile?: string): Promise<HubOptions> {
  const { env } = process;
  const file = path.resolve(configFile ?? env.HUB_CONFIG ?? path.join(packageRoot, 'hub.yaml'));
  const config = await loadConfig(file, env, {
    connectors: Object.keys(connectors),
    entities: entityNames,
    mappings: await mappingNames(path.join(path.dirname(file), 'mappings')),
  });
  return {
    config: withPort(config, env.PORT),
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors,
    simulators,
    dataDir: path.resolve(env.HUB_DATA_DIR ?? path.join(path.dirname(file), 'data')),
    databaseUrl: env.HUB_DATABASE_URL || undefined,
    redisUrl: env.HUB_REDIS_URL || undefined,
    secretKey: env.HUB_SECRET_KEY || undefined,
    log: createLogger({ level: env.HUB_LOG_LEVEL ?? 'info' }),
  };
}

/** PORT wins over hub.yaml, as container platforms expect. */
function withPort(config: HubConfig, port: string | undefined): HubConfig {
  if (port === undefined || !/^\d{1,5}$/.test(port)) return config;
  return { ...config, server: { ...config.server, port: Number(port) } };
}
