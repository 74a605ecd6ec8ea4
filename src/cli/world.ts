/** A world for commands that change records the way the hub does, beside a running hub or without one. */
import type { World } from '../lanes/world.ts';
import { openHub } from './opened.ts';

export interface OpenedWorld {
  readonly world: World;
  close(): Promise<void>;
}

/** Opens configuration and data. Nothing is connected and nothing rung: a running hub finds what is due. */
export async function openWorld(configFile: string | undefined): Promise<OpenedWorld> {
  const { database, live, tables, options, close } = await openHub(configFile);
  const world: World = {
    database,
    landscape: live.landscape,
    tables,
    log: options.log,
    session(connection) {
      throw new Error(`a command has no session with ${connection}`);
    },
    ring: () => undefined,
    keepUp: async () => undefined,
    now: Date.now,
  };
  return { world, close };
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
  work: (world: World) => Promise<void>,
): Promise<void> {
  const { world, close } = await around.open(flags.config);
  try {
    await work(world);
  } finally {
    await close();
  }
}
