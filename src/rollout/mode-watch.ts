/**
 * Notices within a second or so that a connection was put in another mode, by the API or by `lianhub apply`: every process
 * goes by it from then on, without being started anew.
 */
import type { Mode } from '../config/index.ts';
import { releaseHeld } from '../lanes/adoption/begin.ts';
import type { World } from '../lanes/world.ts';
import { connectionModes } from '../ledger/connections.ts';

/** Looks for so long after a change: what was held back by work that had begun before it is let go as well. */
const looksAfter = 5;

export interface ModeWatchOptions {
  readonly everyMs: number;
  /** This process works: it lets go what was held back. */
  readonly releases: boolean;
  /** Goes by these modes; answers whether they are others than before. */
  readonly follow: (modes: ReadonlyMap<string, Mode>) => boolean;
}

export class ModeWatch {
  readonly #world: Pick<World, 'database' | 'landscape' | 'log'>;
  readonly #options: ModeWatchOptions;
  #left = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(world: Pick<World, 'database' | 'landscape' | 'log'>, options: ModeWatchOptions) {
    this.#world = world;
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look()
        .catch((error: unknown) =>
          this.#world.log.warn({ err: error }, 'modes could not be looked at; the next look follows'),
        )
        .finally(() => this.start());
    }, this.#options.everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    const { database, log } = this.#world;
    const modes = new Map((await connectionModes(database)).map(({ id, mode }) => [id, mode]));
    if (this.#options.follow(modes)) {
      this.#left = looksAfter;
      log.info({ modes: Object.fromEntries(modes) }, 'connections were put in other modes');
    }
    if (this.#left === 0) return;
    this.#left -= 1;
    if (!this.#options.releases) return;
    const released = await releaseHeld(database, this.#world.landscape.parties);
    if (released > 0) log.info({ released }, 'copies that were held back by the mode of their party are due');
  }
}
