import type { Landscape } from '../lanes/landscape.ts';
import type { World } from '../lanes/world.ts';
import { newestActivation } from '../ledger/mappings.ts';
import { releaseConcerned, type Versions } from './activation.ts';

/** What knows the versions of mappings; LiveMappings is one. */
export interface KnowsVersions {
  readonly landscape: Landscape;
  keepUp(activation: number): Promise<void>;
  with(name: string, version: string | null): Promise<Landscape | undefined>;
}

/** Versions as a release asks for them, with the code tables as they are. */
export function versionsOf(live: KnowsVersions, codes: World['tables']): Versions {
  return {
    async current(activation) {
      await live.keepUp(activation);
      return { landscape: live.landscape, codes };
    },
    async with(name, version) {
      const landscape = await live.with(name, version);
      return landscape && { landscape, codes };
    },
  };
}

/**
 * Notices within a second or so that another version of a mapping was put in use. A process that works (`releases`)
 * also makes due what that concerns, unless somebody else is at it.
 */
export class MappingWatch {
  readonly #world: World;
  readonly #live: KnowsVersions;
  readonly #everyMs: number;
  readonly #releases: boolean;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    world: World,
    live: KnowsVersions,
    options: { readonly everyMs: number; readonly releases: boolean },
  ) {
    this.#world = world;
    this.#live = live;
    this.#everyMs = options.everyMs;
    this.#releases = options.releases;
  }

  start(): void {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look()
        .catch((error: unknown) =>
          this.#world.log.warn({ err: error }, 'mappings could not be looked at; the next look follows'),
        )
        .finally(() => this.#schedule());
    }, this.#everyMs);
  }

  async #look(): Promise<void> {
    const { database, tables } = this.#world;
    await this.#live.keepUp(await newestActivation(database));
    if (!this.#releases) return;
    await tables.refresh(database);
    await releaseConcerned(this.#world, versionsOf(this.#live, tables), () => this.#stopped);
  }
}
