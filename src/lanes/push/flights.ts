import type { LaneHold } from '../runner.ts';

/** Slices of one hold whose calls are under way at once: one is answered while the next one is made ready. */
const most = 2;

/** A slice from the moment its writes are planned. */
interface Flight {
  /** Links it writes. */
  readonly links: readonly string[];
  /** Objects its documents are made from. */
  readonly parents: readonly string[];
}

/**
 * What a hold of a push lane has under way. While calls of one slice are waited for, the next one is planned and
 * journalled, so that no socket is idle meanwhile. What is under way is planned once more only after its outcome is
 * committed.
 */
export class Flights {
  readonly #hold: LaneHold;
  readonly #flying = new Map<Flight, Promise<void>>();
  #failed: { readonly error: unknown } | undefined;
  #landed = 0;

  constructor(hold: LaneHold) {
    this.#hold = hold;
  }

  /** Slices that have ended. What was left out of a reading as under way may be due again when this has grown since. */
  get landed(): number {
    return this.#landed;
  }

  get count(): number {
    return this.#flying.size;
  }

  get links(): string[] {
    return [...this.#flying.keys()].flatMap((flight) => flight.links);
  }

  get parents(): string[] {
    return [...this.#flying.keys()].flatMap((flight) => flight.parents);
  }

  /** Waits until one more may begin. Throws what one has failed with, when all others have ended. */
  async room(): Promise<void> {
    while (this.#flying.size >= most) await Promise.race(this.#flying.values());
    await this.#check();
  }

  /**
   * Lets a slice go on by itself as soon as it says that the next one may begin, or ends. A hold that cannot wait for
   * what goes on waits here.
   */
  async begin(flight: Flight, work: (away: () => void) => Promise<void>): Promise<void> {
    let away = (): void => undefined;
    const isAway = new Promise<void>((resolve) => {
      away = resolve;
    });
    const landed = work(away)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        this.#flying.delete(flight);
        this.#landed += 1;
      });
    this.#flying.set(flight, landed);
    this.#hold.keep?.(landed);
    await (this.#hold.keep ? Promise.race([isAway, landed]) : landed);
    await this.#check();
  }

  /**
   * Nothing is to be begun now: waits until a slice ends or the lane is rung, unless one has ended since so many had.
   * Answers what the drain is to answer: 0 when nothing is under way.
   */
  async pause(landed: number): Promise<number> {
    if (this.#landed !== landed) return 1;
    if (this.#flying.size === 0) return 0;
    const rung = this.#hold.nextRing?.();
    await Promise.race([...this.#flying.values(), ...(rung ? [rung] : [])]);
    await this.#check();
    return 1;
  }

  /** Waits until nothing is under way any more. */
  async land(): Promise<void> {
    await Promise.all(this.#flying.values());
  }

  async #check(): Promise<void> {
    if (!this.#failed) return;
    await this.land();
    const { error } = this.#failed;
    this.#failed = undefined;
    throw error;
  }
}
