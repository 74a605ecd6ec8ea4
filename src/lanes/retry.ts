/** Pure retry policy: numbers in, numbers out. The state itself lives on the row. */

export interface BackoffPolicy {
  /** First delay's upper bound, milliseconds. */
  readonly baseMs: number;
  /** No delay is longer than this. */
  readonly capMs: number;
}

export const defaultBackoff: BackoffPolicy = { baseMs: 250, capMs: 5 * 60_000 };

/**
 * Full jitter: a random delay between zero and the exponential bound, so that many items that failed
 * together do not come back together. `attempts` counts failures so far, 0 for the first.
 */
export function backoff(attempts: number, random: number, policy: BackoffPolicy = defaultBackoff): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempts, 30));
  return Math.max(20, Math.round(bound * random));
}

/** When to retry: at the time the decision names (a little later each, not all at once), else after back-off. */
export function retryDelay(
  decision: { readonly afterMs?: number },
  attempts: number,
  random: number,
): number {
  return decision.afterMs === undefined
    ? backoff(attempts, random)
    : decision.afterMs + Math.round(250 * random);
}

/** Attempts after which an item stops and asks for a person. */
export const attemptLimit = 30;
