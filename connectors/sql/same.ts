/** Whether a row shows what was written: databases write numbers, flags and times in their own way. */
import { isJsonObject, type Json, type JsonObject } from '../kit/index.ts';

/** True when every column of `body` is so in `row`. In doubt false: then the write is repeated, which changes nothing. */
export function shows(row: JsonObject, body: JsonObject): boolean {
  return Object.entries(body).every(([column, value]) => value === undefined || isSame(row[column], value));
}

function isSame(there: Json | undefined, sent: Json): boolean {
  if (sent === null) return there === null || there === undefined;
  if (there === null || there === undefined) return false;
  if (Array.isArray(sent) || isJsonObject(sent)) {
    const text = typeof there === 'string' ? there : JSON.stringify(there);
    return text === JSON.stringify(sent);
  }
  return plain(there) === plain(sent);
}

const times = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** A time by what it means: zeros at the end of a fraction and the zone it is written in are none of it. */
function moment([, day = '', clock = '', fraction = '', zone]: RegExpExecArray): string {
  const rest = fraction.replace(/0+$/, '');
  if (zone === undefined) return `${day} ${clock}.${rest}`;
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  return `${Date.parse(`${day}T${clock}${offset}`)}.${rest}`;
}

function plain(value: Json): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const time = times.exec(text);
  if (time) return moment(time);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}
