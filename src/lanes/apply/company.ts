import { connectionOf } from '../runner.ts';
import type { Slice } from './turns.ts';

/** A lane of this process that waits for its turn to apply what is due in it. */
export interface Seat {
  readonly lane: string;
  /** What became of its rows, when another lane's slice has taken them along. */
  served?: Promise<Slice>;
}

/**
 * The lanes of a process that wait for a turn while a small slice of another one is applied. Whoever is next takes along
 * what little is due in the others of its connection: one transaction instead of one each, and none of them waits for all
 * others first. What different systems tell stays apart: who is who between them is decided by what is committed.
 */
export class Company {
  readonly #waiting = new Set<Seat>();

  /** Waits with the others until `leave`. */
  enter(lane: string): Seat {
    const seat: Seat = { lane };
    this.#waiting.add(seat);
    return seat;
  }

  leave(seat: Seat): void {
    this.#waiting.delete(seat);
  }

  /**
   * Those who wait now beside a lane, of the same connection: what different systems tell is applied apart, so that each
   * is merged into what the others have told. A row is committed before its lane is rung, so that what is read after
   * this has all that any of them was rung for.
   */
  beside(lane: string): readonly Seat[] {
    return [...this.#waiting].filter(
      (seat) => !seat.served && connectionOf(seat.lane) === connectionOf(lane),
    );
  }
}

/** Tells a lane that its rows are taken along, and what becomes of them. */
export function serve(seat: Seat, outcome: Promise<Slice>): void {
  seat.served = outcome;
  // Heard when its turn comes, which may be later.
  outcome.catch(() => undefined);
}
