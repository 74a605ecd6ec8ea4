/** What goes on, told to everybody who listens: asked of the database once for all of them, and only while one does. */
import { randomBytes } from 'node:crypto';
import { HubError } from '../errors.ts';
import type { Database } from '../ledger/database.ts';
import { goingOn } from '../ledger/live.ts';
import type { Logger } from '../log.ts';

export interface Told {
  /** Place in what this process has told; see `Last-Event-ID`. */
  readonly id: string;
  readonly event: string;
  /** JSON. */
  readonly data: string;
}

/** Listeners of one process at once. */
const mostListeners = 200;
/** What was told is kept so far back, for those who come back. */
const kept = 1_000;

export class LiveFeed {
  readonly #database: Database;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #everyMs: number;
  /** Numbers of another process, or of one before a restart, are not ours. */
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #state = new Map<string, Told>();
  #told: Told[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(database: Database, log: Pick<Logger, 'warn'>, everyMs = 1_000) {
    this.#database = database;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  /**
   * Tells `hear` what changes from now on, after what it missed since `lastId`; all there is when that is not known here.
   * Answers how to stop. Errors: `live.too-many`.
   */
  async listen(lastId: string | undefined, hear: (told: Told) => void): Promise<() => void> {
    if (this.#stopped || this.#listeners.size >= mostListeners)
      throw new HubError('live.too-many', { count: this.#listeners.size });
    // Takes its place before it is looked; what is told meanwhile is part of what it is told first.
    let pass = (_told: Told): void => undefined;
    const listener = (told: Told): void => pass(told);
    this.#listeners.add(listener);
    const leave = (): void => void this.#listeners.delete(listener);
    try {
      await this.#look();
    } catch (error) {
      leave();
      throw error;
    }
    const missed = this.#since(lastId) ?? [...this.#state.values()];
    for (const told of missed) hear(told);
    pass = hear;
    this.#schedule();
    return leave;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await this.#looking?.catch(() => undefined);
  }

  /** What was told after an id; undefined: it is not one of ours, or too long ago. */
  #since(lastId: string | undefined): readonly Told[] | undefined {
    const [, epoch, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(lastId ?? '') ?? [];
    if (epoch !== this.#epoch || Number(number) > this.#count) return undefined;
    const first = this.#count - this.#told.length + 1;
    return Number(number) + 1 < first ? undefined : this.#told.slice(Number(number) + 1 - first);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#listeners.size === 0) return;
      this.#look()
        .catch((error: unknown) =>
          this.#log.warn({ err: error }, 'what goes on could not be looked at; the next look follows'),
        )
        .finally(() => this.#schedule());
    }, this.#everyMs);
  }

  /** Whoever asks while it is looked waits for that look. */
  #look(): Promise<void> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(): Promise<void> {
    const found = await goingOn(this.#database);
    const seen = new Set<string>();
    for (const { event, id, data } of found) {
      const key = `${event}/${id}`;
      seen.add(key);
      const text = JSON.stringify(data);
      if (this.#state.get(key)?.data === text) continue;
      this.#count += 1;
      const told = { id: `${this.#epoch}-${this.#count}`, event, data: text };
      this.#state.set(key, told);
      this.#told.push(told);
      for (const hear of this.#listeners) hear(told);
    }
    for (const key of this.#state.keys()) if (!seen.has(key)) this.#state.delete(key);
    this.#told = this.#told.slice(-kept);
  }
}
