/**
 * JSON without loss. Vendors send 64-bit ids and long decimals as bare numbers, which `JSON.parse` bends
 * silently; some also leave raw control characters inside strings.
 */
import { isSafeNumber } from 'lossless-json';
import type { Json, JsonObject } from './types.ts';

/** The text cannot be read as the format it should be in. The message never quotes more than one character. */
export class UnreadableError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UnreadableError';
  }
}

/** A bare number that may not survive as a double: sixteen digits or more, or an exponent. */
const riskyNumber = /(?:^|[:[,\s])-?[0-9](?:[0-9.]{15}|[0-9.]*[eE])/;

/**
 * Reads JSON. Integers beyond ±(2^53 − 1) and decimals that a double cannot hold come back as strings with
 * exactly the digits sent; every other number is a number. A byte order mark and raw control characters
 * inside strings are tolerated; of two equal keys the last counts. Throws UnreadableError.
 */
export function parseJson(text: string): Json {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return read(clean);
  } catch (error) {
    const repaired = escapeControls(clean);
    if (repaired === clean) throw unreadable(clean, error);
    try {
      return read(repaired);
    } catch {
      throw unreadable(clean, error);
    }
  }
}

export interface StringifyOptions {
  /**
   * Properties whose decimal strings are written as bare numbers, digits untouched (vendors that insist on
   * JSON numbers). A name without a dot means that property anywhere; `FEntity.FQty` means that path from
   * the top, list positions left out. Strings that are not decimals stay strings.
   */
  readonly numbers?: readonly string[];
}

/** Writes JSON; undefined properties are left out. Nothing is rounded: see `numbers`. */
export function stringifyJson(value: Json, options: StringifyOptions = {}): string {
  if (!options.numbers || options.numbers.length === 0) return JSON.stringify(value);
  return write(value, '', '', new Set(options.numbers));
}

/** The value as an object; throws UnreadableError, naming what it was instead. */
export function jsonObject(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw new UnreadableError(`Expected a JSON object and got ${kindOf(value)}.`);
}

/** True for an object, false for a list, null and everything else. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(text: string): Json {
  return JSON.parse(riskyNumber.test(text) ? quoteRiskyNumbers(text) : text) as Json;
}

const longOrScaled = /[0-9.]{16}|[0-9][eE]/;
const bareNumber = /-?[0-9][0-9.eE+-]*/g;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Puts the numbers a double would bend into quotation marks, so that the fast native parser can read the
 * rest. Vendors with 64-bit ids have one in almost every object.
 */
function quoteRiskyNumbers(text: string): string {
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    const between = text.slice(at, open);
    if (longOrScaled.test(between)) {
      result += text.slice(copied, at) + between.replace(bareNumber, quoteIfRisky);
      copied = open;
    }
    at = stringEnd(text, open);
  }
  return result + text.slice(copied);
}

/** Position after the string that begins at `open`. */
function stringEnd(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close > 0) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

function quoteIfRisky(digits: string): string {
  if (!jsonNumber.test(digits)) return digits;
  const isInteger = /^-?\d+$/.test(digits);
  const survives = isInteger ? Number.isSafeInteger(Number(digits)) : isSafeNumber(digits);
  return survives ? digits : `"${digits}"`;
}

const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

function write(value: Json | undefined, name: string, path: string, numbers: ReadonlySet<string>): string {
  if (typeof value === 'string') {
    const bare = (numbers.has(name) || numbers.has(path)) && decimal.test(value);
    return bare ? value : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item: Json) => write(item, name, path, numbers)).join(',')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const inner = path === '' ? key : `${path}.${key}`;
    members.push(`${JSON.stringify(key)}:${write(member, key, inner, numbers)}`);
  }
  return `{${members.join(',')}}`;
}

/** Escapes control characters where they stand inside a string; between tokens they are left alone. */
function escapeControls(text: string): string {
  let result = '';
  let from = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString && code === 0x5c) at++;
    else if (code === 0x22) inString = !inString;
    else if (inString && code < 0x20) {
      result += `${text.slice(from, at)}\\u${code.toString(16).padStart(4, '0')}`;
      from = at + 1;
    }
  }
  return from === 0 ? text : result + text.slice(from);
}

function unreadable(text: string, cause: unknown): UnreadableError {
  const start = text.trimStart().charAt(0);
  const looks =
    start === '' ? 'is empty' : start === '<' ? 'looks like HTML or XML' : `begins with '${start}'`;
  return new UnreadableError(`Expected JSON; the text ${looks} (${text.length} characters).`, cause);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
