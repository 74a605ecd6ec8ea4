/** Values that name a person: how they are compared, and how they are taken out of texts. Pure. */
import { isUnder } from '../../model/index.ts';
import { isList, isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/json.ts';

/** Stands where a value was. */
export const gone = '***';

/** What is known of a person by value. */
export interface PersonalValues {
  /** Nobody else has them: they are taken out wherever they stand. */
  readonly everywhere: ReadonlySet<string>;
  /** Others may have the same (a name, a city): only taken out of what is about this person. */
  readonly near: ReadonlySet<string>;
}

const mobile = /^(?:\+?86|0086)?[ -]?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})$/;

/** One form for each value, however it is written: mobile numbers as +86…, texts without case, width and outer space. */
export function normalValue(value: string): string {
  const plain = value.normalize('NFKC').trim();
  const [, first, second, third] = mobile.exec(plain) ?? [];
  return first === undefined ? plain.toLowerCase() : `+86${first}${second}${third}`;
}

/** The digits of a Chinese mobile number as people dial it; undefined for anything else. */
export function mobileDigits(value: string): string | undefined {
  const normal = normalValue(value);
  return /^\+861\d{10}$/.test(normal) ? normal.slice(3) : undefined;
}

const cjk = /[\u2e80-\u9fff]/;

/** Whether a value can be looked for inside texts: `no` and `17` stand everywhere; a Chinese name has two characters. */
export function isTelling(value: string): boolean {
  return value.length >= 6 || (value.length >= 2 && cjk.test(value));
}

/** Whether a value is somebody's alone: a short number is also an amount, a quantity, an id of something else. */
export function isUnmistakable(value: string): boolean {
  return /^\d+$/.test(value) ? value.length >= 9 : value.length >= 6;
}

const silent = new Set(['kind', 'strength', 'scope', 'key', 'isDefault', 'verifiedAt', 'gender']);

/** Every text and number below the paths of a record; `paths` as a model tells personal ones. */
export function valuesUnder(data: JsonObject, paths: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (value: Json, path: string, inside: boolean): void => {
    const isPersonal = inside || (path !== '' && isUnder(path, paths));
    if (isList(value)) for (const one of value) walk(one, `${path}[]`, isPersonal);
    else if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) {
        const below = path === '' ? name : `${path}.${name}`;
        // What kind of number it is, and how strong an identity, says nothing about anybody.
        if (silent.has(name) && (isPersonal || isUnder(below, paths))) continue;
        walk(one, below, isPersonal);
      }
    } else if (isPersonal && (typeof value === 'string' || typeof value === 'number')) {
      if (String(value) !== '') found.push(String(value));
    }
  };
  walk(data, '', false);
  return found;
}

/** The record without what stands at the paths. */
export function withoutPaths(data: JsonObject, paths: readonly string[]): JsonObject {
  return strip(data, '', paths) as JsonObject;
}

function strip(value: unknown, path: string, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => strip(one, `${path}[]`, paths));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isUnder(path === '' ? name : `${path}.${name}`, paths))
      .map(([name, one]) => [name, strip(one, path === '' ? name : `${path}.${name}`, paths)]),
  );
}

/** Phone numbers and names below the paths of a document, in normal form. */
export function namesAndPhones(data: unknown, paths: readonly string[]): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (isPhoneClaim(value) && isObject(value)) {
      for (const one of [value.e164, value.display]) if (typeof one === 'string') found.add(normalValue(one));
    } else if (Array.isArray(value)) for (const one of value) walk(one, `${path}[]`);
    else if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) {
        const below = path === '' ? name : `${path}.${name}`;
        if (name === 'name' && typeof one === 'string' && isUnder(below, paths)) found.add(normalValue(one));
        else walk(one, below);
      }
    }
  };
  walk(data, '');
  return found;
}

/** Takes values out of texts, JSON and bytes. */
export class Eraser {
  readonly #whole: ReadonlySet<string>;
  readonly #inside: RegExp | undefined;

  constructor(values: Iterable<string>) {
    const all = [...new Set(values)].filter((one) => one !== '');
    this.#whole = new Set(all);
    const telling = all.filter(isTelling).sort((a, b) => b.length - a.length);
    // In a text, a value that is part of a longer word or number is another value.
    this.#inside =
      telling.length === 0
        ? undefined
        : new RegExp(
            telling
              .flatMap((value) => [...new Set([value, encodeURIComponent(value)])])
              .map((value) => {
                const text = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
                const before = /^[0-9]/.test(value)
                  ? '(?<!\\d)'
                  : /^[A-Za-z]/.test(value)
                    ? '(?<![A-Za-z])'
                    : '';
                const after = /[0-9]$/.test(value)
                  ? '(?!\\d)'
                  : /[A-Za-z]$/.test(value)
                    ? '(?![A-Za-z])'
                    : '';
                return before + text + after;
              })
              .join('|'),
            'g',
          );
  }

  text(text: string): string {
    if (this.#whole.has(text)) return gone;
    return this.#inside === undefined ? text : text.replace(this.#inside, gone);
  }

  /** JSON as text: numbers keep their digits, and what names nobody its place. */
  json(text: string): string {
    return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
      if (!token.startsWith('"')) return this.#whole.has(token) ? JSON.stringify(gone) : token;
      const said = JSON.parse(token) as string;
      const left = this.text(said);
      return left === said ? token : JSON.stringify(left);
    });
  }

  /** Undefined where it cannot be read: then nothing of it can stay. */
  bytes(bytes: Buffer): Buffer | undefined {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return undefined;
    }
    return Buffer.from(isJson(text) ? this.json(text) : this.text(text), 'utf8');
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Every value a message may name somebody by: those of JSON, of a form, of XML. */
export function scalarsOf(text: string): string[] {
  const start = text.trimStart()[0];
  if (start === '{' || start === '[') {
    return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|-?\d+(?:\.\d+)?/g)].flatMap(([token]) =>
      token.startsWith('"') ? withNested(unquoted(token)) : token,
    );
  }
  if (start === '<') {
    return [...text.matchAll(/(?:>|CDATA\[)([^<>[\]]+)/g)].map((match) => match[1] ?? '');
  }
  const found: string[] = [];
  for (const [, value] of new URLSearchParams(text)) found.push(...withNested(value));
  return found;
}

/** A value, and what stands in it where it is a message itself. */
function withNested(value: string): string[] {
  return /^\s*[{[<]/.test(value) ? [value, ...scalarsOf(value)] : [value];
}

function unquoted(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1, -1);
  }
}
