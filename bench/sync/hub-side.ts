import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Connector } from '../../connectors/kit/types.ts';
import { readConfig } from '../../src/config/index.ts';
import { packageRoot, startHub } from '../../src/hub.ts';
import { listTrouble } from '../../src/ledger/overview.ts';
import { createLogger } from '../../src/log.ts';
import { benchConnector } from '../connector/index.ts';
import type { Setting, Side } from './side.ts';

/** The real hub with the benchmark's configuration: every default as it ships. */
export async function startHubSide(setting: Setting): Promise<Side> {
  const folder = path.join(packageRoot, 'bench');
  const file = path.join(folder, setting.third === undefined ? 'hub.yaml' : 'hub.third.yaml');
  const env = {
    BENCH_TARGET: setting.target,
    BENCH_KEY: setting.key,
    ...(setting.third === undefined ? {} : { BENCH_THIRD: setting.third }),
  };
  const read = readConfig({ file, text: await readFile(file, 'utf8'), env });
  if (!read.ok) throw new Error(read.problems.map((one) => `${one.line}: ${one.message}`).join('\n'));
  const hub = await startHub({
    config: read.config,
    openapiFolder: path.join(folder, 'openapi'),
    connectors: { bench: benchConnector as Connector },
    simulators: {},
    dataDir: setting.dataDir,
    databaseUrl: setting.databaseUrl,
    schema: setting.schema,
    ...(setting.redisUrl === undefined ? {} : { redisUrl: setting.redisUrl }),
    ...(setting.metrics === undefined ? {} : { metrics: setting.metrics }),
    log: createLogger({ level: setting.quiet ? 'silent' : 'warn' }),
    role: setting.role ?? 'all',
  });
  return {
    url: hub.url ?? '',
    queue: hub.queue.kind,
    async quiet() {
      const { rows } = await hub.database.query<{ busy: boolean }>(
        `select exists (select 1 from inbox where state = 'due')
           or exists (select 1 from links where state = 'due' and connection <> $1)
           or exists (select 1 from tries t where outcome is null and not exists (
             select 1 from links l where l.id = t.link_id and l.connection = $1)) as busy`,
        [setting.third === undefined ? '' : 'third'],
      );
      return rows[0]?.busy === false;
    },
    async trouble() {
      return (await listTrouble(hub.database)).map(
        (one) => `${one.kind} ${one.connection}/${one.object} ${one.state} ×${one.count}: ${one.error}`,
      );
    },
    stop: () => hub.stop(),
  };
}
