/**
 * Compares two UTC times (`…Z`) by moment: −1, 0 or 1. Texts with and without fractions of a second do not
 * sort as texts ("…00.5Z" before "…00Z"), and milliseconds would drop digits of a finer clock.
 */
export function compareInstants(a: string, b: string): -1 | 0 | 1 {
  const left = sortable(a);
  const right = sortable(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortable(instant: string): string {
  const seconds = instant.slice(0, 19);
  const fraction = instant.slice(19, -1).replace('.', '');
  return seconds + fraction.padEnd(9, '0');
}

/** How far two systems' clocks may be apart when nothing else is said, in milliseconds. */
export const usualSkewMs = 2_000;

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * The moment a system says something was true at, as far as its clock can be believed, as a UTC time. A text that is
 * no moment (no zone, a day that does not exist) and a time further ahead of the receipt than clocks may be apart
 * count as the moment of receipt: a clock that is years ahead must not win for ever. However old a time is, it
 * stands.
 */
export function believedMoment(told: string, receivedAt: string, skewMs: number = usualSkewMs): string {
  const moment = instantPattern.test(told) ? Date.parse(told) : Number.NaN;
  if (Number.isNaN(moment) || moment - Date.parse(receivedAt) > skewMs) return receivedAt;
  return told.length >= 20 && told.endsWith('Z') ? told : new Date(moment).toISOString();
}

/** Whether two UTC times of different clocks may be the same moment. */
export function sameMoment(a: string, b: string, skewMs: number): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) < skewMs || compareInstants(a, b) === 0;
}
