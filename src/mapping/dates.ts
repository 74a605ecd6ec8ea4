/**
 * Times between vendors and the hub. In the hub an instant is UTC ISO-8601 with milliseconds
 * (`2026-11-01T04:00:00.000Z`, sorts as text), a date is `yyyy-MM-dd`. Vendors write local wall-clock text;
 * the format is in Luxon's tokens. Formats made of yyyy MM dd HH mm ss SSS only are read without Luxon, and
 * Asia/Shanghai after 1991 (no summer time since) without a zone table: this is the hot path.
 */
import { DateTime, IANAZone } from 'luxon';
import { Refused } from './refused.ts';

const SHANGHAI = 'Asia/Shanghai';
const SHANGHAI_OFFSET = 8 * 3_600_000;
/** China last turned its clocks in September 1991. */
const SHANGHAI_FIXED_SINCE = Date.UTC(1992, 0, 1);
const ISO_INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$/;
const TOKENS = /yyyy|MM|dd|HH|mm|ss|SSS/g;

/** A pair of functions for one format and zone. */
export interface DateFormat {
  /** Vendor text → milliseconds since the epoch; undefined for a vendor's "no date" (0000-00-00, 0001-01-01). */
  parse(text: string): number | undefined | Refused;
  format(ms: number): string;
}

const zones = new Set<string>();

export function zoneExists(zone: string): boolean {
  if (zones.has(zone)) return true;
  const exists = zone.toUpperCase() === 'UTC' || IANAZone.isValidZone(zone);
  // Zones can come from data, in many spellings.
  if (exists && zones.size < 500) zones.add(zone);
  return exists;
}

/** Whether a format can carry an instant there and back: it must hold at least a full date. */
export function formatProblem(format: string, kind: 'datetime' | 'date'): string | undefined {
  const sample = DateTime.fromISO('2026-11-02T13:04:05.000Z', { zone: 'UTC' });
  const text = sample.toFormat(format);
  const back = DateTime.fromFormat(text, format, { zone: 'UTC' });
  if (!back.isValid) return 'cannot be read back';
  if (kind === 'date' && back.toISODate() !== '2026-11-02')
    return 'does not hold a whole date (yyyy, MM, dd)';
  if (kind === 'datetime' && Math.abs(back.toMillis() - sample.toMillis()) >= 60_000) {
    return 'does not hold a whole date and a time on a 24-hour clock (yyyy, MM, dd, HH, mm)';
  }
  return undefined;
}

/** A UTC instant as text → milliseconds; refused when it carries no zone. */
export function instant(text: string): number | Refused {
  if (text.length === 24 && text.charCodeAt(23) === 90) {
    const ms = canonicalInstant(text);
    if (ms !== undefined) return ms;
  }
  const match = ISO_INSTANT.exec(text);
  if (match === null) return new Refused('is not an ISO-8601 time');
  if (match[8] === undefined) return new Refused('is a time without a zone');
  const ms = Date.parse(text.length > 24 ? (DateTime.fromISO(text).toUTC().toISO() ?? '') : text);
  const day = Number(match[3]);
  if (Number.isNaN(ms) || day > daysIn(Number(match[1]), Number(match[2])))
    return new Refused('is not a time that exists');
  return ms;
}

/** `2026-11-01T04:00:00.000Z`. */
export function isoInstant(ms: number): string {
  const day = Math.floor(ms / DAY);
  const rest = ms - day * DAY;
  const date = dayText(day);
  if (date === undefined) return new Date(ms).toISOString();
  const [hour, minute, second] = [
    Math.trunc(rest / 3_600_000),
    Math.trunc(rest / 60_000) % 60,
    Math.trunc(rest / 1_000) % 60,
  ];
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${three(Math.trunc(rest % 1_000))}Z`;
}

const DAY = 86_400_000;
const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

function two(number: number): string {
  return TWO[number] ?? '';
}

function three(number: number): string {
  return number < 10 ? `00${number}` : number < 100 ? `0${number}` : String(number);
}

let lastDay = Number.NaN;
let lastDayText = '';

/** A day since 1970 as `yyyy-MM-dd`; most values of a batch are of one day. Undefined outside the years 0 to 9999. */
function dayText(day: number): string | undefined {
  if (day !== lastDay) {
    // 0000-01-01 and 9999-12-31
    if (!(day >= -719_528 && day <= 2_932_896)) return undefined;
    lastDayText = new Date(day * DAY).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastDayText;
}

/** The number of `length` digits from `start`; NaN when something else stands there. */
function digits(text: string, start: number, length: number): number {
  let number = 0;
  for (let at = start; at < start + length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** A time spelt as the hub spells it; undefined for any other spelling, which then is read the long way. */
function canonicalInstant(text: string): number | undefined {
  if (
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58 ||
    text.charCodeAt(19) !== 46
  )
    return undefined;
  const ms = checked(
    digits(text, 0, 4),
    digits(text, 5, 2),
    digits(text, 8, 2),
    digits(text, 11, 2),
    digits(text, 14, 2),
    digits(text, 17, 2),
    digits(text, 20, 3),
  );
  return typeof ms === 'number' && !Number.isNaN(ms) ? ms : undefined;
}

/** Reads and writes wall-clock text in a zone; `format` undefined means ISO-8601. */
export function dateFormat(format: string | undefined, zone: string): DateFormat {
  const wall = format === undefined ? isoWall : (numericWall(format) ?? luxonWall(format));
  return {
    parse(text) {
      if (format === undefined) {
        const match = ISO_INSTANT.exec(text);
        if (match?.[8] !== undefined) return instant(text);
      }
      if (isNoDate(text)) return undefined;
      const local = wall.parse(text);
      return local instanceof Refused ? local : toInstant(local, zone);
    },
    format(ms) {
      return wall.format(toLocal(ms, zone));
    },
  };
}

/** `yyyy-MM-dd` of an instant in a zone, the day beginning at `cut` (`HH:mm`). */
export function businessDate(ms: number, zone: string, cut: string): string {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(cut);
  if (match === null) throw new Error(`businessDate: the day cut ${JSON.stringify(cut)} is not HH:mm`);
  const shift = (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  return isoInstant(toLocal(ms, zone) - shift).slice(0, 10);
}

/** True for the ways vendors write "no date". */
export function isNoDate(text: string): boolean {
  return text.startsWith('0000-00-00') || text.startsWith('0001-01-01') || /^0+$/.test(text);
}

export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return (
    match !== null && Number(match[3]) >= 1 && Number(match[3]) <= daysIn(Number(match[1]), Number(match[2]))
  );
}

/** Wall-clock text ↔ "local milliseconds": the wall clock read as if it were UTC. */
interface Wall {
  parse(text: string): number | Refused;
  format(local: number): string;
}

const LETTERS = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss', 'SSS'] as const;

/** Formats of digits only have every part at its place: they are read and written without a pattern. */
function numericWall(format: string): Wall | undefined {
  if (/[a-zA-Z]/.test(format.replace(TOKENS, '')) || format.includes("'")) return undefined;
  const tokens: readonly string[] = format.match(TOKENS) ?? [];
  if (new Set(tokens).size !== tokens.length || !tokens.includes('yyyy')) return undefined;
  const between = format.split(TOKENS);
  const starts = new Map<string, number>();
  /** Characters between the parts, and where they stand. */
  const fixed: [at: number, unit: number][] = [];
  let length = 0;
  for (const [index, literal] of between.entries()) {
    for (let at = 0; at < literal.length; at++) fixed.push([length + at, literal.charCodeAt(at)]);
    length += literal.length;
    const token = tokens[index];
    if (token === undefined) continue;
    starts.set(token, length);
    length += token.length;
  }
  const [year = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1, milli = -1] = LETTERS.map(
    (token) => starts.get(token),
  );
  return {
    parse(text) {
      if (text.length !== length) return new Refused(`does not look like ${format}`);
      for (let index = 0; index < fixed.length; index++) {
        const [at, unit] = fixed[index] as [number, number];
        if (text.charCodeAt(at) !== unit) return new Refused(`does not look like ${format}`);
      }
      const local = checked(
        digits(text, year, 4),
        month === -1 ? 1 : digits(text, month, 2),
        day === -1 ? 1 : digits(text, day, 2),
        hour === -1 ? 0 : digits(text, hour, 2),
        minute === -1 ? 0 : digits(text, minute, 2),
        second === -1 ? 0 : digits(text, second, 2),
        milli === -1 ? 0 : digits(text, milli, 3),
      );
      return Number.isNaN(local) ? new Refused(`does not look like ${format}`) : local;
    },
    format(local) {
      const iso = isoInstant(local);
      let text = between[0] ?? '';
      for (let index = 0; index < tokens.length; index++) {
        const place = ISO_PLACES[tokens[index] as (typeof LETTERS)[number]];
        text += iso.slice(place[0], place[1]) + (between[index + 1] ?? '');
      }
      return text;
    },
  };
}

/** Where the parts stand in ISO-8601. */
const ISO_PLACES: Readonly<Record<(typeof LETTERS)[number], readonly [number, number]>> = {
  yyyy: [0, 4],
  MM: [5, 7],
  dd: [8, 10],
  HH: [11, 13],
  mm: [14, 16],
  ss: [17, 19],
  SSS: [20, 23],
};

function luxonWall(format: string): Wall {
  return {
    parse(text) {
      const read = DateTime.fromFormat(text, format, { zone: 'UTC' });
      return read.isValid ? read.toMillis() : new Refused(`does not look like ${format}`);
    },
    format: (local) => DateTime.fromMillis(local, { zone: 'UTC' }).toFormat(format),
  };
}

const isoWall: Wall = {
  parse(text) {
    const match = ISO_INSTANT.exec(text.replace(' ', 'T'));
    if (match === null || match[8] !== undefined) return new Refused('is not an ISO-8601 time');
    const milli = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
    const [year, month, day, hour, minute] = [match[1], match[2], match[3], match[4], match[5]].map(Number);
    return checked(year ?? 0, month ?? 0, day ?? 0, hour ?? 0, minute ?? 0, Number(match[6] ?? 0), milli);
  },
  format: (local) => isoInstant(local).slice(0, -1),
};

function checked(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milli: number,
) {
  // NaN passes every comparison here and is the answer then. Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) {
    return new Refused('is not a time that exists');
  }
  return Date.UTC(year, month - 1, day, hour, minute, second, milli);
}

function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function toInstant(local: number, zone: string): number | Refused {
  if (zone === SHANGHAI && local - SHANGHAI_OFFSET >= SHANGHAI_FIXED_SINCE) return local - SHANGHAI_OFFSET;
  if (zone === 'UTC') return local;
  const kept = DateTime.fromMillis(local, { zone: 'UTC' }).setZone(zone, { keepLocalTime: true });
  if (!kept.isValid) return new Refused(`cannot be placed in zone ${zone}`);
  // A wall-clock time that the clocks skipped comes back as another one.
  return kept.setZone('UTC', { keepLocalTime: true }).toMillis() === local
    ? kept.toMillis()
    : new Refused(`does not exist in zone ${zone}: the clocks were turned forward`);
}

function toLocal(ms: number, zone: string): number {
  if (zone === SHANGHAI && ms >= SHANGHAI_FIXED_SINCE) return ms + SHANGHAI_OFFSET;
  if (zone === 'UTC') return ms;
  return DateTime.fromMillis(ms, { zone }).setZone('UTC', { keepLocalTime: true }).toMillis();
}
