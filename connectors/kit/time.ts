/** Chinese vendors write local wall-clock time without a zone; the hub keeps UTC. */
import { DateTime } from 'luxon';

const zone = 'Asia/Shanghai';
const wallClock = 'yyyy-MM-dd HH:mm:ss';
const day = 'yyyy-MM-dd';

/** What vendors write: seconds or minutes may be missing, fractions may be there, `T` or a blank between. */
const acceptedFormats = [wallClock, 'yyyy-MM-dd HH:mm:ss.SSS', 'yyyy-MM-dd HH:mm', day];

/**
 * China has kept UTC+8 since its last summer time ended in 1991. Whatever is plainly written and after that is
 * reckoned here; luxon, which knows the rest, takes some fifty times as long.
 */
const offsetMs = 8 * 3_600_000;
const plainFrom = Date.UTC(1992, 0, 1);
const plainUntil = Date.UTC(9999, 11, 31);

/** `yyyy-MM-dd HH:mm:ss` in China for a UTC ISO time or milliseconds since the epoch. Throws RangeError. */
export function chinaTime(moment: string | number): string {
  if (typeof moment === 'number' && moment >= plainFrom && moment < plainUntil) {
    return new Date(moment + offsetMs).toISOString().slice(0, 19).replace('T', ' ');
  }
  return inChina(moment).toFormat(wallClock);
}

/** `yyyy-MM-dd` in China for a UTC ISO time or milliseconds since the epoch. Throws RangeError. */
export function chinaDate(moment: string | number): string {
  return inChina(moment).toFormat(day);
}

/**
 * UTC ISO time (`…Z`, milliseconds kept) for a Chinese wall-clock text. A text that carries its own zone
 * is taken at its word; a date alone means midnight in China. Throws RangeError for anything else.
 */
export function fromChinaTime(text: string): string {
  const trimmed = text.trim();
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(trimmed)) {
    const written = `${trimmed.slice(0, 10)}T${trimmed.slice(11)}.000Z`;
    const wall = Date.parse(written);
    // A day that does not exist would come back as another one.
    if (wall >= plainFrom && wall < plainUntil && new Date(wall).toISOString() === written) {
      return new Date(wall - offsetMs).toISOString();
    }
  }
  for (const format of acceptedFormats) {
    const parsed = DateTime.fromFormat(trimmed, format, { zone });
    if (parsed.isValid) return utc(parsed);
  }
  const iso = DateTime.fromISO(trimmed, { zone });
  if (iso.isValid && /^\d{4}-\d{2}-\d{2}/.test(trimmed)) return utc(iso);
  throw new RangeError(`Not a date and time: ${JSON.stringify(trimmed.slice(0, 40))}.`);
}

function inChina(moment: string | number): DateTime<true> {
  const parsed =
    typeof moment === 'number'
      ? DateTime.fromMillis(moment, { zone })
      : DateTime.fromISO(moment, { zone: 'utc' }).setZone(zone);
  if (!parsed.isValid) throw new RangeError(`Not a moment in time: ${JSON.stringify(moment)}.`);
  return parsed;
}

function utc(moment: DateTime<true>): string {
  return moment.toUTC().toISO();
}
