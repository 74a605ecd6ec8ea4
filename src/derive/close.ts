import { DateTime } from 'luxon';
import type { JsonObject } from '../model/index.ts';
import { notTold } from './error.ts';
import type { DeriveRule } from './rule.ts';

/**
 * When a group may be posted (UTC ISO-8601): not before `close.at` in `close.zone` on the day after the group's
 * business date, and not before it has been quiet for `close.quiet` since its last change. Without `close`, at
 * once. Throws DeriveError when `close.at` is set and the group has no business date.
 */
export function closeTime(rule: DeriveRule, groupFields: JsonObject, lastChange: string): string {
  const changed = DateTime.fromISO(lastChange, { zone: 'utc' });
  const { close } = rule;
  const quiet = changed.plus({ milliseconds: close?.quietMs ?? 0 });
  if (close?.at === undefined) return iso(quiet);
  if (typeof groupFields.businessDate !== 'string') throw notTold(rule.name, 'businessDate');
  const day = DateTime.fromISO(`${groupFields.businessDate}T${close.at}`, { zone: close.zone }).plus({
    days: 1,
  });
  return iso(DateTime.max(day, quiet));
}

function iso(time: DateTime): string {
  return time.toUTC().toJSDate().toISOString();
}
