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

export function zoneExists(zone: string): boolean {
  return zone.toUpperCase() === 'UTC' || IANAZone.isValidZone(zone);
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
  const match = ISO_INSTANT.exec(text);
  if (match === null) return new Refused('is not an ISO-8601 time');
  if (match[8] === undefined) return new Refused('is a time without a zone');
  const ms = Date.parse(text.length > 24 ? (DateTime.fromISO(text).toUTC().toISO() ?? '') : text);
  const day = Number(match[3]);
  if (Number.isNaN(ms) || day > daysIn(Number(match[1]), Number(match[2])))
    return new Refused('is not a time that exists');
  return ms;
}

export function isoInstant(ms: number): string {
  return new Date(ms).toISOString();
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
  return new Date(toLocal(ms, zone) - shift).toISOString().slice(0, 10);
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

function numericWall(format: string): Wall | undefined {
  if (/[a-zA-Z]/.test(format.replace(TOKENS, '')) || format.includes("'")) return undefined;
  const tokens: string[] = [];
  const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(TOKENS, (token) => {
    tokens.push(token);
    return `(\\d{${token.length}})`;
  });
  if (new Set(tokens).size !== tokens.length || !tokens.includes('yyyy')) return undefined;
  const expression = new RegExp(`^${pattern}$`);
  const at = (token: string): number => tokens.indexOf(token) + 1;
  const [year, month, day, hour, minute, second, milli] = [
    at('yyyy'),
    at('MM'),
    at('dd'),
    at('HH'),
    at('mm'),
    at('ss'),
    at('SSS'),
  ];
  const parts = format.split(TOKENS);
  return {
    parse(text) {
      const match = expression.exec(text);
      if (match === null) return new Refused(`does not look like ${format}`);
      const number = (index: number, absent: number): number => (index === 0 ? absent : Number(match[index]));
      return checked(
        number(year, 0),
        number(month, 1),
        number(day, 1),
        number(hour, 0),
        number(minute, 0),
        number(second, 0),
        number(milli, 0),
      );
    },
    format(local) {
      const iso = new Date(local).toISOString();
      let text = parts[0] ?? '';
      for (let index = 0; index < tokens.length; index++) {
        const token = tokens[index];
        text +=
          token === 'yyyy'
            ? iso.slice(0, 4)
            : token === 'MM'
              ? iso.slice(5, 7)
              : token === 'dd'
                ? iso.slice(8, 10)
                : token === 'HH'
                  ? iso.slice(11, 13)
                  : token === 'mm'
                    ? iso.slice(14, 16)
                    : token === 'ss'
                      ? iso.slice(17, 19)
                      : iso.slice(20, 23);
        text += parts[index + 1] ?? '';
      }
      return text;
    },
  };
}

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
  format: (local) => new Date(local).toISOString().slice(0, -1),
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
  if (day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) {
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
