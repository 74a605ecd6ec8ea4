/** Digests vendors sign with, and a comparison that takes the same time however much is right. */
import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';

type Part = string | Uint8Array;

/** MD5 over all parts one after another (text as UTF-8), hexadecimal, upper case. */
export function md5Upper(...parts: readonly Part[]): string {
  return digest('md5', parts).toUpperCase();
}

/** SHA-256 over all parts one after another (text as UTF-8), hexadecimal, lower case. */
export function sha256Hex(...parts: readonly Part[]): string {
  return digest('sha256', parts);
}

/** HMAC-SHA-256 of `text` under `key`, hexadecimal, lower case. */
export function hmacSha256Hex(key: Part, text: Part): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** HMAC of all parts one after another (text as UTF-8) under `key`. */
export function hmac(
  algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512',
  key: Part,
  parts: readonly Part[],
  encoding: 'hex' | 'base64',
): string {
  const sum = createHmac(algorithm, key);
  for (const part of parts) sum.update(part);
  return sum.digest(encoding);
}

export interface JoinOptions {
  /** Between name and value, and between pairs. Default: nothing, `name1value1name2value2`. */
  readonly equals?: string;
  readonly between?: string;
  /** Names that take no part, usually the signature's own. */
  readonly without?: readonly string[];
  /** Keep pairs with an empty value. Default false. */
  readonly keepEmpty?: boolean;
}

/**
 * Parameters as signatures of many vendors want them: sorted by name (code units, as ASCII), pairs put together. A name
 * that is empty takes no part.
 */
export function joinSorted(params: ReadonlyMap<string, string>, options: JoinOptions = {}): string {
  const { equals = '', between = '', without = [], keepEmpty = false } = options;
  return [...params]
    .filter(([name, value]) => name !== '' && !without.includes(name) && (keepEmpty || value !== ''))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => name + equals + value)
    .join(between);
}

/**
 * Compares a signature without telling by the time taken how many characters were right. Both sides are
 * hashed first, so different lengths take the same path. Case counts: bring both to one case before.
 */
export function equalConstantTime(a: string, b: string): boolean {
  const left = hash('sha256', Buffer.from(a, 'utf16le'), 'buffer');
  const right = hash('sha256', Buffer.from(b, 'utf16le'), 'buffer');
  return timingSafeEqual(left, right);
}

function digest(algorithm: 'md5' | 'sha256', parts: readonly Part[]): string {
  const sum = createHash(algorithm);
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}
