/**
 * Conversion pairs: what a vendor's value becomes in the hub and how it goes back. The law of every pair:
 * for a canonical value v that `outward` accepts, `inward(outward(v))` is v, as far as the format can hold it
 * (a format without seconds loses seconds; `scale` and `rounding` lose what they are told to).
 *
 * Inward, `undefined` means *not told*: empty, masked, or a vendor's "no date".
 */
import { isPhoneClaim } from '../model/json.ts';
import { businessDate, dateFormat, instant, isDate, isNoDate, isoInstant } from './dates.ts';
import { plainDecimal, shiftPoint, toScale } from './decimal.ts';
import { readPhone, writePhone } from './phone.ts';
import { pieceOf, splits } from './pieces.ts';
import { Refused } from './refused.ts';
import type { FieldSpec, Json, Piece } from './types.ts';

export type Converted = Json | undefined | Refused;

export interface Conversion {
  readonly inward: (value: Json) => Converted;
  readonly outward: (value: Json) => Converted;
}

/** Where no zone is written. Every vendor of the region writes wall-clock time of China. */
export const DEFAULT_ZONE = 'Asia/Shanghai';

/** The pair a field asks for; `table` and `ref` need a context and are not here. */
export function conversionOf(field: FieldSpec): Conversion {
  if (field.piece !== undefined) return piece(field.piece);
  return field.join === undefined ? ofOne(field) : joined(ofOne(field), field.join, field.clears);
}

function ofOne(field: FieldSpec): Conversion {
  if (field.enum !== undefined) return enumeration(field);
  switch (field.as) {
    case 'text':
      return { inward: textIn, outward: textOut };
    case 'decimal':
      return decimal(field);
    case 'integer':
      return { inward: integer, outward: integer };
    case 'boolean':
      return boolean(field.format);
    case 'money':
      return money(field);
    case 'datetime':
      return datetime(field);
    case 'date':
      return date(field);
    case 'epoch':
      return epoch(field.unit === 's' ? 1000 : 1);
    case 'phone':
      return { inward: phoneIn, outward: (value) => phoneOut(value, field.extension) };
    case 'json':
      return { inward: (value) => value, outward: (value) => value };
  }
}

/**
 * True for a text whose characters a vendor has hidden: `***`, `张**`, `138****1234`. It tells nothing and
 * must not overwrite what is known. Three stars in a row, or a short text that ends or begins in stars.
 */
export function isMasked(text: string): boolean {
  if (!text.includes('*') && !text.includes('＊')) return false;
  return /[*＊]{3}/.test(text) || /^.{0,2}[*＊]+.?$/u.test(text);
}

function textIn(value: Json): Converted {
  if (typeof value === 'string') return isMasked(value) ? undefined : value;
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) || !Number.isInteger(value)
      ? String(value)
      : new Refused('is a number too large to be exact; the connector must deliver it as text');
  }
  if (typeof value === 'boolean') return String(value);
  return new Refused('is not a single value');
}

function textOut(value: Json): Converted {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return new Refused('is not a single value');
}

/** A part of a text with several values in it. What is masked tells nothing. */
function piece({ separator, index, count }: Piece): Conversion {
  return {
    inward: (value) => {
      if (typeof value === 'object') return new Refused('is not a single value');
      const part = pieceOf(String(value), separator, index, count);
      return part === undefined || isMasked(part) ? undefined : part;
    },
    // Outward the parts are joined by an expression.
    outward: textOut,
  };
}

/** A list of plain values as one text. An empty list is an empty text where the mapping says that empty clears. */
function joined(element: Conversion, separator: string, clears: boolean): Conversion {
  const each = (values: readonly Json[], convert: (value: Json) => Converted): Json[] | Refused => {
    const list: Json[] = [];
    for (const value of values) {
      const made = convert(value);
      if (made instanceof Refused) return made;
      if (made !== undefined) list.push(made);
    }
    return list;
  };
  return {
    inward: (value) => {
      const text = textIn(value);
      if (typeof text !== 'string') return text;
      return each(
        text.split(separator).filter((part) => part !== ''),
        element.inward,
      );
    },
    outward: (value) => {
      if (!Array.isArray(value)) return new Refused('is not a list');
      const parts = each(value as readonly Json[], element.outward);
      if (parts instanceof Refused) return parts;
      const texts = parts.map((part) => (typeof part === 'object' ? '' : String(part)));
      if (texts.length === 0) return clears ? '' : undefined;
      if (texts.some((text) => text === '' || splits(text, separator)))
        return new Refused(
          `has an element that is empty or contains the separator ${JSON.stringify(separator)}`,
        );
      return texts.join(separator);
    },
  };
}

function decimal(field: FieldSpec): Conversion {
  const { scale } = field;
  const rounding = field.rounding ?? 'half-up';
  return {
    inward: plainDecimal,
    outward: (value) => {
      const plain = plainDecimal(value);
      return plain instanceof Refused || scale === undefined ? plain : toScale(plain, scale, rounding);
    },
  };
}

function integer(value: Json): Converted {
  const plain = plainDecimal(value);
  if (plain instanceof Refused) return new Refused('is not a whole number');
  const number = Number(plain);
  return Number.isSafeInteger(number) && !plain.includes('.') ? number : new Refused('is not a whole number');
}

/** `format` is `yes|no` in the vendor's words, e.g. `Y|N` or `1|0`; without it JSON true and false are written. */
function boolean(format: string | undefined): Conversion {
  const [yes, no] = format?.split('|') ?? [];
  const truths = yes === undefined ? ['true', '1', 'Y', 'y', 'yes'] : [yes];
  const lies = no === undefined ? ['false', '0', 'N', 'n', 'no'] : [no];
  return {
    inward: (value) => {
      if (typeof value === 'boolean') return value;
      if (typeof value === 'object') return new Refused('is not a single value');
      const text = String(value);
      if (truths.includes(text)) return true;
      return lies.includes(text) ? false : new Refused(`is neither ${truths[0]} nor ${lies[0]}`);
    },
    outward: (value) => {
      if (typeof value !== 'boolean') return new Refused('is neither true nor false');
      return format === undefined ? value : value ? (yes ?? true) : (no ?? false);
    },
  };
}

/** `unit: fen` is a whole number of fen; `yuan` (the default) a decimal text with `scale` places, 2 unless told. */
function money(field: FieldSpec): Conversion {
  const fen = field.unit === 'fen';
  const scale = field.scale ?? 2;
  return {
    inward: (value) => {
      const plain = plainDecimal(value);
      return fen && !(plain instanceof Refused) ? shiftPoint(plain, -2) : plain;
    },
    outward: (value) => {
      const plain = plainDecimal(value);
      if (plain instanceof Refused) return plain;
      const scaled = toScale(plain, fen ? 2 : scale, field.rounding);
      if (scaled instanceof Refused || !fen) return scaled;
      return integer(shiftPoint(scaled, 2));
    },
  };
}

function datetime(field: FieldSpec): Conversion {
  const pair = dateFormat(field.format, field.zone ?? DEFAULT_ZONE);
  return {
    inward: (value) => {
      if (typeof value !== 'string') return new Refused('is not a time as text');
      const ms = pair.parse(value.trim());
      return typeof ms === 'number' ? isoInstant(ms) : ms;
    },
    outward: (value) => {
      const ms = typeof value === 'string' ? instant(value) : new Refused('is not a UTC time');
      return typeof ms === 'number' ? pair.format(ms) : ms;
    },
  };
}

/**
 * A calendar day. Without `format` the vendor writes `yyyy-MM-dd`, with or without a time after it that is
 * dropped. An instant on the canonical side is written as its day in `zone`.
 */
function date(field: FieldSpec): Conversion {
  const zone = field.zone ?? DEFAULT_ZONE;
  const pair = field.format === undefined ? undefined : dateFormat(field.format, 'UTC');
  return {
    inward: (value) => {
      if (typeof value !== 'string') return new Refused('is not a date as text');
      const text = value.trim();
      if (isNoDate(text)) return undefined;
      if (pair === undefined) {
        const day = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(text)?.[0] ?? '';
        return isDate(day) ? day : new Refused('is not a date yyyy-MM-dd');
      }
      const ms = pair.parse(text);
      return typeof ms === 'number' ? isoInstant(ms).slice(0, 10) : ms;
    },
    outward: (value) => {
      if (typeof value !== 'string') return new Refused('is not a date');
      let day = value;
      if (value.length > 10) {
        const ms = instant(value);
        if (ms instanceof Refused) return ms;
        day = businessDate(ms, zone, '00:00');
      }
      if (!isDate(day)) return new Refused('is not a date yyyy-MM-dd');
      return pair === undefined ? day : pair.format(Date.parse(`${day}T00:00:00.000Z`));
    },
  };
}

/** Whole seconds or milliseconds since 1970; 0 is a vendor's "no date". Parts of a second are cut for `s`. */
function epoch(unitMs: number): Conversion {
  return {
    inward: (value) => {
      const count = integer(value);
      if (count instanceof Refused || typeof count !== 'number')
        return new Refused('is not a whole number since 1970');
      if (count === 0) return undefined;
      const ms = count * unitMs;
      return Math.abs(ms) <= 8.64e15 ? isoInstant(ms) : new Refused('is outside the calendar');
    },
    outward: (value) => {
      const ms = typeof value === 'string' ? instant(value) : new Refused('is not a UTC time');
      return ms instanceof Refused ? ms : Math.floor(ms / unitMs);
    },
  };
}

function phoneIn(value: Json): Converted {
  if (typeof value !== 'string' && typeof value !== 'number')
    return new Refused('is not a telephone number as text');
  return readPhone(String(value));
}

function phoneOut(value: Json, extension: string | undefined): Converted {
  return typeof value === 'string' || isPhoneClaim(value)
    ? writePhone(value, extension)
    : new Refused('is not a telephone number');
}

/** Values are compared as text, so `1` and `"1"` are the same code; what is written keeps its type. */
function enumeration(field: FieldSpec): Conversion {
  const outward = new Map<string, Json>();
  const inward = new Map<string, string>();
  for (const entry of field.enum ?? []) {
    const written = entry.write ?? entry.vendor[0];
    if (written !== undefined) outward.set(entry.canonical, written.value);
    for (const vendor of entry.vendor) {
      const text = String(vendor.value);
      // `else` says which of several canonical values comes back.
      if (!inward.has(text) || entry.canonical === field.else?.value) inward.set(text, entry.canonical);
    }
  }
  const otherwise = field.else?.value;
  const flag =
    field.enum?.every((entry) => entry.canonical === 'true' || entry.canonical === 'false') === true;
  const known = (text: string | undefined): Json | undefined =>
    flag && text !== undefined ? text === 'true' : text;
  const refusedIn = new Refused('has no line in this enum');
  const single = new Refused('is not a single value');
  return {
    // An object can name its own way to become a text; it is no word of any enum.
    inward: (value) =>
      typeof value === 'object' ? single : (known(inward.get(String(value)) ?? otherwise) ?? refusedIn),
    outward: (value) =>
      typeof value === 'object' ? single : (outward.get(String(value)) ?? field.elseOut?.value ?? refusedIn),
  };
}
