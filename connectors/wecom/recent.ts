/** What was read a moment ago, so that reading before a write and the write itself cost one call. */
export class Recent<Value> {
  readonly #values = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #goodForMs: number;
  readonly #now: () => number;
  readonly #most: number;

  /** @param most entries kept; the oldest go first */
  constructor(goodForMs: number, now: () => number, most = 1_000) {
    this.#goodForMs = goodForMs;
    this.#now = now;
    this.#most = most;
  }

  put(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, { value, until: this.#now() + this.#goodForMs });
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
  }

  /** The value, once: whoever takes it is about to change it. */
  take(key: string): Value | undefined {
    const known = this.#values.get(key);
    this.#values.delete(key);
    return known && this.#now() < known.until ? known.value : undefined;
  }
}
