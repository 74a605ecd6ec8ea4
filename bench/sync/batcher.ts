/** Rows of one commit at the most, when inserted, read or marked. */
export const batch = 500;

/** Gathers what comes while a commit is under way, and commits it together. */
export class Batcher<T> {
  readonly #commit: (items: T[]) => Promise<void>;
  #waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #busy = false;

  constructor(commit: (items: T[]) => Promise<void>) {
    this.#commit = commit;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#busy) {
        this.#busy = true;
        setImmediate(() => void this.#run());
      }
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, batch);
      try {
        await this.#commit(group.map((one) => one.item));
        for (const one of group) one.resolve();
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    this.#busy = false;
  }
}
