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
    const day = DateTime.fromISO(value, { zone: /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'UTC' : zone });
    if (day.isValid) return { field, day: day.toFormat('yyyy-MM-dd') };
  }
  return undefined;
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
