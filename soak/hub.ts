/** A hub in a process of its own, as `lianhub start --role …` makes it, with the soak's connectors beside the others. */
import path from 'node:path';
import { connectors as shipped } from '../connectors/registry.ts';
import { loadConfig } from '../src/config/index.ts';
import { HubError } from '../src/errors.ts';
import { packageRoot, startHub } from '../src/hub.ts';
import { createLogger } from '../src/log.ts';
import { entityNames } from '../src/model/index.ts';
import { soakConnectors } from './connector/index.ts';

export interface HubSetting {
  readonly config: string;
  readonly role: 'api' | 'worker';
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** Instead of the one in the configuration. */
  readonly port?: number;
}

/** As `lianhub start` gives notice. */
const noticeMs = 1_000;

// Without whoever started it there is nobody to end it.
process.once('disconnect', () => process.exit(0));

const connectors = { ...shipped, ...soakConnectors };
const setting = JSON.parse(process.env.SOAK_HUB ?? '{}') as HubSetting;
try {
  const names = { connectors: Object.keys(connectors), entities: entityNames };
  const config = await loadConfig(setting.config, {}, names);
  const { port = config.server.port } = setting;
  const hub = await startHub({
    config: { ...config, server: { ...config.server, port } },
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors,
    simulators: {},
    dataDir: setting.dataDir,
    databaseUrl: setting.databaseUrl,
    redisUrl: setting.redisUrl,
    role: setting.role,
    noticeMs,
    log: createLogger({ level: 'warn' }),
  });
  process.once('SIGTERM', () => void hub.stop().then(() => process.exit(0)));
  process.send?.('running');
} catch (error) {
  process.stderr.write(`${error instanceof HubError ? error.toText() : (error as Error).stack}\n`);
  process.exit(1);
}
