import { HubError } from '../errors.ts';
import { withoutErased } from '../lanes/erasure/messages.ts';
import type { Meter } from '../lanes/meter.ts';
import { type Database, isAboutData } from '../ledger/database.ts';
import { type InboxEntry, insertInbox } from '../ledger/inbox.ts';
import type { WebhookMessage } from '../ledger/webhook-messages.ts';

/** Entries committed in one statement at the most. */
const batchLimit = 500;
/**
 * Requests that come in a stream are gathered for so long, milliseconds, or less: as many as the last commit had
 * requests. One that comes alone waits for nobody, and a thin stream hardly.
 */
const gatherMs = 8;
/** So many do not wait for more. */
const enough = 64;
/** Bytes of messages that may wait for the database; beyond it none is taken, or a database that hangs ends the process. */
const largestBacklog = 64 * 1024 * 1024;
/** How often it is looked whether anybody has waited too long, milliseconds. */
const lateCheckMs = 200;

/** What one request brings. */
export interface Delivery {
  readonly connection: string;
  readonly entries: readonly InboxEntry[];
  /** The message as it came, where it is to be kept. */
  readonly message?: WebhookMessage;
  /** Its sender waits no longer than this, milliseconds. */
  readonly deadlineMs: number;
}

interface Waiting {
  readonly delivery: Delivery;
  readonly bytes: number;
  /** By `performance.now()`. */
  readonly lateAt: number;
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
  readonly #meter: Meter | undefined;
  #waiting: Waiting[] = [];
  /** Everybody who waits for an answer, also those whose statement is under way. */
  readonly #unanswered = new Set<Waiting>();
  #lateTimer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #busy = 0;
  #isPlanned = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #lastSize = 0;

  constructor(database: Database, ring: (lanes: Iterable<string>) => void, meter?: Meter) {
    this.#database = database;
    this.#ring = ring;
    this.#meter = meter;
  }

  /**
   * Resolves once everything is committed. Errors: `hook.busy` when too much waits already, `hook.too-late` when it
   * could not be committed in time; it may have been all the same.
   */
  keep(delivery: Delivery): Promise<void> {
    const { entries, message, connection, deadlineMs } = delivery;
    if (entries.length === 0 && message === undefined) return Promise.resolve();
    const bytes = message?.body.length ?? 0;
    if (this.#bytes + bytes > largestBacklog && this.#unanswered.size > 0)
      return Promise.reject(new HubError('hook.busy', { connection }));
    return new Promise((resolve, reject) => {
      const one: Waiting = { delivery, bytes, lateAt: performance.now() + deadlineMs, resolve, reject };
      this.#bytes += bytes;
      this.#unanswered.add(one);
      this.#waiting.push(one);
      this.#lateTimer ??= setInterval(() => this.#refuseLate(), lateCheckMs);
      this.#plan();
    });
  }

  /** Forgets who waits; to be called when nothing more comes. */
  stop(): void {
    clearInterval(this.#lateTimer);
    this.#lateTimer = undefined;
  }

  #plan(): void {
    if (this.#isPlanned || this.#busy >= 2 || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    const gather = Math.min(gatherMs, this.#lastSize);
    const wait = this.#waiting.length >= enough ? 0 : this.#flushedAt + gather - performance.now();
    const flush = (): void => {
      this.#isPlanned = false;
      void this.#flush();
    };
    // One turn of the event loop lets the requests that are already here join.
    if (wait <= 0) setImmediate(flush);
    else setTimeout(flush, wait);
  }

  async #flush(): Promise<void> {
    let size = 0;
    let count = 0;
    while (size < this.#waiting.length && count < batchLimit) {
      count += 1 + (this.#waiting[size]?.delivery.entries.length ?? 0);
      size += 1;
    }
    const group = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    if (group.length === 0) return;
    this.#flushedAt = performance.now();
    this.#lastSize = size;
    this.#busy += 1;
    try {
      await this.#commit(group.map((one) => one.delivery));
      for (const one of group) this.#answer(one);
    } catch (error) {
      await this.#oneByOne(group, error);
    } finally {
      this.#busy -= 1;
      this.#plan();
    }
  }

  /** A group whose content the database refuses is tried one request at a time: the bad one fails alone. */
  async #oneByOne(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1 || !isAboutData(error)) {
      // Trouble with the database itself is everybody's, and asking it again for each would only take longer.
      for (const one of group) this.#answer(one, error);
      return;
    }
    for (const one of group) {
      try {
        await this.#commit([one.delivery]);
        this.#answer(one);
      } catch (reason) {
        this.#answer(one, reason);
      }
    }
  }

  async #commit(deliveries: readonly Delivery[]): Promise<void> {
    const entries = deliveries.flatMap((one) => one.entries);
    const messages = await withoutErased(
      this.#database,
      deliveries.flatMap((one) => one.message ?? []),
    );
    await insertInbox(this.#database, entries, messages);
    const lanes = new Set<string>();
    for (const entry of entries) {
      this.#meter?.received(entry.connection, entry.object, entry.via, 1);
      if (!entry.dead) lanes.add(entry.lane);
    }
    this.#ring(lanes);
  }

  #answer(one: Waiting, error?: unknown): void {
    if (!this.#unanswered.delete(one)) return;
    this.#bytes -= one.bytes;
    if (this.#unanswered.size === 0) this.stop();
    if (error === undefined) one.resolve();
    else one.reject(error);
  }

  /** Whoever's sender is about to give up is answered; what has not been sent to the database is not kept then. */
  #refuseLate(): void {
    const now = performance.now();
    const late = [...this.#unanswered].filter((one) => one.lateAt <= now);
    if (late.length === 0) return;
    const gone = new Set(late);
    this.#waiting = this.#waiting.filter((one) => !gone.has(one));
    for (const one of late) {
      const { connection, deadlineMs } = one.delivery;
      this.#answer(one, new HubError('hook.too-late', { connection, ms: deadlineMs }));
    }
  }
}
