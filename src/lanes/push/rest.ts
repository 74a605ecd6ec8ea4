import type { OutcomeRows } from './outcome.ts';

/** How long a lane whose system is left alone rests before it looks again, ms, at the most. */
const longestMs = 2_000;
/** What is told of a system that says nothing. */
const silent = new Set(['http.circuit-open', 'http.unreachable', 'http.no-answer']);
/** Links such a lane tries next: enough to see that the system is back. */
const probeSize = 8;

/**
 * Keeps lanes quiet whose system does not answer. Everything due there would be read, mapped, journalled and refused
 * by the open breaker again and again, at the cost of systems that are well. A lane rests only when nothing of its
 * last slice was answered; the breaker says until when.
 */
export class LaneRests {
  readonly #now: () => number;
  readonly #resting = new Map<string, number>();
  readonly #seen = new Map<string, { answered: boolean; refused: boolean; shortestMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Links the next slice may take, 0 while the lane rests. */
  sliceOf(lane: string, usual: number): number {
    const until = this.#resting.get(lane);
    if (until === undefined) return usual;
    return until > this.#now() ? 0 : Math.min(usual, probeSize);
  }

  /** Notes what became of a write of the slice. */
  note(lane: string, { link }: OutcomeRows): void {
    const seen = this.#seen.get(lane) ?? { answered: false, refused: false, shortestMs: longestMs };
    this.#seen.set(lane, seen);
    if (!silent.has(link.code ?? '')) seen.answered = true;
    if (link.code !== 'http.circuit-open') return;
    seen.refused = true;
    seen.shortestMs = Math.min(seen.shortestMs, link.delayMs ?? longestMs);
  }

  /** The slice is over: the lane rests when the breaker refused and nobody answered. */
  end(lane: string): void {
    const seen = this.#seen.get(lane);
    if (!seen) return;
    this.#seen.delete(lane);
    if (!seen.answered && seen.refused) this.#resting.set(lane, this.#now() + seen.shortestMs);
    else this.#resting.delete(lane);
  }
}
