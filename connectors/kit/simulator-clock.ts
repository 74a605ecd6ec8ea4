/** A vendor's clock that tests can turn. */
export class SimulatorClock {
  #offsetMs = 0;
  #stoppedAt: number | undefined;

  /** @param startAt stands still at this moment (ms since the epoch) until turned; absent: runs like the real one. */
  constructor(startAt?: number) {
    this.#stoppedAt = startAt;
  }

  /** Milliseconds since the epoch; may be handed on as a function. */
  readonly now = (): number => (this.#stoppedAt ?? Date.now()) + this.#offsetMs;

  /** Turns it by so many ms; negative: back, as a clock that is put right. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}
