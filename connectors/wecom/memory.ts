/** One row of a page: a member and a customer, and what the row said. */
export interface Row {
  readonly userid: string;
  readonly customer: string;
  readonly digest: string;
}

interface Pending {
  readonly pass: string;
  readonly rows: readonly Row[];
  readonly gone: readonly string[];
}

/** Rows remembered at the most; beyond that everything is told anew with each pass. */
const mostRows = 200_000;
/** Pages whose fate is not known yet: readers that go on at other places leave theirs behind. */
const mostPending = 16;

/**
 * What this process has told of the relations, so that passes tell only what has changed. A page counts as told only
 * once somebody comes back with the mark that was handed out with it: the hub keeps the mark together with the page's
 * rows, so what was not kept is told again. Forgetting is harmless, remembering too much would lose changes.
 */
export class Memory {
  readonly #told = new Map<string, { readonly digest: string; pass: string }>();
  readonly #pending = new Map<number, Pending>();
  /** Passes of which this process has told every page so far. */
  readonly #whole = new Set<string>();
  #lastMark = 0;

  begin(pass: string): void {
    this.#whole.clear();
    this.#whole.add(pass);
  }

  /** The reader is back with this mark: the page it was given with was kept. Undefined at the start of a pass. */
  settle(mark: number | undefined, pass: string | undefined): void {
    const page = mark === undefined ? undefined : this.#pending.get(mark);
    if (mark !== undefined) this.#pending.delete(mark);
    if (!page) {
      if (pass !== undefined && mark !== undefined) this.#whole.delete(pass);
      return;
    }
    for (const row of page.rows) {
      if (this.#told.size >= mostRows && !this.#told.has(keyOf(row))) continue;
      this.#told.set(keyOf(row), { digest: row.digest, pass: page.pass });
    }
    for (const key of page.gone) this.#told.delete(key);
  }

  /** Whether a row says what it said when it was told last. */
  knows(row: Row): boolean {
    return this.#told.get(keyOf(row))?.digest === row.digest;
  }

  /** Customers of relations that a pass, told whole by this process, did not show any more. */
  vanished(pass: string): { readonly customers: readonly string[]; readonly keys: readonly string[] } {
    if (!this.#whole.has(pass)) return { customers: [], keys: [] };
    const keys = [...this.#told].flatMap(([key, entry]) => (entry.pass === pass ? [] : [key]));
    return { customers: [...new Set(keys.map((key) => key.slice(key.indexOf('\n') + 1)))], keys };
  }

  /** Hands out the mark of a page. */
  pend(pass: string, rows: readonly Row[], gone: readonly string[] = []): number {
    this.#lastMark += 1;
    this.#pending.set(this.#lastMark, { pass, rows, gone });
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= mostPending) break;
      this.#pending.delete(oldest);
    }
    return this.#lastMark;
  }
}

function keyOf({ userid, customer }: Row): string {
  return `${userid}\n${customer}`;
}
