import path from 'node:path';
import { connectors, simulators } from '../../connectors/registry.ts';
import { type Environment, type HubConfig, loadConfig } from '../config/index.ts';
import { HubError } from '../errors.ts';
import { type HubOptions, packageRoot } from '../hub.ts';
import { createLogger, type Logger } from '../log.ts';
import { entityNames } from '../model/index.ts';
import { mappingNames } from '../setup/mappings.ts';

/** What the environment may say; shown by `lianhub --help`. */
export const variables: readonly (readonly [name: string, meaning: string])[] = [
  ['HUB_CONFIG', 'configuration file (default: the shipped hub.yaml, a demo)'],
  ['HUB_DATABASE_URL', 'PostgreSQL 14 or newer (default: an embedded one in the data folder)'],
  ['HUB_REDIS_URL', 'Redis for wake-ups (default: the same PostgreSQL)'],
  ['HUB_DATA_DIR', 'data folder (default: data/ beside the configuration)'],
  ['HUB_SECRET_KEY', 'seals stored secrets: 32 bytes, base64 or hex (default: a file in the data folder)'],
  ['HUB_HOST', 'address the API listens on, in the shipped configuration (default: 127.0.0.1)'],
  ['HUB_HEARTBEAT_FILE', 'file rewritten every 5 s while the hub works, for supervisors (default: none)'],
  ['HUB_LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent (default: info)'],
  ['PORT', 'port of the API, before server.port in the configuration'],
];

/** The only place that reads the environment of the process; everything below is passed values. */
export async function readEnvironment(
  configFile?: string,
  env: Environment = process.env,
): Promise<HubOptions> {
  const file = path.resolve(configFile ?? (env.HUB_CONFIG || path.join(packageRoot, 'hub.yaml')));
  const log = readLogger(env.HUB_LOG_LEVEL || 'info');
  const config = await loadConfig(file, env, {
    connectors: Object.keys(connectors),
    entities: entityNames,
    mappingsIn: mappingNames,
  });
  return {
    config: withPort(config, env.PORT),
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors,
    simulators,
    dataDir: path.resolve(env.HUB_DATA_DIR || path.join(path.dirname(file), 'data')),
    databaseUrl: env.HUB_DATABASE_URL || undefined,
    redisUrl: env.HUB_REDIS_URL || undefined,
    secretKey: env.HUB_SECRET_KEY || undefined,
    log,
  };
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function readLogger(level: string): Logger {
  if (levels.includes(level)) return createLogger({ level });
  const expected = `one of ${levels.join(', ')}`;
  throw new HubError('config.variable', { name: 'HUB_LOG_LEVEL', value: JSON.stringify(level), expected });
}

/** PORT wins over hub.yaml, as container platforms expect. */
function withPort(config: HubConfig, port: string | undefined): HubConfig {
  if (port === undefined || port === '') return config;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    const expected = 'a port, 0 to 65535';
    throw new HubError('config.variable', { name: 'PORT', value: JSON.stringify(port), expected });
  }
  return { ...config, server: { ...config.server, port: Number(port) } };
}
