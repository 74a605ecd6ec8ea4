import type { Json } from '../../kit/index.ts';

/** What the simulated system holds: objects with an id of its own, a unique code and the moment of their last change. */
export interface Stored {
  readonly id: string;
  readonly code: string;
  readonly updatedAt: string;
  readonly [name: string]: Json | undefined;
}

export class Store {
  readonly #rows = new Map<string, Stored>();
  readonly #byCode = new Map<string, string>();
  readonly #prefix: string;
  #next = 1;
  /** In the order of `all`, while nothing changes. */
  #inOrder: readonly Stored[] | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** All rows, the one that changed longest ago first. */
  all(): readonly Stored[] {
    this.#inOrder ??= [...this.#rows.values()].sort(
      (a, b) => compared(a.updatedAt, b.updatedAt) || compared(a.id, b.id),
    );
    return this.#inOrder;
  }

  get(id: string): Stored | undefined {
    return this.#rows.get(id);
  }

  withCode(code: string): Stored | undefined {
    const id = this.#byCode.get(code);
    return id === undefined ? undefined : this.#rows.get(id);
  }

  /** Undefined when the code is taken. */
  add(body: object, code: string, updatedAt: string): Stored | undefined {
    if (this.withCode(code)) return undefined;
    const id = `${this.#prefix}${String(this.#next++).padStart(6, '0')}`;
    return this.#keep({ ...body, id, code, updatedAt });
  }

  change(id: string, change: object, updatedAt: string): Stored | undefined {
    const row = this.#rows.get(id);
    if (!row) return undefined;
    return this.#keep({ ...row, ...change, id, updatedAt });
  }

  remove(id: string): boolean {
    this.#inOrder = undefined;
    this.#byCode.delete(this.#rows.get(id)?.code ?? '');
    return this.#rows.delete(id);
  }

  #keep(row: Stored): Stored {
    this.#inOrder = undefined;
    this.#byCode.delete(this.#rows.get(row.id)?.code ?? '');
    this.#byCode.set(row.code, row.id);
    this.#rows.set(row.id, row);
    return row;
  }
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
