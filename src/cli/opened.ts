/** Configuration, mappings in use, code tables and data together, for commands that look at all of them. */
import { InvalidConfig } from '../config/index.ts';
import type { HubOptions } from '../hub.ts';
import { CodeTables } from '../lanes/code-tables.ts';
import type { Database } from '../ledger/database.ts';
import { createLogger } from '../log.ts';
import type { Side } from '../rehearsal/side.ts';
import { type Inspection, inspect } from '../setup/inspect.ts';
import { LiveMappings } from '../setup/live.ts';
import { type Surroundings, terminal } from './desk.ts';
import { readEnvironment } from './environment.ts';
import { openLedger } from './ledger.ts';

export interface OpenedHub {
  readonly options: HubOptions;
  readonly files: Inspection['mappings'];
  readonly live: LiveMappings;
  readonly database: Database;
  readonly tables: CodeTables;
  /** The way the hub is set up now. */
  readonly now: Side;
  close(): Promise<void>;
}

/** Where commands that look at all of it find it, who uses them, and where they print. */
export interface HubSurroundings extends Pick<Surroundings, 'write' | 'user'> {
  open(configFile: string | undefined): Promise<Pick<OpenedHub, 'database' | 'live' | 'tables' | 'close'>>;
}

export const hubTerminal: HubSurroundings = { open: openHub, write: terminal.write, user: terminal.user };

/** Runs a command with everything of its surroundings open, and closes it whatever happens. */
export async function atHub(
  around: HubSurroundings,
  flags: { readonly config?: string },
  work: (hub: Awaited<ReturnType<HubSurroundings['open']>>) => Promise<void>,
): Promise<void> {
  const hub = await around.open(flags.config);
  try {
    await work(hub);
  } finally {
    await hub.close();
  }
}

/** Reads everything and opens the data. Throws `config.invalid` with every problem, like a start. */
export async function openHub(configFile: string | undefined): Promise<OpenedHub> {
  const environment = await readEnvironment(configFile);
  // What a command prints goes to standard output alone.
  const options = { ...environment, log: createLogger({ level: 'warn', destination: process.stderr }) };
  const { errors, textOf, mappings: files } = await inspect(options);
  if (errors.length > 0) throw new InvalidConfig(errors, textOf);
  const { database, close } = await openLedger(options);
  try {
    const { config, connectors, openapiFolder, log } = options;
    const live = await LiveMappings.open({ config, connectors, openapiFolder, files, database, log });
    const tables = new CodeTables();
    await tables.load(database);
    const now = { landscape: live.landscape, codes: tables };
    return { options, files, live, database, tables, now, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs a command with everything open, and closes it whatever happens. */
export async function withHub<R>(
  configFile: string | undefined,
  work: (hub: OpenedHub) => Promise<R>,
): Promise<R> {
  const hub = await openHub(configFile);
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}
