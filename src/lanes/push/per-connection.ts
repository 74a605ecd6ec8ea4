/** One of these for each connection: a connection waits for no other one. */
export class PerConnection<T> {
  readonly #make: () => T;
  readonly #made = new Map<string, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  of(connection: string): T {
    let one = this.#made.get(connection);
    if (one === undefined) {
      one = this.#make();
      this.#made.set(connection, one);
    }
    return one;
  }
}
