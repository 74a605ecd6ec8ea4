/** When an event is posted again. Pure: the state lives on the row. */
import type { PostResult } from './result.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses after the first, second, … failed post, ms. After the last of them nothing follows. */
export const pauses: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  10 * hour,
];

/** A receiver may ask for a longer pause than ours, up to this, ms. */
export const longestAsked = 24 * hour;

/** Share of a pause by which it may be longer, so that what failed together does not come back together. */
const spread = 0.2;

export type NextAttempt =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'give-up' }
  | { readonly kind: 'disable' };

/**
 * What follows a post that failed.
 * @param attempts posts made so far, this one included.
 * @param random between 0 and 1.
 */
export function nextAttempt(result: PostResult, attempts: number, random: number): NextAttempt {
  if (result.gone) return { kind: 'disable' };
  // The hub broke it off itself: whoever goes on may post it at once.
  if (result.error?.code === 'delivery.stopped') return { kind: 'retry', delayMs: 0 };
  const pause = pauses[attempts - 1];
  if (pause === undefined) return { kind: 'give-up' };
  const asked = Math.min(longestAsked, result.retryAfterMs ?? 0);
  return { kind: 'retry', delayMs: Math.round(Math.max(pause, asked) * (1 + spread * random)) };
}
