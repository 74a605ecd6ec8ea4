import { createHash, randomBytes } from 'node:crypto';
import { redacted } from './redact.ts';

/** How the secret of an API token begins, so that people and scanners of sources recognise one. */
const prefix = 'lh_';

export interface NewSecret {
  /** `lh_` and 256 random bits in base64url. Shown once, to whoever it was made for. */
  readonly secret: string;
  readonly hash: Buffer;
}

/** A new secret of an API token. It is never logged from here on. */
export function newSecret(): NewSecret {
  const secret = prefix + randomBytes(32).toString('base64url');
  redacted.add(secret);
  return { secret, hash: hashOf(secret) };
}

/**
 * SHA-256 of a secret: what is stored. One round is enough for 256 random bits, which nobody can try out; that of a
 * password would not be.
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Whether a text can be the secret of a token at all. */
export function isSecretShaped(text: string): boolean {
  return /^lh_[\w-]{43}$/.test(text);
}
