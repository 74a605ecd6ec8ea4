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

/** Looked for again no later than after this share of the time it has waited, so that nothing is found much later than it came. */
const shareOfAge = 0.2;
/** What has just come is looked for again within this, ms. */
const soonMs = 1_000;

/**
 * When to look again for what a message refers to and nobody has told of yet: it comes all by itself, mostly soon, and
 * nobody says so. The longer a message has waited, the less often; after a person's "try again" as after a failure.
 *
 * @param ageMs since the message came
 */
export function lookAgain(attempts: number, ageMs: number, random: number): number {
  const { baseMs, capMs } = defaultBackoff;
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(attempts, 30), Math.max(soonMs, ageMs * shareOfAge));
  return Math.floor((bound * (1 + random)) / 2);
}

/** Looks after which nobody looks any more: about an hour after the message came. */
export const lookLimit = 60;

/** Attempts after which an item stops and asks for a person. */
export const attemptLimit = 30;
