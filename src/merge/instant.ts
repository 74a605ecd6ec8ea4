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
