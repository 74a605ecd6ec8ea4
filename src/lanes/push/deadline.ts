import { setMaxListeners } from 'node:events';

/**
 * Signals that fire at a moment or with an outer signal, one per moment: a great many short calls that have to
 * be over at the same time share one. What `AbortSignal.any([outer, AbortSignal.timeout(ms)])` does per call
 * would stay registered with the outer signal, which lives as long as a lane is held, until it is collected.
 */
export class Deadlines {
  readonly #outer: AbortSignal;
  readonly #now: () => number;
  readonly #open = new Map<number, { readonly signal: AbortSignal; readonly end: () => void }>();

  constructor(outer: AbortSignal, now: () => number) {
    this.#outer = outer;
    this.#now = now;
  }

  /** The signal of a moment, epoch milliseconds. `made` is called with a new one. */
  at(moment: number, made: (signal: AbortSignal) => void): AbortSignal {
    const known = this.#open.get(moment);
    if (known) return known.signal;
    const controller = new AbortController();
    const follow = (): void => controller.abort(this.#outer.reason);
    const timer = setTimeout(
      () => controller.abort(new DOMException('The deadline is over.', 'TimeoutError')),
      Math.max(0, moment - this.#now()),
    );
    if (this.#outer.aborted) follow();
    else this.#outer.addEventListener('abort', follow, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      this.#outer.removeEventListener('abort', follow);
    };
    // One signal may end a great many calls; that is no leak.
    setMaxListeners(0, controller.signal);
    this.#open.set(moment, { signal: controller.signal, end });
    made(controller.signal);
    return controller.signal;
  }

  /** To be called when the work is done: nothing may hang on the outer signal any more. */
  end(): void {
    for (const one of this.#open.values()) one.end();
    this.#open.clear();
  }
}
