/**
 * Keeps how the hub stands and what this process does, every fifteen seconds, beside the data: so that whichever process
 * is asked can tell the last hour of all of them, and a restart forgets nothing. Costs one look that monitoring takes
 * anyway, and one row.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Database } from '../ledger/database.ts';
import { type Done, keepSample, type Standing } from '../ledger/samples.ts';
import type { Logger } from '../log.ts';
import { dueCopies, dueMessages, type Facts } from './facts.ts';

/** Samples are this far apart, milliseconds. */
export const sampleMs = 15_000;

export interface SamplerOptions {
  readonly database: Database;
  readonly log: Logger;
  /** How the hub stands; undefined: this process only tells what it does. */
  readonly facts: (() => Promise<Facts>) | undefined;
  /** What this process has done since it was started. */
  readonly done: () => readonly Done[];
}

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #process = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;
  #before = new Map<string, Done>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#next();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #next(): void {
    if (this.#stopped) return;
    const wait = sampleMs - (Date.now() % sampleMs);
    this.#timer = setTimeout(() => {
      this.#running = this.#take()
        .catch((error: unknown) =>
          this.#options.log.debug({ err: error }, 'no sample was kept; the next follows'),
        )
        .finally(() => this.#next());
    }, wait);
    this.#timer.unref();
  }

  async #take(): Promise<void> {
    const { database, facts, done } = this.#options;
    const at = new Date(Math.floor(Date.now() / sampleMs) * sampleMs);
    const standing = facts ? standingOf(await facts()) : null;
    const now = new Map(done().map((one) => [`${one.connection}/${one.object}`, one]));
    await keepSample(database, {
      at,
      process: this.#process,
      standing,
      done: doneBetween(this.#before, now),
    });
    this.#before = now;
  }
}

/** What is due in each place. Pure. */
export function standingOf(facts: Facts): Standing[] {
  const places = new Map<string, Standing>();
  for (const { connection, object, count, since } of [...dueCopies(facts), ...dueMessages(facts)]) {
    const key = `${connection}/${object}`;
    const known = places.get(key) ?? { connection, object, due: 0, late: 0 };
    const late = since === null ? 0 : Math.max(0, Math.round(facts.snapshot.now - since));
    places.set(key, { ...known, due: known.due + count, late: Math.max(known.late, late) });
  }
  return [...places.values()];
}

/** What was done between two counts; places where nothing was are left out. Pure. */
export function doneBetween(before: ReadonlyMap<string, Done>, now: ReadonlyMap<string, Done>): Done[] {
  return [...now].flatMap(([key, { connection, object, ...counts }]) => {
    const was = before.get(key);
    const applied = counts.applied - (was?.applied ?? 0);
    const pushed = counts.pushed - (was?.pushed ?? 0);
    const failed = counts.failed - (was?.failed ?? 0);
    return applied + pushed + failed === 0 ? [] : [{ connection, object, applied, pushed, failed }];
  });
}
