/** A world for commands that change records the way the hub does, beside a running hub or without one. */
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import { ClosedPeriods } from '../lanes/periods/closed-periods.ts';
import type { World } from '../lanes/world.ts';
import type { InUse } from '../rehearsal/rerun.ts';
import { loadKeys } from '../security/index.ts';
import { openHub } from './opened.ts';
import { reachOf } from './reach.ts';

export interface OpenedWorld {
  readonly world: World;
  /** The mappings in use. */
  readonly live?: InUse;
  /** A session with a system; none with one that is simulated, which only a running hub has. */
  reach?(connection: string): ConnectorSession | undefined;
  /** Names of the credentials of a connection, where hub.yaml tells them. */
  credentialsOf?(connection: string): readonly string[] | undefined;
  close(): Promise<void>;
}

/** Opens configuration and data. Nothing is connected and nothing rung: a running hub finds what is due. */
export async function openWorld(configFile: string | undefined): Promise<OpenedWorld> {
  const { database, live, tables, options, close } = await openHub(configFile);
  const world: World = {
    database,
    landscape: live.landscape,
    tables,
    periods: new ClosedPeriods(),
    log: options.log,
    session(connection) {
      throw new Error(`a command has no session with ${connection}`);
    },
    ring: () => undefined,
    keepUp: async () => undefined,
    now: Date.now,
  };
  const { secretKey, dataDir } = options;
  const reach = reachOf(options, database, await loadKeys({ secretKey, dataDir }));
  return {
    world,
    live,
    reach: reach.session,
    credentialsOf: (connection) => reach.credentials(connection),
    async close() {
      await reach.close();
      await close();
    },
  };
}

/** Where such commands find their world, who uses them, and where they print. */
export interface WorldSurroundings {
  open(configFile: string | undefined): Promise<OpenedWorld>;
  write(text: string | Buffer): void;
  readonly user: string;
}

/** Runs a command with its world open, and closes it whatever happens. */
export async function inWorld(
  around: WorldSurroundings,
  flags: { readonly config?: string },
  work: (world: World, opened: OpenedWorld) => Promise<void>,
): Promise<void> {
  const opened = await around.open(flags.config);
  try {
    await work(opened.world, opened);
  } finally {
    await opened.close();
  }
}
