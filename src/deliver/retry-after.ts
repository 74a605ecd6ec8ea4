/** Largest pause read, ms: nobody means more. */
const most = 366 * 86_400_000;

/**
 * What a `Retry-After` header asks for, ms from now: seconds or an HTTP date (RFC 9110). Undefined when it is neither;
 * 0 for a date that is past. Pure.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,15}$/.test(text)) return Math.min(most, Number(text) * 1000);
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d( GMT| \d{4})$/.test(text)) return undefined;
  // The oldest of the three forms names no zone; all of them are in GMT.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.min(most, Math.max(0, at - now));
}
