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
