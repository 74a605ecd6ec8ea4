/** Chinese vendors write local wall-clock time without a zone; the hub keeps UTC. */
import { DateTime } from 'luxon';

const zone = 'Asia/Shanghai';
const wallClock = 'yyyy-MM-dd HH:mm:ss';
const day = 'yyyy-MM-dd';

/** What vendors write: seconds or minutes may be missing, fractions may be there, `T` or a blank between. */
const acceptedFormats = [wallClock, 'yyyy-MM-dd HH:mm:ss.SSS', 'yyyy-MM-dd HH:mm', day];

/** `yyyy-MM-dd HH:mm:ss` in China for a UTC ISO time or milliseconds since the epoch. Throws RangeError. */
export function chinaTime(moment: string | number): string {
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
