/** When the books of a system are closed, and which documents have to be there by then. Pure. */
import { DateTime } from 'luxon';
import { entities } from '../model/index.ts';

/** `day` of the next month, at its end, in `zone`. */
export interface ClosingRule {
  readonly day: number;
  readonly zone: string;
}

export interface Closing {
  /** The month whose books are closed: `2026-10`. */
  readonly month: string;
  /** When, seconds since the epoch. */
  readonly at: number;
  /** Documents dated before belong to it; by a day, or by a moment (UTC ISO-8601). */
  readonly before: { readonly day: string; readonly moment: string };
}

/** The next time the books are closed. @param now seconds since the epoch */
export function nextClosing({ day, zone }: ClosingRule, now: number): Closing {
  const today = DateTime.fromSeconds(now, { zone });
  const closesIn = (month: DateTime): DateTime => month.set({ day }).plus({ days: 1 }).startOf('day');
  const thisMonth = today.startOf('month');
  const month = closesIn(thisMonth) > today ? thisMonth : thisMonth.plus({ months: 1 });
  return {
    month: month.minus({ months: 1 }).toFormat('yyyy-MM'),
    at: closesIn(month).toSeconds(),
    before: { day: month.toFormat('yyyy-MM-dd'), moment: new Date(month.toMillis()).toISOString() },
  };
}

/** What stands in books: entities that are documents. */
export const documents: readonly string[] = Object.entries(entities)
  .filter(([, { nature }]) => nature === 'document')
  .map(([name]) => name);
