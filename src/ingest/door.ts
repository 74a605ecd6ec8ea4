import { type Database, isAboutData } from '../ledger/database.ts';
import { type InboxEntry, insertInbox } from '../ledger/inbox.ts';

/** Entries committed in one statement at the most. */
const batchLimit = 500;

interface Waiting {
  readonly entries: readonly InboxEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The door everything from outside comes in through. Requests that arrive together are committed together:
 * one statement, one commit, and only then is each of them acknowledged. Nothing here waits for a worker or
 * for the queue.
 */
export class Door {
  readonly #database: Database;
  readonly #ring: (lanes: Iterable<string>) => void;
  #waiting: Waiting[] = [];
  #busy = 0;

  constructor(database: Database, ring: (lanes: Iterable<string>) => void) {
    this.#database = database;
    this.#ring = ring;
  }

  /** Resolves once the entries are committed. */
  keep(entries: readonly InboxEntry[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, resolve, reject });
      // One turn of the event loop lets the requests that are already here join.
      if (this.#waiting.length === 1 && this.#busy < 2) setImmediate(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const group: Waiting[] = [];
    let count = 0;
    while (this.#waiting.length > 0 && count < batchLimit) {
      const next = this.#waiting.shift() as Waiting;
      group.push(next);
      count += next.entries.length;
    }
    if (group.length === 0) return;
    this.#busy += 1;
    try {
      const entries = group.flatMap((one) => one.entries);
      await insertInbox(this.#database, entries);
      for (const one of group) one.resolve();
      this.#ring(new Set(entries.filter((entry) => !entry.dead).map((entry) => entry.lane)));
    } catch (error) {
      await this.#oneByOne(group, error);
    } finally {
      this.#busy -= 1;
      if (this.#waiting.length > 0) setImmediate(() => this.#flush());
    }
  }

  /** A group whose content the database refuses is tried one request at a time: the bad one fails alone. */
  async #oneByOne(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1 || !isAboutData(error)) {
      // Trouble with the database itself is everybody's, and asking it again for each would only take longer.
      for (const one of group) one.reject(error);
      return;
    }
    for (const one of group) {
      try {
        await insertInbox(this.#database, one.entries);
        one.resolve();
        this.#ring(new Set(one.entries.map((entry) => entry.lane)));
      } catch (reason) {
        one.reject(reason);
      }
    }
  }
}
