import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { connectors, simulators } from '../../connectors/registry.ts';
import { type Environment, type HubConfig, loadConfig } from '../config/index.ts';
import { HubError } from '../errors.ts';
import { type HubOptions, packageRoot } from '../hub.ts';
import { createLogger, type Logger } from '../log.ts';
import { entityNames } from '../model/index.ts';
import { storedVariables } from '../security/index.ts';
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
  [
    'HUB_METRICS_PORT',
    'port for /metrics alone, before server.metricsPort in the configuration (default: none)',
  ],
  [
    'HUB_OTLP_URL',
    'where traces are sent, OTLP over HTTP: http://host:4318 (default: OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere)',
  ],
  ['PORT', 'port of the API, before server.port in the configuration'],
];

/**
 * The only place that reads the environment of the process; everything below is passed values. `patchFiles` ship with
 * the package and are laid over the configuration in this order.
 */
export async function readEnvironment(
  configFile?: string,
  env: Environment = process.env,
  patchFiles: readonly string[] = [],
): Promise<HubOptions> {
  const file = path.resolve(configFile ?? (env.HUB_CONFIG || path.join(packageRoot, 'hub.yaml')));
  const log = readLogger(env.HUB_LOG_LEVEL || 'info');
  const dataDir = path.resolve(env.HUB_DATA_DIR || path.join(path.dirname(file), 'data'));
  const secretKey = env.HUB_SECRET_KEY || undefined;
  const told = await storedVariables({ dataDir, secretKey });
  const config = await loadConfig(
    file,
    { ...told, ...env },
    {
      connectors: Object.keys(connectors),
      entities: entityNames,
      mappingsIn: mappingNames,
      patches: await Promise.all(patchFiles.map((name) => readFile(path.join(packageRoot, name), 'utf8'))),
    },
  );
  return {
    config: withPort(withMetricsPort(config, env.HUB_METRICS_PORT), env.PORT),
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors,
    simulators,
    dataDir,
    databaseUrl: env.HUB_DATABASE_URL || undefined,
    redisUrl: env.HUB_REDIS_URL || undefined,
    secretKey,
    // A variant is made of several files: none of them is the configuration.
    ...(patchFiles.length === 0 ? { configuration: { file, env } } : {}),
    tracing: readTracing(env),
    log,
  };
}

/**
 * Our own variable, else those every OpenTelemetry SDK knows; the exporter reads OTEL_EXPORTER_OTLP_HEADERS by itself.
 * Throws `config.variable`.
 */
export function readTracing(env: Environment): HubOptions['tracing'] {
  const whole = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const name = env.HUB_OTLP_URL ? 'HUB_OTLP_URL' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const base = env[name];
  if (env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return undefined;
  const url =
    !env.HUB_OTLP_URL && whole
      ? whole
      : base && `${base.replace(/\/+$/, '').replace(/\/v1\/traces$/, '')}/v1/traces`;
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new HubError('config.variable', {
      name,
      value: JSON.stringify(base ?? whole ?? ''),
      expected: 'an http address',
    });
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  if (!(ratio >= 0 && ratio <= 1))
    throw new HubError('config.variable', {
      name: 'OTEL_TRACES_SAMPLER_ARG',
      value: JSON.stringify(env.OTEL_TRACES_SAMPLER_ARG),
      expected: 'a number from 0 to 1',
    });
  return { url, service: env.OTEL_SERVICE_NAME || undefined, ratio };
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
  return { ...config, server: { ...config.server, port: readPort('PORT', port) } };
}

function withMetricsPort(config: HubConfig, port: string | undefined): HubConfig {
  if (port === undefined || port === '') return config;
  return { ...config, server: { ...config.server, metricsPort: readPort('HUB_METRICS_PORT', port) } };
}

function readPort(name: string, port: string): number {
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new HubError('config.variable', {
    name,
    value: JSON.stringify(port),
    expected: 'a port, 0 to 65535',
  });
}
