/** Which forms hold something that was typed and not saved yet. Pure. */

/** Where somebody is, or is about to go. */
export interface Place {
  readonly pathname: string;
  readonly search: unknown;
}

export interface Holder {
  /** Whether there is anything that would be lost. */
  readonly isChanged: () => boolean;
  /** Whether going there leaves it. @default any other address, what is selected on the page included */
  readonly isLeft?: (to: Place, from: Place) => boolean;
  /** It is kept in this tab: whoever comes back finds it again. */
  readonly isKept?: boolean;
}

/** All that is typed somewhere on the page. */
export class Unsaved {
  readonly #holders = new Set<Holder>();
  readonly #hearing = new Set<() => void>();

  /** Answers how to take it away again. */
  add(holder: Holder): () => void {
    this.#holders.add(holder);
    this.#tell();
    return () => {
      if (this.#holders.delete(holder)) this.#tell();
    };
  }

  /** Whether there is any form at all. */
  readonly isWatched = (): boolean => this.#holders.size > 0;

  readonly subscribe = (hear: () => void): (() => void) => {
    this.#hearing.add(hear);
    return () => this.#hearing.delete(hear);
  };

  /** What is changed; with an address, of what going there leaves. */
  changed(to?: Place, from?: Place): readonly Holder[] {
    return [...this.#holders].filter((one) => {
      const isLeft = to === undefined || from === undefined || (one.isLeft ?? isElsewhere)(to, from);
      return isLeft && one.isChanged();
    });
  }

  /** Somebody has chosen to lose all of it. */
  forget(): void {
    this.#holders.clear();
    this.#tell();
  }

  #tell(): void {
    for (const hear of this.#hearing) hear();
  }
}

function isElsewhere(to: Place, from: Place): boolean {
  return to.pathname !== from.pathname || JSON.stringify(to.search) !== JSON.stringify(from.search);
}

/** Whether two contents of a form would be sent as the same: what is empty is as if it was not there. */
export function isSameInput(one: unknown, other: unknown): boolean {
  return JSON.stringify(told(one)) === JSON.stringify(told(other));
}

/** What a form holds, without what is empty, members in order. */
function told(value: unknown): unknown {
  if (value === null || value === '' || value === false) return undefined;
  if (typeof value !== 'object' || 'toJSON' in value) return value;
  if (Array.isArray(value)) {
    const items = value.map(told);
    return items.some((one) => one !== undefined) ? items : undefined;
  }
  const members = Object.entries(value)
    .map(([name, inner]) => [name, told(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
