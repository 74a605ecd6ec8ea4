/**
 * What one evaluation of an expression may cost. Length, depth and loops inside each other are bounded when it is
 * compiled; how long the lists and texts are only shows when it runs, so work is counted there: a step is about one
 * node of the expression evaluated once, or 64 characters looked at.
 */

/** Steps of one evaluation; a tenth of a second at the most. */
export const MOST_STEPS = 1_000_000;
/** Characters of a text an expression makes. */
export const LONGEST_TEXT = 1_000_000;

let left = MOST_STEPS;

/** To be called before each evaluation. */
export function refill(): void {
  left = MOST_STEPS;
}

/** Takes steps off what is left; throws when there is nothing left. */
export function charge(steps: number): void {
  left -= steps;
  if (left < 0)
    throw new Error(`does too much work (more than ${MOST_STEPS} steps); loop over fewer elements`);
}

/** Takes off what it costs to look through a text. */
export function chargeText(length: number): void {
  if (length >= 64) charge(length >> 6);
}

/** Throws for a text that is longer than an expression may make; takes off the making of the others. */
export function chargeMade(length: number): void {
  if (length > LONGEST_TEXT) throw new Error(`makes a text longer than ${LONGEST_TEXT} characters`);
  chargeText(length);
}

/** Takes off what it costs to walk through a value to its last leaf. */
export function chargeDeep(value: unknown): void {
  if (typeof value === 'string') chargeText(value.length);
  else if (typeof value === 'object' && value !== null) {
    const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
    charge(inner.length);
    for (const item of inner) chargeDeep(item);
  }
}
