/** Revisions and the moments lists are asked from: read from what a system tells, written as it wants them. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Json } from '../kit/index.ts';

export const momentKinds = ['iso', 'datetime', 'seconds', 'milliseconds', 'number'] as const;

export const timeZone = z
  .string()
  .refine((zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone), {
    error: 'expected a time zone such as Asia/Shanghai',
  });

/** How a system writes a moment, or a number that grows with every change. */
export const momentShape = {
  as: z
    .enum(momentKinds)
    .default('iso')
    .describe(
      'iso: 2026-11-01T08:00:00Z. datetime: by `format` and `zone`. seconds, milliseconds: since 1970. number: a counter.',
    ),
  format: z.string().default('yyyy-MM-dd HH:mm:ss').describe('Of datetime, in the letters of Luxon.'),
  zone: timeZone.default('Asia/Shanghai').describe('Of datetime, and of iso where no zone is written.'),
} as const;

export interface Moments {
  readonly as: (typeof momentKinds)[number];
  readonly format: string;
  readonly zone: string;
}

/** Milliseconds since 1970, or the number itself; undefined when the value is no such thing. */
export function readMark(value: Json | undefined, { as, format, zone }: Moments): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  if (as === 'number' || as === 'milliseconds' || as === 'seconds') {
    const number = value === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) return undefined;
    return as === 'seconds' ? number * 1000 : number;
  }
  const text = String(value);
  const read = as === 'iso' ? DateTime.fromISO(text, { zone }) : DateTime.fromFormat(text, format, { zone });
  return read.isValid ? read.toMillis() : undefined;
}

/** The value as the hub keeps revisions: times in UTC, a counter and what cannot be read as told. */
export function revisionOf(value: Json | undefined, moments: Moments): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  // A time that names its zone keeps the digits below milliseconds.
  if (moments.as === 'number' || (moments.as === 'iso' && /(Z|[+-]\d\d:?\d\d)$/i.test(text))) return text;
  const mark = readMark(value, moments);
  return mark === undefined ? text : new Date(mark).toISOString();
}

/** A mark as the system wants it asked for. Never later than the mark. */
export function writeMark(mark: number, { as, format, zone }: Moments): string {
  if (as === 'iso') return new Date(mark).toISOString();
  if (as === 'datetime') return DateTime.fromMillis(mark, { zone }).toFormat(format);
  return String(as === 'seconds' ? Math.floor(mark / 1000) : mark);
}
