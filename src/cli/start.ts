import { Command, Option } from 'commander';
import type { Shop } from '../demo/shop.ts';
import { HubError, isHubError } from '../errors.ts';
import { type Hub, type HubOptions, startHub } from '../hub.ts';
import { importDemo } from './development.ts';
import { readEnvironment } from './environment.ts';
import { startHeartbeat } from './heartbeat.ts';

/** How long a process that stops goes on taking requests. */
const noticeMs = 1_000;
/** What has not ended by then is ended: leases run out, and what was under way is looked up by others. */
const longestStopMs = 9_500;

type Role = 'api' | 'worker' | 'all';

/** `lianhub start`: runs until Ctrl-C. */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'start the hub and run until Ctrl-C: database, queue, API, workers, and the simulators of connections ' +
        'that ask for one',
    )
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .addOption(
      new Option(
        '--role <role>',
        'api takes webhooks in, worker does the work, all is both; any number of each',
      )
        .choices(['api', 'worker', 'all'])
        .default('all'),
    )
    .action(async (flags: { config?: string; role: Role }) => {
      const options = await readEnvironment(flags.config);
      refuseHalves(options, flags.role);
      // Listened for from the beginning: a Ctrl-C in the middle of the start also stops everything in order.
      const stop = stopSignal();
      process.stdout.write('LianHub is starting…\n');
      const hub = await startHub({ ...options, role: flags.role, noticeMs });
      const shop = stop.given ? undefined : await shopBeside(hub, options, flags.role);
      const heartbeat = process.env.HUB_HEARTBEAT_FILE;
      const stopHeartbeat = heartbeat ? startHeartbeat(heartbeat, hub.database) : undefined;
      if (!stop.given) process.stdout.write(welcome(hub, options, shop));
      await stop.asked;
      endInTime();
      stopHeartbeat?.();
      await shop?.close();
      await hub.stop();
      process.stdout.write('stopped\n');
    });
}

/**
 * A process that is only half a hub shares everything with the others, or it works for nobody. Throws
 * `config.shared-database` or `config.shared-simulators`.
 */
export function refuseHalves(
  { config, databaseUrl }: Pick<HubOptions, 'config' | 'databaseUrl'>,
  role: Role,
): void {
  if (role === 'all') return;
  if (databaseUrl === undefined) throw new HubError('config.shared-database', { role });
  const simulated = Object.values(config.connections)
    .filter((one) => one.simulator !== undefined)
    .map((one) => one.name);
  if (simulated.length > 0) {
    throw new HubError('config.shared-simulators', { role, connections: simulated.join(', ') });
  }
}

/** The customers of a simulated shop, where there is one to play with. */
async function shopBeside(hub: Hub, { config }: HubOptions, role: Role): Promise<Shop | undefined> {
  if (role !== 'all' || hub.simulators.size === 0) return undefined;
  try {
    const { openShop } = await importDemo(() => import('../demo/shop.ts'));
    return await openShop(hub, config);
  } catch (error) {
    // A production install has no invented goods; its simulators start empty.
    if (isHubError(error, 'demo.incomplete')) return undefined;
    await hub.stop();
    throw error;
  }
}

function welcome(hub: Hub, options: HubOptions, shop: Shop | undefined): string {
  const lianhub = import.meta.filename.endsWith('.ts') ? 'npm run lianhub --' : 'lianhub';
  const lines = ['', 'LianHub (连枢) is running. Ctrl-C stops it.', ''];
  const add = (name: string, text: string): void => void lines.push(`  ${name.padEnd(9)} ${text}`);
  if (hub.url !== undefined) {
    add('Console', `${hub.url}/console/`);
    add('API', hub.url);
    for (const id of hub.world.landscape.connections.keys()) {
      if (hub.world.session(id).webhook) add('Webhooks', `${hub.url}/hooks/${id}`);
    }
  }
  if (hub.firstUser !== undefined) {
    add('Sign in', `as ${hub.firstUser.email} with the password ${hub.firstUser.password}`);
    add(
      '',
      `shown this once; to be changed at the first sign-in, within three days; ${lianhub} users resets it`,
    );
  }
  if (hub.firstToken !== undefined) {
    add('Token', hub.firstToken);
    add('', `of an admin, shown this once; ${lianhub} tokens makes others and revokes it`);
  }
  add(
    'Database',
    options.databaseUrl === undefined ? `embedded PostgreSQL in ${options.dataDir}` : 'PostgreSQL',
  );
  add('Queue', `BullMQ on ${hub.queue.kind === 'redis' ? 'Redis' : 'PostgreSQL'}`);
  for (const { connection, served } of hub.simulators.values()) {
    add('Simulator', `${served.url} plays ${connection}; it forgets everything when it stops`);
  }
  lines.push('', 'Try:');
  const offer = (command: string, what: string): void => void lines.push(`  ${command.padEnd(54)} # ${what}`);
  if (shop) {
    offer(`curl -X POST '${shop.url}/orders?n=5'`, 'five people buy in the shop');
    offer(`curl -X POST '${shop.url}/tickets?n=20'`, 'twenty tickets at the tills');
  }
  if (hub.url !== undefined) {
    const token = hub.firstToken ?? 'lh_…';
    offer(
      `curl -H 'Authorization: Bearer ${token}' '${hub.url}/v1/status?pretty'`,
      'what the hub knows and what is stuck',
    );
    if (hub.firstToken === undefined) offer(`${lianhub} tokens create me`, 'a token for that');
    offer(`${hub.url}/docs`, 'the API, in a browser');
  }
  if (shop) offer('npm run demo', 'the whole job once, counted');
  offer(`${lianhub} check`, 'checks hub.yaml and the mappings');
  return `${lines.join('\n')}\n\n`;
}

/** Ends the process when its parts do not. */
function endInTime(): void {
  const timer = setTimeout(() => {
    process.stderr.write('what was still under way after 9.5 s is left to other processes\n');
    process.exit(0);
  }, longestStopMs);
  timer.unref();
}

/** SIGINT or SIGTERM, from now on; asking again ends the process at once. */
function stopSignal(): { readonly asked: Promise<void>; readonly given: boolean } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  let given = false;
  let givenAt = 0;
  const asked = new Promise<void>((resolve) => {
    const stop = (): void => {
      if (given) {
        // A terminal and npm may both pass on one and the same Ctrl-C.
        if (Date.now() - givenAt > 500) process.exit(130);
        return;
      }
      given = true;
      givenAt = Date.now();
      process.stdout.write('stopping…\n');
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
  return {
    asked,
    get given() {
      return given;
    },
  };
}
