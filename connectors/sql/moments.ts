/** Times a table tells of its changes, as the hub keeps revisions. */
import { DateTime } from 'luxon';
import type { Json } from '../kit/index.ts';
import type { TableConfig } from './config.ts';

type Changed = NonNullable<TableConfig['changed']>;

/** A time without a zone is put into UTC where the settings say which zone it is; digits below milliseconds are kept. */
export function revisionOf(value: Json | undefined, { as, zone }: Changed): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  if (as === 'number' || zone === undefined || text.endsWith('Z')) return text;
  const [whole = '', fraction] = text.split('.');
  const read = DateTime.fromSQL(whole, { zone });
  if (!read.isValid) return text;
  const utc = read.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss");
  return `${utc}${fraction === undefined ? '' : `.${fraction}`}Z`;
}

/** A moment (UTC ISO) as this column writes it. */
export function columnTime(moment: string, { zone }: Changed, told: 'utc' | 'plain'): string {
  if (told === 'utc') return moment;
  return DateTime.fromISO(moment, { zone: 'utc' })
    .setZone(zone ?? 'utc')
    .toFormat('yyyy-MM-dd HH:mm:ss.SSS');
}

/** A mark of the column put back by some milliseconds, written the same way; as it is when it is no time. */
export function putBack(mark: Json, byMs: number, { as }: Changed): Json {
  if (as === 'number' || typeof mark !== 'string') return mark;
  const isUtc = mark.endsWith('Z');
  const at = Date.parse(isUtc ? mark : `${mark.replace(' ', 'T')}Z`);
  if (Number.isNaN(at)) return mark;
  const earlier = new Date(at - byMs).toISOString();
  return isUtc ? earlier : earlier.replace('T', ' ').slice(0, -1);
}
