/** Moments and stretches of time as people read them. Pure; times in are UTC ISO-8601. */
import type { Language } from '../language/index.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `12 sec`, `5 min`, `3 hr`, `2 days`: one unit, from twice its length on. */
export function spanText(seconds: number, language: Language): string {
  const length = Math.abs(seconds);
  const [unit, size] = units.find(([, size]) => length >= 2 * size) ?? units[3];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(Math.floor(length / size));
}

/** In the time zone of the browser: `2026-11-02 14:03:05`. */
export function momentText(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** Seconds from a moment to now; negative when it is ahead. */
export function secondsSince(at: string, now: number): number {
  return (now - Date.parse(at)) / 1_000;
}
