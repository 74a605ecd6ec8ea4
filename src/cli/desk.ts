/** What commands that work with the hub's data share: where they find it, who uses them, and how they print. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Database } from '../ledger/database.ts';
import { createLogger } from '../log.ts';
import { readEnvironment } from './environment.ts';
import { openLedger } from './ledger.ts';

export interface Flags {
  readonly config?: string;
  readonly json?: true;
}

/** The data, and what of the configuration commands check their arguments against. */
export interface Desk {
  readonly database: Database;
  /** Names of the connections of hub.yaml. */
  readonly connections: readonly string[];
  close(): Promise<void>;
}

/** Where commands find their data, who uses them, and where they print. */
export interface Surroundings {
  open(configFile: string | undefined): Promise<Desk>;
  write(text: string | Buffer): void;
  readonly user: string;
}

export const terminal: Surroundings = {
  async open(configFile) {
    const options = await readEnvironment(configFile);
    // What a command prints goes to standard output alone.
    const log = createLogger({ level: 'warn', destination: process.stderr });
    const { database, close } = await openLedger({ ...options, log });
    return { database, close, connections: Object.keys(options.config.connections) };
  },
  write: (text) => void process.stdout.write(text),
  user: userInfo().username,
};

/** Adds the options all of them take. */
export function common(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .option('--json', 'print one JSON document');
}

/** Runs a command with its data open, and closes it whatever happens. */
export async function opened(
  around: Surroundings,
  flags: Flags,
  work: (desk: Desk) => Promise<void>,
): Promise<void> {
  const desk = await around.open(flags.config);
  try {
    await work(desk);
  } finally {
    await desk.close();
  }
}

/** Prints the JSON document that was asked for, else text for people. */
export function print(
  around: Pick<Surroundings, 'write'>,
  flags: Flags,
  json: unknown,
  text: () => string,
): void {
  around.write(`${flags.json ? JSON.stringify(json) : text()}\n`);
}
