import type { LaneRunner } from './runner.ts';

/**
 * The runners of a process: one keeps systems in step, the other tells those who follow events. Whatever hangs over
 * there takes no place from what keeps systems in step.
 */
export class Runners {
  readonly #inner: LaneRunner;
  readonly #outward: LaneRunner;
  readonly #outwardKinds: ReadonlySet<string>;

  constructor(inner: LaneRunner, outward: LaneRunner, outwardKinds: Iterable<string>) {
    this.#inner = inner;
    this.#outward = outward;
    this.#outwardKinds = new Set(outwardKinds);
  }

  /** Tells the runner of a lane that it has work; see there. */
  wake(lane: string, throttled = false): boolean {
    const kind = lane.split('/', 1)[0] ?? '';
    return (this.#outwardKinds.has(kind) ? this.#outward : this.#inner).wake(lane, throttled);
  }

  /** Lanes that keep systems in step, held or waiting for a slot here. */
  get load(): number {
    return this.#inner.load;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#inner.stop(), this.#outward.stop()]);
  }
}
