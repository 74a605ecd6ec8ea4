/** Which period a document belongs to, and the day it gets when that is closed. Pure. */
import { DateTime } from 'luxon';
import type { PeriodName, Redated } from '../../ledger/periods.ts';
import { isEntityName, type Json, type JsonObject, pathInfo } from '../../model/index.ts';
import { documents } from '../closing.ts';

/** Where days begin when nobody has said it. */
export const defaultZone = 'Asia/Shanghai';

/** What dates a document, the first that it has: days, then moments. */
const dates = ['postingDate', 'businessDate', 'occurredAt', 'shippedAt', 'askedAt', 'placedAt'] as const;

/** The day a document is dated, and the field that says so. */
export interface Dated {
  readonly field: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
}

/** When a document is dated, in the time zone of the books; undefined for what is no document or tells no date. */
export function datedBy(entity: string, data: JsonObject, zone: string): Dated | undefined {
  if (!documents.includes(entity)) return undefined;
  for (const field of dates) {
    const value = data[field];
    if (typeof value !== 'string') continue;
    const day = dayOf(value, zone);
    if (day !== undefined) return { field, day };
  }
  return undefined;
}

/** The day of a day or a moment in a time zone, as text; undefined for what is neither. */
function dayOf(value: string, zone: string): string | undefined {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  // Moments of the model are written in UTC to the millisecond. Every write of a document asks for its day, and reading a
  // text with all its forms would be a good part of what the hub does.
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at + offsetAt(at, zone) * 60_000).toISOString().slice(0, 10);
  const day = DateTime.fromISO(value, { zone: isDay ? 'UTC' : zone });
  return day.isValid ? day.toFormat('yyyy-MM-dd') : undefined;
}

/** Zones change what they are ahead of UTC at full quarters of an hour. */
const quarter = 900_000;
const offsets = new Map<string, number>();

/** Minutes a zone is ahead of UTC at a moment. Those asked for lately are remembered: documents are dated about now. */
function offsetAt(at: number, zone: string): number {
  const begin = Math.floor(at / quarter);
  const key = `${begin}${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= 1_000) offsets.clear();
  const offset = DateTime.fromMillis(begin * quarter, { zone }).offset;
  offsets.set(key, offset);
  return offset;
}

/** The month of a day, both as texts. */
export function periodOf(day: string): string {
  return day.slice(0, 7);
}

/** Whether a text names a period: `2026-10`. */
export function isPeriod(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/**
 * The first day of the next period that is not closed. Undefined when that would be later than the month after today's:
 * then something else is wrong than a closed month.
 */
export function nextOpenDay(
  period: string,
  today: string,
  isClosed: (period: string) => boolean,
): string | undefined {
  const last = DateTime.fromISO(today, { zone: 'UTC' }).startOf('month').plus({ months: 1 });
  let month = DateTime.fromISO(`${period}-01`, { zone: 'UTC' }).plus({ months: 1 });
  while (month <= last) {
    if (!isClosed(month.toFormat('yyyy-MM'))) return month.toFormat('yyyy-MM-dd');
    month = month.plus({ months: 1 });
  }
  return undefined;
}

/**
 * A document as its system is told it: dated another day and, where that is asked for and the model has remarks, with the
 * original day in them. A moment becomes the beginning of that day in the zone of the books.
 */
export function withNewDates(
  entity: string,
  data: JsonObject,
  { fields, from, to, note }: Redated,
  zone: string,
): JsonObject {
  const changed: Record<string, Json> = { ...data };
  for (const field of fields) {
    changed[field] = /Date$/.test(field)
      ? to
      : (DateTime.fromISO(to, { zone }).toUTC().toISO() ?? data[field] ?? null);
  }
  if (note && isEntityName(entity) && pathInfo(entity, 'notes')) {
    const said = typeof data.notes === 'string' && data.notes !== '' ? `${data.notes} ` : '';
    changed.notes = `${said}原日期 ${from}`;
  }
  return changed;
}

/** What all documents of a closed period say, word by word: they are one problem. */
export function closedText({ connection, book, period }: PeriodName): string {
  const whose = book === '' ? connection : `${connection}, book ${book},`;
  const option = book === '' ? '' : ` --book ${book}`;
  return `${whose} has closed the period ${period}: what is dated in it waits until it is open (lianhub periods open ${connection} ${period}${option})`;
}

/** A new date, for people. */
export function shownRedate({ from, to, period, book }: Redated) {
  return { from, to, period, ...(book === '' ? {} : { book }) };
}
