/**
 * The functions of our expressions. A function of one value answers null to null ("not told" stays not told);
 * a function that puts several values together refuses a missing one instead of guessing.
 */
import type { Environment } from '@marcbachmann/cel-js';
import { joinKey } from '../model/codeKey.ts';
import { charge, chargeMade, chargeText } from './budget.ts';
import { DEFAULT_ZONE } from './convert.ts';
import {
  businessDate,
  type DateFormat,
  dateFormat,
  instant,
  isDate,
  isoInstant,
  zoneExists,
} from './dates.ts';
import { arithmetic } from './decimal.ts';
import { readPhone, writePhone } from './phone.ts';
import { joinPieces, pieceOf } from './pieces.ts';
import { Refused } from './refused.ts';
import type { Json } from './types.ts';

/** What lookups ask while an expression runs; set by expression.ts around each evaluation. */
export interface Runtime {
  /** `soft`: an unknown code is no reason to wait, the expression has an answer for it. */
  lookup(table: string, key: string, soft: boolean): string | undefined;
  lookupBack(table: string, value: string, soft: boolean): string | undefined;
  remoteNumber(entity: string, id: string, soft: boolean): string | undefined;
  remoteId(entity: string, id: string, soft: boolean): string | undefined;
  remoteLine(listPath: string, key: string): string | undefined;
}

/** Functions that exist in one direction only. */
export const OUTWARD_ONLY: ReadonlySet<string> = new Set(['remoteNo', 'remoteId', 'remoteLine']);
export const INWARD_ONLY: ReadonlySet<string> = new Set(['lookupBack']);

/** A function as it was registered. */
export interface RegisteredFunction {
  /** CEL types of the parameters, in order. */
  readonly parameters: readonly string[];
  readonly handler: (...args: never[]) => unknown;
}

/**
 * Registers everything on an environment; `runtime` answers the running evaluation's context. The answer has
 * every function under `name/number of parameters`.
 */
export function registerFunctions(
  environment: Environment,
  runtime: () => Runtime,
): ReadonlyMap<string, RegisteredFunction> {
  const registered = new Map<string, RegisteredFunction>();
  const define = (signature: string, handler: (...args: never[]) => unknown): void => {
    environment.registerFunction(signature, handler, { async: false });
    const name = signature.slice(0, signature.indexOf('('));
    const parameters = signature.slice(name.length + 1, signature.indexOf(')')).split(', ');
    registered.set(`${name}/${parameters.length}`, { parameters, handler });
  };
  type Find = (table: string, key: string, soft: boolean) => string | undefined;
  // With a third argument an unknown code is answered by it; without, the record waits for the code.
  type TextOf = (name: string, key: unknown) => string;
  const codes = (name: string, find: Find, textOf: TextOf = scalar): void => {
    define(`${name}(string, dyn): dyn`, (table: string, key: unknown) => {
      return key === null ? null : (find(table, textOf(name, key), false) ?? null);
    });
    define(`${name}(string, dyn, dyn): dyn`, (table: string, key: unknown, otherwise: unknown) => {
      return key === null ? otherwise : (find(table, textOf(name, key), true) ?? otherwise);
    });
  };
  // A code table with several key columns is asked with a list of their values.
  const keyOf: TextOf = (name, key) =>
    Array.isArray(key) ? joinKey(key.map((part) => scalar(name, part))) : scalar(name, key);
  codes('lookup', (table, key, soft) => runtime().lookup(table, key, soft), keyOf);
  codes('lookupBack', (table, value, soft) => runtime().lookupBack(table, value, soft));
  codes('remoteNo', (entity, id, soft) => runtime().remoteNumber(entity, id, soft));
  codes('remoteId', (entity, id, soft) => runtime().remoteId(entity, id, soft));
  define('remoteLine(string, dyn): dyn', (list: string, key: unknown) => {
    return key === null ? null : (runtime().remoteLine(list, scalar('remoteLine', key)) ?? null);
  });
  define('remoteNo(dyn): dyn', (id: unknown) =>
    id === null ? null : (runtime().remoteNumber('*', scalar('remoteNo', id), false) ?? null),
  );
  define('remoteId(dyn): dyn', (id: unknown) =>
    id === null ? null : (runtime().remoteId('*', scalar('remoteId', id), false) ?? null),
  );

  define('add(dyn, dyn): string', arithmetic.add);
  define('sub(dyn, dyn): string', arithmetic.sub);
  define('mul(dyn, dyn): string', arithmetic.mul);
  define('div(dyn, dyn, int): string', arithmetic.div);
  define('round(dyn, int): string', arithmetic.round);
  define('fixed(dyn, int): string', arithmetic.fixed);
  define('neg(dyn): string', arithmetic.neg);
  define('abs(dyn): string', arithmetic.abs);
  define('cmp(dyn, dyn): int', arithmetic.cmp);
  define('sum(dyn): string', (list: unknown) => {
    if (Array.isArray(list)) charge(list.length * 4);
    return arithmetic.sum(list);
  });

  const ofText = (name: string, change: (text: string) => unknown): void => {
    define(`${name}(dyn): dyn`, (value: unknown) => (value === null ? null : change(scalar(name, value))));
  };
  ofText('text', (value) => value);
  ofText('trim', (value) => value.trim());
  ofText('upper', (value) => value.toUpperCase());
  ofText('lower', (value) => value.toLowerCase());
  ofText('phone', (value) => writePhone(readPhone(value) ?? null) ?? null);
  define('phoneText(dyn): dyn', (value: Json) => writePhone(value) ?? null);
  define('left(dyn, int): dyn', (value: unknown, count: bigint) =>
    cut('left', value, count, (text, n) => text.slice(0, n)),
  );
  define('right(dyn, int): dyn', (value: unknown, count: bigint) =>
    cut('right', value, count, (text, n) => text.slice(Math.max(0, text.length - n))),
  );
  define('replace(dyn, string, string): dyn', (value: unknown, part: string, by: string) => {
    if (value === null) return null;
    const pieces = scalar('replace', value).split(part);
    chargeMade(pieces.reduce((sum, piece) => sum + piece.length, (pieces.length - 1) * by.length));
    return pieces.join(by);
  });
  const several = (name: string, run: (values: unknown[]) => unknown): void => {
    for (let count = 2; count <= 8; count++) {
      define(`${name}(${Array(count).fill('dyn').join(', ')}): dyn`, (...values: unknown[]) => run(values));
    }
  };
  several('concat', (values) => {
    const parts = values.map((value) => scalar('concat', value));
    chargeMade(parts.reduce((sum, part) => sum + part.length, 0));
    return parts.join('');
  });
  several('coalesce', (values) => values.find((value) => value !== null) ?? null);

  define('join(dyn, string): dyn', (list: unknown, separator: string) => {
    if (!Array.isArray(list)) throw new Error('join: needs a list of texts');
    charge(list.length);
    const pieces = list.map((item: unknown) => (item === null ? undefined : scalar('join', item)));
    chargeMade(pieces.reduce((sum, piece) => sum + (piece?.length ?? 0) + separator.length, 0));
    const text = joinPieces(pieces, separator);
    if (text instanceof Refused) throw new Error(`join: a text before the last ${text.reason}`);
    return text ?? null;
  });
  define(
    'part(dyn, string, int, int): dyn',
    (value: unknown, separator: string, index: bigint, count: bigint) =>
      value === null
        ? null
        : (pieceOf(scalar('part', value), separator, Number(index), Math.min(Number(count), 1000)) ?? null),
  );

  define('formatDate(dyn, string, string): dyn', (value: unknown, pattern: string, zone: string) =>
    value === null ? null : format(pattern, zone).format(moment('formatDate', value)),
  );
  define('toUtc(dyn, string, string): dyn', (value: unknown, pattern: string, zone: string) => {
    if (value === null) return null;
    const ms = format(pattern, zone).parse(scalar('toUtc', value));
    if (ms instanceof Refused) throw new Error(`toUtc: ${JSON.stringify(value)} ${ms.reason}`);
    return ms === undefined ? null : isoInstant(ms);
  });
  define('businessDate(dyn, string, string): dyn', (value: unknown, zone: string, dayCut: string) =>
    value === null ? null : businessDate(moment('businessDate', value), known(zone), dayCut),
  );
  define('businessDate(dyn): dyn', (value: unknown) =>
    value === null ? null : businessDate(moment('businessDate', value), DEFAULT_ZONE, '00:00'),
  );
  return registered;
}

function scalar(name: string, value: unknown): string {
  if (typeof value === 'string') {
    chargeText(value.length);
    return value;
  }
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value === null || value === undefined)
    throw new Error(`${name}: a value is missing; use has() or coalesce(x, "")`);
  throw new Error(`${name}: needs a text, not ${Array.isArray(value) ? 'a list' : 'an object'}`);
}

function cut(
  name: string,
  value: unknown,
  count: bigint,
  slice: (text: string, count: number) => string,
): string | null {
  if (value === null) return null;
  // Whole characters: half an emoji is not valid text for anybody.
  const whole = scalar(name, value);
  charge(whole.length >> 3);
  const characters = [...whole];
  const size = Math.max(0, Number(count));
  if (characters.every((character) => character.length === 1)) return slice(characters.join(''), size);
  return (
    name === 'left' ? characters.slice(0, size) : characters.slice(Math.max(0, characters.length - size))
  ).join('');
}

function moment(name: string, value: unknown): number {
  const text = scalar(name, value);
  const ms = isDate(text) ? Date.parse(`${text}T00:00:00.000Z`) : instant(text);
  if (ms instanceof Refused) throw new Error(`${name}: ${JSON.stringify(text).slice(0, 60)} ${ms.reason}`);
  return ms;
}

/** Formats can come from data; preparing one costs with its length. */
const LONGEST_PATTERN = 64;
const formats = new Map<string, DateFormat>();

/** Formats are literals in mappings: few, and costly to prepare. */
function format(pattern: string, zone: string): DateFormat {
  if (pattern.length > LONGEST_PATTERN) throw new Error(`a format has ${LONGEST_PATTERN} characters at most`);
  const key = `${zone} ${pattern}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = dateFormat(pattern, known(zone));
    if (formats.size < 200) formats.set(key, found);
  }
  return found;
}

function known(zone: string): string {
  if (!zoneExists(zone)) throw new Error(`${JSON.stringify(zone)} is not a time zone`);
  return zone;
}
