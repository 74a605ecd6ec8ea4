/** Asking a canonical entity about paths. */
import { type PathInfo, schemaPaths } from '../model/paths.ts';
import type { EntityShape } from './types.ts';

export class CanonicalSide {
  readonly name: string;
  /** False when the entity itself is unknown: then every path passes. */
  readonly known: boolean;
  readonly #paths: ReadonlyMap<string, PathInfo>;

  constructor(entity: EntityShape | undefined) {
    this.name = entity?.name ?? '';
    this.known = entity !== undefined;
    this.#paths = new Map(
      entity === undefined ? [] : schemaPaths(entity.schema).map((info) => [info.path, info]),
    );
  }

  /** What a full path (`lines[].skuId`) is; anything below a map with free keys is a JSON value. */
  info(path: string): PathInfo | undefined {
    const own = this.#paths.get(path);
    if (own !== undefined) return own;
    for (const [parent, info] of this.#paths) {
      if (info.kind === 'map' && path.startsWith(`${parent}.`))
        return { ...info, path, kind: 'value', type: 'json' };
    }
    return undefined;
  }

  /** The list a path goes through without saying so, below `prefix`. */
  listOnTheWay(path: string, prefix: string): string | undefined {
    const start = prefix === '' ? '' : `${prefix}[].`;
    const names = path.slice(start.length).split('.');
    for (let length = 1; length < names.length; length++) {
      const way = start + names.slice(0, length).join('.');
      if (this.#paths.get(way)?.kind === 'list') return way;
    }
    return undefined;
  }

  /** Last names of all paths, for hints. */
  names(): string[] {
    return [...new Set([...this.#paths.keys()].map((path) => path.slice(path.lastIndexOf('.') + 1)))];
  }

  /** Every word of the entity's states. */
  stages(): string[] {
    return [...this.#paths.values()].flatMap((info) =>
      info.path.startsWith('states.') ? (info.words ?? []) : [],
    );
  }

  /** Paths that can be mapped at one level, relative to it. */
  namesBelow(prefix: string): string[] {
    const start = prefix === '' ? '' : `${prefix}[].`;
    return [...this.#paths.keys()]
      .filter((path) => path.startsWith(start) && !path.slice(start.length).includes('[]'))
      .map((path) => path.slice(start.length));
  }
}
