import { Command, Option } from 'commander';
import { type Hub, startHub } from '../hub.ts';
import { readEnvironment } from './environment.ts';

/** `lianhub start`: runs until Ctrl-C. */
export function startCommand(): Command {
  return new Command('start')
    .description('start the hub: database, queue, simulators of the demo configuration, API')
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .addOption(
      new Option('--role <role>', 'what this process does').choices(['api', 'worker', 'all']).default('all'),
    )
    .action(async (flags: { config?: string; role: 'api' | 'worker' | 'all' }) => {
      const options = await readEnvironment(flags.config);
      const hub = await startHub({ ...options, role: flags.role });
      process.stdout.write(welcome(hub, options.databaseUrl === undefined ? options.dataDir : undefined));
      await untilStopped(hub);
    });
}

function welcome(hub: Hub, dataDir: string | undefined): string {
  const lines = ['', 'LianHub (连枢) is running. Ctrl-C stops it.', ''];
  if (hub.url !== undefined) {
    lines.push(`  API       ${hub.url}`, `  Status    ${hub.url}/v1/status`);
    for (const id of hub.world.landscape.connections.keys()) lines.push(`  Webhook   ${hub.url}/hooks/${id}`);
  }
  lines.push(`  Queue     BullMQ on ${hub.queue.kind}`);
  if (dataDir !== undefined) lines.push(`  Data      ${dataDir} (embedded PostgreSQL)`);
  for (const one of hub.simulators.values()) {
    lines.push(`  Simulator ${one.served.url} plays ${one.connection}`);
  }
  lines.push('', 'Try:');
  if (hub.url !== undefined) lines.push(`  curl ${hub.url}/v1/status`);
  lines.push(
    '  npm run demo        the main job once, with a summary',
    '  npm run lianhub -- check   checks hub.yaml and the mappings',
    '',
  );
  return `${lines.join('\n')}\n`;
}

/** Waits for SIGINT or SIGTERM, then stops cleanly; a second signal ends at once. */
async function untilStopped(hub: Hub): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.once('SIGINT', () => process.exit(130));
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  process.stdout.write('stopping…\n');
  await hub.stop();
  process.stdout.write('stopped\n');
}
