/** A member that has deleted a customer, and when (ms since the epoch). */
export interface Departure {
  readonly userid: string;
  readonly at: number;
}

/** How long a departure is remembered, ms: far longer than the detail of a customer lags behind. */
const rememberedMs = 600_000;
/** Customers with departures before those that are over are forgotten. */
const sweepAt = 10_000;

/**
 * Members that have deleted a customer. The detail goes on to show them for a while (reported by integrators, how long
 * is not known), also to whoever reads it for another reason.
 */
export class Departures {
  readonly #known = new Map<string, Departure[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(customer: string, departure: Departure): void {
    if (this.#known.size > sweepAt) this.#sweep();
    this.#known.set(customer, [...this.#of(customer), departure]);
  }

  /** Whether a member that shows this time of adding the customer (s since the epoch) has deleted it since. */
  hasLeft(customer: string, userid: string, createtime: number | undefined): boolean {
    return this.#of(customer).some(
      (one) => one.userid.toLowerCase() === userid.toLowerCase() && (createtime ?? 0) * 1000 <= one.at,
    );
  }

  #of(customer: string): Departure[] {
    const from = this.#now() - rememberedMs;
    return (this.#known.get(customer) ?? []).filter(({ at }) => at >= from);
  }

  #sweep(): void {
    for (const customer of this.#known.keys()) {
      if (this.#of(customer).length === 0) this.#known.delete(customer);
    }
  }
}
